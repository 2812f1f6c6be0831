"""``%%tapehead``: a scene in a cell of a notebook, drawn where it stands.

The cell is the scene's module, or the body of its ``construct``.  ``LINES = {"hello": "What is said."}`` in it gives
the words; what tapehead and Manim give a scene is imported already.  The scene may read the results of an episode that
is named with ``--episode``, and nothing else of it: its files are copied, and the cell is drawn in the copy.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import shlex
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.render.notebook.shown import ShownFigure, ShownFilm
from tapehead.scenes.episode import Episode, find_episode, load_episode
from tapehead.scenes.loading import nearest

SCENE, MODULE = "cell", "cell_scene"
_IMPORTS = """\
from manim import *
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import *
from tapehead.scenes.stage.palette import *
"""
_BASES = ("Scene", "MovingCameraScene", "ThreeDScene", "ZoomedScene", "StageScene")


@dataclass(frozen=True)
class Cell:
    """A cell, read: the module's text, the scene's class, its words by key, and the results that it names."""

    module: str
    scene: str
    lines: dict[str, str]
    uses: tuple[str, ...]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%%tapehead: {message}; %%tapehead takes --still, --episode, --quality, --voice and --out")


def options(line: str) -> argparse.Namespace:
    """What stands behind ``%%tapehead``.

    Raises:
        UsageError: it is none of the options.
    """
    parser = _Parser(prog="%%tapehead", add_help=False, allow_abbrev=False)
    parser.add_argument("--still", action="store_true")
    parser.add_argument("--episode", default="")
    parser.add_argument("--quality", default="480p15")
    parser.add_argument("--voice", default="none")
    parser.add_argument("--out", default="")
    try:
        return parser.parse_args(shlex.split(line))
    except ValueError as error:  # a quote that is not closed
        raise UsageError(f"%%tapehead {line}: {error}") from error


def read_cell(text: str) -> Cell:
    """A cell as a scene.

    Raises:
        EpisodeError: it is no Python, has several scenes, or its lines are no texts by name.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise EpisodeError(f"line {error.lineno} of the cell: {error.msg}") from error
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and _is_scene(node)]
    if len(classes) > 1:
        raise EpisodeError(f"a cell draws one scene, and this one has {', '.join(classes)}; give each its own cell")
    lines = _lines(tree)
    if classes:
        module, scene = _IMPORTS + text, classes[0]
    else:
        rest = [node for node in tree.body if not _names_lines(node)]
        if not rest:
            raise EpisodeError("the cell draws nothing: write a scene class, or the body of its construct")
        body = textwrap.indent("\n".join(ast.get_source_segment(text, node) or "" for node in rest), " " * 8)
        module, scene = f"{_IMPORTS}\n\nclass Cell(StageScene):\n    def construct(self):\n{body}\n", "Cell"
    return Cell(module, scene, lines, tuple(dict.fromkeys(_results(tree))))


def _is_scene(node: ast.ClassDef) -> bool:
    names = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
    return any(name in _BASES or name.endswith("Scene") for name in names)


def _names_lines(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(at, ast.Name) and at.id == "LINES" for at in node.targets)


def _lines(tree: ast.Module) -> dict[str, str]:
    for node in tree.body:
        if _names_lines(node):
            assert isinstance(node, ast.Assign)
            try:
                found = ast.literal_eval(node.value)
            except ValueError:
                found = None
            if isinstance(found, dict) and all(isinstance(part, str) for pair in found.items() for part in pair):
                return {(key if "." in key else f"{SCENE}.{key}"): words for key, words in found.items()}
            raise EpisodeError('LINES gives words by name, written out: LINES = {"hello": "What is said."}')
    return {}


def _results(tree: ast.AST) -> Iterator[str]:
    """Results that the cell names: ``self.result("sums")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "result":
            for first in node.args[:1]:
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


@contextlib.contextmanager
def cell_episode(cell: Cell, source: Episode | None) -> Iterator[Episode]:
    """A folder for as long as the cell is drawn: an episode of one scene, with the analyses of ``source``.

    Raises:
        EpisodeError: the cell names a result that no episode computes.
    """
    known = [call.id for call in source.analyses] if source else []
    for name in cell.uses:
        if name not in known:
            told = f": {source.slug} has {', '.join(known) or 'none'}" if source else ": name one with --episode"
            raise EpisodeError(f"the cell reads the result '{name}'{nearest(name, known) or told}")
    with tempfile.TemporaryDirectory(prefix="tapehead-cell-") as place:
        folder = Path(place) / "cell"
        if source:
            shutil.copytree(source.folder, folder, ignore=shutil.ignore_patterns("__pycache__", "out", "*.mp4"))
            (folder / "episode.py").rename(folder / "cell_source.py")
        else:
            folder.mkdir()
        scene = f"SceneRef({SCENE!r}, {f'.{MODULE}:{cell.scene}'!r}, {cell.scene!r}, uses={cell.uses!r}, chapter=False)"
        analyses = "from .cell_source import EPISODE as SOURCE\n" if source else ""
        given = ", analyses=SOURCE.analyses, seed=SOURCE.seed" if source else ""
        (folder / "episode.py").write_text(
            f"from tapehead.scenes.episode import Episode, SceneRef\n{analyses}"
            f"EPISODE = Episode(title={cell.scene!r}, scenes=({scene},){given})\n",
            encoding="utf-8",
        )
        (folder / f"{MODULE}.py").write_text(cell.module, encoding="utf-8")
        (folder / "script.toml").write_text(_script(cell.lines), encoding="utf-8")
        yield load_episode(folder)


def _script(lines: dict[str, str]) -> str:
    return 'language = "en"\n\n[speakers.narrator]\nvariant = "en-us"\n' + "".join(
        f"\n[[line]]\nkey = {json.dumps(key)}\ntext = {json.dumps(text)}\n" for key, text in lines.items()
    )


def draw_cell(line: str, text: str) -> ShownFilm | ShownFigure:
    """Draw a cell: a film, or with ``--still`` its last picture.

    Raises:
        TapeheadError: an option, the cell or the scene has a fault; the message says which.
    """
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.film.make import render as make
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import quality_named

    asked, cell, reporter = options(line), read_cell(text), Reporter(quiet=True)
    source = find_episode(asked.episode) if asked.episode else None
    kept = Path(asked.out) if asked.out else Path(tempfile.mkdtemp(prefix="tapehead-cell-film-"))
    with cell_episode(cell, source) as episode:
        store = Store(report=reporter.warn)
        choices = Choices(quality_named(asked.quality), voice=asked.voice, out=kept)
        if asked.still:
            return ShownFigure(cell.scene, cell.scene, {"png": _last_picture(episode, choices, store, reporter)})
        film = make(episode, choices, store, reporter)
    return ShownFilm(film.path, film.duration_s, film.files)


def _last_picture(episode: Episode, choices: Any, store: Any, reporter: Any) -> bytes:
    import io

    from PIL import Image

    from tapehead.render.drawing.cues import MASTER
    from tapehead.render.drawing.master import MasterReader
    from tapehead.render.film.make import prepare
    from tapehead.render.workers.pool import run_scenes

    with store.leased():
        plan = prepare(episode, choices, store, reporter)
        run_scenes(plan, store.root, 1, choices.out / "logs", warn=reporter.warn, limits=choices.limits, encode=False)
        reader = MasterReader(store.place("master", plan.scenes[0].key) / MASTER)
        picture = Image.fromarray(reader.frame(sum(reader.info.repeats) - 1))
    out = io.BytesIO()
    picture.save(out, "png")
    return out.getvalue()


def register(shell: Any) -> None:
    """Make ``%%tapehead`` known to an IPython shell: what ``%load_ext tapehead`` does.

    A fault of the cell is one message in it, as on the command line, and no traceback.
    """
    from tapehead.analysis.errors import TapeheadError

    def tapehead(line: str, cell: str) -> ShownFilm | ShownFigure | None:
        """Draw the scene in this cell: %%tapehead [--still] [--episode NAME] [--quality 480p15] [--voice none]."""
        try:
            return draw_cell(line, cell)
        except TapeheadError as error:
            import sys

            sys.stderr.write(f"tapehead: {error}\n")
            return None

    shell.register_magic_function(tapehead, magic_kind="cell", magic_name="tapehead")
