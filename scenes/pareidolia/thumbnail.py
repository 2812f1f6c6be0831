"""The film's thumbnail: a thumb, and what everybody sees in it."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import INK
from tapehead.scenes.stage.thumbnails import Thumbnail

from .pictures import BAR, Bean, photo


class BeanThumbnail(Thumbnail):
    """A thumb on the left, the bean on the right, the question above."""

    def design(self) -> None:
        alike = self.result("alike")
        names = alike.quantity("picture").labels["thing"]
        self.add(photo(alike["picture"][names.index("thumb")], 5.3).move_to([-4.1, -1.05, 0]))
        self.add(Bean(5.6).move_to([3.6, -1.0, 0]))
        self.add(Words("You saw it, too?", size=1.75 * HUGE, color=INK, bold=True).move_to([0, 2.95, 0]))
        value = Words("{x:.2f}", x=alike.read("match", thing="thumb"), size=1.5 * HUGE, color=BAR, bold=True)
        self.add(value.move_to([0.15, -1.2, 0]))
