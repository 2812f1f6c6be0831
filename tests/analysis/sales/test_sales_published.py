"""The study's published numbers agree with each other, and a file that contradicts itself is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import AnalysisCall, code_behind, info_of
from tapehead.analysis.results import Origin
from tapehead.analysis.sales import published


def test_every_number_has_its_citation_and_the_rerun_agrees_with_the_study() -> None:
    study, rerun = published.published_study(seed=0), published.reference_rerun(seed=0)
    for found in (study, rerun):
        assert found.origin is Origin.PUBLISHED
        assert "wlg1/video-game-sales-regression" in found.citation and found.facts["how"]
    assert list(study["gone"]) == [0, 436, 594, 595]
    # 385 games and 406 of the same table: no coefficient moves by more than a twentieth.
    assert abs(rerun["coefficients"] / study["coefficients"] - 1).max() < 0.05
    # adjusted R² = 1 − (1 − R²)(n − 1) / (n − k), by hand for 406 games and 4 columns
    assert 1 - (1 - rerun["r2"]) * 405 / 402 == pytest.approx(float(rerun["adjusted_r2"]), abs=6e-4)
    assert study.read("mentions") / study.read("titles") == pytest.approx(0.0799, abs=1e-4)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said["published"].update(funnel=[1001, 565, 600, 406]),
        lambda said: said["published"].update(tested_on=22),
        lambda said: said["published"].update(degrees=380),
        lambda said: said["rerun"].update(r2=1.36),
        lambda said: said["rerun"]["splits"].update(reach_percent=118),
        lambda said: said["rerun"]["coefficients"].pop("user"),
        lambda said: said["published"].update(citation=""),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(spoil, tmp_path: Path) -> None:
    said = json.loads(published.published_file().read_text())
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps(said))
    assert published.read_published(path)["version"] == 1
    spoil(said)
    path.write_text(json.dumps(said))
    with pytest.raises(ResultError, match="contradict themselves"):
        published.read_published(path)


def test_a_file_that_is_not_there_or_no_json(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read"):
        published.read_published(tmp_path / "no.json")
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(ResultError, match="cannot be read"):
        published.read_published(tmp_path / "bad.json")


def test_the_numbers_are_in_the_key_of_what_reads_them() -> None:
    call = AnalysisCall("study", "tapehead.analysis.sales.published:published_study")
    code = code_behind(call, "", info_of(call.function, ""))
    assert "assets/published/game-sales.json" in code.parts()["data"]
