"""What a plan file says of a film's look: how its scenes stand in the picture, a channel's colours, font, cards, logo.

Fonts and a logo are files of the machine that made the plan.  They travel as one entry of the store (:data:`BRAND`),
keyed by their contents, so that every machine sets the same letters whether or not it has the brand's folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tapehead.analysis.errors import UsageError
from tapehead.analysis.records import Key
from tapehead.analysis.store import Entry, Store, digest_file, digest_of
from tapehead.render.framing.dressed import Framing
from tapehead.render.framing.rooms import Box, Rooms
from tapehead.render.framing.third import Third
from tapehead.render.planning.brand import pen_of
from tapehead.render.planning.cards import FOLDER, PACKAGE, TARGET
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.palette import OWN

BRAND = "brand"
COLOUR = r"^#[0-9A-F]{6}\Z"
LOGO = r"^\.(svg|png|jpg|jpeg|webp)\Z"
DIGEST = r"^([0-9a-f]{64})?\Z"
"""Contents of the fonts; empty without any."""
_MOST_SIDE = 16384
_FONTS = (".ttf", ".otf")

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Side = Annotated[int, msgspec.Meta(ge=1, le=_MOST_SIDE)]
Place = Annotated[int, msgspec.Meta(ge=0, le=_MOST_SIDE)]
Seconds = Annotated[float, msgspec.Meta(ge=0.5, le=60.0)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is in a plan that is not understood."""


class BoxRecord(Strict, frozen=True):
    """A rectangle of the picture, in pixels."""

    left: Place
    top: Place
    width: Side
    height: Side

    def box(self) -> Box:
        """As the framing has it."""
        return Box(self.left, self.top, self.width, self.height)

    def inside(self, width: int, height: int) -> bool:
        """Whether a picture of this size holds it."""
        return self.left + self.width <= width and self.top + self.height <= height


class ThirdRecord(Strict, frozen=True):
    """A lower third."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    line: Annotated[str, msgspec.Meta(max_length=120)]
    seconds: Seconds


class FramingRecord(Strict, frozen=True):
    """How a scene stands in the film's picture; colours and letters are those of the film's look.

    ``read`` are the lines that are shown where these are others than those that are said: a translation.
    """

    stage: BoxRecord
    title: BoxRecord | None
    words: BoxRecord | None
    heading: Text
    captions: Literal["", "lines", "words"]
    read: dict[str, dict[str, Any]] | None
    third: ThirdRecord | None

    def boxes(self) -> Iterator[BoxRecord]:
        """All that it has."""
        yield from (box for box in (self.stage, self.title, self.words) if box is not None)


class CardRecord(Strict, frozen=True):
    """What a card says; ``logo`` is the ending of the logo's file, which is in the plan's :data:`BRAND` entry."""

    title: Text
    line: Text
    seconds: Seconds
    logo: Annotated[str, msgspec.Meta(pattern=LOGO)] | None

    def told(self, folder: str) -> dict[str, str]:
        """For the context of its scene; ``folder`` is where the logo lies."""
        logo = f"{folder}/logo{self.logo}" if self.logo else ""
        return {"title": self.title, "line": self.line, "logo": logo, "seconds": str(self.seconds)}


class LookRecord(Strict, frozen=True):
    """A channel's colours and font; ``files`` is the entry that holds its fonts and its logo."""

    colours: dict[str, Annotated[str, msgspec.Meta(pattern=COLOUR)]]
    font: Annotated[str, msgspec.Meta(max_length=200)]
    fonts: Annotated[str, msgspec.Meta(pattern=DIGEST)]
    files: Key | None

    def look(self, folder: str = "") -> Look:
        """The look, its fonts in ``folder``."""
        return Look(self.colours, self.font, (folder,) if folder and self.fonts else (), self.fonts)

    def complaints(self) -> Iterator[str]:
        """Parts that do not fit together."""
        if strange := set(self.colours) - set(OWN):
            yield f"film.look: '{min(strange)[:40]}' is no role of a colour"
        if bool(self.font) != bool(self.fonts) or (self.fonts and not self.files):
            yield "film.look: a font needs its name and its files"


def framing_data(scene: ScenePlan) -> dict[str, Any] | None:
    """A scene's framing as plain data; nothing where it has the whole picture."""
    framing = scene.framing
    if framing is None:
        return None
    rooms, own = framing.rooms, dict(framing.lines) == dict(scene.context.lines)
    return {
        "stage": asdict(rooms.stage),
        "title": asdict(rooms.title) if rooms.title else None,
        "words": asdict(rooms.captions) if rooms.captions else None,
        "heading": framing.heading,
        "captions": framing.captions,
        "read": None if own or not framing.captions else dict(framing.lines),
        "third": asdict(framing.third) if framing.third else None,
    }


def framing_of(
    record: FramingRecord | None, size: tuple[int, int], said: Mapping[str, TimedLine], read: Mapping[str, TimedLine],
    look: Look,
) -> Framing | None:  # fmt: skip
    """The framing that :func:`framing_data` wrote down.

    Args:
        record: what the plan says.
        size: width and height of the film's picture.
        said: the scene's lines.
        read: those that are shown, if these are others.
        look: the film's, with its files where they are on this machine.
    """
    if record is None:
        return None
    title, words = (box.box() if box else None for box in (record.title, record.words))
    return Framing(
        *size,
        Rooms(record.stage.box(), title, words),
        record.heading,
        record.captions,
        {} if not record.captions else said if record.read is None else read,
        pen_of(look),
        look.digest,
        Third(record.third.text, record.third.line, record.third.seconds) if record.third else None,
    )


def card_data(scene: ScenePlan) -> dict[str, Any] | None:
    """What a card says as plain data; nothing for a scene of the episode."""
    told = scene.context.card
    if not scene.package:
        return None
    logo = Path(told["logo"]).suffix.lower() or None
    return {"title": told["title"], "line": told["line"], "seconds": float(told["seconds"]), "logo": logo}


def as_card(scene: ScenePlan, card: CardRecord | None, folder: str = "") -> ScenePlan:
    """A scene as the card that it is: its code is tapehead's own, wherever the episode lies."""
    if card is None:
        return scene
    context = replace(scene.context, title="", card=card.told(folder))
    return replace(scene, target=TARGET, package=PACKAGE, folder=str(FOLDER), context=context)


def look_data(look: Look, files: Entry | None) -> dict[str, Any] | None:
    """A look as plain data; nothing for tapehead's own without any files."""
    if look == Look() and files is None:
        return None
    return {
        "colours": dict(look.colours),
        "font": look.font,
        "fonts": look.digest,
        "files": files.key if files else None,
    }


def kept_files(plan: FilmPlan, store: Store) -> Entry | None:
    """The fonts and the logo of a film's brand as one entry; ``None`` where it has neither.

    Raises:
        UsageError: one of the files has gone.
    """
    files = dict(_named(plan))
    if not files:
        return None
    try:
        key = digest_of({name: digest_file(path) for name, path in files.items()})
        with store.lock(BRAND, key):
            if store.get(BRAND, key) is None:
                with store.draft(BRAND, key, {"episode": plan.episode}) as work:
                    for name, path in files.items():
                        shutil.copyfile(path, work / name)
    except OSError as error:
        raise UsageError(f"a file of the brand cannot be read ({error}); run the same command again") from error
    entry = store.peek(BRAND, key)
    assert entry is not None, "an entry that was just written is readable"
    return entry


def _named(plan: FilmPlan) -> Iterator[tuple[str, Path]]:
    """Every file with the name that it has on the way, where no name of anybody's can do harm."""
    fonts = sorted(path for folder in plan.look.files for path in Path(folder).iterdir() if _is_font(path))
    for number, path in enumerate(fonts):
        yield f"font-{number:03d}{path.suffix.lower()}", path
    logos: Sequence[str] = sorted({scene.context.card.get("logo", "") for scene in plan.scenes} - {""})
    for logo in logos[:1]:  # a film has one brand, and a brand one logo
        yield f"logo{Path(logo).suffix.lower()}", Path(logo)


def _is_font(path: Path) -> bool:
    return path.suffix.lower() in _FONTS
