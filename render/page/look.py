"""A channel's look on a page for readers: its colours where it has a ground for them, its font, its logo and its name.

A page has a light and a dark look, and a brand's colours are chosen for one ground: they go into the look whose ground
is as light or as dark as that, which is the one that the page opens in.  The other look stays tapehead's own.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tapehead.analysis.outside_files import read_bytes
from tapehead.render.figures.style import Style, style_named
from tapehead.render.page.html import Html, tag
from tapehead.render.planning.brand import PLAIN, Brand
from tapehead.scenes.stage.palette import OWN, contrast, luminance, rgb

_HALF = 0.18
"""Relative luminance of a grey in the middle between black and white, as the eye sees it."""
_WASH, _FAINT = 0.14, 0.22
"""How much of the highlight is in what lies below a marked line, and of the letters in a hairline."""
_READABLE = 4.5
_BY_ROLE = {
    **{name: name for name in ("ground", "panel", "ink", "soft", "nose", "ear", "nap", "luck", "cool", "warm")},
    "mark": "highlight",
}
"""Names of the page's style sheet by the roles of the palette."""
_LINKS = ("#8EC1FF", "#0B5394")
"""Of the dark and of the light look."""
_KINDS = {".svg": "svg+xml", ".jpg": "jpeg"}
_SERIF = 'Georgia, "Iowan Old Style", "DejaVu Serif", serif'


@dataclass(frozen=True)
class PageLook:
    """What a brand adds to a page."""

    brand: Brand = PLAIN

    @property
    def opens(self) -> Literal["", "light", "dark"]:
        """The look in which the page opens; empty for what the reader's system prefers."""
        if not self.brand.look.colours:
            return ""
        return "light" if luminance(rgb(self._colour("ground"))) > _HALF else "dark"

    def css(self) -> str:
        """What comes after the page's own style sheet."""
        made = ""
        if self.opens:
            rules = "; ".join(f"--{name}: {value}" for name, value in self._variables().items())
            made += f'@media screen {{ :root[data-look="{self.opens}"] {{ {rules}; }} }}\n'  # paper stays white
        if self.brand.look.font:
            name = _quoted(self.brand.look.font)
            for path in self._fonts():
                made += f"@font-face {{ font-family: {name}; src: url({_font_address(path)}); {_face(path)} }}\n"
            made += f"body, h1, h2, h3 {{ font-family: {name}, {_SERIF}; }}\n"
        return made

    def figures(self, look: str) -> Style:
        """How figures are drawn in ``light`` or ``dark``."""
        style = style_named(look)
        if look != self.opens:
            return style
        colours = self._variables()
        low, middle, high = style.scale
        scale = colours.get("cool", low), middle, colours.get("warm", high)
        ground, ink, soft, faint = (colours[name].upper() for name in ("ground", "ink", "soft", "faint"))
        return replace(style, ground=ground, ink=ink, soft=soft, faint=faint, scale=scale)

    def head(self) -> Html | None:
        """Logo and name, for the top of the page."""
        logo = self._logo()
        if logo is None and not self.brand.name:
            return None
        name = self.brand.name or None
        return tag("p", logo, tag("span", name) if name else None, class_="channel")

    def foot(self) -> Html | None:
        """The channel's last words, and the terms of its font, which is part of the file."""
        parts: list[Html] = []
        if (card := self.brand.ending) is not None and (card.title or card.line):
            parts.append(tag("p", ". ".join(each for each in (card.title, card.line) if each), class_="channel"))
        if self.brand.look.font:
            terms = read_bytes(Path(self.brand.licence)).decode("utf-8", "replace")
            summary = tag("summary", f"The font {self.brand.look.font}: its licence")
            parts.append(tag("details", summary, tag("pre", terms, tabindex="0")))
        return tag("section", parts, class_="brand") if parts else None

    def _colour(self, role: str) -> str:
        return self.brand.look.colours.get(role, OWN[role])

    def _variables(self) -> dict[str, str]:
        """The style sheet's variables in the brand's colours; what the palette has no role for is mixed of them."""
        given = self.brand.look.colours
        shown = {name: self._colour(role) for name, role in _BY_ROLE.items()}
        if self.opens == "light":  # roles that nobody named have tapehead's colours for a dark ground
            kept = {"ground", "panel", "ink", "soft", "mark"}
            shown = {name: value for name, value in shown.items() if name in kept or _BY_ROLE[name] in given}
        ground, ink = shown["ground"], shown["ink"]
        shown["wash"] = _mixed(ground, shown["mark"], _WASH)
        shown["faint"] = _mixed(ground, ink, _FAINT)
        links = [each for each in _LINKS if contrast(rgb(each), rgb(ground)) >= _READABLE]
        shown["link"] = links[0] if links else ink
        shown["middle"] = _mixed(ground, ink, 0.1)
        return shown

    def _fonts(self) -> list[Path]:
        return sorted(path for folder in self.brand.look.files for path in Path(folder).iterdir() if path.is_file())

    def _logo(self) -> Html | None:
        if not self.brand.logo:
            return None
        path = Path(self.brand.logo)
        kind = _KINDS.get(path.suffix.lower(), path.suffix.lower().lstrip("."))
        data = base64.b64encode(read_bytes(path)).decode()
        # Inside <img> an SVG can run nothing and fetch nothing.
        return tag("img", src=f"data:image/{kind};base64,{data}", alt="", class_="logo")


def _mixed(one: str, other: str, share: float) -> str:
    """So much of the other colour in the first."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(255 * (first + share * (second - first))):02X}" for first, second in pairs)


def _quoted(name: str) -> str:
    """A name as a string of CSS that ends neither itself nor the style sheet."""
    return '"' + "".join(sign if sign.isalnum() or sign in " -_." else f"\\{ord(sign):x} " for sign in name) + '"'


def _font_address(path: Path) -> str:
    kind = "otf" if path.suffix.lower() == ".otf" else "ttf"
    return f"data:font/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _face(path: Path) -> str:
    """Weight and slant of a font's file."""
    from matplotlib.font_manager import get_font, ttfFontProperty

    found = ttfFontProperty(get_font(str(path)))
    weight = found.weight if isinstance(found.weight, int) else 700 if found.weight == "bold" else 400
    return f"font-weight: {weight}; font-style: {found.style};"
