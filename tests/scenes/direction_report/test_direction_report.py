"""The report told by runs of a random network: what it says follows the data, and every picture can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.diffusion.lab.run import PictureRun, Settings, run_picture
from tapehead.analysis.diffusion.lab.start import Source
from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.saved_runs import SIDECAR, kept, missing, save
from tapehead.analysis.store import Store, digest_file
from tapehead.render.drawing.draw import scene_class
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.words.narration import narrate
from tapehead.render.words.translations import translations
from tapehead.render.words.voice.choose import voice_named
from tapehead.scenes.direction_report.numbers import PARTS
from tapehead.scenes.direction_report.of_run import film_of
from tapehead.scenes.direction_report.run import _Silent, part
from tapehead.scenes.episode import BUILT_IN, Episode, load_episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Script
from tests.analysis.diffusion.small_networks import small_pixel
from tests.render.test_layout import SMALL, look_at

EPISODE: Episode = load_episode(BUILT_IN / "direction_report")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """A real run of a random network: nothing is claimed of it."""
    run = PictureRun(small_pixel(), Source("", 3), Settings(k=2, steps=1, denoise=4), [Source("", 4)])
    found = run_picture(run, Store(tmp_path_factory.mktemp("store")), _Silent())
    return {name: replace(one, name=name) for name, one in found.items()}


@pytest.fixture
def parts(whole: dict[str, Result]) -> dict[str, Result]:
    return {name: whole[name] for name in PARTS}


def told(parts: dict[str, Result]) -> Script:
    return filled(EPISODE.script(), parts.__getitem__)


def changed(one: Result, facts: dict[str, Any] | None = None, **values: float) -> Result:
    quantities = {**one.quantities, **{name: quantity(value) for name, value in values.items()}}
    return replace(one, quantities=quantities, facts={**one.facts, **(facts or {})})


def found(parts: dict[str, Result]) -> dict[str, Result]:
    """The same run as if a scorer had found what stands up to its controls."""
    calm = {name: 0.0 for name in parts["cautions"].quantities if name not in ("there", "raised")}
    return {
        **parts,
        "test": changed(parts["test"], {"attribute": "smile"}, scored=1, p=0.05, loud_p=0.05, best=1.2),
        "cautions": changed(parts["cautions"], **(calm | {"found": 1})),
        "carried": changed(parts["carried"], published_alike=0.9, random_alike=0.2),
    }


def test_of_a_random_network_nothing_is_claimed(parts: dict[str, Result]) -> None:
    script = told(parts)
    assert script.line("limits.end").variant == "unclaimed"
    assert script.line("chance.result").variant == "unscored"
    assert script.line("walk.what").variant in ("unscored", "faint")
    for line in script.lines:
        spoken = re.sub(r"small-pixel", "", line.say)
        assert not re.search(r"\d", spoken), line.say
        assert "{" not in line.text


def test_what_is_found_is_told(parts: dict[str, Result]) -> None:
    script = told(found(parts))
    assert {line.key: line.variant for line in script.lines if line.variant != "default"} == {"limits.cautions": "none"}
    assert "smile, by 1.20" in script.line("walk.what").text


@pytest.mark.parametrize(
    ("name", "values", "key", "variant"),
    [
        ("test", {"p": 0.2}, "chance.result", "strong"),
        ("test", {"random_best": 1.3}, "chance.result", "some"),
        ("test", {"loud_p": 0.2}, "chance.loud", "tie"),
        ("test", {"loud_best": 1.3}, "chance.loud", "some"),
        ("cautions", {"not_in_world": 1}, "chance.result", "strange"),
        ("cautions", {"reconstruction_poor": 1}, "start.back", "poor"),
        ("cautions", {"untrained_as_steep": 1}, "loud.untrained", "alone"),
        ("cautions", {"not_noticed": 1}, "walk.what", "faint"),
        ("cautions", {"found": 0}, "limits.end", "nothing"),
        ("cautions", {"count": 1}, "limits.cautions", "single"),
        ("carried", {"published_alike": 0.1}, "elsewhere.alike", "lost"),
    ],
)
def test_one_number_changes_one_line(
    name: str, values: dict[str, float], key: str, variant: str, parts: dict[str, Result]
) -> None:
    calm = found(parts)
    before = {line.key: line.variant for line in told(calm).lines}
    calm[name] = changed(calm[name], **values)
    after = {line.key: line.variant for line in told(calm).lines}
    assert after == {**before, key: variant}
    assert before[key] != variant


def test_a_photograph_is_not_said_to_be_painted(parts: dict[str, Result]) -> None:
    parts["picture"] = changed(parts["picture"], {"kind": "picture"})
    assert told(parts).line("start.picture").variant == "photograph"


def test_every_variant_is_translated() -> None:
    (german,) = translations(EPISODE)
    assert german.language == "de"
    assert german.missing == ()


def test_the_film_is_declared_by_the_parts_of_a_run() -> None:
    assert {name for scene in EPISODE.scenes for name in scene.uses} <= set(PARTS)


def test_a_film_of_a_folder_reads_the_parts_that_lie_there(whole: dict[str, Result], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no results\.json"):
        film_of(tmp_path)
    save(whole, tmp_path, {})
    film = film_of(tmp_path)
    assert {call.id for call in film.analyses} == set(PARTS)
    before = digest_file(tmp_path / SIDECAR)
    taken = kept(directory=str(tmp_path), part="test", digest=before)
    assert float(taken["best"]) == float(whole["test"]["best"])
    save({**whole, "carried": missing("no other picture was named (--to)")}, tmp_path, {})
    with pytest.raises(UsageError, match="has no 'carried', which its film speaks of: no other picture"):
        film_of(tmp_path)
    with pytest.raises(ResultError, match="another run"):
        kept(directory=str(tmp_path), part="test", digest=before)


def test_a_part_is_taken_out_of_a_whole_run(whole: dict[str, Result]) -> None:
    together = Result(
        {f"{name}/{key}": one for name, each in whole.items() for key, one in each.quantities.items()},
        model="small-pixel",
        facts={name: dict(each.facts) for name, each in whole.items()},
    )
    for name in PARTS:
        assert set(part(together, name, seed=0).quantities) == set(whole[name].quantities)


SCENES = [scene.name for scene in EPISODE.scenes]
LOOKED_AT = ("start", "chance")
"""By default: pictures, and a histogram with its control; each scene takes four to fourteen seconds."""


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


@pytest.mark.parametrize("scene", [pytest.param(s, marks=() if s in LOOKED_AT else pytest.mark.long) for s in SCENES])
def test_a_random_network_can_be_read(scene: str, parts: dict[str, Result], tmp_path: Path) -> None:
    assert look(scene, parts, tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES)
def test_what_was_found_can_be_read(scene: str, parts: dict[str, Result], tmp_path: Path) -> None:
    assert look(scene, found(parts), tmp_path) == []
