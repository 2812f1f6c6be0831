"""Who is friends with whom in a network that is drawn whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.studies import LIBRARIES, network_named
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("friends.links", libraries=LIBRARIES)
def links(networks: Sequence[str], *, seed: int) -> Result:
    """Every friendship of several networks, in one order that lays friends side by side.

    Quantities: ``pair`` (link, end), all networks' friendships below one another as places in that order;
    ``network`` (link), which network a row belongs to, by its place in ``networks``; ``persons`` (network).

    The order is that of the Fiedler vector, the second eigenvector of the graph's Laplacian (Fiedler 1973): drawn on a
    circle, most friendships are short, and what crosses the circle stands out.

    Raises:
        UsageError: no network was asked for.
        UnknownNameError: there is no such network.
    """
    if not networks:
        raise UsageError("links are drawn of networks: give one or more names; found none")
    pairs, which, persons = [], [], []
    for n, name in enumerate(networks):
        network = network_named(name, seed)
        adjacency = network.links.toarray().astype(float)
        _values, vectors = np.linalg.eigh(np.diag(adjacency.sum(axis=0)) - adjacency)
        place = np.argsort(np.argsort(vectors[:, 1], kind="stable"), kind="stable")
        pairs.append(np.sort(place[network.edges], axis=1))
        which.append(np.full(len(network.edges), n))
        persons.append(network.persons)
    return Result(
        {
            "pair": quantity(np.concatenate(pairs), "link", "end"),
            "network": quantity(np.concatenate(which), "link"),
            "persons": quantity(persons, "network", unit="persons", labels={"network": tuple(networks)}),
        },
        facts={"control": "none: nothing is claimed, the networks are drawn as they are", "seed": seed},
    )
