"""Heads and MLPs as nodes of a circuit, and circuits as sets of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tapehead.analysis.errors import UsageError


@dataclass(frozen=True, order=True)
class Component:
    """A head (``layer.head``) or, with head -1, the MLP of a layer."""

    layer: int
    head: int = -1

    @property
    def is_mlp(self) -> bool:
        """Whether this is an MLP."""
        return self.head < 0

    def __str__(self) -> str:
        return f"MLP {self.layer}" if self.is_mlp else f"{self.layer}.{self.head}"


def component(text: str) -> Component:
    """``2.7`` or ``MLP 3`` as a component.

    Raises:
        UsageError: the text is neither.
    """
    kind, _, rest = text.strip().rpartition(" ")
    layer, dot, head = rest.partition(".")
    if kind.lower() == "mlp" and rest.isdecimal():
        return Component(int(rest))
    if not kind and dot and layer.isdecimal() and head.isdecimal():
        return Component(int(layer), int(head))
    raise UsageError(f"'{text}' is no component; heads are written 2.7 and MLPs MLP 3")


class Circuit:
    """Which heads (L, H) and MLPs (L,) are live; all others are replaced by their means.  Not changed once made."""

    def __init__(self, heads: np.ndarray, mlps: np.ndarray) -> None:
        self.heads, self.mlps = np.array(heads, dtype=bool), np.array(mlps, dtype=bool)
        if self.heads.ndim != 2 or self.mlps.shape != self.heads.shape[:1]:
            raise UsageError(f"a circuit has heads (L, H) and MLPs (L,); found {self.heads.shape}, {self.mlps.shape}")
        self.heads.setflags(write=False)
        self.mlps.setflags(write=False)

    @classmethod
    def full(cls, layers: int, heads: int) -> Circuit:
        """Everything live."""
        return cls(np.ones((layers, heads)), np.ones(layers))

    @classmethod
    def of(cls, members: Iterable[Component], layers: int, heads: int) -> Circuit:
        """Only the named components live."""
        found_heads, mlps = np.zeros((layers, heads), dtype=bool), np.zeros(layers, dtype=bool)
        return cls(found_heads, mlps).plus(*members)

    @property
    def layers(self) -> int:
        """Number of layers of the model."""
        return int(self.mlps.size)

    def __iter__(self) -> Iterator[Component]:
        """Live components, layer by layer, heads before the MLP."""
        for layer in range(self.layers):
            yield from (Component(layer, int(h)) for h in np.flatnonzero(self.heads[layer]))
            if self.mlps[layer]:
                yield Component(layer)

    def __len__(self) -> int:
        return int(self.heads.sum() + self.mlps.sum())

    def __contains__(self, one: object) -> bool:
        if not isinstance(one, Component) or not self._has(one):
            return False
        return bool(self.mlps[one.layer] if one.is_mlp else self.heads[one.layer, one.head])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Circuit) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def key(self, below: int | None = None) -> bytes:
        """Identity of the circuit, or of its part in the layers below ``below``."""
        return self.heads[:below].tobytes() + b"|" + self.mlps[:below].tobytes()

    def without(self, *gone: Component) -> Circuit:
        """The circuit with these components ablated as well."""
        return self._with(gone, False)

    def plus(self, *more: Component) -> Circuit:
        """The circuit with these components live as well."""
        return self._with(more, True)

    def _has(self, one: Component) -> bool:
        """Whether the model has such a component, live or not."""
        return 0 <= one.layer < self.layers and -1 <= one.head < self.heads.shape[1]

    def _with(self, components: Sequence[Component], live: bool) -> Circuit:
        heads, mlps = self.heads.copy(), self.mlps.copy()
        for one in components:
            if not self._has(one):
                raise UsageError(f"there is no {one} in a model of {self.layers} layers and {heads.shape[1]} heads")
            if one.is_mlp:
                mlps[one.layer] = live
            else:
                heads[one.layer, one.head] = live
        return Circuit(heads, mlps)

    def __and__(self, other: Circuit) -> Circuit:
        return Circuit(self.heads & other.heads, self.mlps & other.mlps)

    def __or__(self, other: Circuit) -> Circuit:
        return Circuit(self.heads | other.heads, self.mlps | other.mlps)


def head_labels(layers: int, heads: int) -> tuple[str, ...]:
    """``0.0``, ``0.1`` … in the order of a flattened (L, H) array."""
    return tuple(f"{layer}.{head}" for layer in range(layers) for head in range(heads))


def mlp_labels(layers: int) -> tuple[str, ...]:
    """``MLP 0``, ``MLP 1`` …"""
    return tuple(f"MLP {layer}" for layer in range(layers))


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    """Size of the intersection over that of the union; 1 for two empty sets."""
    union = np.logical_or(a, b).sum()
    return float(np.logical_and(a, b).sum() / union) if union else 1.0
