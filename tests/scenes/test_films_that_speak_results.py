"""Built-in films whose lines read their numbers: what is heard is what was written by hand before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tapehead.analysis.registry import load, obtain, with_inputs
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.words.translations import translations
from tapehead.scenes.episode import find_episode
from tapehead.scenes.filling import caption, filled

BY_HAND = {
    "odd-squares": {
        "corners.start": "Start with one dot. Wrap a corner of three around it, and you have a square.",
        "verdict.none": "Not one of them missed.",
    },
    "sequence-circuits": {
        "twins.gap": (
            "On the real prompts, mini stands at five point four. On the twins, at zero point zero. "
            "So the meter follows the sequence, and not the grammar."
        ),
    },
}
USES = {"odd-squares": ["sums"], "sequence-circuits": ["says"]}
GERMAN = {
    "odd-squares": {"corners.start": "Beginne mit einem Punkt. Lege eine Ecke aus 3 Punkten darum,"},
    "sequence-circuits": {"twins.gap": "Bei den echten Texten steht mini auf 5,4. Bei den Zwillingen auf 0,0. Das"},
}


@pytest.mark.parametrize("slug", ["odd-squares", pytest.param("sequence-circuits", marks=pytest.mark.long)])
def test_the_words_are_those_that_were_written_by_hand(slug: str, tmp_path: Path) -> None:
    episode, store = find_episode(slug), Store(tmp_path / "store")
    results = obtain(with_inputs(episode.analyses, USES[slug]), episode.package, store, episode.seed)
    script = episode.script()
    only = [line for line in script.lines if line.key in BY_HAND[slug]]
    lines = {
        line.key: line
        for line in filled(
            replace(script, lines=tuple(only)),
            lambda name: load(store, results[name], name),
        ).lines
    }
    assert {key: line.say or line.text for key, line in lines.items()} == BY_HAND[slug]
    (german,) = translations(episode)
    for key, begins in GERMAN[slug].items():
        assert caption(german.lines[key], lines[key].numbers, "de").startswith(begins)


def test_sums_that_miss_are_told() -> None:
    episode = find_episode("odd-squares")
    odd, few = quantity([1, 3], "n"), quantity(7)
    line = filled(episode.script(), lambda _: Result({"odd": odd, "misses": few}, name="sums")).line("verdict.none")
    assert (line.variant, line.say) == ("missed", "And seven of them missed.")
