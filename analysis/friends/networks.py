"""Networks of people: generated ones with known communities, the classics inside networkx, and the user's own.

Degree-corrected block model (Karrer & Newman 2011): persons i and j of blocks a and b are linked with probability
1 − exp(−θ_i θ_j B_ab).  LFR (Lancichinetti, Fortunato & Radicchi 2008) comes from networkx.
"""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import scipy.sparse as sparse

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.outside_files import reading

CLASSICS: Mapping[str, str] = {
    "karate": "karate_club_graph",
    "lesmis": "les_miserables_graph",
    "davis": "davis_southern_women_graph",
    "florentine": "florentine_families_graph",
}
"""Networks that come with networkx: a karate club, the characters of a novel, women at events, families."""
LARGEST_FILE = 2_000_000_000
"""Bytes of a file that is read at all."""


@dataclass(frozen=True)
class Network:
    """``links`` is (persons, persons), symmetric, 0 or 1, nothing on the diagonal; ``names`` are the persons'.

    ``blocks`` (persons) are the planted communities, empty where nobody knows them.  ``notes`` say what was mended.
    """

    name: str
    links: sparse.csr_array
    names: tuple[str, ...] = ()
    blocks: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    notes: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        """How many there are."""
        return int(self.links.shape[0])

    @property
    def degrees(self) -> np.ndarray:
        """(persons): friends of each."""
        return np.asarray(self.links.sum(axis=1)).ravel().astype(int)

    @property
    def edges(self) -> np.ndarray:
        """(links, 2): each pair of friends once, the smaller number first, in order."""
        upper = sparse.triu(self.links, 1).tocoo()
        pairs = np.column_stack([upper.row, upper.col])
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    def without(self, pairs: np.ndarray) -> Network:
        """The same persons with these friendships taken out."""
        if not len(pairs):
            return self
        rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
        gone = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=self.links.shape)
        left = self.links - self.links.multiply(gone > 0)
        left.eliminate_zeros()
        return Network(self.name, sparse.csr_array(left), self.names, self.blocks, self.notes)


def from_edges(name: str, edges: Iterable[tuple[Hashable, Hashable]]) -> Network:
    """Make a network of named pairs; a person's link to himself and repeated links are dropped and counted.

    Raises:
        UsageError: nothing is left.
    """
    places: dict[Hashable, int] = {}
    kept: set[tuple[int, int]] = set()
    loops = doubles = 0
    for a, b in edges:
        i, j = (places.setdefault(person, len(places)) for person in (a, b))
        if i == j:
            loops += 1
        elif (pair := (min(i, j), max(i, j))) in kept:
            doubles += 1
        else:
            kept.add(pair)
    if not kept:
        raise UsageError(f"{name} holds no link between two different persons; one line per link: two names")
    notes = []
    if loops:
        notes.append(f"{loops} links of a person to himself were dropped")
    if doubles:
        notes.append(f"{doubles} repeated links were counted once")
    pairs = np.array(sorted(kept))
    return Network(name, _matrix(pairs, len(places)), tuple(map(str, places)), notes=tuple(notes))


def _matrix(pairs: np.ndarray, persons: int) -> sparse.csr_array:
    both = np.concatenate([pairs, pairs[:, ::-1]])
    made = sparse.csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(persons, persons))
    made.sort_indices()
    return made


# -- generated -----------------------------------------------------------------------------------------------------


def blocks_network(name: str, persons: int, blocks: int, degree: float, inside: float, seed: int) -> Network:
    """A degree-corrected block model.

    Args:
        persons: how many.
        blocks: communities of equal size.
        degree: mean number of friends, roughly.
        inside: share of the friendships that stay inside a community.

    Raises:
        UsageError: a number is out of range.
    """
    if not (2 <= blocks <= persons // 4 and 0 < degree < persons / 2 and 0 <= inside <= 1):
        raise UsageError(
            f"network '{name}' needs 2 to {persons // 4} blocks, a degree below {persons / 2:g} and a share from 0 to "
            f"1; found {blocks}, {degree:g}, {inside:g}"
        )
    rng = np.random.default_rng([seed, 0xF21])
    block = np.sort(np.arange(persons) % blocks)
    charm = np.minimum(rng.pareto(2.2, persons) + 0.4, 6.0)
    charm /= charm.mean()
    same = block[:, None] == block[None, :]
    rate = np.where(same, inside * blocks, (1 - inside) * blocks / (blocks - 1)) * degree / persons
    chance = 1 - np.exp(-rate * np.outer(charm, charm))
    drawn = np.triu(rng.random((persons, persons)) < chance, 1)
    return Network(name, _matrix(np.argwhere(drawn), persons), tuple(map(str, range(persons))), block)


def lfr_network(name: str, persons: int, degree: int, outside: float, seed: int) -> Network:
    """An LFR benchmark network; ``outside`` is the share of friendships that leave a community.

    Raises:
        UsageError: networkx finds no network of that kind.
    """
    try:
        graph = nx.LFR_benchmark_graph(
            persons, 3, 1.5, outside, average_degree=degree, min_community=20, max_iters=1000, seed=seed
        )
    except (nx.ExceededMaxIterations, nx.NetworkXError) as error:
        raise UsageError(f"no LFR network of {persons} persons and degree {degree} was found ({error})") from error
    pairs = np.array(sorted((min(a, b), max(a, b)) for a, b in graph.edges if a != b))
    found = {tuple(sorted(graph.nodes[v]["community"])) for v in graph}
    block = np.empty(persons, dtype=int)
    for number, members in enumerate(sorted(found)):
        block[list(members)] = number
    return Network(name, _matrix(pairs, persons), tuple(map(str, range(persons))), block)


def classic_network(name: str) -> Network:
    """One of :data:`CLASSICS`.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name not in CLASSICS:
        raise UnknownNameError("network", name, CLASSICS, "Or give a file with one link per line.")
    graph = getattr(nx, CLASSICS[name])()
    return from_edges(name, sorted((str(a), str(b)) for a, b in graph.edges))


# -- the user's own ------------------------------------------------------------------------------------------------


def read_network(path: Path) -> Network:
    """Read ``.graphml``, or a text file with one link per line: two names, separated by a comma, tab or spaces.

    Lines that begin with ``#`` or ``%`` are comments; what follows the two names is not looked at.

    Raises:
        UsageError: the file is not there, too large, no text, or a line has no two names.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UsageError(
                f"{path} has {size / 1e9:.1f} GB, and at most {LARGEST_FILE / 1e9:g} are read; thin it out"
            )
        with reading(path) as file:
            text = file.read()
    except OSError as error:
        raise UsageError(f"the network {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: {error}") from error
    if path.suffix.lower() == ".graphml":
        return from_edges(str(path), _graphml(path, text))
    return from_edges(str(path), _lines(path, text))


def _graphml(path: Path, text: str) -> list[tuple[Hashable, Hashable]]:
    try:
        graph = nx.parse_graphml(text)
    except (nx.NetworkXError, ElementTree.ParseError, ValueError, KeyError) as error:
        raise UsageError(f"{path} is no GraphML: {error}") from error
    return [(a, b) for a, b, *_ in graph.edges]


def _lines(path: Path, text: str) -> Iterable[tuple[Hashable, Hashable]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip()[0] in "#%":
            continue
        cells = next(csv.reader([line])) if "," in line else line.split("\t") if "\t" in line else line.split()
        names = [cell.strip() for cell in cells[:2]]
        if len(names) < 2 or not all(names):
            raise UsageError(
                f"{path}: line {number}, '{line.strip()[:60]}', is no link; write two names, or # before it"
            )
        yield names[0], names[1]
