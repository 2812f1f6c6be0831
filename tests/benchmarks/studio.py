"""How quick the studio is: from a saved scene to its first picture, a frame of the film, a still through a tape.

``python -m tests.benchmarks.studio [EPISODE]`` prints seconds of the clock and of the processors, the latter up to the
picture and of all processes that had a part in it (read from /proc, so on Linux only): on a busy machine they are what
can be compared.  The picture is drawn warm, as the studio does, and by a process of its own; frames and stills are what
the server answers with, from the question to the bytes of the PNG, at 480 lines.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tapehead.render.drawing.master import MasterWriter
from tapehead.render.studio.jobs import Process, python
from tapehead.render.studio.pictures import Pictures, png
from tapehead.render.studio.warm import Forge
from tapehead.render.tape import tape_named
from tapehead.render.tape.stage import Tape
from tapehead.scenes.episode import find_episode

WIDTH, HEIGHT, FPS = 854, 480, 15
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(root: int) -> float:
    """Seconds of processor time of a process, its children, and those of them that have ended."""
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(place.name))
            spent[int(place.name)] = sum(int(field) for field in fields[11:15]) / _TICK
    waiting, total = [root], 0.0
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0.0)
        waiting += children.get(pid, [])
    return total


def first_picture(process: Process, root: int, before: float) -> tuple[float, float]:
    """Seconds of the clock and of the processors until the first picture; then the drawing is stopped."""
    began = time.perf_counter()
    for line in process.stderr or ():
        if line.startswith("picture: "):
            found = time.perf_counter() - began, cpu_of(root) - before
            process.send_signal(signal.SIGINT)
            process.wait()
            return found
        if line.startswith("tapehead:"):
            sys.stderr.write(line)
    process.wait()
    return float("nan"), float("nan")


def pictures(repeats: int = 15) -> None:
    """Frames of a master and stills through a tape, as the server answers."""
    with tempfile.TemporaryDirectory() as place:
        master = Path(place, "master") / "scene" / "frames.tpf"
        rng = np.random.default_rng(1)
        with MasterWriter(master, WIDTH, HEIGHT, FPS) as writer:
            ground = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            for index in range(repeats + 1):
                ground[100:300, 10 * index : 10 * index + 200] = rng.integers(0, 255, (1, 1, 3), np.uint8)
                writer.write(ground)
        scene = {"name": "scene", "master": str(master), "taped": True, "track": {}, "frames": repeats + 1}
        film = {"fps": FPS, "tape": "worn", "seed": 1, "scenes": [scene]}
        shelf = Pictures()

        def changed(index: int) -> Tape:
            return tape_named("worn").but({"luma.snr": 30 + index})

        ways: dict[str, Callable[[int], bytes]] = {
            "frame": lambda index: png(shelf.frame(film, "scene", index)),
            "with its tape": lambda index: png(shelf.as_in_the_film(film, "scene", index)),
            "through a tape": lambda index: png(shelf.through(film, "scene", index, changed(index))),
        }
        for way, picture in ways.items():
            picture(0)
            clock, spent = [], time.process_time()
            for index in range(1, repeats + 1):
                began = time.perf_counter()
                picture(index)
                clock.append(time.perf_counter() - began)
            each = (time.process_time() - spent) / repeats
            middle, most = 1000 * float(np.median(clock)), 1000 * max(clock)
            sys.stdout.write(
                f"{way:<15} {middle:6.0f} ms, at most {most:6.0f} ms, {1000 * each:6.0f} ms of processor\n"
            )
            sys.stdout.flush()


def main(name: str) -> None:
    """Draw, save a scene, draw again: with each way to draw."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["TAPEHEAD_STORE"] = str(Path(place, "store"))
        folder = Path(place, "film")
        shutil.copytree(find_episode(name).folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
        words = [str(folder), "--voice", "none", "--jobs", "1", "--out", str(Path(place, "out"))]
        words += ["--picture", str(Path(place, "now.png"))]
        scene = folder / f"{find_episode(name).scenes[0].target.partition(':')[0].lstrip('.')}.py"
        forge = Forge()
        forge.renew()
        for number, way in enumerate(("warm", "warm", "own"), 1):
            scene.write_text(scene.read_text() + f"\nSAVED_{number} = {number}\n")
            if way == "warm":
                forge_process = forge._process
                assert forge_process is not None
                while number == 1 and cpu_of(forge_process.pid) < 0.5:
                    time.sleep(1)
                drawing = forge.start(words)
                assert drawing is not None
                if number > 1:  # the first one waits until everything is loaded
                    drawing._begun.wait()
                found = first_picture(drawing, forge_process.pid, cpu_of(forge_process.pid))
            else:
                made = python(("tapehead.render.studio.draw", *words))
                found = first_picture(made, os.getpid(), cpu_of(os.getpid()))
            sys.stdout.write(f"{way:<5} {found[0]:6.2f} s, {found[1]:6.2f} s of processor\n")
            sys.stdout.flush()
        forge.close()


if __name__ == "__main__":
    pictures()
    main(sys.argv[1] if len(sys.argv) > 1 else "odd-squares")
