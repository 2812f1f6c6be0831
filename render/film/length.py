"""A cut may last only so long: said before it is drawn if its words are too many, and once more when it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from tapehead.analysis.errors import UsageError
from tapehead.render.planning.film_plan import FilmPlan

_TRIED = 12
"""Scenes of which all combinations are tried; of more, the longest are left out one by one."""


def spoken_s(plan: FilmPlan) -> dict[str, float]:
    """What each scene lasts at least, in seconds: its lines and their pauses."""
    return {scene.name: scene.expected_frames / plan.quality.fps for scene in plan.scenes}


def refuse_long(plan: FilmPlan, seconds: Mapping[str, float], most_s: float) -> None:
    """Refuse a cut that is too long.

    Raises:
        UsageError: with what it lasts, scene by scene, and which of them to leave out.
    """
    total = sum(seconds.values())
    if not most_s or total <= most_s:
        return
    chosen = {scene.name: seconds[scene.name] for scene in plan.scenes if not scene.package}
    listed = ", ".join(f"{name} {length:.1f} s" for name, length in chosen.items())
    kept = total - sum(chosen.values())
    cards = f", end card {kept:.1f} s" if kept else ""
    out = to_leave_out(chosen, most_s - kept)
    if len(out) == len(chosen):
        what = "choose shorter scenes" + (f", or allow {180} s with --max 180" if most_s < 180 >= total else "")
    else:
        named = " and ".join(out)
        what = f"leave out {named}, and {total - sum(chosen[name] for name in out):.1f} s are left"
    raise UsageError(f"the cut lasts {total:.1f} s, and {most_s:g} s are the most ({listed}{cards}): {what}")


def to_leave_out(seconds: Mapping[str, float], most_s: float) -> tuple[str, ...]:
    """The fewest scenes without which the others last at most ``most_s``, the shortest such; all if none is enough."""
    names, total = list(seconds), sum(seconds.values())
    if len(names) <= _TRIED:
        for count in range(len(names)):
            found = [
                each for each in combinations(names, count) if total - sum(seconds[name] for name in each) <= most_s
            ]
            if found:
                return min(found, key=lambda each: sum(seconds[name] for name in each))
        return tuple(names)
    out: list[str] = []
    for name in sorted(names, key=lambda each: -seconds[each]):
        if total <= most_s:
            break
        out.append(name)
        total -= seconds[name]
    return tuple(out)
