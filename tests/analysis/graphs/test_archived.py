"""The archived table: published, cited, and with what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.graphs import archived
from tapehead.analysis.results import Origin


def test_it_is_published_and_says_what_is_wrong_with_it() -> None:
    found = archived.archived(seed=0)
    assert found.origin is Origin.PUBLISHED
    assert "wlg1" in found.citation
    assert "cap" in found.facts["note"]
    assert found.quantity("candidates").labels["covered"][-1] == "100"
    assert np.all(np.diff(found["candidates"]) < 0)
    assert found["seconds"][1] > found["seconds"][0], "times do not fall with what is covered"


def test_a_table_that_does_not_fit_together_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = archived.archived_table()
    (tmp_path / "published").mkdir()
    monkeypatch.setattr(archived, "shipped_file", lambda name: tmp_path.joinpath(*name.split("/")))
    with pytest.raises(ResultError, match="cannot be read"):
        archived.archived_table()
    file = tmp_path / "published" / "graph-views.json"
    file.write_text(json.dumps(table | {"covered": [1]}))
    with pytest.raises(ResultError, match="differ in length"):
        archived.archived_table()
