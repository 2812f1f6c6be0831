"""What stands on the stage while a frame is written: its readings, for the provenance, and numbers nobody computed.

A number counts from the first frame in which it can be seen, whether a cue is near or not.  A text of Manim's own
classes cannot say where a digit in it comes from, so it may hold none unless the scene says that it was typed.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

from manim import Mobject, PMobject, VMobject
from manim.mobject.types.image_mobject import AbstractImageMobject

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.glyphs import taken_on, text_of
from tapehead.scenes.stage.lettering import Lettering, Shown, holds_number

FAINTEST = 0.02
"""The opacity from which on a number counts as seen."""


def is_visible(mobject: Mobject, floor: float = 0.15) -> bool:
    """Whether any part of a mobject is drawn with more than ``floor`` opacity."""
    return any(_opacity(part) > floor for part in mobject.family_members_with_points())


def _opacity(part: Mobject) -> float:
    """How strongly one part is painted: what is no shape, picture or cloud of points, as a tracker, is not."""
    if isinstance(part, VMobject):
        return float(max(part.get_fill_opacity(), part.get_stroke_opacity() if part.get_stroke_width() else 0))
    if isinstance(part, AbstractImageMobject):
        return float(getattr(part, "fill_opacity", 1.0))
    return 1.0 if isinstance(part, PMobject) else 0.0


class Record:
    """The readings that were seen in a scene, and the texts of it that are typed and say so."""

    def __init__(self, scene: str) -> None:
        self.scene = scene
        self.numbers: list[dict[str, Any]] = []
        self.typed: list[str] = []
        self._known: set[tuple[str, str]] = set()
        self._done: dict[int, Shown] = {}
        self._family: list[Mobject] = []
        self._bearers: list[Mobject] = []
        self._taken_on = taken_on()

    def allow(self, what: str | Mobject) -> None:
        """A text, or every text in a mobject, is typed and the scene says so."""
        texts = [what]
        if isinstance(what, Mobject):
            texts = [text for member in what.get_family() if holds_number(text := text_of(member))]
            what.typed_by_hand = True
        self.typed += [text for text in map(str, texts) if text not in self.typed]

    def look(self, stage: Iterable[Mobject]) -> None:
        """A frame is about to be written: record what is seen for the first time, refuse what nobody computed.

        Raises:
            EpisodeError: a text has a number in it that no result holds.
        """
        family = list(_family(stage))
        same = len(family) == len(self._family) and all(map(operator.is_, family, self._family))
        if not same or self._taken_on != taken_on():
            self._taken_on = taken_on()
            self._family = family  # held, so that nothing new can pass for something that is gone
            self._bearers = [member for member in family if hasattr(member, "shown_in")]
            self.refuse_typed(_family(stage, typed=False))
        for member in self._bearers:
            if id(member.shown_in) not in self._done and is_visible(member, FAINTEST):
                self._note(member.shown_in)

    def standing(self, stage: Iterable[Mobject]) -> Iterator[tuple[Mobject, Shown]]:
        """What bears readings and can be seen as the stage is now, whole letterings before single glyphs of them."""
        for member in _family(stage):
            if hasattr(member, "shown_in") and is_visible(member, FAINTEST):
                yield member, member.shown_in

    def expect(self, targets: Iterable[Mobject]) -> None:
        """Mobjects whose outlines others take on are checked as if they stood on the stage themselves."""
        self.refuse_typed(_family(targets, typed=False))

    def reached(self, targets: Iterable[Mobject]) -> None:
        """Others have taken on the outlines of these: their readings were seen."""
        for member in _family(targets):
            if hasattr(member, "shown_in") and is_visible(member, FAINTEST):
                self._note(member.shown_in)

    def refuse_typed(self, family: Iterable[Mobject]) -> None:
        """Refuse a text with a number in it that no result holds.

        Raises:
            EpisodeError: names the scene, the text, and what to do.
        """
        for member in family:
            kind = type(member).__name__
            if isinstance(member, Lettering):
                texts = [text for text in member.typed if text not in self.typed]
                whole = member.plain_text
            else:
                whole, left = (text := text_of(member)), text
                for allowed in sorted(self.typed, key=len, reverse=True):
                    left = left.replace(allowed, " ")
                texts = [text] if holds_number(left) else []
            if texts:
                raise EpisodeError(
                    f"scene '{self.scene}' shows '{' '.join(whole.split())}' ({kind}), and no result holds the number "
                    'in it; write Words("... {x}", x=self.result(...).read(...)) instead. If it measures nothing '
                    f"(a date, a title), say so with self.typed({texts[0]!r}), or self.typed(...) around the mobject; "
                    "the scene's badge is 'illustration' from then on."
                )

    def _note(self, shown: Shown) -> None:
        self._done[id(shown)] = shown
        for each in shown:
            if (key := (each["source"], each["shown"])) not in self._known:
                self._known.add(key)
                self.numbers.append(each)


def _family(mobjects: Iterable[Mobject], typed: bool = True) -> Iterator[Mobject]:
    """Everything but the glyphs in a lettering; without ``typed``, nothing of what says that it is typed."""
    waiting = [*mobjects][::-1]
    while waiting:
        member = waiting.pop()
        if not typed and hasattr(member, "typed_by_hand"):
            continue
        yield member
        if not (isinstance(member, Lettering) and len(member.submobjects) == member.glyphs):
            waiting.extend(reversed(member.submobjects))


def targets_of(animations: Iterable[Any]) -> list[Mobject]:
    """The mobjects that animations turn others into."""
    found = []
    for animation in animations:
        if isinstance(target := getattr(animation, "target_mobject", None), Mobject):
            found.append(target)
        found += targets_of(getattr(animation, "animations", ()))
    return found
