"""A torchvision that does not fit is named, with the line that brings one that does."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
import torch

from tapehead.analysis.errors import MissingPartError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.pretrained import read_pretrained
from tapehead.analysis.torchvision_fit import fitting, misfit


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A torchvision whose import fails as the real one's does beside another torch."""
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(
        'raise RuntimeError("operator torchvision::nms does not exist")\n'
    )
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()


@pytest.mark.parametrize(("release", "wanted"), [("2.6.0", "0.21.*"), ("2.13.1", "0.28.*"), ("2.9.0a0", "0.24.*")])
def test_the_release_that_belongs_to_a_torch(release: str, wanted: str) -> None:
    assert fitting(release) == f"torchvision=={wanted}"
    assert fitting("3.0.0") == "torchvision"


def test_where_it_works_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torchvision.py").write_text("works = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    assert misfit() == ""
    monkeypatch.delitem(sys.modules, "torchvision")


@pytest.mark.usefixtures("broken")
def test_the_line_names_release_and_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", "2.13.0+cpu")
    assert "than 2.13.0 (cpu): pip install" in misfit()
    assert misfit().endswith("'torchvision==0.28.*' --index-url https://download.pytorch.org/whl/cpu")
    monkeypatch.setattr(torch, "__version__", "2.13.0")
    assert misfit().endswith("'torchvision==0.28.*'")


class Importing:
    """What ``transformers`` does where a library that a model wants cannot be imported."""

    @staticmethod
    def from_pretrained(*_given: object, **_more: object) -> object:
        raise ModuleNotFoundError("Could not import module 'ResNetForImageClassification'.")


@pytest.mark.usefixtures("broken")
def test_models_of_transformers_say_so_too(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match=r"^the torchvision that is installed .* pip install"):
        read_pretrained(Importing, tmp_path, "no model")


def test_other_failures_are_told_as_they_are(tmp_path: Path) -> None:
    class Odd(Importing):
        @staticmethod
        def from_pretrained(*_given: object, **_more: object) -> object:
            raise ValueError("odd")

    with pytest.raises(ModelError, match="no model: odd"):
        read_pretrained(Odd, tmp_path, "no model")
