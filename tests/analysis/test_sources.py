"""Which sources are followed, what of them counts, and that what is kept of them can be damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapehead.analysis import sources
from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.sources import ROOT, closure, code_digest, foreign, keeping, source_of


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def digest(path: Path, text: str) -> str:
    path.write_text(text)
    return source_of(path).digest


PLAIN = "X = 3\n\n\ndef f(a):\n    return a + X\n"


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\nX = 3\ndef f(a):\n    return a + X  # another\n",
        '"""A docstring."""\nX = 3\n"""Of X."""\ndef f(a):\n    """And of f."""\n    return (a\n        + X)\n',
    ],
)
def test_comments_formatting_and_docstrings_do_not_matter(text: str, tmp_path: Path) -> None:
    assert digest(tmp_path / "a.py", text) == digest(tmp_path / "b.py", PLAIN)


@pytest.mark.parametrize(("old", "new"), [("X = 3", "X = 4"), ("a + X", "a - X"), ("3", "3.0"), ("3", "'3'")])
def test_one_character_of_code_matters(old: str, new: str, tmp_path: Path) -> None:
    assert digest(tmp_path / "a.py", PLAIN.replace(old, new)) != digest(tmp_path / "b.py", PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "from .helper import X",
        "from . import helper",
        "def f():\n    from .helper import X\n",
        "import importlib\nimportlib.import_module('.helper', __package__)",
    ],
)
def test_every_way_of_importing_is_followed(text: str, tmp_path: Path) -> None:
    write(tmp_path, main=text, helper="from .deeper import Y\n", deeper="Y = 1\n", other="")
    assert closure(tmp_path / "main.py", tmp_path) == {tmp_path / f"{n}.py" for n in ("main", "helper", "deeper")}


@pytest.mark.parametrize(
    "text",
    [
        "import tapehead.analysis.results",
        "from tapehead.analysis import results",
        "from tapehead.analysis.results import Result",
        "import tapehead.analysis.results",
        "from tapehead.analysis import results",
        "from tapehead.analysis.results import Result",
    ],
)
def test_the_project_is_found_under_both_of_its_names(text: str, tmp_path: Path) -> None:
    write(tmp_path, main=text)
    files = closure(tmp_path / "main.py", tmp_path)
    assert {ROOT / "analysis/results.py", ROOT / "analysis/errors.py"} <= files
    assert ROOT / "analysis/registry.py" not in files
    assert not foreign([tmp_path / "main.py"])


@pytest.mark.parametrize(
    "text",
    [
        "import analysis.nowhere",
        "from tapehead.analysis.nowhere import x",
        "from .nowhere import x",
        "import tapehead.scenes.no",
    ],
)
def test_one_of_our_modules_that_is_not_there_is_named_with_its_line(text: str, tmp_path: Path) -> None:
    write(tmp_path, main=f"\n{text}\n")
    with pytest.raises(EpisodeError, match=r"main\.py:2: .*no such module"):
        closure(tmp_path / "main.py", tmp_path)


def test_a_name_inside_a_module_is_no_module(tmp_path: Path) -> None:
    write(tmp_path, main="from .helper import X, nothing\n", helper="X = 1\n")
    assert len(closure(tmp_path / "main.py", tmp_path)) == 2


def test_a_moved_folder_keeps_its_digest_with_or_without_an_empty_init(tmp_path: Path) -> None:
    found = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, main="from .helper import X\n", helper="X = 1\n")
        if name == "two":
            write(folder, __init__='"""Only a docstring."""\n')
        found.add(code_digest(closure(folder / "main.py", folder), folder))
    assert len(found) == 1
    write(folder, __init__="import os\n")
    assert code_digest(closure(folder / "main.py", folder), folder) not in found


def test_what_is_imported_from_elsewhere_is_told_apart_from_python_itself(tmp_path: Path) -> None:
    write(tmp_path, main="import os, numpy.linalg\nfrom PIL import Image\nfrom .a import x\nfrom render import film\n")
    assert foreign([tmp_path / "main.py"]) == {"numpy", "PIL"}


def _forgetful(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A process that knows nothing yet; returns the files that it parses."""
    monkeypatch.setattr(sources, "_shelf", sources._Shelf())
    parsed, parse = [], sources._parsed
    monkeypatch.setattr(sources, "_parsed", lambda path, text: (parsed.append(path), parse(path, text))[1])
    return parsed


@pytest.mark.parametrize("damage", ["", "cut", "digest", "other", "binary", "folder"])
def test_what_is_kept_saves_parsing_and_may_be_damaged(damage: str, tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, main="from .helper import X\n", helper="X = 1\n")
    with keeping(tmp_path / "store"), monkeypatch.context() as patch:
        parsed = _forgetful(patch)
        with keeping(tmp_path / "store"):
            before = closure(tmp_path / "main.py", tmp_path), source_of(tmp_path / "helper.py")
        assert len(parsed) == 2
    file = tmp_path / "store" / "sources.json"
    text = file.read_text()
    if damage == "cut":
        file.write_text(text[:-20])
    elif damage == "digest":
        file.write_text(text.replace(before[1].digest, "0" * 64))
    elif damage == "other":
        file.write_text(json.dumps({"format": 7}))
    elif damage == "binary":
        file.write_bytes(b"\xff\xfe\x00")
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    parsed = _forgetful(monkeypatch)
    with keeping(tmp_path / "store"):
        assert (closure(tmp_path / "main.py", tmp_path), source_of(tmp_path / "helper.py")) == before
    assert len(parsed) == (2 if damage else 0)
