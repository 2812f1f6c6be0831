"""The film's description as YouTube shows it: what it is, chapters, what it rests on, and how it was voiced."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.render.package.licences import used_for
from tapehead.render.planning.brand import PLAIN, Brand
from tapehead.render.youtube_rules import cleaned
from tapehead.scenes.episode import Episode


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


def channel_line(brand: Brand) -> str:
    """Whose film it is and what the channel says last; empty without a brand."""
    card = brand.ending
    said = [brand.name, *([card.title, card.line] if card else [])]
    return "\n".join(each for each in dict.fromkeys(said) if each)


def describe(
    episode: Episode,
    chapters: Sequence[tuple[int, str]],
    results: Mapping[str, Mapping[str, Any]],
    voice: Mapping[str, Any],
    brand: Brand = PLAIN,
) -> str:
    """The whole description; a brand adds whose film it is and the terms of its font.

    Characters that YouTube refuses (``<`` and ``>``) are written as words would be.
    """
    parts = [prose(episode.description)]
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
    parts.append(channel_line(brand))
    credits = [f"- {entry.credit}" for entry in used_for("music", "font", f"voice {voice.get('voice')}")]
    if brand.look.font:
        credits.append(f"- {brand.look.font} (its own licence: {Path(brand.licence).name})")
    parts.append("\n".join(["Music, fonts, voice", *credits]))
    text = "\n\n".join(part for part in parts if part) + "\n"
    return cleaned(text).replace("<", "‹").replace(">", "›")


_CODE_INDENT = 4
"""Blanks before all lines but the first: they come from the code."""
_ITEM = re.compile(r"([-*•–·]|\d{1,3}[.)]|[a-z]\)|(\d{1,2}:)?\d{1,2}:\d\d)\s+\S|https?://\S+$")
"""How a line starts that stands by itself: an item of a list, a time, an address."""


def prose(text: str) -> str:
    """A text as it was meant: lines of a paragraph are joined, paragraphs, list items and their indents are kept.

    Lines that follow an item and are indented more than it belong to it.
    """
    paragraphs: list[list[str]] = [[]]
    indent: int | None = None
    for line in _without_indent(cleaned(text)).split("\n"):
        plain, own = " ".join(line.split()), len(line) - len(line.lstrip())
        if not plain:
            indent = None
            if paragraphs[-1]:
                paragraphs.append([])
        elif _ITEM.match(plain):
            indent = own
            paragraphs[-1].append(" " * own + plain)
        elif paragraphs[-1] and (indent is None or own > indent):
            paragraphs[-1][-1] += f" {plain}"
        else:  # a paragraph begins, or goes on after its list
            indent = None
            paragraphs[-1].append(plain)
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _without_indent(text: str) -> str:
    """A text that was indented with the code round it, with the first line or without."""
    first, _, rest = text.partition("\n")
    inner = [len(line) - len(line.lstrip()) for line in rest.split("\n") if line.strip()]
    beside = bool(first.strip()) and not first.startswith(" ") and min(inner, default=0) >= _CODE_INDENT
    return first + "\n" + textwrap.dedent(rest) if beside else textwrap.dedent(text)
