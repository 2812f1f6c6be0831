"""What the encoder's settings cost and keep on clean drawings: ``python -m tests.benchmarks.clean``.

Scenes are drawn, cut into groups of pictures, and those groups in which anything moves are encoded once for each set
of settings, one thread, all sets in turn so that other work on the machine falls on all of them.  Every tenth picture
(or another share) is decoded and held against what the encoder was given:

* ``ms``: processor time a frame, of the encoder alone.  ``kbps``: bits a second of these groups, as they are.
* ``psnr``: luma of whole pictures, in dB over the mean error of all.  ``chroma``: both colour differences.
* ``edges``/``edge_ssim``: the 8 by 8 blocks that text and lines run through (luma spans 64 or more).
* ``ramps``/``ramp_ssim``: blocks that shade off softly (luma spans 1 up to 12), where banding would show.
* ``worst``: the lowest PSNR of one picture.

The structural similarity is that of Wang et al. 2004 over blocks of 8 by 8 at every fourth pixel, computed here and not
by the encoder.  A table is printed, and one JSON object on the last line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tapehead.render.drawing.cues import MASTER, CueList
from tapehead.render.drawing.master import MasterReader, MasterWriter
from tapehead.render.encoding.sink import VideoForm
from tapehead.render.encoding.video import Converter, gop_length, video_stream
from tapehead.render.quality import Quality, quality_named

SCENES = (
    "linear-algebra/promise",
    "linear-algebra/lost",
    "sequence-circuits/twins",
    "puppet-show/ghosts",
    "editing/stamp",
)
CANDIDATES: dict[str, dict[str, Any]] = {
    "now": {},
    "before": {
        "crf": 18, "rc-lookahead": 4, "mbtree": 1, "subme": 2, "me": "hex", "no-deblock": 0, "aq-strength": 1,
        "partitions": "p8x8,b8x8,i8x8,i4x4",
    },
}  # fmt: skip
"""What differs from the film's own settings, by x264's names; ``before``: "veryfast" with little look-ahead."""
EDGE, RAMP = 64, 12
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

Planes = NDArray[np.uint8]


class EnoughError(Exception):
    """As many frames as were asked for are drawn."""


def drawn(name: str, quality: Quality, seconds: float, folder: Path) -> Path:
    """The master of a scene's first seconds; one that lies in the folder already, or is named itself, is taken."""
    if name.endswith(".tpf"):
        return Path(name)
    path = folder / f"{name.replace('/', '-')}-{quality.name}-{seconds:g}" / MASTER
    if path.exists():
        return path
    from manim import tempconfig  # not for masters that are there

    from tapehead.analysis.store import Store
    from tapehead.render.drawing.draw import build, scene_class, settings_for
    from tapehead.render.drawing.observer import FrameObserver
    from tapehead.render.film.make import Choices, prepare
    from tapehead.render.progress import Reporter
    from tapehead.scenes.episode import find_episode

    episode, _, wanted = name.partition("/")
    plan = prepare(find_episode(episode), Choices(quality, voice="none", only=wanted), Store(), Reporter(quiet=True))
    (scene,) = plan.scenes
    random.seed(scene.context.seed)
    writer, left = MasterWriter(path, quality.width, quality.height, quality.fps), round(seconds * quality.fps)

    def keep(pixels: np.ndarray, repeat: int) -> None:
        nonlocal left
        writer.write(pixels, min(repeat, left))
        left -= repeat
        if left <= 0:
            raise EnoughError

    observer = FrameObserver(CueList(quality.fps), lambda _cue, _frames: None)
    kind = scene_class(plan.package, Path(plan.folder), scene.target)
    with (
        tempfile.TemporaryDirectory() as media,
        tempconfig(settings_for(quality, Path(media), scene.context.seed)),
        writer,
        contextlib.suppress(EnoughError),
    ):
        build(kind, scene.context, observer, keep).render()
    return path


def moving_groups(master: Path, most: int) -> Iterator[list[Any]]:
    """Groups of pictures (as the encoder is given them) in which something changes, spread over the scene."""
    reader = MasterReader(master)
    info, length = reader.info, gop_length(reader.info.fps)
    starts = np.cumsum([0, *info.repeats])
    moving = [g for g in range(info.frames // length) if ((starts > g * length) & (starts < (g + 1) * length)).any()]
    for group in sorted({moving[i * len(moving) // most] for i in range(most)}) if moving else ():
        convert, pictures = Converter(info.width, info.height), []
        for shown in reader.between(group * length, (group + 1) * length):
            if not pictures or shown.rows != ():
                picture = convert(shown.frame, shown.rows if pictures else None)
            pictures += [picture] * shown.repeat
        yield pictures


@dataclass
class Score:
    """Sums over the pictures that were looked at."""

    frames: int = 0
    cpu_s: float = 0.0
    bits: int = 0
    errors: dict[str, float] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)
    worst: float = np.inf

    def add(self, name: str, total: float, count: float) -> None:
        """More of a sum."""
        self.errors[name] = self.errors.get(name, 0.0) + float(total)
        self.counts[name] = self.counts.get(name, 0.0) + float(count)

    def mean(self, name: str) -> float:
        """Of what was summed."""
        return self.errors.get(name, 0.0) / max(self.counts.get(name, 0.0), 1.0)

    def row(self, fps: float) -> dict[str, float]:
        """What is printed."""
        found = {"ms": 1e3 * self.cpu_s / self.frames, "kbps": self.bits * fps / self.frames / 1e3}
        found |= {name: decibels(self.mean(name)) for name in ("psnr", "chroma", "edges", "ramps")}
        found |= {name: self.mean(name) for name in ("edge_ssim", "ramp_ssim")} | {"worst": self.worst}
        return {name: round(value, 5 if "ssim" in name else 2) for name, value in found.items()}


def decibels(error: float) -> float:
    """Peak signal to noise ratio of a mean square error, 8 bit; 99 where there is none."""
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def _blocks(plane: NDArray[Any]) -> NDArray[Any]:
    """8 by 8 blocks at every fourth pixel: their sums."""
    fours = plane[: plane.shape[0] // 4 * 4, : plane.shape[1] // 4 * 4]
    fours = fours.reshape(len(fours) // 4, 4, -1, 4).sum(axis=(1, 3), dtype=np.float64)
    return fours[:-1, :-1] + fours[1:, :-1] + fours[:-1, 1:] + fours[1:, 1:]


def _span(plane: NDArray[Any]) -> NDArray[Any]:
    fours = plane[: plane.shape[0] // 4 * 4, : plane.shape[1] // 4 * 4].reshape(plane.shape[0] // 4, 4, -1, 4)
    high, low = fours.max(axis=(1, 3)).astype(int), fours.min(axis=(1, 3)).astype(int)

    def joined(values: NDArray[Any], how: Any) -> NDArray[Any]:
        return how(how(values[:-1, :-1], values[1:, :-1]), how(values[:-1, 1:], values[1:, 1:]))

    return joined(high, np.maximum) - joined(low, np.minimum)


def compare(score: Score, planes: Planes, seen: Planes, height: int) -> None:
    """Hold a decoded picture against the one that was encoded; both ``(height * 3 / 2, width)``."""
    one, two = planes[:height].astype(np.float32), seen[:height].astype(np.float32)
    square = (one - two) ** 2
    score.add("psnr", square.sum(dtype=np.float64), square.size)
    score.worst = min(score.worst, decibels(square.mean()))
    colour = (planes[height:].astype(np.float32) - seen[height:]) ** 2
    score.add("chroma", colour.sum(dtype=np.float64), colour.size)
    span, errors = _span(planes[:height]), _blocks(square)
    means = [_blocks(part) / 64 for part in (one, two, one * one, two * two, one * two)]
    covariance = means[4] - means[0] * means[1]
    variances = means[2] - means[0] ** 2 + means[3] - means[1] ** 2
    alike = (2 * means[0] * means[1] + _C1) * (2 * covariance + _C2)
    alike /= (means[0] ** 2 + means[1] ** 2 + _C1) * (variances + _C2)
    for names, where in ((("edges", "edge_ssim"), span >= EDGE), (("ramps", "ramp_ssim"), (span > 0) & (span <= RAMP))):
        score.add(names[0], errors[where].sum(), 64 * where.sum())
        score.add(names[1], alike[where].sum(), where.sum())


def encode(
    groups: Sequence[Sequence[Any]], quality: Quality, change: Mapping[str, Any], out: Path, score: Score, every: int
) -> None:
    """Encode the groups one after another and compare."""
    stamp = 0
    with av.open(str(out), "w", format="mp4") as container:
        stream = video_stream(container, VideoForm(quality.width, quality.height, quality.fps), change)
        packets: list[Any] = []
        for picture in [*(each for group in groups for each in group), None]:
            if picture is not None:
                picture.pts, stamp = stamp, stamp + 1
                picture.time_base = stream.codec_context.time_base
            began = time.process_time()
            packets += stream.encode(picture)
            score.cpu_s += time.process_time() - began
        for packet in packets:
            score.bits += 8 * packet.size
            container.mux(packet)
    score.frames += stamp
    flat = [each for group in groups for each in group]
    with av.open(str(out)) as container:
        for number, picture in enumerate(container.decode(video=0)):
            if number % every == every // 2:
                compare(score, flat[number].to_ndarray(), picture.to_ndarray(), quality.height)
    if number + 1 != stamp:
        raise RuntimeError(f"{stamp} pictures were encoded and {number + 1} came back")


def run(
    scenes: Sequence[str],
    quality: Quality,
    seconds: float,
    most: int,
    keep: Path,
    candidates: Mapping[str, Any],
    every: int = 10,
) -> dict[str, Any]:
    """All of it; see the module's description."""
    scores = {name: {scene: Score() for scene in scenes} for name in candidates}
    with tempfile.TemporaryDirectory() as work:
        for scene in scenes:
            master = drawn(scene, quality, seconds, keep)
            groups = list(moving_groups(master, most))
            if not groups:
                raise RuntimeError(f"nothing moves in the first {seconds:g} s of {scene}")
            for name, change in candidates.items():
                encode(groups, quality, change, Path(work, "clip.mp4"), scores[name][scene], every)
    rows: dict[str, Any] = {}
    for name, by_scene in scores.items():
        whole = Score()
        for each in by_scene.values():
            whole.frames, whole.cpu_s, whole.bits = (
                whole.frames + each.frames,
                whole.cpu_s + each.cpu_s,
                whole.bits + each.bits,
            )
            whole.worst = min(whole.worst, each.worst)
            for key, value in each.errors.items():
                whole.add(key, value, each.counts[key])
        rows[name] = {"all": whole.row(quality.fps)} | {key: each.row(quality.fps) for key, each in by_scene.items()}
    return {"quality": quality.name, "seconds": seconds, "candidates": rows}


def table(found: Mapping[str, Any]) -> str:
    """Lines for reading."""
    lines = []
    for scene in next(iter(found["candidates"].values())):
        names = list(next(iter(found["candidates"].values()))[scene])
        lines.append(f"{scene:28s}" + "".join(f"{name:>11s}" for name in names))
        for candidate, rows in found["candidates"].items():
            lines.append(f"  {candidate:26s}" + "".join(f"{rows[scene][name]:11.5g}" for name in names))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table, and one JSON object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", default="1080p60")
    parser.add_argument("--scenes", nargs="*", default=list(SCENES), metavar="EPISODE/SCENE", help="or masters (.tpf)")
    parser.add_argument("--seconds", type=float, default=12, help="how much of each scene is drawn (default: 12)")
    parser.add_argument("--groups", type=int, default=6, help="groups of pictures of each scene (default: 6)")
    parser.add_argument("--every", type=int, default=10, help="every how many pictures one is compared (default: 10)")
    parser.add_argument("--keep", type=Path, help="a folder where drawn masters stay for the next run")
    parser.add_argument("--settings", type=json.loads, help='other sets, as JSON: {"name": {"crf": 20, "subme": 1}}')
    chosen = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    candidates = CANDIDATES | (chosen.settings or {})
    with tempfile.TemporaryDirectory(prefix="tapehead-benchmark-") as work:
        keep = chosen.keep or Path(work)
        keep.mkdir(parents=True, exist_ok=True)
        found = run(
            chosen.scenes,
            quality_named(chosen.quality),
            chosen.seconds,
            chosen.groups,
            keep,
            candidates,
            chosen.every,
        )
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
