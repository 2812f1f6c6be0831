"""The rules of CONTRIBUTING that no tool checks by itself, and the lists of the contracts, which none has to recall."""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
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


def sources(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def there(names: set[str]) -> set[str]:
    """Those of the named files that exist: a list may name what another branch brings."""
    return {name for name in names if (ROOT / name).exists()}


def offences(rule: Callable[[str], list[str]], *rooms: str) -> dict[str, list[str]]:
    """What breaks a rule, by file."""
    read = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sources(*rooms)}
    return {name: found for name, text in read.items() if (found := rule(text))}


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


NO_SCENE_ASKS = {"random", "secrets", "time", "uuid"}
"""Modules that are clocks or dice; of datetime, os and numpy some names are."""
SEEDED = {"default_rng", "Generator", "SeedSequence", "PCG64"}
"""What numpy has of dice that are thrown the same way again."""


def clocks_and_dice(text: str) -> list[str]:
    """Every place of a module that asks what time it is, or throws dice without a seed."""
    found: list[str] = []
    if not re.search(r"\b(random|secrets|time|uuid|urandom|now|today|utcnow)\b|" + "|".join(SEEDED), text):
        return found  # most have none of these words, and need not be parsed
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in NO_SCENE_ASKS]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names, module = {alias.name for alias in node.names}, node.module or ""
            if module in NO_SCENE_ASKS or (module == "os" and "urandom" in names):
                found.append(module)
            elif module == "numpy.random":
                found += sorted(names - SEEDED)
        elif isinstance(node, ast.Attribute):
            called = ast.unparse(node)
            dice = re.search(r"^(?:np|numpy)\.random\.(\w+)$", called)
            if re.search(r"\bdate(time)?\.(now|today|utcnow)$|^os\.urandom$", called) or (
                dice and dice.group(1) not in SEEDED
            ):
                found.append(called)
        elif isinstance(node, ast.Call) and not (node.args or node.keywords):
            called = ast.unparse(node.func)
            found += [f"{called}() without a seed"] if called.rpartition(".")[2] in SEEDED else []
    return found


def test_whatever_reads_the_clock_or_rolls_dice_is_no_scene() -> None:
    assert not offences(clocks_and_dice, "scenes")


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


def takes_dt(text: str) -> list[str]:
    """Functions with an argument ``dt``, wherever it stands: Manim hands it to an updater that has one."""
    found: list[str] = []
    if not re.search(r"\bdt\b", text):
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            found += [f"line {node.lineno}" for each in given if each.arg == "dt"]
    return found


def test_no_updater_integrates_time() -> None:
    assert not offences(takes_dt, "scenes")


UNDER_ANOTHER_NAME_FIRST = {
    "analysis/store/files.py", "analysis/store/drafts.py", "analysis/store/store.py",  # writer, locks, drafts
    "analysis/vision/networks.py", "analysis/vision/training.py",  # into a folder that is renamed
    "analysis/vision/xor_training.py", "render/start/folder.py",  # the same
    "analysis/trainings.py",  # a lock
    "render/cluster/executors/ray.py", "render/slides/deck.py",  # into a temporary folder
    "render/slides/cards.py",  # the same
    "render/cluster/segments.py", "render/words/narration.py",
    "render/drawing/draw.py", "render/drawing/plain.py",  # into a store's draft
    "render/drawing/master.py", "render/tape_tool/footage_sound.py",  # a part, which is renamed or never kept
    "render/film/writable.py",  # a probe that is taken away again
    "render/notebook/magic.py", "render/studio/edited_file.py",  # into a temporary folder
    "render/export/make.py", "render/package/gather.py",  # into a folder that is renamed
    "render/export/timeline.py",  # the same
    "render/workers/worker.py",  # a log of a process
    "scenes/stage/lettering.py",  # see there
}  # fmt: skip
"""Who opens files for writing, and why nobody finds them half-written; everybody else uses ``write_atomically``."""


BY_OTHERS_HANDS = {
    "analysis/diffusion/training/export.py", "render/check/walked.py", "render/film/layout.py",
    "render/film/stills.py",  # pictures to look at, made anew by the next run
    "render/drawing/plain.py",  # a sound beside the pictures, into a store's draft
    "render/cluster/plan_look.py", "render/slides/cards.py",  # into a store's draft; into a temporary folder
    "render/lab/moving.py", "render/notebook/magic.py", "render/notebook/shown.py",
    "render/figures/data.py", "render/page/pictures.py", "render/studio/pictures.py",  # into memory
    "render/figures/make.py", "render/page/film.py",  # into memory; into a part, which is renamed
    "render/package/gather.py", "render/package/thumbnail.py", "render/start/folder.py",  # a folder that is renamed
    "render/publish/secret_files.py", "render/tape_tool/plots.py", "render/tape_tool/still_file.py",
    "render/whole_files.py", "render/workers/worker.py",  # a part, which is renamed
}  # fmt: skip
"""Who has a library write a file, and why nobody finds it half-written; all others use ``render/whole_files.py``."""


def by_hand(text: str) -> list[str]:
    """Files that are opened for writing."""
    return re.findall(r"\.write_(?:text|bytes)\(|(?<!av)\.open\([\"'][wax]|(?<![.\w])open\([^)]*, ?[\"'][wax]", text)


def by_a_library(text: str) -> list[str]:
    """Files that a library is asked to write or to copy; a journal's or a manifest's ``save`` is its own."""
    asked = (
        r"(?<!journal)(?<!package)(?<!Journal)(?<!saved_runs)\.save\((?!\))|\bsavefig\(|\bjson\.dump\("
        r"|\bshutil\.(?:copy\w*|move)\(|\bnp\.save\w*\(|\bsave_file\(|\bto_(?:csv|parquet)\("
    )
    return re.findall(asked, text)


def test_whoever_writes_a_file_by_hand_says_why_it_is_never_found_half_written() -> None:
    assert set(offences(by_hand, "analysis", "scenes", "render")) == there(UNDER_ANOTHER_NAME_FIRST)


def test_whoever_has_a_library_write_a_file_says_why_it_is_never_found_half_written() -> None:
    assert set(offences(by_a_library, "analysis", "scenes", "render")) == there(BY_OTHERS_HANDS)


def asks_the_network(text: str) -> list[str]:
    """Calls that open a connection, or modules that have nothing else to offer."""
    return re.findall(
        r"\b(?:Http|AuthorizedHttp|Session|HTTPS?Connection|create_connection|urlopen|urlretrieve|build_opener)[()]"
        r"|\brequests\.(?:get|post|put|head)\(|\bsocket\.socket\("
        r"|^\s*(?:import|from) (?:aiohttp|ftplib|httpx|smtplib|urllib3|websockets?)\b",
        text,
        re.MULTILINE,
    )


def test_one_module_speaks_to_the_network() -> None:
    of_ones_own = "render/cluster/executors/ray.py"  # whether the head of one's own cluster listens
    listens = "render/commands/studio.py"  # to this machine's own browser
    found = offences(asks_the_network, "analysis", "scenes", "render")
    assert set(found) == {"render/publish/carrier.py", of_ones_own, listens}, found


def test_tapehead_holds_nothing_but_links() -> None:
    there = {path.name: path for path in (ROOT / "tapehead").iterdir() if path.name != "__pycache__"}
    links = {name for name, path in there.items() if path.is_symlink()}
    assert links == {"analysis", "assets", "render", "scenes"}
    assert set(there) - links <= {"__init__.py", "__main__.py"}


# -- errors

NOT_FOR_A_USER = {
    "analysis/records.py", "analysis/saved_runs.py", "analysis/declared.py",  # said anew by their callers
    "analysis/outside_files.py", "analysis/model_files.py", "analysis/graphs/archived.py",
    "analysis/language/published/published_file.py",
    "analysis/language/lab/prompt_tables.py", "render/publish/receipt.py", "render/package/manifest.py",
    "render/cluster/plan_records.py", "render/planning/brand.py",  # readers of files: caught where the file has a name
    "render/drawing/master.py", "render/encoding/container.py", "render/slides/cut.py",  # the same
    "analysis/paired.py", "analysis/bootstrap.py", "analysis/language/models/forward.py",
    "analysis/language/lab/ablators.py", "analysis/language/circuit/ablation.py", "scenes/conditions.py",
    "scenes/stage/thumbnails.py", "scenes/stage/charts/chart.py", "render/tape/stage.py", "render/tape/vhs.py",
    "render/tape_tool/stimuli.py", "render/encoding/video.py", "render/words/voice/timbre.py",
    "render/workers/schedule.py",  # mistakes of a programmer
    "render/cluster/executors/process.py", "render/publish/carrier.py",  # make Ray, and Google's client, try again
}  # fmt: skip
"""Who raises errors of Python's own, and why no user meets them; all others are classes of ``analysis/errors.py``."""


def errors_of_python(text: str) -> list[str]:
    """Errors of Python's own that are raised; a class of ours may have one as its base."""
    found: list[str] = []
    if not any(hasattr(builtins, name) for name in re.findall(r"\braise (\w+)", text)):
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            kind = getattr(builtins, name, None)
            if isinstance(kind, type) and issubclass(kind, BaseException):
                found.append(name)
    return found


def test_what_a_user_can_do_wrong_raises_an_error_of_ours() -> None:
    left = offences(errors_of_python, "analysis", "scenes", "render")
    left = {name: found for name, found in left.items() if set(found) - STOPS}
    assert set(left) == there(NOT_FOR_A_USER), set(left) ^ there(NOT_FOR_A_USER)


STOPS = {"KeyboardInterrupt", "StopIteration", "AttributeError"}
"""No errors, but what Python's own protocols ask for."""

# -- each of these rules, broken

BROKEN = {
    clocks_and_dice: (
        "import time", "from time import time", "from random import choice", "import random as r", "import secrets",
        "from uuid import uuid4", "from os import urandom", "import os\nos.urandom(3)", "x = np.random.rand(3)",
        "x = np.random.default_rng()", "from numpy.random import rand", "from numpy.random import default_rng\n"
        "default_rng()", "x = datetime.now()", "import datetime\nx = datetime.datetime.now()", "x = date.today()",
        "x = numpy.random.seed(1)",
    ),
    takes_dt: (
        "f = lambda m, dt: m", "def f(m, dt, /): pass", "def f(m, *, dt): pass", "async def f(dt): pass",
    ),
    by_hand: ("path.write_text('')", "path.open('w')", "open(path, 'ab')", "(a / b).write_bytes(b'')"),
    by_a_library: (
        "picture.save(path)", "canvas.savefig(path)", "json.dump(data, file)", "shutil.copyfile(one, other)",
        "shutil.move(one, other)", "np.savez(path, x)", "save_file(tensors, path)", "frame.to_csv(path)",
    ),
    asks_the_network: (
        "urllib.request.urlopen(x)", "requests.get(x)", "socket.socket()", "import httpx", "    from aiohttp import x",
        "http.client.HTTPSConnection(x)",
    ),
    errors_of_python: ("raise ValueError('x')", "raise KeyError", "raise SystemExit(1)", "raise Exception('x')"),
}  # fmt: skip
KEPT = {
    clocks_and_dice: (
        "x = np.random.default_rng(seed)", "rng: np.random.Generator", "from numpy.random import Generator",
        "from datetime import date\nx = date(2020, 1, 1)", "self.time(3)", "import os\nos.path.join('a')",
    ),
    takes_dt: ("def f(m, alpha): pass", "dt = 3"),
    by_hand: ("path.open()", "av.open(path, 'w')", "path.read_text()"),
    by_a_library: ("context.save()", "journal.save(complete=True)", "saved_runs.save(parts, folder, x)", "np.load(x)"),
    asks_the_network: ("import http.client", "from httplib2 import HttpLib2Error"),
    errors_of_python: ("raise UsageError('x')", "raise", "raise error from None"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_a_rule_that_is_broken_is_seen(rule: Callable[[str], list[str]], text: str) -> None:
    assert rule(text)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in KEPT.items() for text in texts])
def test_a_rule_that_is_kept_is_not(rule: Callable[[str], list[str]], text: str) -> None:
    assert not rule(text)
