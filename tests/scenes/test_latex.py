"""A missing LaTeX is told together with what the stage has instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from manim import Axes, MathTex, tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.render.workers.worker import describe
from tapehead.scenes.lacking import lacking
from tapehead.scenes.loading import explained


@pytest.mark.parametrize("make", [lambda: MathTex("x^2"), lambda: Axes(axis_config={"include_numbers": True})])
def test_manims_own_formulas_and_axes_say_what_to_do_without_latex(
    make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with tempconfig({"media_dir": str(tmp_path / "media")}):
        with pytest.raises(FileNotFoundError) as caught:
            make()
        with (
            pytest.raises(EpisodeError, match=r"'latex' is not installed.*Formula\(\"sigma_1/sqrt\(n\)\"\)"),
            explained("mine", tmp_path, tmp_path / "scene.py"),
        ):
            make()
    told = describe(caught.value, str(tmp_path))
    assert told["message"].startswith("'latex' is not installed")
    assert "charts" in told["message"]
    assert told["exit_code"] == EpisodeError.exit_code


def test_other_missing_files_are_told_as_before() -> None:
    assert lacking(FileNotFoundError(2, "No such file or directory", "/data/latex.csv")) is None
    assert lacking(ValueError("latex")) is None
