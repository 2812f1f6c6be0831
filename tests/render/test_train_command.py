"""``tapehead train``: which model an order goes to, and which orders are refused."""

from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.render.commands.train import train


def heard(monkeypatch: pytest.MonkeyPatch, where: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    monkeypatch.setattr(where, lambda *order, **options: calls.append((order, options)))
    return calls


@pytest.mark.parametrize("model", ["puppet-32", "puppet-64", "puppet-32-two"])
def test_puppets_go_to_their_training(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = heard(monkeypatch, "tapehead.analysis.diffusion.training.train.train_puppet")
    train(model, seed=[3], steps=None, jobs=1, out=Path("there"), quiet=True)
    train(model, seed=None, steps=5, jobs=1, out=None, quiet=True)
    assert [order for order, _ in calls] == [(model, 3, None), (model, 0, 5)]
    assert [options["out"] for _, options in calls] == [Path("there"), None]


def test_mini_goes_to_its_training_with_its_own_length(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = heard(monkeypatch, "tapehead.analysis.language.training.train.train_mini")
    train("mini", seed=None, steps=None, jobs=2, out=None, quiet=True)
    ((order, options),) = calls
    assert order == ((0, 1, 2, 3, 4), 2000)
    assert options["jobs"] == 2


@pytest.mark.parametrize("model", ["looker", "spotter-few", "spotter-many"])
def test_networks_that_look_go_to_their_training(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = heard(monkeypatch, "tapehead.analysis.vision.training.train")
    train(model, seed=None, steps=7, jobs=1, out=Path("there"), quiet=True)
    ((order, _options),) = calls
    assert order[:4] == (model, 0, 7, Path("there"))
    with pytest.raises(UsageError, match="one seed at a time"):
        train(model, seed=[1, 2], steps=None, jobs=1, out=None, quiet=True)


def test_fifty_small_networks_go_to_their_training(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = heard(monkeypatch, "tapehead.analysis.vision.xor_training.train")
    train("xor", seed=[7], steps=None, jobs=1, out=Path("there"), quiet=True)
    ((order, _options),) = calls
    assert order[:3] == (7, None, Path("there"))
    with pytest.raises(UsageError, match="one seed at a time"):
        train("xor", seed=None, steps=None, jobs=2, out=None, quiet=True)


def test_senseless_orders_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="spotter-few"):
        train("spotter", seed=None, steps=None, jobs=1, out=None, quiet=True)
    with pytest.raises(UnknownNameError, match="puppet-32"):
        train("puppet-3", seed=None, steps=None, jobs=1, out=None, quiet=True)
    with pytest.raises(UsageError, match=r"one seed at a time; asked for seeds \[0, 1\]"):
        train("puppet-32", seed=[0, 1], steps=None, jobs=1, out=None, quiet=True)
