"""The registered families of models offer what the registry asks of them, and their choice reaches the store's key."""

from __future__ import annotations

import importlib
import shutil
import sys
import types
from pathlib import Path

import pytest

from tapehead.analysis import registry
from tapehead.analysis.diffusion.models.loading import embedded_directory
from tapehead.analysis.diffusion.models.model import ATTRIBUTE_FILE, DiffusionModel
from tapehead.analysis.errors import MissingPartError
from tapehead.analysis.registry import AnalysisCall, ModelChoice, analysis, obtain
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store

seen: list[tuple[str, str]] = []


@analysis("pixels", version=1)
def pixels(model: DiffusionModel, *, seed: int) -> Result:
    seen.append((model.name, model.device))
    return Result({"x": quantity(model.size)}, model=model.name)


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> None:
    made = types.ModuleType("made_up_study")
    made.pixels = pixels  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up_study", made)
    seen.clear()


def ask(store: Store, model: str, **choice: str) -> str:
    """Key under which the result of one call is kept."""
    calls = (AnalysisCall("p", "made_up_study:pixels", model=model),)
    return obtain(calls, "", store, 1, ModelChoice(**choice))["p"].key


@pytest.mark.parametrize("family", sorted(registry.FAMILIES))
def test_every_family_offers_what_is_asked_of_it(family: str) -> None:
    offered = importlib.import_module(registry.FAMILIES[family])
    assert isinstance(offered.EMBEDDED, str)
    assert callable(offered.load_model)
    assert callable(offered.model_digest)


def test_a_pinned_puppet_and_a_chosen_directory(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    pinned = ask(store, "diffusion:puppet-32")
    assert seen == [("puppet-32", "cpu")]
    assert ask(store, "diffusion:puppet-32", name="elsewhere/else") == pinned, "no choice changes a pinned model"
    copy = tmp_path / "mine"
    shutil.copytree(embedded_directory("puppet-32"), copy)
    assert ask(store, "diffusion", name=str(copy)) == pinned, "equal files are the same model, wherever they lie"
    assert len(seen) == 1
    (copy / ATTRIBUTE_FILE).unlink()
    changed = ask(store, "diffusion", name=str(copy))
    assert changed != pinned, "the regressor scores results: it is part of the model"
    assert seen[1:] == [("mine", "cpu")]
    path = copy / "scheduler" / "scheduler_config.json"
    path.write_text(path.read_text().replace("linear", "scaled_linear"))
    assert ask(store, "diffusion", name=str(copy)) not in (pinned, changed)


def test_the_default_that_is_not_there_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tapehead.analysis.diffusion.models import loading as models

    def place(name: str) -> Path:
        return tmp_path / "gone" if name == models.EMBEDDED else embedded_directory(name)

    monkeypatch.setattr(models, "embedded_directory", place)
    with pytest.raises(
        MissingPartError, match=r"'puppet-64' is not in .*tapehead train puppet-64 --out.*--model puppet"
    ):
        ask(Store(tmp_path / "store"), "diffusion")
    assert seen == []
