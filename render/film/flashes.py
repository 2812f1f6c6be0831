"""Flash safety of a whole film: what its scenes were found to do by themselves, and what happens across the cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import ResultError
from tapehead.analysis.store import Store
from tapehead.render.encoding.container import CHUNK
from tapehead.render.flashes.meter import Flash, FlashMeter
from tapehead.render.planning.film_plan import FilmPlan

if TYPE_CHECKING:
    from tapehead.render.workers.worker import SceneDone

_AROUND_S = 1
"""What the rule judges is a second long: so much on each side of a cut is enough."""
_LISTED = 10


@dataclass(frozen=True)
class FilmFlash:
    """A stretch of a film that breaks the rule."""

    scene: str
    kind: str
    start_s: float
    end_s: float
    share: float

    def __str__(self) -> str:
        return f"{Flash(self.kind, self.start_s, self.end_s, self.share)} (scene {self.scene})"


def flashes_of(plan: FilmPlan, done: Mapping[str, SceneDone], store: Store) -> tuple[FilmFlash, ...]:
    """Everything in the film that breaks the rule, in order of time."""
    fps = plan.quality.fps
    found, first, cuts = [], 0, [0]
    for scene in plan.scenes:
        for flash in done[scene.name].flashes:
            found.append(_placed(flash, scene.name, first / fps))
        first += done[scene.name].frames
        cuts.append(first)
    chunks: list[Path] = []
    starts: list[int] = []
    for scene, begin in zip(plan.scenes, cuts, strict=False):
        starts += [begin + start for start in done[scene.name].starts]
        chunks += [store.place("chunk", key) / CHUNK for key in done[scene.name].chunks]
    for number, cut in enumerate(cuts[1:-1]):
        around = min(_AROUND_S * fps, cut), min(_AROUND_S * fps, first - cut)
        meter = FlashMeter(Fraction(fps))
        for frame in _stretch(chunks, [*starts, first], cut - around[0], cut + around[1], fps):
            meter.feed(frame)
        start = (cut - around[0]) / fps
        for flash in meter.flashes():
            name = plan.scenes[number + 1].name
            known = any(
                old.kind == flash.kind and old.start_s <= start + flash.end_s and start + flash.start_s <= old.end_s
                for old in found
            )
            if flash.kind != "stripes" and not known:
                found.append(_placed(flash, name, start))
    return tuple(sorted(found, key=lambda flash: (flash.start_s, flash.kind)))


def allowed(flashes: tuple[FilmFlash, ...], allow: bool, warn: Callable[[str], None]) -> None:
    """Let a film pass that does not flash, or whose maker takes it upon himself.

    Raises:
        ResultError: it flashes and that was not allowed; the message has the timecodes.
    """
    if not flashes:
        return
    if allow:
        for flash in flashes:
            warn(f"the film flashes: {flash}")
        return
    listed = "\n  ".join(str(flash) for flash in flashes[:_LISTED])
    more = f"\n  and {len(flashes) - _LISTED} more" if len(flashes) > _LISTED else ""
    raise ResultError(
        f"the film would flash, which is dangerous to some viewers:\n  {listed}{more}\n"
        "change those scenes or the tape, or allow it with --allow-flashes"
    )


def _placed(flash: Flash, scene: str, start: float) -> FilmFlash:
    return FilmFlash(
        scene, flash.kind, round(start + flash.start_s, 3), round(start + flash.end_s, 3), round(flash.share, 3)
    )


def _stretch(chunks: list[Path], starts: list[int], first: int, last: int, fps: int) -> Iterator[Any]:
    """The film's pictures from frame ``first`` up to ``last``; ``starts`` has the film's end as its last entry."""
    for number, path in enumerate(chunks):
        low, high = max(first, starts[number]), min(last, starts[number + 1])
        if low < high:
            yield from _decoded(path, low - starts[number], high - starts[number], fps)


def _decoded(path: Path, first: int, last: int, fps: int) -> Iterator[Any]:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        container.seek(round(Fraction(first, fps) / base), stream=stream)
        for picture in container.decode(stream):
            assert picture.pts is not None
            shown = round(picture.pts * base * fps)
            if first <= shown < last:
                yield picture.to_ndarray(format="rgb24")
            if shown >= last - 1:
                break
