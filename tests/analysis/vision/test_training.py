"""Training of the small networks: it learns, it is repeatable, it ships with a card."""

from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision import training
from tapehead.analysis.vision.networks import Form, load
from tapehead.analysis.vision.training import Kind, Settings, fit, right, train


def sides(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise that is brighter on its left (0) or on its right (1)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=count)
    pictures = rng.normal(size=(count, 1, 8, 8))
    pictures[:, :, :, :4] += np.where(labels == 0, 1.0, 0)[:, None, None, None]
    pictures[:, :, :, 4:] += np.where(labels == 1, 1.0, 0)[:, None, None, None]
    # Only the place differs: without it, the mean over places would tell nothing.
    pictures[:, :, 3:5, :] *= np.where(labels == 0, 2.0, 1.0)[:, None, None, None]
    return pictures, labels


KIND = Kind(Form(8, 1, (8, 16), 2, False), Settings(300, 60), sides, "tells left from right")


def test_it_learns_what_can_be_learned_and_the_same_seed_learns_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(training.KINDS, "sides", KIND)
    heard: list[str] = []
    found = train("sides", 1, None, tmp_path / "sides", heard.append)
    again = train("sides", 1, None, None)
    assert found == again
    assert found["right"] > 0.9
    card = (tmp_path / "sides" / "MODEL_CARD.md").read_text()
    assert "tells left from right" in card and f"{found['right']:.1%}" in card
    network = load(tmp_path / "sides" / "model.safetensors", tmp_path / "sides" / "config.json", "sides")
    assert right(network, *sides(200, 99)) > 0.85
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sides"], "nothing half-written is left"
    assert any("written" in line for line in heard)


def test_labels_by_lot_teach_nothing() -> None:
    def shuffled(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        pictures, _ = sides(count, seed)
        return pictures, np.random.default_rng(seed + 7).integers(2, size=count)

    kind = Kind(KIND.form, KIND.settings, shuffled, "")
    net, _losses = fit(kind, 1, KIND.settings, lambda _line: None)
    from tapehead.analysis.vision.networks import Classifier

    assert right(Classifier(kind.form, net, "n"), *shuffled(400, 50)) == pytest.approx(0.5, abs=0.1)


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="looker"):
        train("lookers", 0, None, None)
    with pytest.raises(UsageError, match="at least one step"):
        train("looker", 0, 0, None)
