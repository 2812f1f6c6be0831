"""Where a film is cut into slides, and the cutting itself.

A slide ends where a spoken line ends (or, finer, at each of its marks): that is the picture a lecturer talks over.
What happens between two lines, such as clearing the stage, opens the slide that follows, also across scenes; what
comes after the film's last line is left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.store import Entry, Store, digest_of
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.drawing.master import Frame, MasterReader
from tapehead.render.encoding.container import ENDING
from tapehead.render.encoding.video import encode_pictures, encoder_identity
from tapehead.render.identity import identity
from tapehead.render.planning.brand import PLAIN, Brand
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.slides.cards import Headed, Heading
from tapehead.render.tape.driven import scene_seed
from tapehead.render.tape.stage import TapeStage
from tapehead.render.workers.worker import tape_of
from tapehead.scenes.episode import Episode
from tapehead.scenes.script import Line, TimedLine

STOPS = ("cues", "marks")
CLIP = f"clip{ENDING}"
_HELD_S = 0.2
"""How long a slide's last picture is in its clip; the player holds it from then on."""


@dataclass(frozen=True)
class Piece:
    """Frames ``first`` up to, not including, ``last`` of a scene's master."""

    scene: str
    first: int
    last: int


@dataclass(frozen=True)
class Slide:
    """One slide: what it shows, what is said to it, and whether it plays round and round."""

    name: str
    pieces: tuple[Piece, ...]
    notes: str
    loop: bool = False

    @property
    def frames(self) -> int:
        """Length in film frames."""
        return sum(piece.last - piece.first for piece in self.pieces)


def slides_of(
    episode: Episode,
    scenes: Sequence[tuple[str, CueList]],
    stops: str = "cues",
    timed: Mapping[str, TimedLine] | None = None,
) -> tuple[Slide, ...]:
    """All slides of a film, from its scenes' cue lists in order; ``timed`` has the words as they were filled in.

    Raises:
        UnknownNameError: ``stops`` is none of :data:`STOPS`.
        EpisodeError: a scene wants to loop at a line that it does not say, or nothing is said at all.
    """
    if stops not in STOPS:
        raise UnknownNameError("way to stop", stops, STOPS)
    lines: dict[str, Line | TimedLine] = {line.key: line for line in episode.script().lines} | dict(timed or {})
    slides: list[Slide] = []
    waiting: list[Piece] = []
    for name, cues in scenes:
        loops = episode.scene(name).loops
        spoken = {moment.key for moment in cues.moments}
        if strange := sorted(set(loops) - spoken):
            raise EpisodeError(f"scene '{name}' loops at '{strange[0]}', which it does not say")
        at = 0
        for key, moment, frame in _stops(cues, stops):
            waiting.append(Piece(name, at, max(at, frame)))
            at = max(at, frame)
            pieces = tuple(piece for piece in waiting if piece.last > piece.first)
            if not pieces:
                continue  # a mark at the very frame of the one before it
            waiting = []
            notes = said_until(lines[key], moment) if stops == "marks" else lines[key].text
            slides.append(Slide(f"{key}.{moment}", pieces, " ".join(notes.split()), key in loops and moment == "end"))
        waiting.append(Piece(name, at, cues.frames))
    if not slides:
        raise EpisodeError(f"the episode '{episode.slug}' says nothing, so there is nowhere to stop")
    return tuple(slides)


def _stops(cues: CueList, stops: str) -> Iterator[tuple[str, str, int]]:
    for moment in cues.moments:
        if moment.moment == "end" or (stops == "marks" and moment.moment != "start"):
            yield moment.key, moment.moment, moment.frame


def said_until(line: Line | TimedLine, moment: str) -> str:
    """The part of a line that belongs to one stop: from the stop before it up to this one."""
    places = sorted((line.place(name), name) for name in line.marks)
    names = [name for _, name in places]
    ends = [place for place, _ in places]
    if moment == "end":
        return line.text[ends[-1] :] if ends else line.text
    index = names.index(moment)
    return line.text[ends[index - 1] if index else 0 : ends[index]]


def trimmed(slide: Slide, last_repeat: int, fps: int) -> Slide:
    """The slide without the hold at its end, of which the player makes as much as the lecturer wants."""
    keep = max(1, round(_HELD_S * fps))
    if slide.loop or last_repeat <= keep:
        return slide
    end = slide.pieces[-1]
    return replace(slide, pieces=(*slide.pieces[:-1], replace(end, last=end.last - (last_repeat - keep))))


def held_at_end(reader: MasterReader, piece: Piece) -> int:
    """Frames for which the last picture of a piece stands still."""
    end = 0
    for repeat in reader.info.repeats:
        start, end = end, end + repeat
        if end >= piece.last:
            return piece.last - max(start, piece.first)
    return 0


def frames_of(slide: Slide, readers: dict[str, MasterReader]) -> Iterator[tuple[Frame, int]]:
    """The slide's pictures with how often each is shown."""
    for piece in slide.pieces:
        reader, start = readers[piece.scene], 0
        for repeat in reader.info.repeats:
            first, last = max(start, piece.first), min(start + repeat, piece.last)
            if last > first:
                yield reader.frame(first), last - first
            start += repeat
            if start >= piece.last:
                break


@dataclass(frozen=True)
class PiecewiseTape:
    """A clip's tape: each piece is treated as it is in the film, at its place in its own scene."""

    parts: tuple[tuple[Piece, TapeStage, int], ...]
    """Each piece with its scene's tape and seed."""

    @property
    def is_static(self) -> bool:
        """Whether all of them are."""
        return all(tape.is_static for _piece, tape, _seed in self.parts)

    def identity(self) -> dict[str, Any]:
        """All that can change a pixel, seeds included."""
        return {"parts": [[tape.identity(), None if tape.is_static else seed] for _piece, tape, seed in self.parts]}

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """The state of the piece's tape, and which piece it is."""
        part, at = self._at(index)
        _piece, tape, _seed = self.parts[part]
        return part, tape.state(at, fps)

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The clip's frame ``index``, treated as the film's frame that it is."""
        part, at = self._at(index)
        _piece, tape, own_seed = self.parts[part]
        return tape.apply(frame, at, fps, own_seed)

    def _at(self, index: int) -> tuple[int, int]:
        """Which piece a frame of the clip is in, and where in that piece's scene."""
        for part, (piece, _tape, _seed) in enumerate(self.parts):
            if index < piece.last - piece.first:
                return part, piece.first + index
            index -= piece.last - piece.first
        raise IndexError(f"the clip has no frame {index}")


def tape_of_pieces(pieces: Sequence[Piece], plan: FilmPlan, masters: dict[str, Entry]) -> PiecewiseTape:
    """The film's tape over these pieces."""
    scenes = {scene.name: scene for scene in plan.scenes}
    return PiecewiseTape(
        tuple(
            (piece, tape_of(plan, scenes[piece.scene], masters[piece.scene]), scene_seed(plan.seed, piece.scene))
            for piece in pieces
        )
    )


def clip(
    slide: Slide,
    plan: FilmPlan,
    masters: dict[str, Entry],
    store: Store,
    heading: Heading | None = None,
    brand: Brand = PLAIN,
) -> Path:
    """The slide as a film of its own, kept in the store: cut and encoded once; ``heading`` stands above it."""
    readers = {name: MasterReader(entry.file(MASTER)) for name, entry in masters.items()}
    end = slide.pieces[-1]
    short = trimmed(slide, held_at_end(readers[end.scene], end), plan.quality.fps)
    tape: TapeStage = tape_of_pieces(short.pieces, plan, masters)
    if heading is not None:
        tape = Headed(tape, heading, plan.quality.width, plan.quality.height, brand)
    key = digest_of(
        {
            "clip": identity("slides", "framing"),
            "encoder": encoder_identity(),
            "pieces": [[masters[piece.scene].digest, piece.first, piece.last] for piece in short.pieces],
            "tape": tape.identity(),
        }
    )
    entry = store.peek("clip", key)
    if entry is None:
        with store.lock("clip", key):
            entry = store.peek("clip", key)
            if entry is None:
                quality = plan.quality
                with store.draft("clip", key, {"episode": plan.episode, "scene": slide.name}) as work:
                    encode_pictures(
                        frames_of(short, readers),
                        work / CLIP,
                        quality.width,
                        quality.height,
                        quality.fps,
                        tape,
                        plan.seed,
                    )
                entry = store.peek("clip", key)
    assert entry is not None, "a clip that was just written is readable"
    return entry.file(CLIP)


def cue_list(master: Entry) -> CueList:
    """The cues that a scene left beside its frames."""
    return CueList.load(master.file(CUES))
