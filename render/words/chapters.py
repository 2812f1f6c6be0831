"""The chapters that an episode declares, as the platform counts them, and how to mend those that break its rules."""

from __future__ import annotations

from dataclasses import replace

from tapehead.render.words.timeline import SceneSpan, Timeline
from tapehead.render.youtube_rules import CHAPTER_S, CHAPTERS, chapter_problems, on_one_line


def chapters_of(timeline: Timeline) -> tuple[tuple[int, str], ...]:
    """Every scene that declares a chapter, as whole seconds and title.  Nothing else is joined, nothing dropped.

    What comes before the first of them and is too short for a chapter (a channel's opening card) belongs to it.
    """
    declared = _declared(timeline)
    return tuple((int(scene.start + 1e-6), on_one_line(scene.title or scene.name)) for scene in declared)


def _declared(timeline: Timeline) -> list[SceneSpan]:
    """The scenes that declare a chapter, the first from the beginning of the film if nothing longer comes before."""
    declared = [scene for scene in timeline.scenes if scene.chapter]
    if declared and int(declared[0].start + 1e-6) < CHAPTER_S:
        declared[0] = replace(declared[0], start=0.0)
    return declared


def chapter_advice(timeline: Timeline) -> str:
    """How to mend chapters that break the platform's rules: which scenes start no chapter of their own.

    A chapter that is too short is joined to the one before it until every one is long enough; where fewer than three
    would be left there is nothing to join, and a film without any chapter is in order.
    """
    kept, dropped = _declared(timeline), list[SceneSpan]()
    if begins := not kept or kept[0].start > 0:  # a card has no title and is nobody's to mark
        early = (scene for scene in timeline.scenes if scene.title and int(scene.start + 1e-6) < CHAPTER_S)
        kept.insert(0, replace(next(early, timeline.scenes[0]), start=0.0))
    while len(kept) > 1:
        starts = [int(scene.start + 1e-6) for scene in kept]
        ends = [*starts[1:], timeline.duration]
        short = [n for n, (start, end) in enumerate(zip(starts, ends, strict=True)) if end - start < CHAPTER_S]
        if not short:
            break
        dropped.append(kept.pop(max(1, short[0])))
    if len(kept) < CHAPTERS:
        return "say chapter=False in the SceneRef of every scene: a film without any chapter breaks no rule"
    changes = [f"'{kept[0].name}' chapter=True"] if begins else []
    changes += [f"'{scene.name}' chapter=False" for scene in dropped]
    return f"say in the SceneRef of {', '.join(changes)}" if changes else "give every scene a title"


def chapter_complaints(timeline: Timeline) -> list[str]:
    """What is wrong with a film's chapters, and after it how to mend that; nothing if it declares none."""
    chapters = chapters_of(timeline)
    found = chapter_problems(chapters, timeline.duration) if chapters else []
    return [*found, f"to mend this, {chapter_advice(timeline)}"] if found else []
