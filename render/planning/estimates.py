"""What the segments of a film will cost: as measured in the last run, else guessed from their length."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tapehead.render.planning.costs import Costs
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.quality import Quality

_PIXELS = 854 * 480
_DRAW_S, _ENCODE_S = 0.013, 0.01
"""Seconds a frame on one core, for an episode of which nothing was measured yet: those of the film about linear
algebra.  Drawing 1080p60 took it no longer a frame than 480p15, as fewer frames differ; encoding is for 480 lines and
grew with the picture's width."""
_JOIN_S, _MIX_S = 0.03, 0.1
"""Seconds to join a second of film and to make its sound, where that was not measured yet."""


Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class SegmentCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scene's share of the work, in seconds of one core; ``measured`` tells a measurement from a guess."""

    index: Annotated[int, msgspec.Meta(ge=0)]
    scene: str
    expected_frames: Annotated[int, msgspec.Meta(ge=1)]
    draw_s: Seconds
    encode_s_per_frame: Seconds
    encode_s: Seconds
    measured: bool
    needs: dict[Literal["cpu", "gpu"], Annotated[int, msgspec.Meta(ge=0, le=1024)]]


class GatherCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of what is done once for a film: its sound when all is drawn, and cuts and joining at the end."""

    join_s: Seconds
    mix_s: Seconds
    measured: bool


def estimates(plan: FilmPlan, costs: Costs) -> list[SegmentCost]:
    """One record per scene, in the plan's order."""
    size = (plan.quality.width * plan.quality.height / _PIXELS) ** 0.5
    drawn = {scene.name: costs.draw_s(scene.name) for scene in plan.scenes}
    paces = {scene.name: costs.encode_s_per_frame(scene.name) for scene in plan.scenes}
    draw_pace = _mean(
        [seconds / scene.expected_frames for scene in plan.scenes if (seconds := drawn[scene.name]) is not None],
        _DRAW_S,
    )
    encode_pace = _mean([pace for pace in paces.values() if pace is not None], _ENCODE_S * size)
    found = []
    for index, scene in enumerate(plan.scenes):
        draw_s, per_frame = drawn[scene.name], paces[scene.name]
        measured = draw_s is not None and per_frame is not None
        draw_s = draw_pace * scene.expected_frames if draw_s is None else draw_s
        per_frame = encode_pace if per_frame is None else per_frame
        found.append(
            SegmentCost(
                index=index,
                scene=scene.name,
                expected_frames=scene.expected_frames,
                draw_s=round(float(draw_s), 3),
                encode_s_per_frame=round(float(per_frame), 5),
                encode_s=round(float(per_frame) * scene.expected_frames, 3),
                measured=measured,
                needs={"cpu": 1},
            )
        )
    return found


def longest_first(plan: FilmPlan, costs: Costs) -> list[int]:
    """The scenes' numbers, those first that take longest to draw."""
    return sorted(range(len(plan.scenes)), key=[-each.draw_s for each in estimates(plan, costs)].__getitem__)


def gather_estimate(plan: FilmPlan, costs: Costs) -> GatherCost:
    """What is done once for the film."""
    length_s = sum(scene.expected_frames for scene in plan.scenes) / plan.quality.fps
    join, mix = costs.joined_s, costs.mixed_s
    return GatherCost(
        join_s=float(round(_JOIN_S * length_s, 3) if join is None else join),
        mix_s=float(round(_MIX_S * length_s, 3) if mix is None else mix),
        measured=join is not None and mix is not None,
    )


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def seconds_a_minute(quality: Quality) -> float:
    """What one core needs to draw and encode a minute of film of which nothing is known yet."""
    size = (quality.width * quality.height / _PIXELS) ** 0.5
    return float(60 * quality.fps * (_DRAW_S + _ENCODE_S) * size)
