"""What a lecture adds to its film's pictures: an opening card, and on request a band with title and number.

The band takes a strip above the picture, which becomes that much smaller: nothing on it is covered.  Letters are those
of the films: typst draws them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.store import Store, digest_of
from tapehead.render.drawing.master import Frame
from tapehead.render.encoding.container import ENDING
from tapehead.render.encoding.video import encode_pictures, encoder_identity
from tapehead.render.identity import identity
from tapehead.render.quality import Quality
from tapehead.render.tape import tape_named
from tapehead.render.tape.presets import CLEAN
from tapehead.render.tape.stage import TapeStage
from tapehead.scenes.episode import Episode
from tapehead.scenes.stage.palette import GROUND, INK, SOFT

BAND = 0.1
"""Of the picture's height."""
_CARD_S = 1.0
"""Length of the opening's clip; the player holds it for as long as the lecturer wants."""
CARD = f"card{ENDING}"


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

    @property
    def is_static(self) -> bool:
        """As the tape is."""
        return self.tape.is_static

    def identity(self) -> dict[str, Any]:
        """The tape's, and the words of the band."""
        return {"tape": self.tape.identity(), "heading": [self.heading.title, self.heading.number]}

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
        size = round(self.height * BAND * 0.42)
        return typeset(
            self.width,
            round(self.height * BAND),
            f'#grid(columns: (1fr, auto), align: horizon, text(fill: rgb("{INK}"), {_text(self.heading.title)}), '
            f'text(fill: rgb("{SOFT}"), {_text(self.heading.number)}))',
            size,
            round(self.height * 0.03),
        )


def _text(words: str) -> str:
    """Words as a string of typst: nothing in them is markup."""
    return json.dumps(" ".join(words.split()), ensure_ascii=False)


def typeset(width: int, height: int, body: str, size: float, margin: float) -> Frame:
    """A picture of text on the films' ground, uint8 ``(height, width, 3)``; letters and margin in pixels."""
    import typst
    from PIL import Image

    source = (
        f'#set page(width: {width}pt, height: {height}pt, margin: (x: {margin}pt, y: 0pt), fill: rgb("{GROUND}"))\n'
        f"#set text(size: {size}pt)\n#set align(horizon)\n{body}\n"
    )
    data = typst.compile(source.encode("utf-8"), format="png", ppi=72.0)
    if isinstance(data, list):  # words that do not fit go on to a second page; the first has what can be seen
        data = data[0]
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((width, height)))


def opening_picture(episode: Episode, size: tuple[int, int], title: str = "") -> Frame:
    """The card that stands while people come in: the title, and below it what the description begins with."""
    width, height = size
    first = episode.description.strip().partition("\n")[0].strip()
    below = f'#v({height * 0.02}pt)#text(size: {height * 0.04}pt, fill: rgb("{SOFT}"), {_text(first)})' if first else ""
    body = f'#set align(center + horizon)\n#text(fill: rgb("{INK}"), {_text(title or episode.title)})\n\n{below}'
    return typeset(width, height, body, height * 0.085, width * 0.1)


def opening_clip(episode: Episode, quality: Quality, store: Store, title: str = "") -> Path:
    """The card as a clip, kept in the store."""
    words = [title or episode.title, episode.description]
    key = digest_of({"card": identity("slides"), "encoder": encoder_identity(), "words": words, "quality": quality})
    with store.lock("clip", key):
        if (entry := store.peek("clip", key)) is None:
            picture = opening_picture(episode, (quality.width, quality.height), title)
            shown = [(picture, max(1, round(_CARD_S * quality.fps)))]
            with store.draft("clip", key, {"episode": episode.slug, "scene": "opening"}) as work:
                encode_pictures(shown, work / CARD, quality.width, quality.height, quality.fps, tape_named(CLEAN), 0)
            entry = store.peek("clip", key)
    assert entry is not None, "a clip that was just written is readable"
    return entry.file(CARD)
