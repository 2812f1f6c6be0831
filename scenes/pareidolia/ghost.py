"""Fifth scene: what the detector let pass, laid on top of each other."""

from __future__ import annotations

from manim import Create, FadeIn, FadeOut, Group, LaggedStart

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, Words
from tapehead.scenes.stage.palette import INK
from tapehead.scenes.stage.portraits import Portrait

from .numbers import SPECTRUM
from .pictures import BAR, BEAN, CONTROL, grey_photo

TALL = 6.3


class Ghost(StageScene):
    """Patches, their average as it grows, the bean, the control."""

    def construct(self) -> None:
        self.found = self.result("ghost")
        self.place = self.found.quantity("average").labels["spectrum"].index(SPECTRUM)
        self.badge_for(self.found.origin)
        self.keep()
        self.appears()
        self.control()
        self.clear_stage(run_time=0.4)

    def keep(self) -> None:
        samples = self.found["sample"][self.place][:24]
        self.patches = Group(
            *(
                grey_photo(one, 2.05, BAR).move_to([-5.95 + 1.7 * (n % 8), 2.65 - 2.2 * (n // 8), 0])
                for n, one in enumerate(samples)
            )
        )
        with self.say("ghost.keep") as cue:
            self.play(LaggedStart(*(FadeIn(one, scale=0.7) for one in self.patches), lag_ratio=0.12), run_time=2.6)
            cue.until("each")
            self.play(*(one.frame.animate.set_stroke(BAR, 6) for one in self.patches), run_time=0.5)
            cue.until("lay")
            first = self.grown(0)
            self.play(
                *(one.animate.move_to(first).scale(1.5).set_opacity(0) for one in self.patches),
                FadeIn(first),
                run_time=1.2,
            )
            self.remove(*self.patches)
        self.shown = first

    def grown(self, stage: int) -> Portrait:
        made = grey_photo(self.found["grown"][self.place][stage], TALL, BAR, spread=2.4)
        return made.move_to([-3.6, 0.45, 0])

    def counted(self, stage: int) -> Words:
        value = self.found.read("stage", spectrum=SPECTRUM, stage=stage)
        return Words("× {n:,.0f}", n=value, size=130, color=BAR).move_to([3.6, 0.4, 0])

    def appears(self) -> None:
        """The average after more and more patches; the count is that of the picture."""
        last = self.found["grown"].shape[1] - 1
        count = self.counted(0)
        bean = grey_photo(self.found["template"], 3.6, BEAN, spread=1.6).move_to([3.6, -0.1, 0])
        fit = Words("{x:.2f}", x=self.found.read("likeness", spectrum=SPECTRUM), size=84, color=BEAN)
        fit.move_to([3.6, -2.75, 0])
        with self.say("ghost.appears") as cue:
            self.play(FadeIn(count), run_time=0.4)
            cue.until("grow")
            for stage in range(1, last + 1):
                if stage == last:
                    cue.until("there")
                new, number = self.grown(stage), self.counted(stage)
                self.play(FadeOut(self.shown), FadeIn(new), FadeOut(count), FadeIn(number), run_time=0.4)
                self.shown, count = new, number
            cue.until("fits")
            self.play(count.animate.scale(0.45).move_to([3.6, 3.2, 0]), run_time=0.4)
            self.play(FadeIn(bean), FadeIn(fit), run_time=0.6)
        self.count, self.fit, self.bean = count, fit, bean

    def control(self) -> None:
        """As many patches from anywhere."""
        mud = grey_photo(self.found["control"][self.place], 3.6, CONTROL, spread=2.4).move_to([3.6, -0.1, 0])
        fit = Words("{x:.2f}", x=self.found.read("control_likeness", spectrum=SPECTRUM), size=84, color=CONTROL)
        fit.move_to(self.fit)
        name = Words("from anywhere", size=HEADING, color=INK).move_to(self.count)
        with self.say("ghost.control") as cue:
            cue.until("anywhere")
            self.play(FadeOut(self.bean), FadeOut(self.fit), FadeOut(self.count), FadeIn(name), run_time=0.6)
            cue.until("mud")
            self.play(FadeIn(mud), FadeIn(fit), run_time=0.7)
            cue.until("where")
            self.play(FadeOut(mud), FadeOut(fit), FadeOut(name), FadeIn(self.bean), run_time=0.6)
            self.play(
                self.shown.animate.move_to([-3.6, 0.45, 0]),
                self.bean.animate.scale(1.6).move_to([3.6, 0.4, 0]),
                run_time=0.8,
            )
            cue.until("detector")
            self.play(Create(self.bean.mark(BEAN)), run_time=0.6)
