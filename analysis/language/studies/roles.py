"""Roles of heads and MLPs, measured: where they look, where they are needed, what they write.

The rule is the same for every model; its first three parts were written down before any model was labelled.  On each
task a component is

* a *last-member reader*, if it is a head, the last position gives at least half of its attention
  (:data:`READS`) to the last member, and ablating it everywhere costs at least :data:`COSTS` percentage points;
* an *agreement head*, if it is a head, the last position gives at least :data:`AGREES` of its attention to the earlier
  clauses' "in" (or whatever word the prompt ends with) and more than to all members, and ablating it *at the last
  position* costs at least :data:`COSTS`;
* an *answer writer*, if replacing by its mean only what it adds to the final residual stream at the last position,
  so that no later component sees a difference, costs at least :data:`WRITES`;
* a *template reader*, if ablating it everywhere costs at least :data:`COSTS`, but less if the mean is taken over
  corrupted prompts of the prompt's own template: then what was missed is which template this is, not the sequence.
  (Added after the shipped model had been seen, for a head that fitted none of the others.)

A component may have several roles, or be needed (:data:`COSTS` everywhere) and have none: "other".  Costs are
percentage points of the full model's mean logit difference; ablation is mean ablation, with the mean over the
corrupted prompts at each position (Lan, Torr & Barez, arXiv 2311.04131).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.ablation import Means, means_of
from tapehead.analysis.language.circuit.attention import attention_patterns, key_groups
from tapehead.analysis.language.circuit.last_position import LastPosition
from tapehead.analysis.language.models.components import Component, mlp_labels
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

READS, AGREES = 0.5, 0.3
"""Shares of the last position's attention; four "in" among 24 positions would get 0.17 of an even look."""
COSTS, WRITES = 10.0, 25.0
"""Percentage points of the full model's mean logit difference."""

ROLES = ("last-member reader", "agreement head", "answer writer", "template reader")
OTHER = "other"
LOOKS = ("last member", "earlier members", "earlier in", "bos", "self", "other")
WHERE = ("last", "earlier in", "members", "other", "everywhere")
NEAR_ZERO = 1e-3
CHUNK = 64


# -- where heads look ----------------------------------------------------------------------------------------------


def looks(pattern: np.ndarray, task: Task) -> np.ndarray:
    """Attention of the last position per group of :data:`LOOKS`, (layer, head, look), of a mean pattern.

    In a plain list the last position is itself the last member; its look at itself counts as "self".
    """
    groups = key_groups(task)
    last = pattern[..., task.last, :]
    earlier = [at for name, at in groups.items() if name.startswith("in")]
    keys = {
        "last member": task.member_positions[-1:],
        "earlier members": task.member_positions[:-1],
        "earlier in": [p for at in earlier for p in at],
        "bos": groups["bos"],
        "self": [task.last],
    }
    if task.last in task.member_positions:
        keys["last member"] = ()
    known = {p for at in keys.values() for p in at}
    keys["other"] = [p for p in range(task.last + 1) if p not in known]
    return np.stack([last[..., list(keys[name])].sum(-1) for name in LOOKS], -1)


def reads_back(pattern: np.ndarray, task: Task) -> np.ndarray:
    """How much each *earlier* "in" looks at the member of the clause before it, mean over them: (layer, head).

    NaN if the prompts have no such place.
    """
    places = [p for name, at in key_groups(task).items() if name.startswith("in") for p in at]
    pairs = [(p, max(m for m in task.member_positions if m < p)) for p in places if p > task.member_positions[0]]
    if not pairs:
        return np.full(pattern.shape[:2], np.nan)
    return np.asarray(np.mean([pattern[..., query, key] for query, key in pairs], axis=0))


def position_groups(task: Task) -> dict[str, tuple[int, ...]]:
    """Positions by the names of :data:`WHERE`; all but "everywhere" share none, and together are all."""
    groups = {
        "last": (task.last,),
        "earlier in": tuple(p for name, at in key_groups(task).items() if name.startswith("in") for p in at),
        "members": tuple(p for p in task.member_positions if p != task.last),
    }
    taken = {p for at in groups.values() for p in at}
    groups["other"] = tuple(p for p in range(task.last + 1) if p not in taken)
    return groups | {"everywhere": tuple(range(task.last + 1))}


# -- where they are needed -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Effects:
    """Logit differences per prompt, with one component ablated; each array's last axis is the prompt, n.

    ``full`` (n,) is the intact network.  ``heads`` (L, H, where, n) and ``mlps`` (L, where, n): replaced by the mean at
    a group of positions; ``heads_direct``, ``mlps_direct`` (L[, H], n): only in the final stream; ``heads_own``,
    ``mlps_own`` (L[, H], n): everywhere, by the mean over prompts of the own template.
    """

    full: np.ndarray
    heads: np.ndarray
    mlps: np.ndarray
    heads_direct: np.ndarray
    mlps_direct: np.ndarray
    heads_own: np.ndarray
    mlps_own: np.ndarray


def effects(network: Network, task: Task) -> Effects:
    """Ablate every component at every group of positions, one at a time, in the full network."""
    import torch

    means = means_of(network, task.corrupted)
    groups = position_groups(task)
    n, layers, heads = len(task), network.layers, network.heads
    found = Effects(
        np.empty(n),
        np.empty((layers, heads, len(WHERE), n)),
        np.empty((layers, len(WHERE), n)),
        *(np.empty(shape) for _ in range(2) for shape in ((layers, heads, n), (layers, n))),
    )
    templates = np.array(task.templates)
    with torch.no_grad():
        for template in dict.fromkeys(task.templates):
            rows = np.flatnonzero(templates == template)
            own = means_of(network, task.corrupted[rows])
            for which in np.split(rows, range(CHUNK, len(rows), CHUNK)):
                run = _Run(network, network.tokens(task.tokens[which]))
                directions = network.directions(task.answers[which], task.wrong[which])

                def difference(stream: Tensor, along: Tensor = directions) -> np.ndarray:
                    return np.asarray(network.differences(stream, along).double().cpu().numpy())

                found.full[which] = difference(run.final)
                for one in _components(network):
                    at = one.layer if one.is_mlp else (one.layer, one.head)
                    kinds = (
                        ("mlps", "mlps_direct", "mlps_own") if one.is_mlp else ("heads", "heads_direct", "heads_own")
                    )
                    by_where, direct, own_template = (getattr(found, kind)[at] for kind in kinds)
                    direct[which] = difference(run.without_direct(one, means))
                    own_template[which] = difference(run.without(one, groups["everywhere"], own))
                    for w, where in enumerate(WHERE):
                        by_where[w, which] = difference(run.without(one, groups[where], means))
    return found


def _components(network: Network) -> Iterator[Component]:
    for layer in range(network.layers):
        yield from (Component(layer, head) for head in range(network.heads))
        yield Component(layer)


class _Run:
    """One forward pass of a few prompts, with everything kept that an ablation further on starts from."""

    def __init__(self, network: Network, tokens: Tensor) -> None:
        self.network = network
        self.last = LastPosition(network, tokens)
        self.final, self.end = self.last.final, tokens.shape[1] - 1
        self.before: list[Tensor] = []
        self.z: list[Tensor] = []
        self.middle: list[Tensor] = []
        self.mlp: list[Tensor] = []
        x = network.embed(tokens)
        for layer in range(network.layers):
            z = network.z(layer, x)
            middle = x + network.write(layer, z) + network.blocks[layer].out_bias
            added = network.mlp(layer, middle)
            for kept, value in ((self.before, x), (self.z, z), (self.middle, middle), (self.mlp, added)):
                kept.append(value)
            x = middle + added

    def without(self, one: Component, positions: Sequence[int], means: Means) -> Tensor:
        """Final stream (n, D) at the last position with ``one`` at its mean at these positions."""
        network, layer, at = self.network, one.layer, list(positions)
        if layer == network.layers - 1:
            at = [p for p in at if p == self.end]  # nothing reads the last block's output anywhere else
        if not at:
            return self.final
        if at == [self.end]:
            return self._without_last(one, means)
        if one.is_mlp:
            added = self.mlp[layer].clone()
            added[:, at] = means.mlp[layer, at]
            x = self.middle[layer] + added
        else:
            z = self.z[layer].clone()
            z[:, at, one.head] = means.z[layer, at, one.head]
            x = self.before[layer] + network.write(layer, z) + network.blocks[layer].out_bias
            x = x + network.mlp(layer, x)
        for later in range(layer + 1, network.layers):
            last = later == network.layers - 1
            x = (x[:, -1:] if last else x) + network.write(later, network.z(later, x, last=last))
            x = x + network.blocks[later].out_bias
            x = x + network.mlp(later, x)
        return x[:, -1]

    def _without_last(self, one: Component, means: Means) -> Tensor:
        layer = one.layer
        if one.is_mlp:
            return self.last.with_mlp(layer, means.mlp[layer, -1:])
        z = self.last.z[layer].clone()
        z[:, :, one.head] = means.z[layer, -1:, one.head]
        return self.last.with_z(layer, z)

    def without_direct(self, one: Component, means: Means) -> Tensor:
        """Final stream (n, D) at the last position, with only this component's own term in it at its mean."""
        layer = one.layer
        if one.is_mlp:
            return self.final - self.mlp[layer][:, -1] + means.mlp[layer, -1]
        change = means.z[layer, -1, one.head] - self.z[layer][:, -1, one.head]
        return self.final + change @ self.network.blocks[layer].out[one.head]


# -- the rule ------------------------------------------------------------------------------------------------------


def head_roles(look: np.ndarray, cost: np.ndarray, direct: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The rule for heads: (role, ...) of truth values.

    Args:
        look: (..., look), attention of the last position by :data:`LOOKS`.
        cost: (..., where), percentage points lost by :data:`WHERE`.
        direct: (...), percentage points lost without the direct path.
        own: (...), percentage points lost everywhere, by the mean of the own template.
    """
    share = {name: look[..., i] for i, name in enumerate(LOOKS)}
    members = share["last member"] + share["earlier members"]
    at_last = cost[..., WHERE.index("last")] >= COSTS
    needed = cost[..., WHERE.index("everywhere")] >= COSTS
    return np.stack(
        [
            (share["last member"] >= READS) & needed,
            (share["earlier in"] >= AGREES) & (share["earlier in"] > members) & at_last,
            direct >= WRITES,
            needed & (own < COSTS),
        ]
    )


def mlp_roles(cost: np.ndarray, direct: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The rule for MLPs, which look nowhere; arguments as for :func:`head_roles`."""
    needed = cost[..., WHERE.index("everywhere")] >= COSTS
    never = np.zeros_like(needed)
    return np.stack([never, never, direct >= WRITES, needed & (own < COSTS)])


def named(roles: np.ndarray, needed: np.ndarray, names: Sequence[str]) -> dict[str, str]:
    """Labels as text, of the components that have a role or are needed.

    Args:
        roles: (role, component) truth values.
        needed: (component,) truth values.
        names: of the components.
    """
    labels = {}
    for i, name in enumerate(names):
        own = [role for role, has in zip(ROLES, roles[:, i], strict=True) if has]
        if own or needed[i]:
            labels[name] = " and ".join(own) or OTHER
    return labels


@analysis("language.roles", version=1, libraries=("numpy", "torch", "transformers", "transformer_lens"))
def roles(model: LanguageModel, kinds: Sequence[str] = PAPER_TYPES, count: int = 96, *, seed: int = 0) -> Result:
    """Measure what the rule at the top of this module asks for, and label every head and MLP by it.

    Args:
        model: the model.
        kinds: kinds of sequence, one task each.
        count: prompts per task.
        seed: of prompts and bootstrap.

    Quantities: ``look`` (task, layer, head, look), share of the last position's attention on the last member, earlier
    members, earlier "in", bos, itself, the rest; ``reads_back`` (task, layer, head), how much an earlier "in" looks at
    the member before it, which is the reader's work in earlier clauses.
    ``head_cost`` (task, layer, head, where) and ``mlp_cost`` (task, layer, where): percentage points of the full mean
    logit difference lost by ablation at the last position, the earlier "in", the members, the rest, everywhere;
    ``head_direct``, ``mlp_direct`` (task, layer[, head]), lost without the direct path to the logits;
    ``head_cost_own_template``, ``mlp_cost_own_template`` (task, layer[, head]), lost everywhere if the mean is taken
    over the prompt's own template; all with ``_low`` and ``_high``, 95 % bootstrap ends over prompts.
    ``difference`` (task), the full mean in logits.
    ``head_role`` (role, task, layer, head) and ``mlp_role`` (role, task, layer), 1 where the rule says so;
    ``head_role_all`` (role, layer, head) and ``mlp_role_all`` (role, layer), where it says so on every task;
    ``role_count`` (role), components with that role on every task.
    ``rule_share`` (role) and ``rule_cost`` (role), the thresholds; 0 where attention does not matter.
    Facts: ``labels``, text by component for those with a role on every task, or needed on every task ("other");
    ``labels_by_task``, the same for each task alone.

    Raises:
        UsageError: no kinds.
        ResultError: the model's mean logit difference on a task is too near zero to be divided by.
    """
    if not kinds:
        raise UsageError(f"name at least one kind of sequence; there is {', '.join(PAPER_TYPES)}")
    network = Network(model)
    rows: dict[str, list[np.ndarray]] = {}
    for kind in kinds:
        task = sequence_task(model, kind, count, seed=seed)
        pattern = attention_patterns(model, task, seed=seed)["pattern"]
        found = effects(network, task)
        full = found.full.mean()
        if abs(full) < NEAR_ZERO:
            raise ResultError(
                f"the mean logit difference of '{model.name}' on {kind} is {full:.2g}: it does not do the task, "
                "so no component has a role in it"
            )
        own = {"difference": full, "look": looks(pattern, task), "reads_back": reads_back(pattern, task)}
        for name, left in (
            ("head_cost", found.heads),
            ("mlp_cost", found.mlps),
            ("head_direct", found.heads_direct),
            ("mlp_direct", found.mlps_direct),
            ("head_cost_own_template", found.heads_own),
            ("mlp_cost_own_template", found.mlps_own),
        ):
            lost = np.moveaxis(100 * (found.full - left), -1, 0)
            low, high = bootstrap_ratio(lost, found.full, seed)
            own |= {name: lost.mean(0) / full, f"{name}_low": low, f"{name}_high": high}
        for name, values in own.items():
            rows.setdefault(name, []).append(np.asarray(values))
    return _result(model, network, list(kinds), {name: np.stack(found) for name, found in rows.items()}, count, seed)


def _result(
    model: LanguageModel, network: Network, kinds: list[str], rows: dict[str, np.ndarray], count: int, seed: int
) -> Result:
    own = "cost_own_template"
    of_heads = head_roles(rows["look"], *(rows[f"head_{name}"] for name in ("cost", "direct", own)))
    of_mlps = mlp_roles(*(rows[f"mlp_{name}"] for name in ("cost", "direct", own)))

    layers, everywhere = network.layers, WHERE.index("everywhere")
    names = [str(Component(*at)) for at in np.ndindex(layers, network.heads)] + list(mlp_labels(layers))
    roles_of = np.concatenate([of_heads.reshape(*of_heads.shape[:2], -1), of_mlps], -1)  # (role, task, component)
    costs = np.concatenate([rows[f"{k}_cost"][..., everywhere].reshape(len(kinds), -1) for k in ("head", "mlp")], -1)
    needed = costs >= COSTS

    labels: dict[str, Sequence[str]] = {
        "role": ROLES,
        "task": kinds,
        "layer": [str(k) for k in range(layers)],
        "head": [str(h) for h in range(network.heads)],
        "look": LOOKS,
        "where": WHERE,
    }

    def found_as(values: np.ndarray, *axes: str, unit: str = "1") -> Quantity:
        own = {k: labels[k] for k in axes}
        if "layer" in axes and "head" not in axes:
            own["layer"] = mlp_labels(layers)
        return quantity(values, *axes, unit=unit, labels=own)

    quantities = {
        "difference": found_as(rows["difference"], "task", unit="logit"),
        "look": found_as(rows["look"], "task", "layer", "head", "look"),
        "reads_back": found_as(rows["reads_back"], "task", "layer", "head"),
        "head_role": found_as(of_heads.astype(int), "role", "task", "layer", "head"),
        "mlp_role": found_as(of_mlps.astype(int), "role", "task", "layer"),
        "head_role_all": found_as(of_heads.all(1).astype(int), "role", "layer", "head"),
        "mlp_role_all": found_as(of_mlps.all(1).astype(int), "role", "layer"),
        "role_count": found_as(roles_of.all(1).sum(-1), "role"),
        "rule_share": found_as(np.array([READS, AGREES, 0.0, 0.0]), "role"),
        "rule_cost": found_as(np.array([COSTS, COSTS, WRITES, COSTS]), "role", unit="pp"),
    }
    for end in ("", "_low", "_high"):
        for kind, axes in (("head", ("task", "layer", "head")), ("mlp", ("task", "layer"))):
            for name, more in (("cost", ("where",)), ("direct", ()), (own, ())):
                full_name = f"{kind}_{name}{end}"
                quantities[full_name] = found_as(rows[full_name], *axes, *more, unit="pp")
    return Result(
        quantities,
        model=model.name,
        facts={
            "model": model.digest,
            "prompts": count,
            "seed": seed,
            "labels": named(np.asarray(roles_of.all(1)), np.asarray(needed.all(0)), names),
            "labels_by_task": {kind: named(roles_of[:, i], needed[i], names) for i, kind in enumerate(kinds)},
        },
    )
