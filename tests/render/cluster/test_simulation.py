"""The simulation, held against cases whose answer is known and against bounds that every schedule obeys."""

from __future__ import annotations

import json
import random

import pytest

from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.cluster.plan_records import VERSION, FilmRecord, Inputs, PlanRecord, QualityRecord
from tapehead.render.cluster.simulate import simulated, table
from tapehead.render.planning.estimates import GatherCost, SegmentCost
from tests.render.cluster.conftest import Small
from tests.render.test_cli import run

FPS = 15


def plan_of(costs: list[tuple[float, int, float]], mix_s: float = 0.0) -> PlanFile:
    """Scenes as ``(seconds to draw, chunks of 10 s, seconds to encode a chunk)``."""
    segments = tuple(
        SegmentCost(
            index=index,
            scene=f"s{index}",
            expected_frames=chunks * 10 * FPS,
            draw_s=draw,
            encode_s_per_frame=encode / (10 * FPS),
            encode_s=encode * chunks,
            measured=True,
            needs={"cpu": 1},
        )
        for index, (draw, chunks, encode) in enumerate(costs)
    )
    quality = QualityRecord("tiny", 160, 90, FPS)
    film = FilmRecord("x", "X", "x", quality, "clean", {}, {}, 1, "en", {}, (), True)
    gather = GatherCost(5.0, mix_s, measured=True)
    return PlanFile(PlanRecord(VERSION, "", film, Inputs({}, {}), {}, {}, segments, gather, (), ""))


def walls(plan_file: PlanFile, way: str, start_s: float = 0.0) -> dict[int, float]:
    return {row["workers"]: row["wall_s"] for row in simulated(plan_file, start_s)[way]["rows"]}


def test_equal_scenes_fall_as_one_over_workers() -> None:
    found = walls(plan_of([(8.0, 1, 2.0)] * 256), "array")
    assert found == {workers: 2560 / workers + 5 for workers in found}


def test_one_long_scene_is_the_limit_and_its_chunks_are_shared() -> None:
    plan_file = plan_of([(100.0, 16, 10.0), *[(1.0, 1, 1.0)] * 8])
    array, ray = walls(plan_file, "array"), walls(plan_file, "ray")
    assert array[256] == 100 + 160 + 5
    assert ray[256] == 100 + 10 + 5
    assert array[1] == ray[1] == 260 + 16 + 5
    assert simulated(plan_file)["ray"]["bound_by"] == "s0"
    assert "'s0'" in table(simulated(plan_file))


def test_bounds_hold_for_random_films() -> None:
    """Graham: list scheduling ends at most one longest chain after the work divided among all."""
    dice = random.Random(7)
    for _ in range(50):
        costs = [(dice.uniform(1, 60), dice.randint(1, 9), dice.uniform(1, 9)) for _ in range(dice.randint(1, 30))]
        work = sum(draw + chunks * encode for draw, chunks, encode in costs)
        chain = {
            "array": max(draw + chunks * encode for draw, chunks, encode in costs),
            "ray": max(draw + encode for draw, _, encode in costs),
        }
        for way, longest in chain.items():
            for workers, wall in walls(plan_of(costs), way).items():
                lower = max(work / workers, longest)
                assert lower - 0.1 <= wall - 5 <= work / workers + longest + 0.1


def test_the_command_ends_with_one_line_of_json(small: Small) -> None:
    done = run("plan", "--plan", str(small.file), "--simulate", "--quiet")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert [row["workers"] for row in answer["simulation"]["ray"]["rows"]][-1] == 256
    assert not answer["simulation"]["measured"]
    assert "guesses" in done.stdout
    assert answer["simulation"]["array"]["rows"][0]["efficiency"] == pytest.approx(1.0, abs=0.01)


def test_the_sound_waits_for_all_drawings_and_for_no_chunk() -> None:
    costs = [(10.0, 2, 20.0), (4.0, 1, 1.0)]
    plan_file = plan_of(costs, mix_s=15.0)
    array, ray = walls(plan_file, "array"), walls(plan_file, "ray")
    assert array[4] == 50 + 15 + 5
    assert ray[4] == 10 + 20 + 5, "beside the chunks"
    assert ray[1] == array[1] == 55 + 15 + 5
    assert walls(plan_file, "ray", start_s=1.0)[4] == 11 + 21 + 6
    long = plan_of(costs, mix_s=60.0)
    assert walls(long, "ray")[4] == 10 + 60 + 5
    assert simulated(long)["ray"]["bound_by"] == "the sound"
    assert "sound" in table(simulated(long))
