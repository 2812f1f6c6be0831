"""What a lecture adds to its film's pictures: cards, and on request a band with title and number.

The band takes a strip above the picture, which becomes that much smaller: nothing on it is covered.  Letters and
colours are those of the films, or a channel's own; typst draws them.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Hashable
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.store import Store, digest_file, digest_of
from tapehead.render.drawing.master import Frame
from tapehead.render.encoding.container import ENDING
from tapehead.render.encoding.video import encode_pictures, encoder_identity
from tapehead.render.framing.lettering import Pen, compiler
from tapehead.render.identity import identity
from tapehead.render.planning.brand import PLAIN, Brand, BrandCard
from tapehead.render.quality import Quality
from tapehead.render.tape import tape_named
from tapehead.render.tape.presets import CLEAN
from tapehead.render.tape.stage import TapeStage
from tapehead.scenes.episode import Episode

BAND = 0.1
"""Of the picture's height."""
_CARD_S = 1.0
"""Length of a card's clip; the player holds it for as long as the lecturer wants."""
CARD = f"card{ENDING}"
_PEN = Pen()


@dataclass(frozen=True)
class Heading:
    """What stands in the band: a chapter's title at the left, ``3 / 41`` at the right; either may be empty."""

    title: str
    number: str


@dataclass(frozen=True)
class Headed:
    """A tape and, after it, the band: a clip's treatment like any other."""

    tape: TapeStage
    heading: Heading
    width: int
    height: int
    brand: Brand = field(default_factory=Brand)

    @property
    def is_static(self) -> bool:
        """As the tape is."""
        return self.tape.is_static

    def identity(self) -> dict[str, Any]:
        """The tape's, and the words of the band with their look."""
        words = [self.heading.title, self.heading.number]
        return {"tape": self.tape.identity(), "heading": words, "look": look_of(self.brand)}

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """The tape's."""
        return self.tape.state(index, fps)

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The treated picture below the band."""
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(self.tape.apply(frame, index, fps, seed)[..., :3]))
        top = self._band.shape[0]
        height = self.height - top
        width = round(self.width * height / self.height)
        canvas = np.empty((self.height, self.width, 3), np.uint8)
        canvas[:] = self._band[-1, -1]
        canvas[:top] = self._band
        left = (self.width - width) // 2
        canvas[top:, left : left + width] = np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS))
        return canvas

    @cached_property
    def _band(self) -> Frame:
        size, pen = round(self.height * BAND * 0.42), self.brand.pen
        return typeset(
            self.width,
            round(self.height * BAND),
            f'#grid(columns: (1fr, auto), align: horizon, text(fill: rgb("{pen.ink}"), {_text(self.heading.title)}), '
            f'text(fill: rgb("{pen.soft}"), {_text(self.heading.number)}))',
            size,
            round(self.height * 0.03),
            pen,
        )


def look_of(brand: Brand) -> dict[str, Any]:
    """What of a brand is seen on a card or in a band, as plain data: files by their contents."""
    pen = {name: value for name, value in asdict(brand.pen).items() if name != "files"}
    return {**pen, "fonts": brand.look.digest, "logo": digest_file(Path(brand.logo)) if brand.logo else ""}


def _text(words: str) -> str:
    """Words as a string of typst: nothing in them is markup."""
    return json.dumps(" ".join(words.split()), ensure_ascii=False)


def typeset(width: int, height: int, body: str, size: float, margin: float, pen: Pen = _PEN, logo: str = "") -> Frame:
    """A picture of text on the films' ground, uint8 ``(height, width, 3)``; letters and margin in pixels.

    ``logo`` is a file that the body may show as ``image("logo.png")``, whatever the file itself is called.
    """
    from PIL import Image

    source = (
        f'#set page(width: {width}pt, height: {height}pt, margin: (x: {margin}pt, y: 0pt), fill: rgb("{pen.ground}"))\n'
        f'#set text(size: {size}pt, font: ("{pen.font}", "Libertinus Serif"), fill: rgb("{pen.ink}"))\n'
        f"#set align(horizon)\n{body}\n"
    )
    data = _compiled(source, pen, logo)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((width, height)))


def _compiled(source: str, pen: Pen, logo: str) -> bytes:
    """The first page: words that do not fit go on to a second one, and the first has what can be seen."""
    import typst

    if not logo:
        data = compiler(pen.files).compile(source.encode("utf-8"), format="png", ppi=72.0)  # type: ignore[attr-defined]
    else:
        with tempfile.TemporaryDirectory(prefix="tapehead-card-") as work:  # typst reads files below its root alone
            shutil.copyfile(logo, Path(work) / logo_name(logo))
            (Path(work) / "card.typ").write_text(source, encoding="utf-8")
            own = typst.Compiler(root=work, font_paths=list(pen.files), ignore_system_fonts=True)
            data = own.compile(str(Path(work) / "card.typ"), format="png", ppi=72.0)
    first = data[0] if isinstance(data, list) else data
    assert isinstance(first, bytes), "a picture of a page is bytes"
    return first


def logo_name(logo: str) -> str:
    """What a logo is called in the body of a card."""
    return f"logo{Path(logo).suffix.lower()}"


@dataclass(frozen=True)
class CardWords:
    """What a card of a lecture says, the largest first; parts that are empty are left out."""

    title: str
    below: str = ""
    line: str = ""


def opening_words(episode: Episode, title: str = "", brand: Brand = PLAIN) -> CardWords:
    """What stands while people come in: the title, what the description begins with, and the channel's line."""
    card = brand.opening or BrandCard()
    first = episode.description.strip().partition("\n")[0].strip()
    return CardWords(card.title or title or episode.title, first, card.line)


def ending_words(brand: Brand) -> CardWords | None:
    """The channel's last card, if it has one."""
    return None if brand.ending is None else CardWords(brand.ending.title, "", brand.ending.line)


def card_picture(words: CardWords, size: tuple[int, int], brand: Brand = PLAIN) -> Frame:
    """A card: uint8 ``(height, width, 3)``."""
    (width, height), pen = size, brand.pen
    parts = []
    if brand.logo:
        parts.append(f'#image("{logo_name(brand.logo)}", height: {height * 0.2:.2f}pt)')
    if words.title:
        parts.append(f'#text(fill: rgb("{pen.ink}"), {_text(words.title)})')
    for said, colour, share in ((words.below, pen.soft, 0.04), (words.line, pen.highlight, 0.045)):
        if said:
            parts.append(f'#text(size: {height * share:.2f}pt, fill: rgb("{colour}"), {_text(said)})')
    body = "#set align(center + horizon)\n" + f"\n#v({height * 0.02:.2f}pt)\n".join(parts)
    return typeset(width, height, body, height * 0.085, width * 0.1, pen, brand.logo)


def card_clip(words: CardWords, name: str, episode: Episode, quality: Quality, store: Store, brand: Brand) -> Path:
    """A card as a clip, kept in the store by all that is seen on it."""
    key = digest_of(
        {
            "card": identity("slides", "framing"),
            "encoder": encoder_identity(),
            "words": asdict(words),
            "quality": quality,
            "look": look_of(brand),
        }
    )
    with store.lock("clip", key):
        if (entry := store.peek("clip", key)) is None:
            picture = card_picture(words, (quality.width, quality.height), brand)
            shown = [(picture, max(1, round(_CARD_S * quality.fps)))]
            with store.draft("clip", key, {"episode": episode.slug, "scene": name}) as work:
                encode_pictures(shown, work / CARD, quality.width, quality.height, quality.fps, tape_named(CLEAN), 0)
            entry = store.peek("clip", key)
    assert entry is not None, "a clip that was just written is readable"
    return entry.file(CARD)
