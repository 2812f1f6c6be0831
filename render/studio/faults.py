"""What `tapehead check` finds, as places of the drawn film: each problem leads to the frame that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.render.check.declared import declared_problems, look_at_files
from tapehead.render.check.problems import unique

_LAYOUT = re.compile(r"[\w.-]+, \d+\.\d s: ")
_SCENE = re.compile(r"\bscene '(?P<scene>[^']+)'")
_QUOTED = re.compile(r"'(?P<name>[^']+)'|\bafter (?P<after>[\w.@-]+)")


def quick_problems(folder: Path) -> list[dict[str, Any]]:
    """What the files of an episode alone say, without computing or drawing anything."""
    episode, script, problems = look_at_files(folder)
    if episode:
        problems += declared_problems(episode, script)
    return [each.to_data() for each in unique(problems)]


def of_a_check(problems: Sequence[Mapping[str, Any]], film: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What a whole check found, but for the layout: the drawing has that in the frames that are shown."""
    return [placed(each, film) for each in problems if not _LAYOUT.match(str(each.get("what", "")))]


def placed(problem: Mapping[str, Any], film: Mapping[str, Any] | None) -> dict[str, Any]:
    """A problem with the scene and the frame that its words name, if they name any and it is drawn."""
    kind, what = str(problem.get("kind", "")), str(problem.get("what", ""))
    scene, frame = _place(what, film) if film else ("", 0)
    return {"kind": kind, "what": what, "scene": scene, "frame": frame}


def _place(what: str, film: Mapping[str, Any]) -> tuple[str, int]:
    scenes = {scene["name"]: scene for scene in film["scenes"]}
    named = {each["name"] or each["after"] for each in _QUOTED.finditer(what)}
    for name, scene in scenes.items():
        for line in scene["lines"]:
            if line["key"] in named:
                return name, min(round(line["start"] * film["fps"]), scene["frames"] - 1)
    if (found := _SCENE.search(what)) and found["scene"] in scenes:
        return found["scene"], 0
    return "", 0
