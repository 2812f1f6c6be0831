"""Two real circles: the numbers are those of the honest table, and the triangles are counted."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.circles import circles
from tapehead.analysis.friends.honest import Way, judged
from tapehead.analysis.friends.studies import network_named


def test_circles_are_judged_as_the_towns_are() -> None:
    found = circles(("karate", "lesmis"), 100, 100, 5, seed=2)
    alone = judged(network_named("karate", 2), Way(100, 100, 5), 2, tuned=False)
    at = alone["model_auc"].labels["model"].index("logistic")
    assert found.read("honest", network="karate") == alone["model_auc"].values[at]
    assert found.read("null_high", network="karate") == alone["null_high"].values
    assert found["null_most"] == np.max(found["null_high"])
    links = network_named("karate", 2).links.toarray()
    wedges = [
        (a, b) for middle in range(len(links)) for a, b in combinations(np.flatnonzero(links[middle]), 2)
    ]  # every pair of friends of one person, counted by hand
    closed = 100 * np.mean([links[a, b] for a, b in wedges])
    assert found.read("closed", network="karate") == pytest.approx(closed)
    middle = found.read("honest", network="lesmis") - found.read("honest", network="karate")
    assert found["apart_low"] < middle < found["apart_high"]
    with pytest.raises(UsageError, match="give two networks or more"):
        circles(("karate",), 100, 100, 5, seed=2)
