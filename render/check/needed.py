"""What a check says of scenes that cannot be drawn on this machine: LaTeX, or a file that they name, is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tapehead.render.check.problems import ERROR, Problem
from tapehead.render.planning.needs import Need, missing_needs, told_needs
from tapehead.scenes.episode import Episode, SceneRef


def unmet(episode: Episode) -> dict[str, list[Need]]:
    """By scene, what each plain scene needs and has not; those that have everything are left out.

    Scenes of the stage say it when they are walked through, which takes no reading between the lines.
    """
    found = {scene.name: _needs(episode, scene) for scene in episode.scenes if scene.plain}
    return {name: needs for name, needs in found.items() if needs}


def need_problems(episode: Episode, scenes: Iterable[SceneRef]) -> Iterator[Problem]:
    """All that these scenes need and have not."""
    for scene in scenes:
        for told in told_needs(scene, _needs(episode, scene), episode.folder):
            yield Problem(ERROR, told)


def _needs(episode: Episode, scene: SceneRef) -> list[Need]:
    module, _, name = scene.target.partition(":")
    path = episode.folder / f"{module.lstrip('.').replace('.', '/')}.py"
    return missing_needs(path.resolve(), name, episode.folder)
