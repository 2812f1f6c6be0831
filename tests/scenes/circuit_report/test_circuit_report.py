"""The report told by made-up runs: what it says follows the data, and every picture can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.drawing.draw import scene_class
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.words.narration import narrate
from tapehead.render.words.translations import translations
from tapehead.render.words.voice.choose import voice_named
from tapehead.scenes.circuit_report.numbers import PARTS
from tapehead.scenes.circuit_report.parts import component
from tapehead.scenes.episode import BUILT_IN, Episode, load_episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Script
from tests.render.test_layout import SMALL, look_at
from tests.scenes.circuit_report.runs import run

EPISODE: Episode = load_episode(BUILT_IN / "circuit_report")


def told(parts: dict[str, Result]) -> Script:
    return filled(EPISODE.script(), parts.__getitem__)


def changed(part: Result, **values: float) -> Result:
    return replace(part, quantities={**part.quantities, **{name: quantity(one) for name, one in values.items()}})


@pytest.mark.parametrize(
    ("outcome", "variants"),
    [
        ("found", {"limits.cautions": "none"}),
        (
            "strong",
            {
                "control.result": "strong",
                "control.needed": "none",
                "limits.cautions": "single",
                "limits.end": "nothing",
            },
        ),
        (
            "nothing",
            {
                "baseline.verdict": "unclear",
                "removal.best": "nobody",
                "removal.control": "strong",
                "pruning.found": "empty",
                "elsewhere.score": "below",
                "control.draws": "empty",
                "control.needed": "none",
                "control.result": "strong",
                "lens.turn": "none",
                "lens.writer": "nobody",
                "limits.stable": "loose",
                "limits.end": "nothing",
            },
        ),
    ],
)
def test_what_is_said_follows_the_data(outcome: str, variants: dict[str, str]) -> None:
    script = told(run(outcome))
    assert {line.key: line.variant for line in script.lines if line.variant != "default"} == variants
    for line in script.lines:
        assert not re.search(r"\d", line.say.replace("{", "")), line.say  # only names of components and models may
        assert "{" not in line.text


def test_the_words_of_a_run() -> None:
    script = told(run("strong"))
    assert script.line("elsewhere.score").say == "On those, the same parts keep eighty-eight per cent. It holds."
    assert script.line("control.result").say.endswith("ours is not the circuit of this task.")
    assert script.line("task.text").text == (
        "Here is a text that breaks off. A language model, called mini, has to say how it goes on."
    )


@pytest.mark.parametrize(
    ("part", "values", "key", "variant"),
    [
        ("control", {"random_best": 88.5}, "control.result", "some"),
        ("held_out", {"indispensable_count": 1}, "control.needed", "single"),
        ("circuit", {"count": 36, "head_total": 32, "mlp_total": 4}, "pruning.found", "everything"),
        ("ablation", {"best_control_drop": 70.0}, "removal.control", "strong"),
        ("ablation", {"best_control_drop": 40.0}, "removal.control", "partly"),
        ("ablation", {"spared": 0}, "removal.spared", "nobody"),
        ("circuit", {"head_count": 0}, "limits.end", "no_head"),
        ("lens", {"turn": 0}, "lens.turn", "street"),
        ("baseline", {"clear": 0}, "baseline.verdict", "unclear"),
        ("cautions", {"found": 0}, "limits.end", "nothing"),
        ("cautions", {"nothing_suffices": 1}, "elsewhere.score", "anything"),
    ],
)
def test_one_number_changes_one_line(part: str, values: dict[str, float], key: str, variant: str) -> None:
    parts = run("found")
    before = {line.key: line.variant for line in told(parts).lines}
    parts[part] = changed(parts[part], **values)
    after = {line.key: line.variant for line in told(parts).lines}
    assert after == {**before, key: variant}
    assert before[key] != variant


def test_every_variant_is_translated() -> None:
    (german,) = translations(EPISODE)
    assert german.language == "de"
    assert german.missing == ()


def test_the_film_is_declared_by_the_parts_of_a_run() -> None:
    used = {name for scene in EPISODE.scenes for name in scene.uses}
    assert used <= set(PARTS) == set(run())


def test_components_have_names() -> None:
    assert component("9.11") == (9, 11)
    assert component("MLP 3") == (3, -1)
    with pytest.raises(ResultError, match="'9' names no component"):
        component("9")


def look(scene: str, parts: dict[str, Result], folder: Path) -> list[str]:
    store = Store(folder)
    entries: dict[str, Any] = {}
    for number, (name, result) in enumerate(parts.items()):
        key = f"{number:064x}"
        store.put_result(key, result, {})
        entries[name] = store.get("result", key)
    lines = narrate(told(parts), voice_named("none"), store)
    plan = plan_scene(EPISODE, EPISODE.scene(scene), SMALL, entries, lines, 1)
    looker = look_at(scene_class(EPISODE.package, EPISODE.folder, plan.target), plan.context)
    assert looker.cues >= 2 * len(plan.context.lines)
    return looker.found


SCENES = [scene.name for scene in EPISODE.scenes]
LOOKED_AT = ("task", "pruning")
"""By default: the texts of the prompts, and the largest table; each scene takes four to twelve seconds."""


@pytest.mark.parametrize("scene", [pytest.param(s, marks=() if s in LOOKED_AT else pytest.mark.long) for s in SCENES])
def test_nothing_found_in_the_smallest_model_can_be_read(scene: str, tmp_path: Path) -> None:
    assert look(scene, run("nothing", layers=1, heads=2), tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(
    ("outcome", "layers", "heads"), [("found", 4, 8), ("strong", 12, 12), ("found", 24, 16), ("strong", 2, 2)]
)
def test_every_cue_of_every_run_can_be_read(outcome: str, layers: int, heads: int, scene: str, tmp_path: Path) -> None:
    text = " ".join(f"word{n}" for n in np.arange(15 * layers))
    parts = run(outcome, layers, heads, text=text, corrupted=text.replace("word7 ", "other "))
    assert look(scene, parts, tmp_path) == []
