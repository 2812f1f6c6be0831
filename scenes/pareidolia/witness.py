"""Sixth scene: a face detector that nobody here made, its false faces, and their average."""

from __future__ import annotations

from manim import Create, FadeIn, FadeOut, Group, LaggedStart

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import INK, SOFT

from .pictures import BAR, CONTROL, NOISE, grey_photo

SPECTRUM = "natural"


class Witness(StageScene):
    """Noise, sixteen faces, the average, the control."""

    def construct(self) -> None:
        self.found = self.result("witness")
        self.place = self.found.quantity("average").labels["spectrum"].index(SPECTRUM)
        self.badge_for(self.found.origin)
        self.ask()
        self.noise()
        self.face()
        self.control()
        self.clear_stage(run_time=0.4)

    def ask(self) -> None:
        """The windows that it will have found, dark until it is said what they are."""
        samples = self.found["sample"]
        self.faces = Group(
            *(
                grey_photo(one, 1.72, NOISE).move_to([-6.1 + 1.83 * (n % 4), 3.0 - 1.83 * (n // 4), 0])
                for n, one in enumerate(samples[:16])
            )
        )
        self.faces.move_to([-3.2, 0.3, 0])
        title = Words("a face detector\nof others", size=HEADING, color=INK, align="center").move_to([3.8, 2.9, 0])
        with self.say("witness.ask") as cue:
            self.play(FadeIn(self.faces[0]), run_time=0.25)
            shown = LaggedStart(*(FadeIn(one) for one in self.faces[1:]), lag_ratio=0.15)
            self.play(shown, run_time=max(1.5, cue.to("real")))
            cue.until("real")
            self.play(FadeIn(title), run_time=0.6)
        self.title = title

    def noise(self) -> None:
        windows = Words("{n:.0f} million windows", n=self.found.read("millions"), size=BODY, color=NOISE)
        faces = Words("{n:,.0f}", n=self.found.read("faces", spectrum=SPECTRUM), size=110, color=BAR)
        name = Words("faces", size=HEADING, color=BAR)
        white = Words("in white noise {n:,.0f}", n=self.found.read("faces", spectrum="white"), size=BODY, color=NOISE)
        white.move_to([3.8, -2.7, 0])
        windows.move_to([3.8, 1.0, 0]), faces.move_to([3.8, -0.5, 0]), name.move_to([3.8, -1.6, 0])
        with self.say("witness.noise") as cue:
            self.play(FadeIn(windows), run_time=0.5)
            cue.until("white")
            self.play(FadeIn(white), run_time=0.5)
            cue.until("found")
            self.play(FadeIn(faces), FadeIn(name), run_time=0.6)
            cue.until("some")
            self.play(*(one.frame.animate.set_stroke(BAR, 6) for one in self.faces), run_time=0.6)
        self.told = Group(windows, faces, name, white)

    def face(self) -> None:
        average = self.found["average"][self.place]
        self.face_shown = grey_photo(average, 6.9, BAR, spread=2.3, smooth=True).move_to([-3.4, 0.4, 0])
        with self.say("witness.face") as cue:
            cue.until("average")
            away = [one.animate.move_to(self.face_shown).set_opacity(0) for one in self.faces]
            self.play(*away, FadeIn(self.face_shown), run_time=1.6)
            self.remove(*self.faces)
            cue.until("eyes")
            self.play(FadeOut(self.told), self.face_shown.frame.animate.set_stroke(BAR, 8), run_time=0.6)
            cue.until("nobody")
            self.play(FadeOut(self.title), self.face_shown.animate.move_to([0, 0.4, 0]), run_time=0.8)

    def control(self) -> None:
        fit = Words("{x:.2f}", x=self.found.read("likeness", spectrum=SPECTRUM), size=110, color=BAR)
        fit.move_to([3.7, 3.1, 0])
        mud = grey_photo(self.found["control"][self.place], 3.3, CONTROL, spread=2.3, smooth=True).move_to([3.7, 0, 0])
        low, high = (self.found.read(f"control_{end}", spectrum=SPECTRUM) for end in ("low", "high"))
        other = Words("{a:.1f} to {b:.1f}", a=low, b=high, size=64, color=CONTROL).move_to([3.7, -2.4, 0])
        name = Words("random patches", size=BODY, color=SOFT).next_to(other, direction=[0, -1, 0], buff=0.2)
        with self.say("witness.control") as cue:
            cue.until("fits")
            self.play(self.face_shown.animate.move_to([-3.4, 0.4, 0]), run_time=0.7)
            cue.until("people")
            self.play(FadeIn(fit), run_time=0.5)
            cue.until("random")
            self.play(FadeIn(mud), FadeIn(name), run_time=0.7)
            cue.until("range")
            self.play(FadeIn(other), run_time=0.5)
            cue.until("goes")
            self.play(Create(self.face_shown.mark(BAR)), FadeOut(mud), FadeOut(other), FadeOut(name), run_time=0.7)
