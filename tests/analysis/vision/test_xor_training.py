"""``tapehead train xor``: files that hold what was trained, rounded, and a card that says how it went."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.shipped import shipped_file
from tapehead.analysis.vision import xor, xor_training


def test_the_files_hold_what_was_trained(tmp_path: Path) -> None:
    lines: list[str] = []
    found = xor_training.train(1, 300, tmp_path / "xor", lines.append)
    weights = xor_training.load(tmp_path / "xor")
    again = xor.train(50, 1e-3, 300, 1)
    np.testing.assert_allclose(weights, again.weights, atol=0.01)
    # Answers written out, not by the module's own network.
    inputs = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    solved = 0
    for w in weights:
        hidden = np.tanh(inputs @ w[:4].reshape(2, 2).T + w[4:6])
        solved += bool(np.all((hidden @ w[6:8] + w[8] > 0) == [False, True, True, False]))
    assert found["solved"] == solved and 10 < solved < 50
    assert found["solutions"] >= 2
    card = (tmp_path / "xor" / "MODEL_CARD.md").read_text()
    assert f"{solved} of 50 answer" in card and "--seed 1 --steps 300" in card
    digest = hashlib.sha256((tmp_path / "xor" / "model.safetensors").read_bytes()).hexdigest()
    assert re.search(digest, card)
    assert json.loads((tmp_path / "xor" / "config.json").read_text())["seed"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["xor"], "nothing half-written stays"
    assert any("learned it" in line for line in lines)


def test_without_a_place_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert xor_training.train(1, 20, None, lambda _line: None)["networks"] == 50
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_trained_written_or_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one step"):
        xor_training.train(1, 0, None, lambda _line: None)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        xor_training.train(1, 5, tmp_path / "file" / "xor", lambda _line: None)
    with pytest.raises(ModelError, match="tapehead train xor"):
        xor_training.load(tmp_path)
    xor_training.train(1, 5, tmp_path / "xor", lambda _line: None)
    (tmp_path / "xor" / "config.json").write_text('{"networks": 7}')
    with pytest.raises(ModelError, match=r"wanted weights of \(networks, 9\), found \(50, 9\)"):
        xor_training.load(tmp_path / "xor")


def test_the_shipped_networks_are_those_that_the_card_tells_of() -> None:
    directory = shipped_file("models/xor/config.json").parent
    weights = xor_training.load(directory)
    solved = sum(xor.Network.of(one).solved for one in weights)
    assert f"{solved} of {len(weights)} answer all four" in (directory / "MODEL_CARD.md").read_text(encoding="utf-8")
