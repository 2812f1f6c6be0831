"""What analyses say of themselves, read and not run."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from tapehead.analysis.declared import declared, signature_of
from tapehead.analysis.registry import AnalysisInfo, find, info_of
from tapehead.scenes.episode import load_episode
from tests.films import FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_is_read_is_what_the_imported_function_says(folder: Path) -> None:
    episode = load_episode(folder)
    for call in episode.analyses:
        said = declared(call.function, episode.package)
        info = find(call.function, episode.package).analysis_info
        assert said is None or AnalysisInfo(**said) == info
        assert said or info.name.startswith("paper."), f"{call.function} has to be imported to be looked up"


def test_looking_up_does_not_import_torch() -> None:
    code = (
        "import sys; from tapehead.analysis.registry import info_of; "
        "print(info_of('tapehead.analysis.diffusion.studies.pictures:ghosts', 'x').libraries, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'torch'" in done.stdout and done.stdout.split()[-1] == "False"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("@analysis('a', 1)\ndef f(): ...", True),
        ("V = 3\n@analysis('a', version=V)\ndef f(): ...", True),
        ("V = 3\nV = 4\n@analysis('a', version=V)\ndef f(): ...", False),
        ("V = 1 + 2\n@analysis('a', version=V)\ndef f(): ...", False),
        ("@analysis('a', version=W)\ndef f(): ...", False),
        ("@analysis('a', data=('x.csv',))\ndef f(): ...", True),
        ("FILES = ('x.csv', 'y.csv')\n@analysis('a', data=FILES)\ndef f(): ...", True),
        ("@analysis('a', data=tuple(FILES))\ndef f(): ...", False),
        ("def f(): ...", False),
        ("f = 3", False),
        ("def f(:", False),
    ],
)
def test_what_is_not_plain_is_left_to_the_import(text: str, known: bool, tmp_path: Path, monkeypatch) -> None:
    name = f"said_{abs(hash(text))}"
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert (declared(f"{name}:f", "") is not None) == known
    assert declared("no_such_module_here:f", "") is None


def test_data_files_are_read_and_a_changed_declaration_is_seen(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "with_data.py").write_text("@analysis('a', data=('x.csv',))\ndef f(): ...")
    assert info_of("with_data:f", "") == AnalysisInfo("a", data=("x.csv",))
    (tmp_path / "with_data.py").write_text("@analysis('a', 2, ('numpy',), ['x.csv', 'y.csv'])\ndef f(): ...")
    assert info_of("with_data:f", "") == AnalysisInfo("a", 2, data=("x.csv", "y.csv"))


def test_an_analysis_made_at_run_time_is_imported(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "made_later.py").write_text(
        "from tapehead.analysis.registry import analysis\n\n\ndef plain(): ...\n\n\nf = analysis('late', 2)(plain)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert info_of("made_later:f", "") == AnalysisInfo("late", 2)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_signatures_that_are_read_are_those_of_the_functions(folder: Path) -> None:
    episode = load_episode(folder)
    read = 0
    for call in episode.analyses:
        if (said := signature_of(call.function, episode.package)) is not None:
            real = inspect.signature(find(call.function, episode.package)).parameters.values()
            assert [(p.name, p.kind, p.default is p.empty) for p in said.parameters.values()] == [
                (p.name, p.kind, p.default is p.empty) for p in real
            ]
            read += 1
    assert read


def test_a_signature_is_read_again_when_its_file_is_saved(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "signed_twice.py"
    path.write_text(
        "@analysis('a', 1)\ndef f(a, /, b, *c, d=1, **e): ...\n\n\n@cache\n@analysis('a', 1)\ndef g(a): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert str(signature_of("signed_twice:f", "")) == "(a, /, b, *c, d=Ellipsis, **e)"
    assert signature_of("signed_twice:g", "") is None, "another decorator may have changed it"
    path.write_text("@analysis('a', 1)\ndef f(count): ...\n")
    assert str(signature_of("signed_twice:f", "")) == "(count)"
