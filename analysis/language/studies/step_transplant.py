"""Does one layer carry the step?  A descending prompt's attention is put into an ascending one.

Receiver and donor show different lists that end in the same member (of the same rank, if they are of different
families): "2 3 4 5" and "August July June May".  One layer's attention output at the last position is taken from the
donor.  If the receiver then gives the member *before* the last one, that layer brings the step to the last position,
and brings it in a form that the receiver's family can use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.last_position import LastPosition
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, single_token
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES, PAPER_VERBS, WINDOW, sequence
from tapehead.analysis.language.tasks.sequences import Sequence as Family
from tapehead.analysis.language.tasks.tasks import Prompt, task_of, usable_subjects
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

CHUNK = 64
ABLE = 0.9
"""A last member is used only if this share of its prompts is answered rightly, receivers and donors alike."""


# -- prompts -------------------------------------------------------------------------------------------------------


def run_to(family: Family, last: int, step: int) -> tuple[int, ...] | None:
    """Places of the four members that go by ``step`` and end at ``last``; ``None`` if the family does not reach."""
    places = [last - step * (WINDOW - 1 - i) for i in range(WINDOW)]
    around = [*places, last + step, last - step]  # the members before and after are asked for as well
    if family.cyclic:
        size = len(family.members)
        return tuple(p % size for p in places)
    return tuple(places) if min(around) >= 0 and max(around) < len(family.members) else None


def common_ranks(donor: Family, receiver: Family) -> tuple[int, ...]:
    """Last members (places from 0) that both families have, ascending and descending where they need it.

    The donor has to reach them from both sides, since an ascending donor is the control.
    """
    both = range(min(len(donor.members), len(receiver.members)))
    return tuple(
        rank
        for rank in both
        if run_to(receiver, rank, 1) and run_to(donor, rank, -1) and run_to(donor, rank, 1) is not None
    )


@dataclass(frozen=True, eq=False)
class Pairing:
    """Prompts of one pair of families, row by row with the same last member and template.

    ``receivers`` go up, ``donors`` down, ``controls`` (of the donor's family) up: tokens (prompts, positions).
    ``after`` and ``before`` are the ids of the members next to the last one, in the receiver's family;
    ``donor_before`` and ``donor_after`` in the donor's.  ``ranks`` (prompts,) is the place of the last member.
    """

    receivers: np.ndarray
    donors: np.ndarray
    controls: np.ndarray
    after: np.ndarray
    before: np.ndarray
    donor_after: np.ndarray
    donor_before: np.ndarray
    ranks: np.ndarray

    def take(self, which: np.ndarray) -> Pairing:
        """Some of the rows."""
        return Pairing(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def pairing(model: LanguageModel, donor: str, receiver: str, per_member: int, seed: int) -> Pairing:
    """``per_member`` prompts for every last member that two families have in common; subjects drawn anew for each.

    Raises:
        UsageError: they have none in common, a member is not one known token, or too few subjects are.
    """
    giving, taking = sequence(donor), sequence(receiver)
    ranks = [rank for rank in common_ranks(giving, taking) for _ in range(per_member)]
    if not ranks:
        raise UsageError(f"{donor} and {receiver} have no last member that a list can reach from both sides")
    rng = np.random.default_rng([seed, 5754])
    pools = {t: usable_subjects(model, t) for t in PAPER_VERBS}
    for template, pool in pools.items():
        if len(pool) <= WINDOW:
            raise UsageError(f"'{model.name}' has {len(pool)} subjects for '{template}' as one token; 5 are needed")

    def tokens(family: Family, step: int) -> np.ndarray:
        prompts = []
        for i, rank in enumerate(ranks):
            template = PAPER_VERBS[i % len(PAPER_VERBS)]
            drawn = tuple(str(w) for w in rng.choice(pools[template], WINDOW + 1, replace=False))
            places = run_to(family, rank, step)
            assert places is not None, "ranks are those that can be reached"
            prompts.append(Prompt(family.name, template, places, places[-1], places[-1], drawn))
        return task_of(model, f"{family.name}, step {step:+d}", prompts, prompts).tokens

    def beside(family: Family, step: int) -> np.ndarray:
        words = [family.members[(rank + step) % len(family.members)] for rank in ranks]
        ids = {word: single_token(model, word, "member") for word in set(words)}
        return np.array([ids[word] for word in words])

    return Pairing(
        tokens(taking, 1),
        tokens(giving, -1),
        tokens(giving, 1),
        beside(taking, 1),
        beside(taking, -1),
        beside(giving, 1),
        beside(giving, -1),
        np.array(ranks),
    )


# -- running -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Outcome:
    """Per prompt (…, n): logit(next) - logit(previous), and whether the most likely word is the next, the previous."""

    difference: np.ndarray
    next: np.ndarray
    previous: np.ndarray

    @classmethod
    def empty(cls, *shape: int) -> Outcome:
        """Zeros, to be filled."""
        return cls(*(np.zeros(shape) for _ in range(3)))


def outcome_of(network: Network, final: Tensor, pairs: Pairing) -> Outcome:
    """What the stream (n, D) at the last position after the last block says about the receivers of ``pairs``."""
    import torch

    logits = network.logits(final)
    after, before = network.tokens(pairs.after), network.tokens(pairs.before)
    rows = torch.arange(len(logits), device=logits.device)
    best = logits.argmax(-1)
    found = (logits[rows, after] - logits[rows, before], best == after, best == before)
    return Outcome(*(values.double().cpu().numpy() for values in found))


UNITS = {"difference": "logit", "next": "%", "previous": "%"}
CHOSEN = {"": "layer", "onward_": "onward"}
"""Runs whose layer is chosen, by the prefix of their quantities."""
RUNS = ("baseline", "layer", "onward", "control", "onward control", "other layer", "head")


def transplants(network: Network, pairs: Pairing, seed: int) -> dict[str, Outcome]:
    """All patched runs of one pair of families.

    Returns:
        By name: ``baseline`` (n,), nothing patched; ``layer`` (L, n), the descending donor's attention output of one
        layer; ``onward`` (L, n), of this layer and all after it; ``control`` and ``onward control`` (L, n), the same
        from the ascending donor; ``other layer`` (L, n), the descending donor's output of another of its layers, drawn
        for each prompt; ``head`` (L, H, n), the output of one of its heads.
    """
    import torch

    n, layers, heads = len(pairs.ranks), network.layers, network.heads
    shapes = {"baseline": (n,), "head": (layers, heads, n)}
    found = {run: Outcome.empty(*shapes.get(run, (layers, n))) for run in RUNS}
    rng = np.random.default_rng([seed, 77])
    drawn = np.stack([rng.choice([k for k in range(layers) if k != at] or [at], n) for at in range(layers)])
    with torch.no_grad():
        for first in range(0, n, CHUNK):
            which = np.arange(first, min(first + CHUNK, n))
            part = pairs.take(which)
            for run, at, final in _patched(network, part, drawn[:, which]):
                one = outcome_of(network, final, part)
                for name in Outcome.__dataclass_fields__:
                    getattr(found[run], name)[(*at, which)] = getattr(one, name)
    return found


def _patched(network: Network, pairs: Pairing, drawn: np.ndarray) -> Iterator[tuple[str, tuple[int, ...], Tensor]]:
    """Every run of a few prompts: its name, its place (layer, head), its stream at the end."""
    import torch

    receiver, donor, control = (
        LastPosition(network, network.tokens(tokens)) for tokens in (pairs.receivers, pairs.donors, pairs.controls)
    )
    yield "baseline", (), receiver.final
    every = torch.stack(donor.z)
    rows = torch.arange(every.shape[1], device=every.device)
    for layer in range(network.layers):
        for name, giver in (("", donor), ("control", control)):
            yield name or "layer", (layer,), receiver.with_z(layer, giver.z[layer])
            yield f"onward {name}".strip(), (layer,), receiver.with_z(layer, giver.z[layer], giver.z[layer + 1 :])
        other = torch.as_tensor(drawn[layer], device=every.device)
        yield "other layer", (layer,), receiver.with_z(layer, every[other, rows])
        for head in range(network.heads):
            z = receiver.z[layer].clone()
            z[:, :, head] = donor.z[layer][:, :, head]
            yield "head", (layer, head), receiver.with_z(layer, z)


def able_ranks(network: Network, pairs: Pairing, share: float) -> np.ndarray:
    """Ranks for which at least ``share`` of receivers, donors and controls are each answered rightly."""
    import torch

    right = []
    with torch.no_grad():
        for tokens, wanted in (
            (pairs.receivers, pairs.after),
            (pairs.donors, pairs.donor_before),
            (pairs.controls, pairs.donor_after),
        ):
            best = [
                network.logits(LastPosition(network, part).final).argmax(-1)
                for part in network.tokens(tokens).split(CHUNK)
            ]
            right.append(torch.cat(best).cpu().numpy() == wanted)
    ranks = np.unique(pairs.ranks)
    kept = [rank for rank in ranks if min(r[pairs.ranks == rank].mean() for r in right) >= share]
    return np.array(kept, dtype=int)


# -- the result ----------------------------------------------------------------------------------------------------


@analysis("language.step_transplant", version=1, libraries=("numpy", "torch", "transformers"))
def step_transplant(
    model: LanguageModel,
    kinds: Sequence[str] = PAPER_TYPES,
    per_member: int = 24,
    able: float = ABLE,
    *,
    seed: int = 0,
) -> Result:
    """Put a descending donor's attention output into an ascending receiver, for all pairs of families.

    Every last member that both families have and that the model masters (:data:`ABLE`) is used, ``per_member``
    prompts each; these are halved.  The layer is *chosen* on the first half, one layer for all pairs: where most
    receivers give the previous member (mean over pairs).  Everything else is *measured* on the second half.
    Two patches are made: of one layer, and of a layer with all after it ("onward"), which leaves the receiver only the
    attention of the layers before.  From layer 0 onward nothing of the receiver is left but its positions.

    Args:
        model: the model.
        kinds: families, each as donor and as receiver.
        per_member: prompts per last member, an even number.
        able: share of prompts of a last member that have to be answered rightly without a patch; 0 takes all.
        seed: of subjects, the drawn layers and the bootstrap.

    Quantities, all of the second half unless said, in % of prompts or in logits:
    ``previous``, ``next`` (donor, receiver, layer), how many receivers give the member before or after the last one;
    ``difference`` (donor, receiver, layer), mean logit(next) - logit(previous).  The same for heads one at a time:
    ``head_previous``, ``head_difference`` (donor, receiver, layer, head); and for a layer and all after it together
    (of the receiver's own only the layers before are left): ``onward_previous``, ``onward_difference``.
    Without a patch: ``baseline_previous``, ``baseline_next``, ``baseline_difference`` (donor, receiver).
    Controls (donor, receiver, layer): ``control_previous``, ``control_difference``, an *ascending* donor with the same
    last member, and ``onward_control_previous``, ``onward_control_difference``; ``other_layer_previous``,
    ``other_layer_difference``, the descending donor's output of another layer.
    ``_low`` and ``_high`` of all but the heads are 95 % bootstrap ends *over last members*: whole last members are
    drawn, since prompts with the same one are nearly the same prompt.
    ``chosen_layer``; ``choosing`` (layer), what it was chosen by; ``chosen_previous`` and ``chosen_difference``
    (donor, receiver), their values there; ``chosen_by_member`` (donor, receiver, member), ``previous`` there for each
    last member by its rank from 1, NaN for those not used; ``own_previous`` and ``cross_previous``, means over pairs
    of the same family and of two families, with ``own_control`` and ``cross_control``, the ascending donor's.
    The same with ``onward_`` in front, of a layer and all after it.
    ``last_members`` and ``prompts`` (donor, receiver): how many distinct last members, and measured prompts.
    Pairs without a mastered last member are NaN and have 0.  Fact ``members``: the last members by pair.

    Raises:
        UsageError: no families, or an odd or too small number of prompts.
        ResultError: the model masters no last member of any pair.
    """
    if not kinds:
        raise UsageError("name at least one kind of sequence for the step transplant")
    if per_member < 2 or per_member % 2:
        raise UsageError(f"prompts per last member are halved: give an even number of at least 2, not {per_member}")
    network = Network(model)
    names = [sequence(kind).name for kind in kinds]
    table = _Table(network, names)
    for d, r in np.ndindex(len(names), len(names)):
        pairs = pairing(model, names[d], names[r], per_member, seed)
        ranks = able_ranks(network, pairs, able)
        if not len(ranks):
            continue
        # Rows come in runs of one rank: the first half of each run chooses, the second is measured.
        within = np.arange(len(pairs.ranks)) % per_member
        used = np.isin(pairs.ranks, ranks)
        for run, outcome in transplants(network, pairs.take(used & (within < per_member // 2)), seed).items():
            table.first_half[run][d, r] = 100 * outcome.previous.mean(-1)
        measured = pairs.take(used & (within >= per_member // 2))
        table.add(d, r, ranks, measured.ranks, transplants(network, measured, seed), seed)
    if not table.counts.any():
        raise ResultError(
            f"'{model.name}' continues no list of {', '.join(names)} rightly up and down; nothing can be transplanted"
        )
    return Result(
        table.quantities() | table.chosen(),
        model=model.name,
        facts={
            "model": model.digest,
            "seed": seed,
            "per last member": per_member,
            "mastered": f"at least {able:.0%} of its prompts are answered rightly, up and down",
            "members": table.members(),
            "chosen": "one layer for all pairs, on the first half of the prompts; measured on the second half",
        },
    )


class _Table:
    """Measured means with their bootstrap ends, filled pair by pair."""

    def __init__(self, network: Network, names: Sequence[str]) -> None:
        size, layers = len(names), network.layers
        own = {"baseline": (size, size), "head": (size, size, layers, network.heads)}
        shapes = {run: own.get(run, (size, size, layers)) for run in RUNS}
        self.names, self.layers = list(names), layers
        self.longest = max(len(sequence(name).members) for name in names)
        self.first_half = {run: np.full(shape, np.nan) for run, shape in shapes.items()}
        self.mean, self.low, self.high = (
            {(run, part): np.full(shape, np.nan) for run, shape in shapes.items() for part in UNITS} for _ in range(3)
        )
        self.by_member = {run: np.full((*shapes[run], self.longest), np.nan) for run in CHOSEN.values()}
        self.counts, self.prompts = np.zeros((size, size), int), np.zeros((size, size), int)
        self.labels = {
            "donor": self.names,
            "receiver": self.names,
            "layer": [str(k) for k in range(layers)],
            "head": [str(h) for h in range(network.heads)],
        }

    def add(
        self, d: int, r: int, ranks: np.ndarray, of_prompt: np.ndarray, outcomes: dict[str, Outcome], seed: int
    ) -> None:
        """Outcomes of a pair whose prompts end in ``ranks`` (``of_prompt`` says which one in which)."""
        self.counts[d, r], self.prompts[d, r] = len(ranks), len(of_prompt)
        for run, outcome in outcomes.items():
            for part, unit in UNITS.items():
                values = getattr(outcome, part) * (100 if unit == "%" else 1)
                by_rank = np.stack([values[..., of_prompt == rank].mean(-1) for rank in ranks])
                self.mean[run, part][d, r] = by_rank.mean(0)
                self.low[run, part][d, r], self.high[run, part][d, r] = bootstrap_mean(by_rank, seed)
                if part == "previous" and run in self.by_member:
                    self.by_member[run][d, r][:, ranks] = by_rank.T

    def quantities(self) -> dict[str, Quantity]:
        """Everything by donor and receiver."""
        found = {"last_members": self._as(self.counts, "members"), "prompts": self._as(self.prompts, "prompts")}
        for run, part in self.mean:
            name = part if run == "layer" else f"{run.replace(' ', '_')}_{part}"
            found[name] = self._as(self.mean[run, part], UNITS[part])
            if run != "head":
                found[f"{name}_low"] = self._as(self.low[run, part], UNITS[part])
                found[f"{name}_high"] = self._as(self.high[run, part], UNITS[part])
        return found

    def chosen(self) -> dict[str, Quantity]:
        """What is read at the layer that the first half chose: for one layer, and for a layer and all after it."""
        found = {}
        own = np.eye(len(self.names), dtype=bool)
        labels = {k: self.labels[k] for k in ("donor", "receiver")}
        labels["member"] = [str(k + 1) for k in range(self.longest)]
        for prefix, run in CHOSEN.items():
            by_layer = np.nanmean(self.first_half[run], axis=(0, 1))
            at = int(by_layer.argmax())
            found[f"{prefix}chosen_layer"] = quantity(at)
            found[f"{prefix}choosing"] = quantity(by_layer, "layer", unit="%", labels={"layer": self.labels["layer"]})
            found[f"{prefix}chosen_previous"] = self._as(self.mean[run, "previous"][..., at], "%")
            found[f"{prefix}chosen_difference"] = self._as(self.mean[run, "difference"][..., at], "logit")
            found[f"{prefix}chosen_by_member"] = quantity(
                self.by_member[run][:, :, at], "donor", "receiver", "member", unit="%", labels=labels
            )
            control = "control" if run == "layer" else f"{run} control"
            for name, values in (("previous", self.mean[run, "previous"]), ("control", self.mean[control, "previous"])):
                for group, cells in (("own", own), ("cross", ~own)):
                    there = values[..., at][cells]
                    if np.isfinite(there).any():
                        found[f"{prefix}{group}_{name}"] = quantity(np.nanmean(there), unit="%")
        return found

    def members(self) -> dict[str, list[str]]:
        """The last members that were used, by pair."""
        used = np.isfinite(self.by_member["layer"][:, :, 0])
        return {
            f"{donor}→{receiver}": [sequence(receiver).members[k] for k in np.flatnonzero(used[d, r])]
            for d, donor in enumerate(self.names)
            for r, receiver in enumerate(self.names)
        }

    def _as(self, values: np.ndarray, unit: str) -> Quantity:
        axes = list(self.labels)[: values.ndim]
        return quantity(values, *axes, unit=unit, labels={k: self.labels[k] for k in axes})
