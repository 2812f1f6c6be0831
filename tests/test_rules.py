"""The rules of CONTRIBUTING that no tool checks by itself, and the lists of the contracts, which none has to recall."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.films import PACKAGES

ROOT = Path(__file__).parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def contract(words: str) -> dict:
    return next(each for each in CONTRACTS if words in each["name"])


def packages(room: str) -> set[str]:
    return {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}


def imports(path: Path) -> list[tuple[int, str]]:
    """Line and module of every absolute import, inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            found.append((node.lineno, node.module or ""))
        elif isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
    return found


@pytest.mark.parametrize("episode", PACKAGES)
def test_an_episode_reaches_its_own_modules_so_that_a_copy_reaches_the_copys(episode: str) -> None:
    own = f"tapehead.scenes.{episode}"
    assert not [
        f"{path.name}:{line}: import {name}"
        for path in (ROOT / "scenes" / episode).rglob("*.py")
        for line, name in imports(path)
        if name == own or name.startswith(f"{own}.")
    ]


def test_no_episode_is_left_out_of_the_contract() -> None:
    named = {name.rpartition(".")[2] for name in contract("No episode imports another")["modules"]}
    assert named == set(PACKAGES)


def test_every_package_of_render_has_its_place_in_the_order() -> None:
    order = contract("a film passes from the ground up")["layers"]
    named = {name.strip() for layer in order for name in layer.split("|")}
    assert packages("render") <= named
    assert named <= packages("render") | {path.stem for path in (ROOT / "render").glob("*.py")}


def test_every_package_of_render_but_one_keeps_away_from_manim() -> None:
    named = {name.rpartition(".")[2] for name in contract("touches Manim")["source_modules"]}
    assert packages("render") - named == {"drawing"}


def test_whatever_reads_the_clock_or_rolls_dice_is_no_scene() -> None:
    unseeded = re.compile(
        r"\btime\.(time|monotonic|perf_counter)\(|\bdatetime\.(now|today)\(|\brandom\.(random|randint|randrange|choices?|shuffle|sample|uniform|gauss)\("
    )
    seeded = re.compile(r"np\.random\.(default_rng|Generator|SeedSequence)\b")
    assert not [
        f"{path.relative_to(ROOT)}: {found.group(0)}"
        for path in (ROOT / "scenes").rglob("*.py")
        for found in unseeded.finditer(seeded.sub("", path.read_text(encoding="utf-8")))
    ]


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys, tapehead.render.commands.cli\n"
        "print(*[m for m in ('torch', 'manim', 'moviepy', 'av', 'numba', 'transformer_lens') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_test_folder_follows_the_tree() -> None:
    ours = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").glob("*/**/test_*.py")}
    assert not [str(folder) for folder in ours if not (ROOT / folder).is_dir() and folder.parts[0] != "benchmarks"]


def test_one_spelling_for_one_thing() -> None:
    """Messages, comments and docs alike."""
    wrong = re.compile("can " + "not|(leave|left) (it |that )?" + "away")
    places = [path for room in ("analysis", "scenes", "render", "docs", "tests") for path in (ROOT / room).rglob("*")]
    assert not [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (*places, ROOT / "README.md", ROOT / "CONTRIBUTING.md")
        if path.suffix in (".py", ".md")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wrong.search(line)
    ]


# -- what CONTRIBUTING says of rooms and habits, one test for each sentence that no other test, contract or lint holds


def sources(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def lines_with(pattern: str, paths: list[Path]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.setdefault(path.relative_to(ROOT).as_posix(), []).append(number)
    return found


def test_the_modules_of_render_that_touch_manim_are_those_that_draw_or_look_on() -> None:
    touching = {
        path.relative_to(ROOT / "render").as_posix()
        for path in sources("render")
        for _line, name in imports(path)
        if name.split(".")[0] == "manim"
    }
    assert touching == {"drawing/draw.py", "drawing/dry.py", "drawing/plain.py", "drawing/watch.py"}


def test_assets_hold_no_logic() -> None:
    assert [path.name for path in sources("assets")] == ["__init__.py"]
    assert len(ast.parse((ROOT / "assets" / "__init__.py").read_text(encoding="utf-8")).body) == 1, "its docstring"


def test_no_updater_integrates_time() -> None:
    """Manim hands ``dt`` to an updater that takes an argument of that name."""
    assert not [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("scenes")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.Lambda) and "dt" in {given.arg for given in node.args.args}
    ]


UNDER_ANOTHER_NAME_FIRST = {
    "analysis/store.py",  # the writer itself, and drafts
    "analysis/vision/networks.py", "analysis/vision/training.py",  # into a folder that is renamed
    "analysis/vision/xor_training.py", "render/start/folder.py",  # the same
    "analysis/language/training/train.py", "analysis/diffusion/training/checkpointed_training.py",  # a lock
    "render/cluster/executors/ray.py", "render/slides/deck.py",  # into a temporary folder
    "render/cluster/segments.py", "render/drawing/draw.py", "render/words/narration.py",  # into a store's draft
    "render/drawing/master.py", "render/tape_tool/footage_sound.py",  # a part, which is renamed or never kept
    "render/film/make.py",  # a probe that is taken away again
    "render/notebook/magic.py",  # into a temporary folder
    "render/package/gather.py", "render/export/make.py",  # into a folder that is renamed
    "render/workers/worker.py",  # a log of a process
    "scenes/stage/lettering.py",  # see there
}  # fmt: skip
"""Who opens files for writing, and why nobody finds them half-written; everybody else uses ``write_atomically``."""


def test_whoever_writes_a_file_by_hand_says_why_it_is_never_found_half_written() -> None:
    by_hand = lines_with(
        r"\.write_(text|bytes)\(|(?<!av)\.open\([\"'][wax]|(?<![.\w])open\([^)]*, ?[\"'][wax]",
        sources("analysis", "scenes", "render"),
    )
    assert set(by_hand) == UNDER_ANOTHER_NAME_FIRST, by_hand


def test_one_module_speaks_to_the_network() -> None:
    asked = lines_with(
        r"\b(Http|AuthorizedHttp|Session|HTTPS?Connection|create_connection|urlopen|urlretrieve)[()]"
        r"|\brequests\.(get|post|put|head)\(",
        sources("analysis", "scenes", "render"),
    )
    of_ones_own = "render/cluster/executors/ray.py"  # whether the head of one's own cluster listens
    assert set(asked) == {"render/publish/carrier.py", of_ones_own}, asked


def test_tapehead_holds_nothing_but_links() -> None:
    assert {path.name for path in (ROOT / "tapehead").iterdir() if path.is_symlink()} == {
        "analysis", "assets", "render", "scenes",
    }  # fmt: skip
    assert {path.name for path in (ROOT / "tapehead").iterdir() if path.is_file()} <= {"__init__.py", "__main__.py"}
