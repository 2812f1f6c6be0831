"""Captions, transcript and chapters, all from the one timeline.

A caption has at most two lines of 42 characters and stays for at least a second wherever the film has the room.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tapehead.render.words.caption_breaks import LINE_WIDTH, Piece, pieces, two_lines
from tapehead.render.words.timeline import PlacedLine, Timeline

LEAST_S = 1.0
_LINGER_S = 0.4
_CHAPTER_S = 10
_CHAPTERS = 3

__all__ = ["LEAST_S", "LINE_WIDTH", "Caption", "captions", "chapters", "chapters_text", "srt", "transcript", "vtt"]


@dataclass(frozen=True)
class Caption:
    """What is shown from frame ``start`` up to, not including, frame ``end``; one or two lines."""

    start: int
    end: int
    lines: tuple[str, ...]


def captions(timeline: Timeline) -> tuple[Caption, ...]:
    """The film's captions in order, whole frames, never two at a time and none past the end.

    A film with less than a second for each caption shows all of them for equally shorter.
    """
    frames = math.floor(timeline.duration * timeline.fps + 1e-6)
    placed = sorted(timeline.lines, key=lambda line: line.start)
    waiting = _merged([piece for line in placed for piece in pieces(_words(line), (line.scene, line.line.speaker))])
    if not waiting or frames < 1:
        return ()
    least = math.ceil(LEAST_S * timeline.fps)
    if least * len(waiting) > frames:
        least = max(1, frames // len(waiting))
        waiting = waiting[:frames]
    starts = [max(0, round(piece.start * timeline.fps)) for piece in waiting]
    for index in range(1, len(starts)):
        starts[index] = max(starts[index], starts[index - 1] + least)
    for index, start in enumerate(starts):
        starts[index] = min(start, frames - least * (len(starts) - index))
    made = []
    for index, piece in enumerate(waiting):
        bound = starts[index + 1] if index + 1 < len(starts) else frames
        wanted = max(round((piece.end + _LINGER_S) * timeline.fps), starts[index] + least)
        made.append(Caption(starts[index], min(wanted, bound), piece.lines))
    return tuple(made)


def srt(timeline: Timeline) -> str:
    """SubRip, for uploading."""
    return "".join(
        f"{number}\n{_clock(caption.start, timeline, ',')} --> {_clock(caption.end, timeline, ',')}\n"
        + "\n".join(line.replace("-->", "→") for line in caption.lines)
        + "\n\n"
        for number, caption in enumerate(captions(timeline), 1)
    )


def vtt(timeline: Timeline) -> str:
    """WebVTT, for the web."""
    return "WEBVTT\n\n" + "".join(
        f"{_clock(caption.start, timeline, '.')} --> {_clock(caption.end, timeline, '.')}\n"
        + "\n".join(_escaped(line) for line in caption.lines)
        + "\n\n"
        for caption in captions(timeline)
    )


def transcript(timeline: Timeline) -> str:
    """Everything that is said as plain text, below the scenes' titles; with names where several people speak."""
    names = len({placed.line.speaker for placed in timeline.lines}) > 1
    parts = []
    for scene in timeline.scenes:
        said = sorted((line for line in timeline.lines if line.scene == scene.name), key=lambda line: line.start)
        texts = [(f"{p.line.speaker}: " if names else "") + " ".join(p.line.text.split()) for p in said]
        if texts:
            parts.append("\n\n".join([_title(scene.title or scene.name), *texts]))
    return "\n\n\n".join(parts) + ("\n" if parts else "")


def chapters(timeline: Timeline) -> list[tuple[int, str]]:
    """Chapters as whole seconds and title: the first at 0, each at least 10 s long.

    One that is too short goes into the one before it; the very first takes in what follows.
    """
    marked = [scene for scene in timeline.scenes if scene.chapter]
    # What comes before the first marked scene is a chapter of its own if it is long enough to be one.
    if timeline.scenes and (not marked or marked[0].start >= _CHAPTER_S):
        marked = list(dict.fromkeys([timeline.scenes[0], *marked]))
    kept: list[tuple[int, str]] = []
    for index, scene in enumerate(marked):
        start = int(scene.start + 1e-6) if index else 0
        while len(kept) > 1 and start - kept[-1][0] < _CHAPTER_S:
            kept.pop()
        if not kept or start - kept[-1][0] >= _CHAPTER_S:
            kept.append((start, _title(scene.title or scene.name)))
    while len(kept) > 1 and int(timeline.duration + 1e-6) - kept[-1][0] < _CHAPTER_S:
        kept.pop()
    return kept


def chapters_text(timeline: Timeline) -> str:
    """The chapters as lines of a description; empty if there are fewer than three, which would count for nothing."""
    found = chapters(timeline)
    if len(found) < _CHAPTERS:
        return ""
    lines = []
    for second, title in found:
        hours, minutes = divmod(second // 60, 60)
        clock = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
        lines.append(f"{clock}:{second % 60:02d} {title}\n")
    return "".join(lines)


def _words(placed: PlacedLine) -> list[tuple[str, float, float]]:
    """A line's words at film times; without control characters, and none longer than a caption's line."""
    words = []
    for word in placed.line.words:
        for part in "".join(c if c.isprintable() else " " for c in word.text).split():
            words += [
                (part[at : at + LINE_WIDTH], placed.start + word.start, placed.start + word.end)
                for at in range(0, len(part), LINE_WIDTH)
            ]
    return words


def _merged(waiting: list[Piece]) -> list[Piece]:
    """Put together neighbours that would not get their second, where both fit, in one scene and by one speaker."""
    made: list[Piece] = []
    for piece in waiting:
        if made:
            before = made[-1]
            hurried = piece.start - before.start < LEAST_S and before.source == piece.source
            lines = two_lines((*before.words, *piece.words)) if hurried else None
            if lines:
                words = (*before.words, *piece.words)
                made[-1] = Piece(words, lines, before.start, max(before.end, piece.end), piece.source)
                continue
        made.append(piece)
    return made


def _clock(frame: int, timeline: Timeline, point: str) -> str:
    total = round(frame * 1000 / timeline.fps)
    seconds, ms = divmod(total, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{point}{ms:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _title(text: str) -> str:
    return " ".join(text.split())
