"""The key of a result holds the code that made it: no change of a source or data file leaves an old number."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.identity import assets_read
from tapehead.analysis.registry import AnalysisCall, load, obtain
from tapehead.analysis.sources import ROOT, closure
from tapehead.analysis.store import Store, digest_file
from tapehead.scenes.episode import BUILT_IN, import_from, load_episode, package_of

MAIN = """
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from .near import twice
{top}

@analysis("study"{data})
def study(*, seed: int) -> Result:
    {body}
    return Result({{"x": quantity(twice(x))}})
"""
NEAR = "from .far import FACTOR\n\n\ndef twice(x):\n    return FACTOR * x\n"
CALL = (AnalysisCall("s", ".study:study"),)
READS = "x = float(open(Path(__file__).with_name('{}')).read())"
PATH = "from pathlib import Path"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    forget()


def forget() -> None:
    """As a new process would begin."""
    for name in [name for name in sys.modules if name.startswith("tapehead_episode_")]:
        del sys.modules[name]


def made(folder: Path, body: str = "x = 1", top: str = "", data: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "study.py").write_text(MAIN.format(top=top, data=data, body=body))
    (folder / "near.py").write_text(NEAR)
    (folder / "far.py").write_text("FACTOR = 2\n")
    (folder / "a.csv").write_text("5")
    (folder / "b.csv").write_text("7")
    (folder / "episode.py").write_text("")
    return folder


def run(folder: Path, store: Store) -> tuple[str, float]:
    forget()
    import_from(package_of(folder), folder, "episode")
    entry = obtain(CALL, package_of(folder), store, 1)["s"]
    return entry.key, load(store, entry, "s").read("x")


@pytest.mark.parametrize(
    ("name", "old", "new", "value"),
    [("study", "x = 1", "x = 3", 6), ("near", "FACTOR * x", "FACTOR + x", 3), ("far", "2", "9", 9)],
)
def test_one_character_here_or_two_imports_away_makes_it_anew(
    name: str, old: str, new: str, value: float, tmp_path: Path
) -> None:
    store, folder = Store(tmp_path / "store"), made(tmp_path / "mine")
    key, x = run(folder, store)
    path = folder / f"{name}.py"
    path.write_text("# a comment\n" + path.read_text() + "\n\n")
    assert run(folder, store) == (key, x) == (key, 2), "comments and empty lines do not matter"
    path.write_text(path.read_text().replace(old, new))
    changed, x = run(folder, store)
    assert changed != key and x == value


def test_a_new_version_makes_it_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = run(made(tmp_path / "mine"), store)
    assert run(made(tmp_path / "mine", data=", version=2"), store)[0] != first[0]


def test_equal_names_share_nothing_and_equal_code_does(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    one, other = run(made(tmp_path / "one"), store), run(made(tmp_path / "other", "x = 4"), store)
    assert (one[1], other[1]) == (2, 8)
    assert run(made(tmp_path / "other"), store) == one


def test_a_copy_of_a_film_shares_its_result_until_its_formula_changes(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "store"), tmp_path / "my_episode"
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    copied, ours = load_episode(folder), load_episode((BUILT_IN / "odd_squares").resolve())
    key = obtain(copied.analyses, copied.package, store, 1)["sums"].key
    assert obtain(ours.analyses, ours.package, store, 1)["sums"].key == key
    path = folder / "odd_numbers.py"
    path.write_text(path.read_text().replace("(checked) + 1", "(checked) + 7"))
    forget()
    copied = load_episode(folder)
    changed = obtain(copied.analyses, copied.package, store, 1)["sums"]
    assert changed.key != key and load(store, changed, "sums").read("odd", n=0) == 7
    kept = obtain(ours.analyses, ours.package, store, 1)["sums"]
    assert kept.key == key and load(store, kept, "sums").read("odd", n=0) == 1


def test_a_declared_data_file_is_part_of_the_key_and_another_is_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    folder = made(tmp_path / "mine", READS.format("a.csv"), PATH, ', data=("a.csv",)')
    key, x = run(folder, store)
    assert x == 10
    (folder / "b.csv").write_text("8")
    assert run(folder, store)[0] == key
    (folder / "a.csv").write_text("6")
    changed, x = run(folder, store)
    assert changed != key and x == 12


READERS = {
    "open": (READS.format("b.csv"), PATH),
    "numpy": ("x = float(np.loadtxt(Path(__file__).parent / 'b.csv'))", f"{PATH}\nimport numpy as np"),
    "os": ("x = float(os.read(os.open(os.path.dirname(__file__) + '/b.csv', os.O_RDONLY), 9))", "import os"),
    "at import": ("x = X", f"{PATH}\nX = float(Path(__file__).with_name('b.csv').read_text())"),
    "swallowed": (f"try:\n        {READS.format('b.csv')}\n    except Exception:\n        x = 0", PATH),
    "thread": (
        "x = list(ThreadPoolExecutor(1).map(lambda p: float(p.read_text()), [Path(__file__).with_name('b.csv')]))[0]",
        f"{PATH}\nfrom concurrent.futures import ThreadPoolExecutor",
    ),
    "thread of a thread": (
        "x = 0\n"
        "    inner = Thread(target=lambda: suppressed(Path(__file__).with_name('b.csv').read_text))\n"
        "    outer = Thread(target=lambda: (inner.start(), inner.join()))\n"
        "    outer.start(); outer.join()",
        f"{PATH}\nfrom threading import Thread\n\n"
        "def suppressed(read):\n    try:\n        read()\n    except Exception:\n        pass\n",
    ),
    "program": (
        "x = float(run(['cat', Path(__file__).with_name('b.csv')], capture_output=True, check=True).stdout)",
        f"{PATH}\nfrom subprocess import run",
    ),
    "option of a program": (
        "x = len(run(['echo', f\"--in={Path(__file__).with_name('b.csv')}\"], capture_output=True).stdout)",
        f"{PATH}\nfrom subprocess import run",
    ),
    "shell": (
        "x = float(run('cat <b.csv', shell=True, cwd=Path(__file__).parent, capture_output=True).stdout)",
        f"{PATH}\nfrom subprocess import run",
    ),
    "database": (
        "x = sqlite3.connect(Path(__file__).with_name('b.csv')).total_changes",
        f"{PATH}\nimport sqlite3",
    ),
    "sideways": ("x = float(open(os.path.dirname(__file__) + '/../mine/b.csv').read())", "import os"),
}


@pytest.mark.parametrize("way", READERS)
def test_reading_what_is_not_declared_says_how_to_declare_it(way: str, tmp_path: Path) -> None:
    folder = made(tmp_path / "mine", *READERS[way], ', data=("a.csv",)')
    with pytest.raises(
        EpisodeError, match=r"'b\.csv'.*declare it: @analysis\(\"study\".*data=\(\"a\.csv\", \"b\.csv\",\)"
    ):
        run(folder, Store(tmp_path / "store"))
    assert not list((tmp_path / "store").glob("result/*/*"))


def test_files_elsewhere_and_files_written_are_free(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("4")
    body = (
        f"open(Path(__file__).with_name('log'), 'w').close(); x = float(open({str(tmp_path / 'elsewhere')!r}).read())"
    )
    folder = made(tmp_path / "mine", body, PATH)
    assert run(folder, Store(tmp_path / "store"))[1] == 8
    assert (folder / "b.csv").read_text() == "7", "the guard ends with the analysis"


@pytest.mark.parametrize("name", ["../x.csv", "/etc/hostname", "sub/../../x.csv", ""])
def test_data_that_is_not_in_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1")
    with pytest.raises(EpisodeError, match=r"analysis 's' declares the data file '.*', which is not in"):
        run(made(tmp_path / "mine", data=f", data=({name!r},)"), Store(tmp_path / "store"))


def test_data_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(
        EpisodeError, match=r"analysis 's' declares the data file 'no\.csv', and .*/no\.csv is not there"
    ):
        run(made(tmp_path / "mine", data=', data=("no.csv",)'), Store(tmp_path / "store"))
    with pytest.raises(EpisodeError, match=r"write data=\(\"a\.csv\",\)"):
        run(made(tmp_path / "mine", data=', data="a.csv"'), Store(tmp_path / "store"))


def test_a_project_analysis_opens_no_file_of_an_episode(tmp_path: Path) -> None:
    folder = made(tmp_path / "mine", READS.format("b.csv"), PATH)
    other = made(tmp_path / "other", f"x = float(open({str(folder / 'b.csv')!r}).read())")
    assert run(other, Store(tmp_path / "store"))[1] == 14, "a file of nobody's"
    forget()
    import_from(package_of(folder), folder, "episode")
    import_from(package_of(other), other, "episode")
    call = (AnalysisCall("s", f"{package_of(other)}.study:study"),)
    with pytest.raises(EpisodeError, match="give what it holds as a parameter"):
        obtain(call, package_of(folder), Store(tmp_path / "second"), 1)


@pytest.mark.parametrize("linked", [False, True])
def test_a_source_that_changed_since_it_was_loaded_is_not_run(linked: bool, tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "store"), made(tmp_path / "mine")
    if linked:
        (tmp_path / "link").symlink_to(folder)
        folder = tmp_path / "link"
    run(folder, store)
    path = folder / "far.py"
    path.write_text("FACTOR = 30\n")
    with pytest.raises(EpisodeError, match=r"far\.py was changed after this process had loaded it; run the command"):
        obtain(CALL, package_of(folder), store, 1)


def test_a_loose_module_beside_the_project_counts_by_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "loose_helper_of_a_test.py").write_text("X = 1\n")
    store, folder = Store(tmp_path / "store"), made(tmp_path / "mine", "x = 1", "import loose_helper_of_a_test")
    key = run(folder, store)[0]
    (tmp_path / "loose_helper_of_a_test.py").write_text("X = 21\n")
    from tapehead.analysis import identity

    assert identity.foreign_versions({"numpy"}) == identity.library_versions(("numpy",))
    assert run(folder, store)[0] != key


def test_the_code_that_loads_a_model_is_part_of_the_key() -> None:
    from tapehead.analysis.registry import code_behind, info_of

    call = AnalysisCall("p", "tapehead.analysis.linear.cats:cat_table", model="language")
    files = code_behind(call, "", info_of(call.function, "")).files
    assert any(path.match("analysis/language/*models*") or "language" in path.parts for path in files)


def test_a_library_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="'nobody_wrote_this', which is not installed"):
        run(made(tmp_path / "mine", data=', libraries=("nobody_wrote_this",)'), Store(tmp_path / "store"))


def test_a_thread_of_an_analysis_that_is_over_is_free(tmp_path: Path) -> None:
    body = (
        "go = Event(); read = []; t = Thread(target=lambda: (go.wait(5), read.append(1))); t.start(); go.set(); x = 1"
    )
    folder = made(tmp_path / "mine", body, "from threading import Event, Thread")
    assert run(folder, Store(tmp_path / "store"))[1] == 2
    read: list[str] = []
    thread = threading.Thread(target=lambda: read.append((folder / "b.csv").read_text()))
    thread.start()
    thread.join()
    assert read == ["7"]


def test_published_numbers_are_asked_for_by_name(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    sideways = "from tapehead.analysis.shipped import shipped_folder"
    reads = "x = len((shipped_folder() / 'published' / 'gpt2-small.json').read_bytes())"
    with pytest.raises(EpisodeError, match=r'shipped_file\("published/gpt2-small\.json"\)'):
        run(made(tmp_path / "sideways", reads, sideways), store)
    forget()
    asks = "from tapehead.analysis.shipped import shipped_file"
    _, x = run(made(tmp_path / "asks", "x = len(shipped_file('published/gpt2-small.json').read_bytes())", asks), store)
    assert x == 2 * (ROOT / "assets" / "published" / "gpt2-small.json").stat().st_size
    forget()
    put_together = made(tmp_path / "put", "x = len(shipped_file('published/' + 'x.json').read_bytes())", asks)
    with pytest.raises(EpisodeError, match=r"study\.py:\d+: shipped_file takes a name that is written out"):
        run(put_together, store)
    forget()
    with pytest.raises(EpisodeError, match=r"assets/published/no\.json is missing"):
        run(made(tmp_path / "no", "x = len(shipped_file('published/no.json').read_bytes())", asks), store)


def test_published_numbers_are_in_the_key_of_what_reads_them() -> None:
    files = closure(ROOT / "analysis" / "language" / "studies" / "paper.py", ROOT)
    name = "assets/published/gpt2-small.json"
    assert assets_read(files) == {name: digest_file(ROOT / name)}
    assert assets_read(closure(ROOT / "analysis" / "linear" / "cats.py", ROOT)) == {}
