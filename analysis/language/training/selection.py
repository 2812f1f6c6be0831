"""Which of the trained seeds is shipped: the rule, written before any circuit of any seed was looked at.

The rule uses behaviour, and one property of the representation that is measured without ablating or patching anything.
It never looks at heads, circuits, edges or cross-task cells, so that what the films say about those was not selected
for, with one exception that the films have to name: the shipped seed was chosen for a member code that its three types
share.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

RULE = """\
1. A seed *qualifies* if it was trained for the full number of steps and meets every behaviour target, scored with the
   weights rounded to fp16 as they are shipped. Targets: top-1 at least 99 % on held-out prompts of each of numerals,
   number words and months, on step-2 lists and on descending lists; at least 98 % on held-out subjects; on random
   lists the mean probability of the last member's successor within 0.03 of chance; with the second-last member
   replaced at random, the answer's mean probability at most 0.15, for each of the three types.
2. The *code* of a seed is the smallest of three centred cosines (numerals-words, numerals-months, words-months)
   between members of the same rank, in the residual stream after the first block at member positions.
3. Shipped is the qualifying seed with the lowest number whose code is above 0.5.
4. If none has such a code: the qualifying seed with the largest code, and the card says that the code is not shared.
5. If no seed qualifies: nothing is shipped or replaced, and the missed targets are reported.
"""

CODE_WANTED = 0.5
"""Centred cosine above which a pair of types counts as sharing its member code."""

HELD_OUT_TOP1, SUBJECTS_TOP1 = 0.99, 0.98
RANDOM_MARGIN, SECOND_LAST_MOST = 0.03, 0.15


@dataclass(frozen=True)
class Choice:
    """The seed to ship, or ``None``; the sentence that says why; and the number of the rule that decided."""

    seed: int | None
    why: str
    rule: int

    def settled(self, planned: Sequence[int], finished: Collection[int]) -> bool:
        """Whether seeds that are not finished can no longer change the choice."""
        waiting = [seed for seed in planned if seed not in finished]
        first = self.rule == 3 and self.seed is not None and all(seed > self.seed for seed in waiting)
        return first or not waiting


def missed_targets(scores: Mapping[str, float]) -> list[str]:
    """The targets that scores from :func:`tapehead.analysis.language.studies.scores.behaviour` do not meet; empty if
    all are met.

    Names begin with the group they belong to: ``held out/months``, ``random list/p(successor) - chance/words``, ...
    """
    missed = []
    for name, value in scores.items():
        group = name.split("/", 1)[0]
        if group in ("held out", "step 2", "down"):
            met = value >= HELD_OUT_TOP1
        elif group == "held-out subjects":
            met = value >= SUBJECTS_TOP1
        elif group == "random list":
            met = abs(value) <= RANDOM_MARGIN
        elif group == "second last random":
            met = value <= SECOND_LAST_MOST
        else:
            continue
        if not met:
            missed.append(f"{name} = {value:.4f}")
    return missed


def choose(scores: Mapping[int, Mapping[str, float]]) -> Choice:
    """Apply :data:`RULE` to ``scores`` (seed -> name -> value) of the seeds that have finished.

    A seed's code is read from its ``code/...`` scores.
    """
    good = [s for s in sorted(scores) if not missed_targets(scores[s])]
    if not good:
        return Choice(None, "no finished seed meets every target: nothing is shipped (rule 5)", 5)
    codes = {s: code(scores[s]) for s in good}
    for seed in good:
        if codes[seed] > CODE_WANTED:
            return Choice(seed, f"the lowest qualifying seed with a shared member code ({codes[seed]:.2f}; rule 3)", 3)
    best = max(good, key=lambda s: codes[s])
    return Choice(best, f"no qualifying seed shares its member code; the nearest has {codes[best]:.2f} (rule 4)", 4)


def code(scores: Mapping[str, float]) -> float:
    """The smallest of the three centred cosines of one seed."""
    return min(value for name, value in scores.items() if name.startswith("code/"))
