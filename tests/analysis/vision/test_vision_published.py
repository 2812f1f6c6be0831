"""Published overlaps: quoted as they are, and held against chance drawn by lot."""

import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.results import Origin
from tapehead.analysis.vision.published import published_overlaps, read_overlaps


def test_unrelated_pairs_lie_above_chance_already() -> None:
    found = published_overlaps(seed=0)
    assert found.origin is Origin.PUBLISHED and "analogous_neuron_circuit_expms" in found.citation
    values, size = int(found["values"]), int(found["size"])
    rng, drawn = np.random.default_rng(3), []
    for _ in range(40):
        one, other = (set(rng.choice(values, size, replace=False).tolist()) for _ in range(2))
        drawn.append(len(one & other) / len(one | other))
    assert found["chance"] == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / np.sqrt(40))
    assert found["deviation"] == pytest.approx(np.std(drawn, ddof=1), rel=0.5)
    assert np.all(found["excess"] > 4), "even a zebra and a car have more in common than two random sets"
    assert found["overlap"][found["near"] == 1].min() > found["overlap"][found["near"] == 0].max()


def test_files_that_contradict_themselves(tmp_path: Path) -> None:
    path = tmp_path / "overlaps.json"
    said = dict(read_overlaps())
    for change in ({"overlap": [0.4]}, {"group": ["odd"] * 7}, {"impala_after": 1.4}):
        path.write_text(json.dumps(said | change))
        with pytest.raises(ResultError, match="contradict themselves"):
            read_overlaps(path)
    path.write_text("{}")
    with pytest.raises(ResultError, match="cannot be read"):
        read_overlaps(path)
