"""Real circles that anybody may look at, judged as the towns are."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.honest import Way, judged
from tapehead.analysis.friends.studies import LIBRARIES, network_named
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("friends.circles", libraries=LIBRARIES)
def circles(networks: Sequence[str], rows: int, resamples: int, shuffles: int, *, seed: int) -> Result:
    """Several networks, each judged by itself: on its own homework, and when nothing gives the answer away.

    Quantities over ``network``: ``persons``, ``links``; ``itself``, the published SVM's accuracy on what it learned
    from; ``honest`` with ``honest_low`` and ``honest_high`` (95 % bootstrap over pairs), the area of a logistic model
    when tested links are hidden and only near pairs are asked; ``one`` with ``one_low`` and ``one_high``, that of the
    common friends alone; control: ``null_high``, the 97.5 % quantile of the logistic model's area with shuffled
    labels, and ``null_most``, the largest of them; ``closed``, of all pairs with a common friend the share in % that
    are friends themselves (transitivity); ``apart_low`` and ``apart_high``, the 95 % interval of the difference
    between the last and the first network's honest area, from independent draws.

    Raises:
        UsageError: fewer than two networks, or one that is too small for folds.
        UnknownNameError: there is no such network.
    """
    if len(networks) < 2:
        raise UsageError(f"circles are compared: give two networks or more; found {list(networks)}")
    lines = []
    for name in networks:
        network = network_named(name, seed)
        found = judged(network, Way(rows, resamples, shuffles), seed, tuned=False)
        models = found["model_auc"].labels["model"]
        fair, one = models.index("logistic"), models.index("common friends")
        areas = [found[f"model_auc{end}"].values for end in ("", "_low", "_high")]
        lines.append(
            [
                network.persons,
                len(network.edges),
                found["accuracy"].values[0],
                *(values[fair] for values in areas),
                *(values[one] for values in areas),
                float(found["null_high"].values),
                100 * nx.transitivity(nx.Graph(network.edges.tolist())),
            ]
        )
    table = np.array(lines, dtype=float)
    names = (
        *("persons", "links", "itself", "honest", "honest_low", "honest_high"),
        *("one", "one_low", "one_high", "null_high", "closed"),
    )
    units = {"persons": "persons", "links": "links", "closed": "%"}
    first, last = table[0], table[-1]
    # Normal intervals of two independent samples: widths add in squares.
    reach = float(np.hypot(first[5] - first[4], last[5] - last[4])) / 2
    difference = float(last[3] - first[3])
    return Result(
        {
            **{
                name: quantity(table[:, n], "network", unit=units.get(name, "1"), labels={"network": tuple(networks)})
                for n, name in enumerate(names)
            },
            "null_most": quantity(table[:, names.index("null_high")].max()),
            "apart_low": quantity(difference - reach),
            "apart_high": quantity(difference + reach),
        },
        facts={"control": "labels shuffled among the pairs", "seed": seed},
    )
