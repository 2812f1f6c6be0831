"""How long a frozen plan takes on 1 to 256 workers, from what its segments cost when they were measured.

List scheduling, longest first, as the executors do it.  An array job does a whole segment; Ray draws scenes of
several chunks first and encodes the chunks wherever a core is free.  A task has its start (a process, its imports) and at the end one machine
joins the film: that part is serial.
"""

from __future__ import annotations

import heapq
from typing import Any

from render.frozen import Frozen
from render.worker import chunks_of

WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
START_S = 3.0
"""Seconds until a fresh process has Manim and PyAV imported, on the machine this was written on."""


def simulated(frozen: Frozen, start_s: float = START_S, gather_s: float | None = None) -> dict[str, Any]:
    """Wall time and efficiency by workers, for both ways, and what the limit is."""
    fps = frozen.data["film"]["quality"]["fps"]
    tasks = []
    for each in frozen.segments:
        chunks = [
            (last - first) * each["encode_s_per_frame"] for first, last in chunks_of(each["expected_frames"], fps)
        ]
        tasks.append((each["scene"], float(each["draw_s"]), chunks))
    if gather_s is None:
        gather_s = frozen.data["gather"]["seconds"]
    ways = {}
    for way, split in (("array", False), ("ray", True)):
        count = sum(1 + len(chunks) if split and len(chunks) > 1 else 1 for _, _, chunks in tasks)
        work = sum(draw + sum(chunks) for _, draw, chunks in tasks) + count * start_s
        name, floor = max(
            ((scene, _alone(draw, chunks, start_s, split)) for scene, draw, chunks in tasks), key=lambda pair: pair[1]
        )
        rows = []
        for workers in WORKERS:
            wall = _scheduled(tasks, workers, start_s, split) + gather_s
            rows.append(
                {
                    "workers": workers,
                    "wall_s": round(wall, 1),
                    "speedup": round((work + gather_s) / wall, 2),
                    "efficiency": round((work + gather_s) / wall / workers, 3),
                }
            )
        ways[way] = {
            "tasks": count,
            "work_s": round(work, 1),
            "floor_s": round(floor + gather_s, 1),
            "bound_by": name,
            "enough_workers": next(
                (row["workers"] for row in rows if row["wall_s"] <= 1.05 * rows[-1]["wall_s"]), WORKERS[-1]
            ),
            "rows": rows,
        }
    measured = all(each["measured"] for each in frozen.segments)
    return {"measured": measured, "start_s": start_s, "gather_s": round(gather_s, 1), **ways}


def table(simulation: dict[str, Any]) -> str:
    """The same for people."""
    lines = ["workers   array s   eff.     ray s   eff."]
    for one, two in zip(simulation["array"]["rows"], simulation["ray"]["rows"], strict=True):
        lines.append(
            f"{one['workers']:>7} {one['wall_s']:>9} {one['efficiency']:>6} {two['wall_s']:>9} {two['efficiency']:>6}"
        )
    for way in ("array", "ray"):
        each = simulation[way]
        what = "whole" if way == "array" else "drawn, and its last chunk"
        lines.append(
            f"{way}: from {each['enough_workers']} workers on nothing is gained: the longest scene "
            f"'{each['bound_by']}' {what}, and {simulation['gather_s']} s of joining, take {each['floor_s']} s"
        )
    if not simulation["measured"]:
        lines.append("some of these costs are guesses: render the film once, and plan again")
    return "\n".join(lines)


def _alone(draw: float, chunks: list[float], start_s: float, split: bool) -> float:
    """A scene with as many workers as it can use."""
    return start_s + draw + (start_s + max(chunks) if split and len(chunks) > 1 else sum(chunks))


def _scheduled(tasks: list[tuple[str, float, list[float]]], workers: int, start_s: float, split: bool) -> float:
    """When the last task ends: a free worker takes the longest task that may begin, drawings before chunks."""
    # (kind, -seconds, number, chunks that follow)
    waiting: list[tuple[int, float, int, list[float]]] = []
    for number, (_, draw, chunks) in enumerate(tasks):
        cut = split and len(chunks) > 1
        waiting.append((0, -(draw + start_s + (0 if cut else sum(chunks))), number, chunks if cut else []))
    heapq.heapify(waiting)
    running: list[tuple[float, int, list[float]]] = []
    now, serial = 0.0, len(tasks)
    while waiting or running:
        while waiting and len(running) < workers:
            _, seconds, _, follow = heapq.heappop(waiting)
            serial += 1
            heapq.heappush(running, (now - seconds, serial, follow))
        now, _, follow = heapq.heappop(running)
        for chunk in follow:
            serial += 1
            heapq.heappush(waiting, (1, -(chunk + start_s), serial, []))
    return now
