"""The published aggregates agree with each other, and hold no person."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.friends import published
from tapehead.analysis.registry import AnalysisCall, code_behind, info_of
from tapehead.analysis.results import Origin


def test_every_number_has_its_citation() -> None:
    study, rerun = published.published_study(seed=0), published.reference_rerun(seed=0)
    for found in (study, rerun):
        assert found.origin is Origin.PUBLISHED and "wlg1/network-friend-prediction" in found.citation
    assert study.read("accuracy", trained="ytsmall", tested="B") == 0.735
    assert np.all(np.diag(study["accuracy"]) >= 0.97)
    assert rerun["grouped_accuracy"] < rerun["folds_accuracy"] < study["accuracy"][0, 0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said["published"]["accuracy"].pop(),
        lambda said: said["published"]["accuracy"][0].__setitem__(0, 1.2),
        lambda said: said["published"]["accuracy"][1].__setitem__(0, 0.999),
        lambda said: said["published"].update(removed_percent=[10]),
        lambda said: said["rerun"].update(twice=10_000),
        lambda said: said["rerun"].update(citation=""),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(spoil, tmp_path: Path) -> None:
    said = json.loads(published.published_file().read_text())
    spoil(said)
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps(said))
    with pytest.raises(ResultError, match=r"contradict themselves|cannot be read"):
        published.read_published(path)


def test_the_numbers_are_in_the_key_of_what_reads_them() -> None:
    call = AnalysisCall("study", "tapehead.analysis.friends.published:published_study")
    parts = code_behind(call, "", info_of(call.function, "")).parts()
    assert "assets/published/friends.json" in parts["data"]
