"""A channel's look in one file, ``brand.toml``: colours by role, a font, a logo, cards, a lower third.

It is looked for beside the episode and in the folder that holds the episode, or named.  Whatever it says is checked
when it is read: keys, colours against the ground, fonts and their licence, pictures.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.outside_files import OutsideFileError, read_bytes, read_toml, shown
from tapehead.analysis.store import default_root, digest_of, write_atomically
from tapehead.render.framing.lettering import Pen
from tapehead.render.framing.third import Third
from tapehead.scenes.loading import nearest
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.palette import OWN, contrast, rgb

FILE = "brand.toml"
NONE = "none"
"""Instead of a file: no brand, even where one lies."""
LEAST = 4.5
"""Contrast of text to what it stands on (WCAG 2.2, 1.4.3)."""
UNREAD = frozenset(("ground", "panel", "faint", "grid", "cool", "middle", "warm"))
"""Roles that no text has."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS, _LOGOS = (".ttf", ".otf"), (".svg", ".png", ".jpg", ".jpeg", ".webp")
_MOST_S = 10.0


@dataclass(frozen=True)
class BrandCard:
    """What a card says; an empty title is the episode's."""

    title: str = ""
    line: str = ""
    seconds: float = 2.5


@dataclass(frozen=True)
class Brand:
    """What a ``brand.toml`` says, checked."""

    name: str = ""
    look: Look = field(default_factory=Look)
    licence: str = ""
    """File with the licence of the font."""
    logo: str = ""
    opening: BrandCard | None = None
    ending: BrandCard | None = None
    third: Third | None = None
    """Who speaks here: over the first scene, where and while nothing else is there."""

    @property
    def pen(self) -> Pen:
        """Colours and letters of what stands round the stage."""
        return pen_of(self.look)

    @property
    def on_stage(self) -> Brand:
        """What of it is seen on the stage: colours and font, without what stands before, after or over the scenes."""
        return replace(self, opening=None, ending=None, third=None)


PLAIN = Brand()
"""Tapehead's own."""


def pen_of(look: Look) -> Pen:
    """Colours and letters of what stands round a stage of this look."""
    ground, ink, soft, highlight = (
        look.colours.get(name, OWN[name]) for name in ("ground", "ink", "soft", "highlight")
    )
    return Pen(ground, ink, soft, highlight, look.font or Pen.font, look.files)


def brand_for(folder: Path, named: str = "") -> Brand | None:
    """The brand of an episode's folder, or the file that was named; ``None`` where there is none.

    Raises:
        EpisodeError: the file is not there, or something in it cannot be.
    """
    if named == NONE:
        return None
    if named:
        return read_brand(Path(named).expanduser())
    for place in (folder, folder.resolve().parent):
        if (place / FILE).is_file():
            return read_brand(place / FILE)
    return None


def read_brand(path: Path) -> Brand:
    """Read a brand and check all of it.

    Raises:
        EpisodeError: one line with what is wrong and where.
    """
    try:
        data = read_toml(path)
    except OutsideFileError as error:
        raise EpisodeError(str(error)) from None
    except OSError as error:
        raise EpisodeError(f"the brand {path} cannot be read: {error.strerror}") from error
    top = _Table(path, "", data)
    top.only("name", "colours", "font", "logo", "opening", "ending", "lower_third")
    colours = _colours(top.table("colours"))
    font = top.table("font")
    family, files, licence, digest = _font(font, path.parent) if font else ("", (), "", "")
    made = Brand(
        top.text("name"),
        Look(colours, family, files, digest),
        licence,
        _logo(top, path.parent),
        _card(top.table("opening")),
        _card(top.table("ending")),
        _third(top.table("lower_third"), top.text("name")),
    )
    if made.ending is not None and not (made.ending.title or made.ending.line or made.logo):
        raise EpisodeError(f"{path}: [ending] says nothing: give it a title or a line, or the brand a logo")
    return made


class _Table:
    """A table of the file, which asks for its values and says where one is wrong."""

    def __init__(self, path: Path, name: str, data: Mapping[str, Any]) -> None:
        self.path, self.name, self.data = path, name, data

    def __bool__(self) -> bool:
        return bool(self.data)

    def where(self, key: str = "") -> str:
        """The file and the key, for a message."""
        return f"{self.path}: {f'[{self.name}] ' if self.name else ''}{key}".rstrip()

    def only(self, *known: str) -> None:
        """Refuse keys that nobody reads."""
        if strange := sorted(set(self.data) - set(known)):
            hint = nearest(strange[0], known) or f"; known are {', '.join(known)}"
            raise EpisodeError(f"{self.where()} has an unknown key {shown(strange[0])}{hint}")

    def table(self, key: str) -> _Table:
        """A table in it, empty if it is not there."""
        found = self.data.get(key, {})
        if not isinstance(found, dict):
            raise EpisodeError(f"{self.where(key)} is a table, [{key}], and not {shown(found)}")
        if key in self.data and not found:
            raise EpisodeError(f"{self.where()} [{key}] is empty; fill it in or leave it out")
        return _Table(self.path, key, found)

    def text(self, key: str, most: int = 120) -> str:
        """A text of one line, empty if it is not there."""
        found = self.data.get(key, "")
        if not isinstance(found, str) or len(found) > most or not found.isprintable():
            raise EpisodeError(
                f"{self.where(key)} is a text of one line, at most {most} characters; got {shown(found)}"
            )
        return found.strip()

    def seconds(self, own: float) -> float:
        """A duration."""
        found = self.data.get("seconds", own)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0.5 <= found <= _MOST_S:
            raise EpisodeError(f"{self.where('seconds')} is 0.5 to {_MOST_S:g}; got {shown(found)}")
        return float(found)


def _colours(table: _Table) -> dict[str, str]:
    table.only(*OWN)
    for role, colour in table.data.items():
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise EpisodeError(f"{table.where(role)} is a colour as in '#F4F1E8'; got {shown(colour)}")
    colours = {role: colour.upper() for role, colour in table.data.items()}
    if not colours:
        return {}
    used = {**OWN, **colours}
    for role in sorted(set(OWN) - UNREAD, key=lambda each: each not in colours):
        for under in ("ground", "panel") if role in ("ink", "soft") else ("ground",):
            ratio = contrast(rgb(used[role]), rgb(used[under]))
            if ratio < LEAST:
                whose = "" if role in colours else ", tapehead's own,"
                raise EpisodeError(
                    f"{table.where(role)} {used[role]}{whose} has a contrast of {ratio:.1f}:1 to the {under} "
                    f"{used[under]}, and text needs {LEAST}:1; give '{role}' or '{under}' another colour"
                )
    return colours


def _file(table: _Table, key: str, folder: Path, said: object, endings: tuple[str, ...]) -> Path:
    if not isinstance(said, str) or not said:
        raise EpisodeError(f"{table.where(key)} names a file; got {shown(said)}")
    path = folder / said
    if endings and path.suffix.lower() not in endings:
        raise EpisodeError(f"{table.where(key)}: '{said}' is none of {', '.join(endings)}")
    if not path.is_file():
        raise EpisodeError(f"{table.where(key)} names '{said}', which is not in {folder}")
    return path.resolve()


def _bytes(table: _Table, path: Path) -> bytes:
    try:
        return read_bytes(path)
    except OutsideFileError as error:
        raise EpisodeError(f"{table.where()}: {error}") from None
    except OSError as error:
        raise EpisodeError(f"{table.where()}: {path} cannot be read: {error.strerror}") from error


def _font(table: _Table, folder: Path) -> tuple[str, tuple[str, ...], str, str]:
    """Family, folder of its files, licence file and a digest of the files."""
    from PIL import ImageFont

    table.only("family", "files", "licence")
    said = table.data.get("files")
    if not isinstance(said, list) or not said:
        raise EpisodeError(f'{table.where("files")} lists the font\'s files, as in ["Inter.ttf"]; got {shown(said)}')
    files = [_file(table, "files", folder, each, _FONTS) for each in said]
    if "licence" not in table.data:
        raise EpisodeError(
            f'{table.where()} names no licence: give the file that came with the font, as in licence = "OFL.txt"'
        )
    licence = _file(table, "licence", folder, table.data["licence"], ())
    if not _bytes(table, licence).strip():
        raise EpisodeError(f"{table.where('licence')}: {licence.name} is empty")
    contents, families = [], set[str]()
    for path in files:
        contents.append(_bytes(table, path))
        try:
            families.add(str(ImageFont.truetype(io.BytesIO(contents[-1])).getname()[0]))
        except OSError as error:
            raise EpisodeError(f"{table.where('files')}: {path.name} is no font that can be read ({error})") from error
    digest = digest_of([hashlib.sha256(each).hexdigest() for each in contents])
    place = _kept(digest, {path.name: data for path, data in zip(files, contents, strict=True)})
    family = table.text("family") or min(families)
    if family not in (known := families_of(str(place))):
        has = ", ".join(sorted(known)) or "none that can be set"
        raise EpisodeError(f"{table.where('family')} '{family}' is not in its files; they have {has}")
    return family, (str(place),), str(licence), digest


def _kept(digest: str, files: Mapping[str, bytes]) -> Path:
    """A folder with these fonts and no others: typst takes folders, and what lies beside a font is not asked for."""
    place = default_root() / "fonts" / digest[:32]
    place.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if not (place / name).is_file() or (place / name).stat().st_size != len(data):
            write_atomically(place / name, data)
    return place


@functools.lru_cache(maxsize=8)
def families_of(folder: str) -> frozenset[str]:
    """The families that typst finds in a folder."""
    import typst

    return frozenset(
        typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]).families()
    )


def _logo(top: _Table, folder: Path) -> str:
    if "logo" not in top.data:
        return ""
    path = _file(top, "logo", folder, top.data["logo"], _LOGOS)
    read = _svg if path.suffix.lower() == ".svg" else _picture
    try:
        read(_bytes(top, path))
    except (OSError, ValueError, SyntaxError) as error:  # Pillow and ElementTree on a broken file
        raise EpisodeError(f"{top.where('logo')}: {path.name} is no picture that can be read ({error})") from error
    return str(path)


def _picture(data: bytes) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        picture.load()


def _svg(data: bytes) -> None:
    from xml.etree import ElementTree

    if b"<!ENTITY" in data:
        raise ValueError("it declares entities")
    if not ElementTree.fromstring(data).tag.endswith("svg"):  # noqa: S314 - bounded, entities are refused above
        raise ValueError("its root is not <svg>")


def _card(table: _Table) -> BrandCard | None:
    table.only("title", "line", "seconds")
    return BrandCard(table.text("title"), table.text("line"), table.seconds(2.5)) if table else None


def _third(table: _Table, name: str) -> Third | None:
    table.only("text", "line", "seconds")
    if not table:
        return None
    text = table.text("text", 40) or name[:40]
    if not text:
        raise EpisodeError(f"{table.where('text')} is missing: who or what is named?")
    return Third(text, table.text("line", 60), table.seconds(4.0))
