"""The film's description as YouTube shows it: what it is, chapters, what it rests on, and how it was voiced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tapehead.render.package.licences import used_for
from tapehead.render.words.timeline import Timeline
from tapehead.scenes.episode import Episode


def chapters_of(timeline: Timeline) -> tuple[tuple[int, str], ...]:
    """Every scene that declares a chapter, as whole seconds and title.  Nothing is joined and nothing dropped here."""
    return tuple(
        (int(scene.start + 1e-6), " ".join((scene.title or scene.name).split()))
        for scene in timeline.scenes
        if scene.chapter
    )


def clock(second: int) -> str:
    """``0:00``, ``12:05``, ``1:02:03``: as a chapter's line starts."""
    hours, minutes = divmod(second // 60, 60)
    return (f"{hours}:{minutes:02d}" if hours else f"{minutes}") + f":{second % 60:02d}"


def citations_of(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the results cite, each work once with all places in it, in the order of the results."""
    works: dict[str, dict[str, None]] = {}
    for facts in results.values():
        if facts.get("cites"):
            work, _, places = str(facts["cites"]).partition("; ")
            works.setdefault(work, {}).update(dict.fromkeys(place for place in places.split(", ") if place))
    return [f"{work}; {', '.join(places)}" if places else work for work, places in works.items()]


def models_of(results: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Models that were computed with, and their digests; none for numbers that others published about a model."""
    found = {}
    for facts in results.values():
        model = facts.get("model")
        if isinstance(model, Mapping) and model.get("name") and facts.get("origin", "computed") == "computed":
            found[str(model["name"])] = str(model.get("digest", ""))
    return found


def voice_line(voice: Mapping[str, Any]) -> str:
    """How the film was voiced; the sentence on a synthetic voice is there whenever one speaks."""
    if voice.get("voice") == "none":
        return "This film has no narration."
    if voice.get("voice") == "recorded":
        return "The narration was recorded by a person."
    return f"The narration is spoken by a synthetic voice ({voice.get('engine', voice.get('voice', 'unknown'))})."


def describe(
    episode: Episode,
    chapters: Sequence[tuple[int, str]],
    results: Mapping[str, Mapping[str, Any]],
    voice: Mapping[str, Any],
) -> str:
    """The whole description.  Characters that YouTube refuses (``<`` and ``>``) are written as words would be."""
    parts = [" ".join(episode.description.split())]
    if chapters:
        parts.append("\n".join(f"{clock(second)} {title}" for second, title in chapters))
    if episode.references or citations_of(results):
        lines = [f"- {r.credit}{': ' + r.url if r.url else ''}" for r in episode.references]
        lines += [f"- {text}" for text in citations_of(results)]
        parts.append("\n".join(["References", *lines]))
    if models := models_of(results):
        lines = [f"- {name} (sha256 {digest[:12]})" for name, digest in models.items()]
        parts.append("\n".join(["Models that were run for this film", *lines]))
    parts.append(f"Every number on screen was computed for this film or is cited. {voice_line(voice)}")
    credits = [f"- {entry.credit}" for entry in used_for("music", "font", f"voice {voice.get('voice')}")]
    parts.append("\n".join(["Music, fonts, voice", *credits]))
    text = "\n\n".join(part for part in parts if part) + "\n"
    return text.replace("<", "‹").replace(">", "›")
