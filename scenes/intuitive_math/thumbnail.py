"""The film's thumbnail: the carved block, its three shadows, and the question."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, LUCK, NAP
from tapehead.scenes.stage.thumbnails import Thumbnail

from .projection import FACES, OFFSET, WALLS
from .room import Room


class BlockThumbnail(Thumbnail):
    """The block in its room on the right; the words on the left."""

    def design(self) -> None:
        found = self.result("block")
        room = Room((3.2, -0.55), 0.98)
        self.add(room.panes(OFFSET + 5.4))
        for wall, colour in zip(WALLS, (HIGHLIGHT, NAP, LUCK), strict=True):
            self.add(room.shadow(wall, found[wall], OFFSET, colour))
        self.add(room.cubes(found["cube"], OFFSET, FACES))
        self.add(
            Words("{n:.0f} cubes,", n=found.read("cubes"), size=1.5 * HUGE, color=INK, bold=True).move_to(
                [-4.0, 2.2, 0]
            )
        )
        for text, y in (("one", 0.1), ("cat", -2.0)):
            self.add(Words(text, size=1.9 * HUGE, color=HIGHLIGHT, bold=True).move_to([-4.0, y, 0]))
