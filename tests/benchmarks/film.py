"""How fast a film is made beside plain Manim: ``python -m tests.benchmarks.film``.

The same scene classes, with the same results, words and size, through ``manim render`` (its defaults, its cache off)
and through ``tapehead render``, alternating, in one run on one machine.  The scenes are whole scenes of
``linear-algebra`` and ``puppet-show``: a film of these and no others is put together for the purpose.

* ``manim_s``: the scenes one after another, each a process of its own, as ``manim render`` has it.
* ``cold_clean_s``: the same scenes as one film without tape: store empty but for the results, film joined, with sound.
* ``cold_tape_s``: the same with every scene on a tape.  ``regrade_s``: the film without tape put on that tape.
  ``noop_s``: and once again.
* ``kinds``: each scene alone, both ways; the quotient may not fall below 1 for any.

``*_cpu_s`` are processor seconds of all processes of a command: on a machine that others use too, these say more than
the clock does.  ``peak_rss_mb`` is the largest process of ours.  ``split`` has seconds for drawing a scene and for
taping and encoding one of its frames, as measured by the workers themselves.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.sources import closure
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, prepare
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality, quality_named
from tapehead.scenes.episode import BUILT_IN, find_episode
from tapehead.scenes.stage.context import VARIABLE

ROOT = BUILT_IN.parent
FILM, PUPPETS = "linear_algebra", "puppet_show"
KINDS = {"vectors": "promise", "pictures": "ghosts", "waits": "lost"}
"""Vectors and text; many pictures at once (an album of portraits); long explanations before a standing picture."""
TAPE = "sp"
_DECLARED = """

from dataclasses import replace as _replace

from tapehead.analysis.registry import AnalysisCall as _Call

EPISODE = _replace(
    EPISODE,
    slug="film-benchmark",
    scenes=tuple(
        _replace(scene, taped=True)
        for scene in (*EPISODE.scenes, SceneRef("ghosts", ".ghosts:Ghosts", "An average and a few ghosts", ("album",)))
        if scene.name in {names!r}
    ),
    analyses=(*EPISODE.analyses, _Call("album", "tapehead.analysis.diffusion.studies.pictures:ghosts",
    model="diffusion")), thumbnail=None,
)
"""


@dataclass(frozen=True)
class Cost:
    """What a command took: by the clock, of the processors, and memory of its largest process."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    rss_mb: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, max(self.rss_mb, other.rss_mb))


def measured(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a command in a process that inherits and counts all of its descendants.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        watcher = os.fork()
        if watcher == 0:
            code = 1
            try:
                if sys.platform == "linux":
                    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: the fork server is counted as well
                code = subprocess.run(
                    command, env=os.environ | dict(environment), cwd=ROOT, stdout=said, stderr=said, check=False
                ).returncode
                while True:
                    try:
                        os.wait()
                    except ChildProcessError:
                        break
            finally:
                os._exit(min(255, abs(code)))
        _, status, usage = os.wait4(watcher, 0)
        wall = time.perf_counter() - began
        if status:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{said.read()[-3000:].decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def copied_film(folder: Path, names: Sequence[str]) -> Path:
    """A film with these scenes only, of both films: the second's scene comes with the modules that it imports."""
    shutil.copytree(BUILT_IN / FILM, folder, ignore=shutil.ignore_patterns("__pycache__"))
    other = BUILT_IN / PUPPETS
    for module in closure(other / "ghosts.py", other):
        if module.parent == other and module.name != "__init__.py":
            if (folder / module.name).exists():
                raise RuntimeError(f"{FILM} and {PUPPETS} both have a {module.name}, which {PUPPETS} needs")
            shutil.copy(module, folder)
    declared = folder / "episode.py"
    declared.write_text(declared.read_text() + _DECLARED.replace("{names!r}", repr(set(names))))
    head, *lines = (folder / "script.toml").read_text().split("\n[[line]]\n")
    other, *more = (BUILT_IN / PUPPETS / "script.toml").read_text().split("\n[[line]]\n")
    head, lines = head + "\n" + other[other.index("[speakers.") :], [*lines, *more]
    kept = [line for line in lines if line.split('key = "')[1].split(".")[0] in names]
    (folder / "script.toml").write_text("\n[[line]]\n".join([head, *kept]))
    return folder


class Bench:
    """One run: a folder of its own, results computed beforehand."""

    def __init__(self, work: Path, quality: Quality, names: Sequence[str], jobs: int) -> None:
        self.work, self.quality, self.jobs = work, quality, jobs
        self.film = copied_film(work / "film_benchmark", names)
        choices = Choices(quality, voice="none", tape="clean")
        self.results = work / "results"
        plan = prepare(find_episode(str(self.film)), choices, Store(self.results), Reporter(quiet=True))
        self.plan: FilmPlan = replace(plan, scenes=tuple(sorted(plan.scenes, key=lambda s: names.index(s.name))))
        self._count = 0

    def manim(self, name: str) -> Cost:
        """Plain Manim, one scene."""
        scene = next(scene for scene in self.plan.scenes if scene.name == name)
        folder = self.work / f"manim-{self._next()}"
        folder.mkdir()
        (folder / "context.json").write_text(scene.context.to_json())
        module, _, target = scene.target.lstrip(".").partition(":")
        film = FILM if (BUILT_IN / FILM / f"{module}.py").exists() else PUPPETS
        (folder / "plain.py").write_text(
            f"from tapehead.scenes.{film}.{module} import {target} as Scene_\n\n\nclass {target}(Scene_):\n    pass\n"
        )
        q = self.quality
        command = [sys.executable, "-m", "manim", "render", "--disable_caching", "--progress_bar", "none"]
        command += ["-r", f"{q.width},{q.height}", "--fps", str(q.fps), "--seed", str(self.plan.seed)]
        command += ["--media_dir", str(folder / "media"), str(folder / "plain.py"), target]
        cost = measured(command, {VARIABLE: str(folder / "context.json"), "PYTHONPATH": str(ROOT)})
        if not list(folder.rglob(f"{target}.mp4")):
            raise RuntimeError(f"manim made no film of {target}")
        shutil.rmtree(folder)
        return cost

    def fresh(self) -> Path:
        """A store with nothing but the results."""
        store = self.work / f"store-{self._next()}"
        shutil.copytree(self.results, store)
        return store

    def ours(self, store: Path, tape: str, *more: str) -> tuple[Cost, int]:
        """Tapehead; what it took, and the film's length in frames."""
        out = self.work / f"out-{store.name}"
        command = [
            sys.executable,
            "-m",
            "tapehead.render.commands.cli",
            "render",
            str(self.film),
            "--quiet",
            "--voice",
            "none",
            "--json",
        ]
        command += ["--quality", self.quality.name, "--tape", tape, "--jobs", str(self.jobs), "--out", str(out), *more]
        cost = measured([*command, "--allow-flashes"], {"TAPEHEAD_STORE": str(store), "PYTHONPATH": str(ROOT)})
        record = json.loads(next(out.rglob("*provenance.json")).read_text())
        return cost, sum(scene["frames"] for scene in record["scenes"].values())

    def _next(self) -> int:
        self._count += 1
        return self._count


def run(quality: Quality, kinds: Mapping[str, str], jobs: int, work: Path) -> dict[str, Any]:
    """All of it; see the module's description."""
    bench = Bench(work, quality, list(kinds.values()), jobs)
    manim, by_kind, peak = Cost(), {}, 0.0
    for kind, name in kinds.items():
        plain = bench.manim(name)
        store = bench.fresh()
        alone, _ = bench.ours(store, "clean", "--only", name)
        shutil.rmtree(store)
        manim, peak = manim + plain, max(peak, alone.rss_mb)
        by_kind[kind] = {
            "scene": name,
            "manim_s": round(plain.wall_s, 2),
            "clean_s": round(alone.wall_s, 2),
            "manim_cpu_s": round(plain.cpu_s, 2),
            "clean_cpu_s": round(alone.cpu_s, 2),
            "speedup": round(plain.wall_s / alone.wall_s, 3),
        }
        print(json.dumps({kind: by_kind[kind]}), file=sys.stderr, flush=True)
    store = bench.fresh()
    clean, frames = bench.ours(store, "clean")
    regrade, _ = bench.ours(store, TAPE)
    noop, _ = bench.ours(store, TAPE)
    shutil.rmtree(store)
    store = bench.fresh()
    tape, _ = bench.ours(store, TAPE)
    split = json.loads(next(store.glob("costs/*.json")).read_text())
    return {
        "quality": quality.name,
        "scenes": list(kinds.values()),
        "frames": frames,
        "manim_s": round(manim.wall_s, 2),
        "cold_clean_s": round(clean.wall_s, 2),
        "cold_tape_s": round(tape.wall_s, 2),
        "regrade_s": round(regrade.wall_s, 2),
        "noop_s": round(noop.wall_s, 2),
        "speedup_clean": round(manim.wall_s / clean.wall_s, 3),
        "speedup_tape": round(manim.wall_s / tape.wall_s, 3),
        "peak_rss_mb": round(max(peak, *(cost.rss_mb for cost in (clean, tape, regrade))), 1),
        "manim_cpu_s": round(manim.cpu_s, 2),
        "cold_clean_cpu_s": round(clean.cpu_s, 2),
        "cold_tape_cpu_s": round(tape.cpu_s, 2),
        "regrade_cpu_s": round(regrade.cpu_s, 2),
        "noop_cpu_s": round(noop.cpu_s, 2),
        "jobs": jobs,
        "kinds": by_kind,
        "split": split,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one JSON object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", default="1080p60")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    chosen = parser.parse_args(arguments)
    kinds = {kind: KINDS[kind] for kind in chosen.kinds}
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="tapehead-benchmark-") as work:
        print(json.dumps(run(quality_named(chosen.quality), kinds, chosen.jobs, Path(work))))


if __name__ == "__main__":
    main()
