"""An episode that cannot be loaded is told in one line, and leaves nothing half-imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, Interrupted
from tapehead.scenes.episode import import_from, load_episode, package_of

GOOD = """from tapehead.scenes.episode import Episode, SceneRef
EPISODE = Episode(title="T", scenes=(SceneRef("one", ".one:One", "One"),))
"""


def episode_in(folder: Path, text: str, **modules: str) -> Path:
    folder.mkdir()
    (folder / "script.toml").write_text('[[line]]\nkey = "one.a"\ntext = "A word."\n')
    (folder / "episode.py").write_text(text)
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def left_of(folder: Path) -> list[str]:
    return [name for name in sys.modules if name.startswith(package_of(folder))]


def refusal(folder: Path) -> str:
    """What is said when it is loaded: one line, and nothing of it stays."""
    with pytest.raises(EpisodeError) as caught:
        load_episode(folder)
    said = str(caught.value)
    assert "\n" not in said
    assert "tapehead_episode" not in said, "the package's name is nothing that anybody has chosen"
    assert left_of(folder) == []
    return said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\nraise RuntimeError('no\\n  luck')", 2, "RuntimeError: no luck"),
        ("\n\nx = {}['key']", 3, "KeyError: 'key'"),
        ("def f():\n    f()\n\nf()", 2, "RecursionError"),
        ("import sys\nsys.exit(3)", 2, "sys.exit(3)"),
        ("import sys\nsys.exit()", 2, "sys.exit()"),
        ("raise SystemExit('bye')", 1, "bye"),
        ("\nx = (", 2, "SyntaxError"),
        ("if 1:\n\tx = 1\n        y = 2", 3, "TabError"),
        ("assert 1 == 2, 'never'", 1, "AssertionError: never"),
        ("raise ValueError", 1, "ValueError"),
        ("class Mute(Exception):\n    def __str__(self): return 1 / 0\n\nraise Mute", 4, "Mute"),
        ("class Odd(BaseException): pass\n\nraise Odd('base')", 3, "Odd: base"),
        ("x = 1\nimport nothing_like_it", 2, "there is no module 'nothing_like_it'"),
        ("compile('x = (', 'elsewhere.py', 'exec')", 1, "SyntaxError in elsewhere.py:1"),
    ],
)
def test_whatever_goes_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, line: int, said: str) -> None:
    folder = episode_in(tmp_path / "broken", text)
    told = refusal(folder)
    assert told.startswith(f"{folder / 'episode.py'}:{line}: ")
    assert said in told


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD.replace("title=", "titel="), 2, "Episode(...) takes no 'titel': did you mean 'title'?"),
        (GOOD.replace('"One")', '"One", use=("a",))'), 2, "SceneRef(...) takes no 'use': did you mean 'uses'?"),
        (GOOD.replace('"One")', '"One", zzz=1)'), 2, "SceneRef(...) takes no 'zzz'; it takes name, target"),
        (GOOD.replace("= Episode", "= Episod"), 2, "name 'Episod' is not defined: did you mean 'Episode'?"),
        (GOOD.replace("import Episode,", "import Episod,"), 1, "did you mean 'Episode'?"),
        (GOOD.replace("tapehead.scenes.episode", "scenes.episod"), 1, "'scenes.episod': did you mean 'episode'?"),
        ("import jsom", 1, "'jsom': did you mean 'json'?"),
        ("import math\nmath.sqr(2)", 2, "did you mean 'sqrt'?"),
        ("from .numbrs import X", 1, "there is no module '.numbrs' in {folder}: did you mean 'numbers'?"),
        ("from .numbers import SEDE", 1, "there is no 'SEDE' in .numbers: did you mean 'SEED'?"),
        (
            "import tapehead.analysis.registry as r\nr.AnalysisCall('a', 'm:f', parametres={})",
            2,
            "AnalysisCall(...) takes no 'parametres': did you mean 'parameters'?",
        ),
        ("def turn(angle): ...\n\nturn(angel=1)", 3, "turn(...) takes no 'angel': did you mean 'angle'?"),
        (GOOD.replace("title=", "licence='x', title="), 2, "licence is youtube or creativeCommon"),
        (GOOD.replace('title="T", ', ""), 2, "needs a title"),
    ],
)
def test_a_misspelt_name_comes_with_the_nearest(tmp_path: Path, text: str, line: int, said: str) -> None:
    folder = episode_in(tmp_path / "misspelt", text, numbers="SEED = 1")
    told = refusal(folder)
    assert told.startswith(f"{folder / 'episode.py'}:{line}: ")
    assert said.format(folder=folder) in told


def test_the_line_is_the_deepest_one_inside_the_folder(tmp_path: Path) -> None:
    text = "import json\n\n\ndef read():\n    return json.loads('{')\n\n\nSEED = read()"
    folder = episode_in(tmp_path / "deep", "from . import numbers", numbers=text)
    assert refusal(folder).startswith(f"{folder / 'numbers.py'}:5: JSONDecodeError")
    (folder / "numbers.py").write_text("SEED = 1\nx = (")
    assert refusal(folder).startswith(f"{folder / 'numbers.py'}:2: SyntaxError")


def test_a_text_in_another_encoding(tmp_path: Path) -> None:
    folder = episode_in(tmp_path / "latin", "")
    (folder / "episode.py").write_bytes(b"x = 'M\xfcller'\n")
    told = refusal(folder)
    assert told.startswith(str(folder / "episode.py"))
    assert "utf-8" in told


@pytest.mark.parametrize("raised", [KeyboardInterrupt, Interrupted])
def test_ctrl_c_goes_through_and_leaves_nothing(tmp_path: Path, raised: type[BaseException]) -> None:
    text = f"from tapehead.analysis.errors import Interrupted\nfrom . import numbers\nraise {raised.__name__}"
    folder = episode_in(tmp_path / "stopped", text, numbers="")
    with pytest.raises(raised):
        load_episode(folder)
    assert left_of(folder) == []


def test_a_mended_episode_loads_in_the_same_process(tmp_path: Path) -> None:
    folder = episode_in(tmp_path / "mended", GOOD.replace("Episode(", "Episode(seed=SEED, ").replace("\nE", "\n\n\nE"))
    assert "'SEED' is not defined" in refusal(folder)
    (folder / "numbers.py").write_text("SEED = 7\n")
    (folder / "episode.py").write_text("from .numbers import SEED\n" + (folder / "episode.py").read_text())
    assert load_episode(folder).seed == 7


def test_a_broken_init_leaves_nothing(tmp_path: Path) -> None:
    folder = episode_in(tmp_path / "with_init", GOOD, __init__="\n\n1 / 0")
    assert refusal(folder).startswith(f"{folder / '__init__.py'}:3: ZeroDivisionError")


def test_what_was_imported_before_a_failure_stays(tmp_path: Path) -> None:
    folder = episode_in(tmp_path / "half", GOOD, one="from . import two\n1 / 0", two="")
    episode = load_episode(folder)
    with pytest.raises(EpisodeError, match=r"one\.py:2: ZeroDivisionError"):
        import_from(episode.package, folder, "one")
    assert sorted(left_of(folder)) == [episode.package, f"{episode.package}.episode"]
    assert not hasattr(sys.modules[episode.package], "two")


def test_a_declaration_that_is_none_leaves_nothing(tmp_path: Path) -> None:
    assert "must define EPISODE" in refusal(episode_in(tmp_path / "none", "EPISODE = 3"))
    silent = episode_in(tmp_path / "silent", GOOD)
    (silent / "script.toml").unlink()
    assert "has no script" in refusal(silent)
