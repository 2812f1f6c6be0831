"""All text and formulas: typst with the fonts inside its wheel, system fonts ignored.

The same source gives the same outlines on every machine, without TeX and without installed fonts.

Numbers enter a text only through a field (``Words("nap {nap:.2f}", nap=result.read(...))``) whose value is a
:class:`~tapehead.analysis.results.Reading`: a digit typed into the text is refused.  Digits that are part of a symbol
(``w_11``, ``x^2``) are names, not numbers, and pass.
"""

from __future__ import annotations

import functools
import hashlib
import re
import string
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import typst
from manim import SVGMobject, VGroup, config

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.branding import LOOK
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.palette import INK, ROLES

HUGE, TITLE, HEADING, BODY, SMALL, TINY = 96, 64, 52, 42, 34, 28
"""The type scale.  ``TINY`` is 1/28 of the frame height, the smallest that stays readable."""

SERIF, MONO = LOOK.font or "Libertinus Serif", "DejaVu Sans Mono"
"""A channel's own font takes the place of the first."""

UNITS_PER_POINT = 1 / 96
"""Frame units per type-scale point: a size of 96 has an em of one frame unit (an eighth of the frame's height)."""

_SOURCE_PT = 10
_WHOLE = "Libertinus Serif"
"""Has the signs that a channel's own font may lack."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TYPED_DIGIT = re.compile(r"(?<![A-Za-z_^\d])(?<!_\()(?<!\^\()\d")
_VALUE = re.compile(r"[=≈<>≤≥±]\s*[-+−]?\d|\d\s*[%‰]")
NUMBERED = {"block", "chapter", "channel", "column", "component", "diffusion", "film", "floor", "fold", "gemma"} | {
    "head", "layer", "llama", "mistral", "mlp", "neuron", "position", "qwen", "row", "seed", "step", "tape", "workshop",
}  # fmt: skip
"""What is told apart by numbers: the parts of a network, of a study and of a film, and families of models."""

_ALONE = re.compile(r"(?:(?P<noun>[^\W\d_]+)\s+)?(?<![\w.,\-])[-+−]?\d[\d.,:/]*(?![\w\-])")
_LATEX = re.compile(r"\\[A-Za-z]{2,}")
_DIGIT_FILL = re.compile(r"\d[<>=^]")
_ROLE_FUNCTIONS = "\n".join(f'#let {name}(body) = text(fill: rgb("{colour}"), body)' for name, colour in ROLES.items())


@functools.cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=list(LOOK.files), ignore_system_fonts=True)


def _families(font: str) -> str:
    """A font for typst, which looks in the next one for signs that it lacks; our own have all they need."""
    return f'("{font}", "{_WHOLE}")' if font == LOOK.font else f'"{font}"'


def as_text(value: float, spec: str = "") -> str:
    """A number as it is shown: at most two decimals unless ``spec`` says otherwise, with a true minus sign.

    Powers of ten are written as people write them: 3 × 10⁻⁵, not 3e-05.
    """
    text = format(float(value), spec) if spec else f"{float(value):.2f}".rstrip("0").rstrip(".")
    if float(text.replace("%", "").replace(",", "") or 0) == 0:
        text = text.lstrip("-")  # no "minus nought"
    mantissa, mark, power = text.partition("e")
    if mark:
        text = f"{mantissa} \N{MULTIPLICATION SIGN} 10{str(int(power)).translate(_RAISED)}"
    return text.replace("-", "\N{MINUS SIGN}")


class Name(str):
    """A proper name that may hold digits (``puppet-64``, ``head 9.1``): it names a thing, it measures nothing.

    A number that stands alone belongs to a name only after a word of :data:`NUMBERED` (``head 9.1``, ``layer 5``): a
    bare number (``6``), a value (``x = 6``), a share (``99 %``) or a measure (``acc 99``) is no name, unless it is read
    from a result's facts, a :class:`~tapehead.scenes.stage.facts.Told`.
    """

    source: str = ""
    """Where it was read, if it was."""

    def __new__(cls, text: str) -> Name:
        """A name, which keeps the source of a text that has one."""
        self = super().__new__(cls, text)
        self.source = getattr(text, "source", "")
        return self


class Typed(Name):
    """A text with a number in it that measures nothing (a date, a title); made by ``self.typed(...)`` of a scene."""


class Cited(Name):
    """What others are called, numbers and all: a reference as an episode declares it, a user's model."""


class Shown(list[dict[str, Any]]):
    """The readings in a lettering.  Copies of the lettering, and each of its glyphs, share it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Shown:
        """The same: nothing changes it once the lettering is made."""
        return self


def holds_number(text: str) -> bool:
    """Whether a number is written in a text; digits that belong to a symbol (``w_11``, ``x²``) are none."""
    return bool(_TYPED_DIGIT.search(text)) or any(
        unicodedata.category(char) in ("No", "Nl")
        and not unicodedata.decomposition(char).startswith(("<super>", "<sub>"))
        for char in text
    )


def _is_no_name(text: str) -> bool:
    if not holds_number(text):
        return False
    alone = (match["noun"] for match in _ALONE.finditer(text))
    measures = any(noun is None or noun.lower() not in NUMBERED for noun in alone)
    return measures or not any(map(str.isalpha, text)) or bool(_VALUE.search(text))


class _Filler(string.Formatter):
    """Fills fields with readings and remembers which number was shown as what."""

    def __init__(self) -> None:
        self.shown, self.typed = Shown(), list[str]()

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Any) -> Any:
        """The value of a field, or one line that says that there is none."""
        if key not in kwargs:
            given = ", ".join(kwargs) or "none"
            raise EpisodeError(f"'{{{key}}}' has no value: pass {key}=result.read(...); given are {given}")
        return kwargs[key]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Reading):
            if _DIGIT_FILL.match(format_spec):
                raise EpisodeError(
                    f"the format '{format_spec}' pads a number with digits; pad with spaces, or not at all"
                )
            text = as_text(value, format_spec)
            self.shown.append({"source": value.source, "value": float(value), "spec": format_spec, "shown": text})
            return text
        if isinstance(value, Typed):
            self.typed.append(str(value))
            return str(value)
        if isinstance(value, Name | Told):
            text = str.__str__(value)
            if value.source and holds_number(text):
                self.shown.append({"source": value.source, "value": text, "spec": format_spec, "shown": text})
            elif not (value.source or isinstance(value, Cited)) and _is_no_name(text):
                raise EpisodeError(
                    f"'{text}' is a number, not a name; pass result.read(...), or a text of result.facts. If it "
                    f"measures nothing (a date), pass self.typed({text!r}); the scene's badge is 'illustration' then."
                )
            return text
        if isinstance(value, str):
            _refuse_typed_numbers(value)
            return value
        raise EpisodeError(
            f"a number on screen must be read from a result; got a plain {type(value).__name__} ({value!r}). "
            "Use result.read(...), or compute it in the analysis."
        )


def _written_in(template: str) -> str:
    """What a template says itself, without its fields."""
    return "".join(literal for literal, *_ in string.Formatter().parse(template))


def _refuse_latex(template: str) -> None:
    """A command of LaTeX in a formula is explained, before its braces are taken for fields."""
    if command := _LATEX.search(template):
        raise EpisodeError(
            f"'{template}' has {command[0]}, which is LaTeX; formulas are typst's mathematics, without backslashes and "
            r"braces: sigma_1/sqrt(n) for \frac{\sigma_1}{\sqrt{n}}, (https://typst.app/docs/reference/math)"
        )


def _refuse_typed_numbers(template: str) -> None:
    if holds_number(template):
        raise EpisodeError(
            f"'{template}' has a number typed into it; write {{name}} and pass name=result.read(...) instead"
        )


class Lettering(SVGMobject):
    """Typst source as outlines, one submobject per glyph.  Use :class:`Words` or :class:`Formula`.

    ``size`` is a step of the type scale.  ``shown`` lists the readings in it, ``typed`` its typed texts.  Parts
    labelled in the source (``#box[text] <name>``) are found by :meth:`part`.
    """

    def __init__(
        self, source: str, *, size: float, color: str, plain: str, shown: Shown, typed: Sequence[str] = ()
    ) -> None:
        self.plain_text, self.shown, self.size, self.typed = plain, shown, size, tuple(typed)
        document = "\n".join(
            (
                "#set page(width: auto, height: auto, margin: 0pt, fill: none)",
                f'#set text(size: {_SOURCE_PT}pt, font: {_families(SERIF)}, fill: rgb("{color}"), fallback: false)',
                '#show math.equation: set text(font: "New Computer Modern Math")',
                _ROLE_FUNCTIONS,
                source,
            )
        )
        # fill_color None keeps the colours that typst wrote, so parts coloured by role survive.
        super().__init__(_svg_file(document), height=None, width=None)
        self.scale(size * UNITS_PER_POINT / _SOURCE_PT, about_point=self.get_center())
        self._made_height = float(self.height)
        self.glyphs = len(self.submobjects)
        if shown:  # glyphs that are taken out and shown alone still say what they show
            for glyph in self.get_family():
                glyph.shown_in = shown

    def modify_xml_tree(self, element_tree: Any) -> Any:
        tree = super().modify_xml_tree(element_tree)
        for element in tree.iter():
            if (label := element.attrib.pop("data-typst-label", None)) is not None:
                element.set("id", label)
        return tree

    def become(self, mobject: Any, *args: Any, **kwargs: Any) -> Any:
        """With the outlines of another lettering come its words and numbers."""
        made = super().become(mobject, *args, **kwargs)
        if isinstance(mobject, Lettering):
            self.plain_text, self.shown, self.typed = mobject.plain_text, mobject.shown, mobject.typed
            for glyph in self.get_family():
                glyph.shown_in = mobject.shown
        return made

    def drawn_scale(self) -> float:
        """How much larger or smaller the text is drawn than it was made (1 unless it was scaled since)."""
        return float(self.height) / self._made_height if self._made_height else 1.0

    def part(self, label: str) -> VGroup:
        """The glyphs of a labelled part.

        Raises:
            EpisodeError: no part has that label.
        """
        if label not in self.id_to_vgroup_dict:
            raise EpisodeError(f"lettering '{self.plain_text}' has no part '{label}'")
        return self.id_to_vgroup_dict[label]


@functools.lru_cache(maxsize=2048)
def _compiled(document: str) -> bytes:
    try:
        pages = _compiler().compile(document.encode(), format="svg")
    except typst.TypstError as error:
        raise EpisodeError(f"typst cannot set this text: {error}\n{document.splitlines()[-1]}") from None
    assert isinstance(pages, bytes), "an automatic page height makes one page"
    return pages


def _svg_file(document: str) -> Path:
    """The document's SVG in this process' private media directory (SVGMobject reads files only)."""
    name = hashlib.sha256(document.encode()).hexdigest()[:24]
    path = Path(config.get_dir("tex_dir")) / f"lettering-{name}.svg"
    if not path.exists():
        svg = _compiled(document)
        ElementTree.fromstring(svg)  # noqa: S314 - our own compiler's output, parsed once to fail early
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(svg)
    return path


_MARKUP = str.maketrans({c: "\\" + c for c in "\\*_`#$@<>[]~"})


class Words(Lettering):
    """Running text.  ``{field}`` takes a reading or a string; ``*`` and ``_`` are plain characters.

    ``font`` is ``SERIF`` or ``MONO``; ``bold`` and ``italic`` as usual; ``width`` (in frame units) wraps;
    ``role`` colours the whole text by a role of the palette.
    """

    def __init__(
        self,
        template: str,
        *,
        size: float = BODY,
        color: str = INK,
        font: str = SERIF,
        bold: bool = False,
        italic: bool = False,
        width: float | None = None,
        align: str = "left",
        **fields: Reading | str,
    ) -> None:
        _refuse_typed_numbers(_written_in(template))
        filler = _Filler()
        plain = filler.vformat(template, (), fields)
        body = plain.translate(_MARKUP).replace("\n", " \\\n")
        weight, slant = "bold" if bold else "regular", "italic" if italic else "normal"
        style = f'font: {_families(font)}, weight: "{weight}", style: "{slant}"'
        if width is not None:
            points = width / (size * UNITS_PER_POINT) * _SOURCE_PT
            body = f"#box(width: {points:.3f}pt)[#set align({align}); #set par(leading: 0.55em); {body}]"
        else:
            body = f"#set align({align}); #set par(leading: 0.55em); {body}"
        super().__init__(
            f"#set text({style})\n{body}", size=size, color=color, plain=plain, shown=filler.shown, typed=filler.typed
        )


class Formula(Lettering):
    """A formula in typst's mathematics, parts coloured by role: ``Formula("nap(a_1) = wa(w_11) nose(x_1)")``."""

    def __init__(self, template: str, *, size: float = BODY, color: str = INK, **fields: Reading | str) -> None:
        _refuse_latex(template)
        _refuse_typed_numbers(_written_in(template))
        filler = _Filler()
        plain = filler.vformat(template, (), fields)
        super().__init__(f"$ {plain} $", size=size, color=color, plain=plain, shown=filler.shown, typed=filler.typed)
