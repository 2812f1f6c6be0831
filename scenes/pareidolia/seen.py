"""First scene: three things of every day, the bean, and how much of it is in them."""

from __future__ import annotations

from manim import (
    DOWN,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Line,
    Mobject,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.analysis.results import Origin, Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, Words
from tapehead.scenes.stage.palette import FAINT, INK
from tapehead.scenes.stage.portraits import Portrait

from .pictures import BAR, BEAN, CONTROL, NOISE, Bean, photo

THINGS = ("socket", "bin", "thumb")
ROWS = ("bin", "socket", "thumb", "ladder")
STEP, TOP, ZERO, UNIT = 1.36, 2.85, -4.1, 7.2


class Seen(StageScene):
    """The gallery, the bean, the fits."""

    def construct(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        self.gallery()
        self.measure()
        self.clear_stage(run_time=0.4)

    def picture(self, thing: str, height: float) -> Portrait:
        found = self.result("alike")
        names = found.quantity("picture").labels["thing"]
        return photo(found["picture"][names.index(thing)], height)

    def gallery(self) -> None:
        """Three pictures, the bean below them, and its line laid over each where it fits best."""
        shown = [self.picture(name, 4.5).move_to([4.75 * (n - 1), 0.2, 0]) for n, name in enumerate(THINGS)]
        with self.say("seen.gallery") as cue:
            self.play(FadeIn(shown[0]), run_time=0.5)
            cue.until("bin")
            self.play(FadeIn(shown[1]), run_time=0.5)
            cue.until("thumb")
            self.play(FadeIn(shown[2]), run_time=0.5)
        bean = Bean(3.3).move_to([0, -1.95, 0])
        with self.say("seen.bean") as cue:
            up = [one.animate.scale(0.72).move_to([4.75 * (n - 1), 2.0, 0]) for n, one in enumerate(shown)]
            self.play(*up, FadeIn(bean, shift=0.5 * UP), run_time=0.8)
            cue.until("again")
            self.play(bean.animate.scale(1.1), run_time=0.5)
            cue.until("there")
            self.badge_for(self.result("alike").origin)  # where the lines lie was computed
            lines = VGroup(*(self.laid(name, one) for name, one in zip(THINGS, shown, strict=True)))
            self.play(*(Create(line) for line in lines), run_time=1.0)
        self.bean = bean
        self.lines = lines
        self.play(*(FadeOut(each) for each in (*shown, lines)), run_time=0.4)

    def laid(self, thing: str, picture: Portrait) -> RoundedRectangle:
        """The visor's line over a picture, where and as large as it fits best."""
        found = self.result("alike")
        unit = picture.image.height / found["picture"].shape[1]
        row, column, rows, columns = (
            unit * float(found.read(name, thing=thing)) for name in ("row", "column", "rows", "columns")
        )
        line = RoundedRectangle(width=0.92 * columns, height=0.88 * rows, corner_radius=0.42 * rows)
        corner = picture.image.get_corner(UP - RIGHT)
        middle = corner + (column + columns / 2) * RIGHT + (row + rows / 2) * DOWN
        return line.set_stroke(BAR, 8).set_fill(opacity=0).move_to(middle)

    def measure(self) -> None:
        """A bar for each thing, and the two that it has to beat."""
        found = self.result("alike")
        self.badge_for(found.origin)
        colours = {"ladder": CONTROL}
        rows = {}
        for n, name in enumerate(ROWS):
            y = TOP - n * STEP
            rows[name] = self.row(
                self.picture(name, 1.2).move_to([-5.1, y, 0]),
                found.read("match", thing=name),
                y,
                colours.get(name, BEAN),
            )
        y = TOP - 4 * STEP
        rows["noise"] = self.row(
            Words("noise", size=HEADING, color=NOISE).move_to([ZERO - 0.25, y, 0], aligned_edge=RIGHT),
            found.read("noise_most"),
            y,
            NOISE,
        )
        zero = Line([ZERO, TOP + 0.6, 0], [ZERO, y - 0.45, 0]).set_stroke(FAINT, 4)
        with self.say("seen.match") as cue:
            self.play(self.bean.animate.scale(1.2).move_to([4.9, 0.1, 0]), FadeIn(zero), run_time=0.6)
            pictures = [rows[name][0] for name in THINGS]
            cue.until("lay")
            self.play(*(FadeIn(each) for each in pictures), run_time=0.5)
            for name in ("bin", "socket", "thumb"):
                cue.until(name)
                self.play(GrowFromEdge(rows[name][1], -RIGHT), FadeIn(rows[name][2]), run_time=0.6)
        with self.say("seen.control") as cue:
            cue.until("ladder")
            self.play(FadeIn(rows["ladder"][0]), GrowFromEdge(rows["ladder"][1], -RIGHT), FadeIn(rows["ladder"][2]))
            cue.until("noise")
            self.play(FadeIn(rows["noise"][0]), GrowFromEdge(rows["noise"][1], -RIGHT), FadeIn(rows["noise"][2]))
            cue.until("ask")
            self.play(self.bean.animate.scale(1.08), run_time=0.5)

    def row(self, picture: Mobject, value: Reading, y: float, colour: str) -> list[Mobject]:
        bar = Rectangle(width=UNIT * float(value), height=0.62, stroke_width=0).set_fill(colour, 1)
        bar.move_to([ZERO, y, 0], aligned_edge=-RIGHT)
        told = Words("{x:.2f}", x=value, size=HEADING, color=colour if colour != CONTROL else INK)
        return [picture, bar, told.next_to(bar, RIGHT, buff=0.25)]
