"""How long a plan file takes on 1 to 256 workers, from what its segments cost when they were measured.

List scheduling, longest first, as the executors do it.  An array job does a whole segment; Ray draws scenes of several
chunks first, encodes the chunks wherever a core is free and makes the sound beside them.  A task has its start (a
process, its imports).  At the end one machine joins the film, and makes the sound if no task has: that part is serial.
"""

from __future__ import annotations

import heapq
from typing import Any

from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.workers.worker import chunks_of

WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
START_S = 3.0
"""Seconds until a fresh process has Manim and PyAV imported, on the machine this was written on."""


def simulated(plan_file: PlanFile, start_s: float = START_S) -> dict[str, Any]:
    """Wall time and efficiency by workers, for both ways, and what the limit is."""
    fps = plan_file.film.quality.fps
    tasks = []
    for each in plan_file.segments:
        chunks = [(last - first) * each.encode_s_per_frame for first, last in chunks_of(each.expected_frames, fps)]
        tasks.append((each.scene, each.draw_s, chunks))
    join_s, mix_s = plan_file.record.gather.join_s, plan_file.record.gather.mix_s
    ways = {}
    for way, split in (("array", False), ("ray", True)):
        sound = mix_s + start_s if split else 0.0
        serial = start_s + join_s + (0.0 if split else mix_s)
        count = sum(1 + len(chunks) if split and len(chunks) > 1 else 1 for _, _, chunks in tasks) + split
        work = sum(draw + sum(chunks) for _, draw, chunks in tasks) + mix_s + join_s + (count + 1) * start_s
        name, floor = max(
            ((scene, _alone(draw, chunks, start_s, split)) for scene, draw, chunks in tasks), key=lambda pair: pair[1]
        )
        if sound and (drawn := max(_drawn(draw, chunks, start_s) for _, draw, chunks in tasks)) + sound > floor:
            name, floor = "the sound", drawn + sound
        rows = []
        for workers in WORKERS:
            wall = _scheduled(tasks, workers, start_s, split, sound) + serial
            rows.append(
                {
                    "workers": workers,
                    "wall_s": round(wall, 1),
                    "speedup": round(work / wall, 2),
                    "efficiency": round(work / wall / workers, 3),
                }
            )
        ways[way] = {
            "tasks": count,
            "work_s": round(work, 1),
            "floor_s": round(floor + serial, 1),
            "serial_s": round(serial, 1),
            "bound_by": name,
            "enough_workers": next(
                (row["workers"] for row in rows if row["wall_s"] <= 1.05 * rows[-1]["wall_s"]), WORKERS[-1]
            ),
            "rows": rows,
        }
    measured = plan_file.measured
    return {"measured": measured, "start_s": start_s, "join_s": join_s, "mix_s": mix_s, **ways}


def table(simulation: dict[str, Any]) -> str:
    """The same for people."""
    lines = ["workers   array s   eff.     ray s   eff."]
    for one, two in zip(simulation["array"]["rows"], simulation["ray"]["rows"], strict=True):
        lines.append(
            f"{one['workers']:>7} {one['wall_s']:>9} {one['efficiency']:>6} {two['wall_s']:>9} {two['efficiency']:>6}"
        )
    for way in ("array", "ray"):
        each = simulation[way]
        if each["bound_by"] == "the sound":
            what = "drawing the longest scene and then making the sound"
        else:
            what = f"scene '{each['bound_by']}' {'whole' if way == 'array' else 'drawn, and then a chunk of it,'}"
        last = "the sound and joining" if way == "array" else "joining"
        lines.append(
            f"{way}: from {each['enough_workers']} workers on next to nothing is gained: {what} "
            f"and {each['serial_s']} s of {last} take {each['floor_s']} s"
        )
    if not simulation["measured"]:
        lines.append("some of these costs are guesses: render the film once, and plan again")
    return "\n".join(lines)


def _alone(draw: float, chunks: list[float], start_s: float, split: bool) -> float:
    """A scene with as many workers as it can use."""
    return start_s + draw + (start_s + max(chunks) if split and len(chunks) > 1 else sum(chunks))


def _drawn(draw: float, chunks: list[float], start_s: float) -> float:
    """When the sound hears of a scene that is begun at once: one of a single chunk is not cut."""
    return start_s + draw + (0.0 if len(chunks) > 1 else sum(chunks))


def _scheduled(
    tasks: list[tuple[str, float, list[float]]], workers: int, start_s: float, split: bool, sound: float
) -> float:
    """When the last task ends: a free worker takes the longest task that may begin, drawings before chunks.

    ``sound`` are the seconds of the task that waits for all drawings; 0 for none.
    """
    # (kind, -seconds, number, chunks that follow)
    waiting: list[tuple[int, float, int, list[float]]] = []
    for number, (_, draw, chunks) in enumerate(tasks):
        cut = split and len(chunks) > 1
        waiting.append((0, -(draw + start_s + (0 if cut else sum(chunks))), number, chunks if cut else []))
    heapq.heapify(waiting)
    running: list[tuple[float, int, list[float]]] = []
    now, serial, undrawn = 0.0, len(tasks), len(tasks)
    drawing: set[int] = set()
    while waiting or running:
        while waiting and len(running) < workers:
            kind, seconds, _, follow = heapq.heappop(waiting)
            serial += 1
            if not kind:
                drawing.add(serial)
            heapq.heappush(running, (now - seconds, serial, follow))
        now, number, follow = heapq.heappop(running)
        undrawn -= number in drawing
        if sound and not undrawn:
            heapq.heappush(waiting, (1, -sound, serial := serial + 1, []))
            sound = 0.0
        for chunk in follow:
            serial += 1
            heapq.heappush(waiting, (1, -(chunk + start_s), serial, []))
    return now
