"""What the model card says of all seeds, and its chances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.studies.trained_seeds import (
    chance_of_common,
    expected_jaccard,
    read_card,
    trained_seeds,
)

CARD = """\
- GPT-2 architecture: 2 blocks, 3 heads, width 8
- Seed 1: the lowest qualifying seed

| score | seed 0 | seed 1 |
|---|---|---|
| member code, smallest | 0.07 | 0.67 |
| every behaviour target met | no | yes |

## Circuits of the seeds

| seed | heads in the circuits | MLPs | heads in all three | cross | reader | agreement heads | answer writer |
|---|---|---|---|---|---|---|---|
| 0 | 2 / 3 / 2 | 1 / 1 / 1 | 0.1, 1.0 | 41 to 88 | 0.1 | none | MLP 1 |
| 1 | 4 / 3 / 3 | 2 / 2 / 2 | none | 10 to 20 | 0.2 | 1.1 | MLP 1 |
"""


def test_a_card_is_read() -> None:
    card = read_card(CARD)
    assert card.total == 6 and card.shipped == 1 and card.codes == (0.07, 0.67) and card.met == (False, True)
    first, second = card.seeds
    assert first.sizes == (2, 3, 2) and first.shared == {"0.1", "1.0"} and first.readers == {"0.1"}
    assert first.roles == (True, False, True) and first.cross == (41.0, 88.0)
    assert not second.shared and not second.readers


@pytest.mark.parametrize("damage", [("## Circuits", "## Else"), ("2 blocks", "two blocks"), ("| no | yes |", "| no |")])
def test_a_card_that_says_something_else_is_an_error(damage: tuple[str, str]) -> None:
    with pytest.raises(ResultError, match="model card of mini"):
        read_card(CARD.replace(*damage))


def test_chance_equals_counting_all_draws() -> None:
    total, sizes = 5, (3, 3, 2)
    counts = [
        len(set(a) & set(b) & set(c))
        for a, b, c in itertools.product(*(list(itertools.combinations(range(total), size)) for size in sizes))
    ]
    expected, p = chance_of_common(total, sizes, 0, 2)
    assert expected == pytest.approx(np.mean(counts)) and p == pytest.approx(np.mean([n >= 2 for n in counts]))
    # With one element in every set, the others are drawn around it.
    held, p_held = chance_of_common(total + 1, tuple(size + 1 for size in sizes), 1, 3)
    assert held == pytest.approx(1 + expected) and p_held == pytest.approx(p)


def test_expected_overlap_equals_counting() -> None:
    pairs = itertools.product(itertools.combinations(range(5), 3), itertools.combinations(range(5), 2))
    found = [len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in pairs]
    assert expected_jaccard(5, 3, 2) == pytest.approx(np.mean(found))


def test_the_shipped_card() -> None:
    found = trained_seeds()
    assert found.read("seeds") == 5 and found.read("shipped") == 0
    assert found["shared"].tolist() == [len(names) for names in found.facts["shared"]]
    assert found.read("qualified") == found["met"].sum()
    assert float(found["p"].min()) > 0 and float(found["p"].max()) <= 1
