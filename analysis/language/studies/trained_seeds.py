"""What the model card of ``mini`` says of all seeds that were trained, and what of it chance would do as well.

Only one seed ships, so the others cannot be measured here: what was found in them when they were trained stands in the
card (``assets/models/mini/MODEL_CARD.md``), written by :mod:`tapehead.analysis.language.training.card`.  It is read
from there, and the comparisons with chance are computed here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.shipped import shipped_file

CODE_WANTED = 0.5
"""Cosine from which the rule that chose the shipped seed calls a member code shared."""


@dataclass(frozen=True)
class CardSeed:
    """One seed's line: sizes of its three circuits, heads in all three, readers among them, cross-task cells in %."""

    sizes: tuple[int, ...]
    shared: frozenset[str]
    readers: frozenset[str]
    roles: tuple[bool, bool, bool]
    """Whether there is a reader, an agreement head, an answer writer."""
    cross: tuple[float, float]


@dataclass(frozen=True)
class Card:
    """What is read of the card."""

    total: int
    """Heads of the model."""
    shipped: int
    seeds: tuple[CardSeed, ...]
    codes: tuple[float, ...]
    met: tuple[bool, ...]


def read_card(text: str) -> Card:
    """The card's tables.

    Raises:
        ResultError: a table is not there or not as the card's writer makes it; the message names it.
    """
    try:
        layers, heads = (int(v) for v in re.findall(r"(\d+) blocks, (\d+) heads", text)[0])
        shipped = int(re.findall(r"^- Seed (\d+):", text, re.MULTILINE)[0])
        seeds = [_seed(cells) for cells in _rows(text, r"\d+", after="## Circuits of the seeds")]
        codes = [float(v) for v in _row(text, "member code, smallest")]
        met = [_yes(v) for v in _row(text, "every behaviour target met")]
    except (IndexError, ValueError, KeyError) as error:
        raise ResultError(
            f"the model card of mini cannot be read ({error}); take assets/models/mini/MODEL_CARD.md from the "
            "repository again"
        ) from error
    if not len(seeds) == len(codes) == len(met) or not seeds or not 0 <= shipped < len(seeds):
        raise ResultError(
            f"the model card of mini has {len(seeds)} circuits, {len(codes)} codes and {len(met)} verdicts for seed "
            f"{shipped} and others; take assets/models/mini/MODEL_CARD.md from the repository again"
        )
    return Card(layers * heads, shipped, tuple(seeds), tuple(codes), tuple(met))


def _rows(text: str, first: str, after: str = "") -> list[list[str]]:
    rest = text[text.index(after) :]
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in rest.splitlines() if "|" in line]
    return [cells for cells in lines if re.fullmatch(first, cells[0])]


def _row(text: str, name: str) -> list[str]:
    return _rows(text, re.escape(name))[0][1:]


def _yes(word: str) -> bool:
    return {"yes": True, "no": False}[word]


def _seed(cells: Sequence[str]) -> CardSeed:
    _, sizes, _, shared, cross, *roles = cells
    low, high = cross.split(" to ")
    readers, agreement, writer = (_names(cell) for cell in roles)
    return CardSeed(
        tuple(int(v) for v in sizes.split("/")),
        _names(shared),
        readers & _names(shared),
        (bool(readers), bool(agreement), bool(writer)),
        (float(low), float(high)),
    )


def _names(cell: str) -> frozenset[str]:
    return frozenset() if cell == "none" else frozenset(one.strip() for one in cell.split(","))


# -- what chance would do ------------------------------------------------------------------------------------------


def chance_of_common(total: int, sizes: Sequence[int], fixed: int, found: int) -> tuple[float, float]:
    """Expected number of heads in all sets, and the probability of ``found`` or more.

    Sets of these sizes are drawn at random among ``total`` heads, ``fixed`` of which are in every set.  How many two
    sets share is hypergeometric, and so is what a third shares with that.
    """
    free = total - fixed
    at = np.zeros(free + 1)
    at[sizes[0] - fixed] = 1.0
    for size in sizes[1:]:
        following = np.zeros_like(at)
        for common in np.flatnonzero(at):
            following += at[common] * stats.hypergeom(free, int(common), size - fixed).pmf(np.arange(free + 1))
        at = following
    return fixed + float(at @ np.arange(free + 1)), float(at[max(0, found - fixed) :].sum())


def expected_jaccard(total: int, one: int, other: int) -> float:
    """Expected Jaccard index of two random sets of these sizes."""
    common = np.arange(min(one, other) + 1)
    return float(stats.hypergeom(total, one, other).pmf(common) @ (common / (one + other - common)))


@analysis("language.trained_seeds", version=1, libraries=("numpy", "scipy"))
def trained_seeds(*, seed: int = 0) -> Result:
    """The card's seeds beside chance; published with the model, and not measured here.

    Quantities along ``seed``: ``shared`` (heads in all three circuits), ``readers`` (last-member readers among them),
    ``expected`` and ``p`` (sets of the same sizes from a hat, the readers in every one: the rule of
    :func:`tapehead.analysis.language.circuit.comparisons.shared_circuit`), ``code`` (smallest cosine between member
    codes), ``met`` (1 if it met every target of behaviour), ``cross_low``, ``cross_high`` (cross-task cells, %).
    ``seeds``, ``shipped``, ``beyond`` (seeds with p below 0.05), ``unshared_codes`` (seeds with a code below
    :data:`CODE_WANTED`), ``unshared_beyond`` (those among them with p below 0.05), ``qualified`` (seeds that met every
    target), ``by_behaviour`` (the lowest of them), ``all_roles`` (seeds with a reader, an agreement head and an answer
    writer); ``shared_least``, ``shared_most``, ``expected_most``, ``p_most``; ``jaccard_low``, ``jaccard_high``,
    ``jaccard_mean`` of shared heads between two seeds, and ``jaccard_expected``, its mean if head numbers meant
    nothing.

    Raises:
        ResultError: the card cannot be read.
    """
    del seed  # nothing is drawn
    path = shipped_file("models/mini/MODEL_CARD.md")
    try:
        card = read_card(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultError(f"the model card {path} cannot be read: {error}") from None
    found = card.seeds
    counts = np.array([len(one.shared) for one in found])
    by_chance = [chance_of_common(card.total, one.sizes, len(one.readers), len(one.shared)) for one in found]
    expected, p = (np.array(values) for values in zip(*by_chance, strict=True))
    codes, met = np.array(card.codes), np.array(card.met)
    pairs = list(itertools.combinations(found, 2))
    overlap = [len(a.shared & b.shared) / len(a.shared | b.shared) for a, b in pairs]
    random_overlap = [expected_jaccard(card.total, len(a.shared), len(b.shared)) for a, b in pairs]
    at = {"seed": [str(k) for k in range(len(found))]}
    along = {
        "shared": counts,
        "readers": np.array([len(one.readers) for one in found]),
        "expected": expected,
        "p": p,
        "code": codes,
        "met": met.astype(int),
    }
    single = {
        "seeds": len(found),
        "shipped": card.shipped,
        "beyond": int((p < 0.05).sum()),
        "unshared_codes": int((codes < CODE_WANTED).sum()),
        "unshared_beyond": int(((codes < CODE_WANTED) & (p < 0.05)).sum()),
        "qualified": int(met.sum()),
        "by_behaviour": int(np.flatnonzero(met)[0]) if met.any() else -1,
        "all_roles": sum(all(one.roles) for one in found),
        "shared_least": int(counts.min()),
        "shared_most": int(counts.max()),
        "expected_most": float(expected.max()),
        "p_most": float(p.max()),
        "code_least": float(codes.min()),
        "code_most": float(codes.max()),
        "jaccard_low": min(overlap),
        "jaccard_high": max(overlap),
        "jaccard_mean": float(np.mean(overlap)),
        "jaccard_expected": float(np.mean(random_overlap)),
    }
    quantities = {name: quantity(values, "seed", labels=at) for name, values in along.items()}
    for i, name in enumerate(("cross_low", "cross_high")):
        quantities[name] = quantity(np.array([one.cross[i] for one in found]), "seed", unit="%", labels=at)
    return Result(
        quantities | {name: quantity(value) for name, value in single.items()},
        Origin.PUBLISHED,
        citation="model card of mini (assets/models/mini/MODEL_CARD.md)",
        model="mini's model card",
        facts={"shared": [sorted(one.shared) for one in found]},
    )
