"""What can be told of an episode from its files alone: nothing is computed, spoken or drawn; Manim is not loaded."""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tapehead.analysis.errors import EpisodeError, TapeheadError
from tapehead.analysis.outside_files import is_there
from tapehead.render.check.problems import ADVICE, ERROR, Problem, errors
from tapehead.render.planning.sources import MEDIA
from tapehead.render.youtube_rules import CHAPTERS, description_problems, on_one_line, tag_problems, title_problems
from tapehead.scenes.episode import Episode, SceneRef, load_episode
from tapehead.scenes.filling import fields_of
from tapehead.scenes.loading import nearest
from tapehead.scenes.script import Script, ScriptError

_MEDIA = MEDIA - {".csv", ".json"}
"""What others may have a right to; tables are looked after by the results that read them."""


def look_at_files(folder: Path) -> tuple[Episode | None, Script | None, list[Problem]]:
    """Load what can be loaded of an episode; whatever cannot is a problem, and the rest is looked at all the same."""
    found: list[Problem] = []
    broken = False
    for path in sorted(folder.glob("*.py")):
        if (problem := _unparsable(path)) is not None:
            found.append(problem)
            broken = True
    episode = script = None
    try:
        episode = load_episode(folder)
    except TapeheadError as error:
        if not broken:
            found += errors(error)
    try:
        script = Script.load(folder / "script.toml")
    except ScriptError as error:
        found += errors(error)
        if episode:  # the lines that could be read have their say all the same
            found += [Problem(ERROR, each) for each in episode.misplaced(error.left)]
            found += [each for scene in episode.scenes for each in _scene(episode, scene, error.left, whole=False)]
    except TapeheadError as error:
        found += errors(error)
    if episode and script and (strange := episode.misplaced(script)):
        found += [Problem(ERROR, each) for each in strange]
    return episode, script, found


def _unparsable(path: Path) -> Problem | None:
    try:
        ast.parse(path.read_bytes())
    except SyntaxError as error:
        return Problem(ERROR, f"{path}:{error.lineno or 0}: {type(error).__name__}: {error.msg}")
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return Problem(ERROR, f"{path}: it cannot be read: {error}")
    return None


_NAMED = 3
"""So many of the plain scenes without words are named."""


def declared_problems(episode: Episode, script: Script | None) -> Iterator[Problem]:
    """Names, keys, marks and results that do not fit together, and what a platform will ask for."""
    for scene in (*episode.scenes, *([episode.thumbnail] if episode.thumbnail else [])):
        yield from _scene(episode, scene, script)
    yield from _unused(episode, script)
    if script:
        said = {line.scene for line in script.lines}
        silent = [scene for scene in episode.scenes if scene.name not in said]
        for scene in silent:
            if not scene.plain:
                yield Problem(ADVICE, f"scene '{scene.name}' has no line in {script.path}; nothing is said in it")
        if plain := [f"'{scene.name}'" for scene in silent if scene.plain]:  # an adopted file may have dozens
            few = ", ".join(plain[:_NAMED]) + (f" and {len(plain) - _NAMED} more" if len(plain) > _NAMED else "")
            yield Problem(ADVICE, f"nothing is said in {few}: no line in {script.path}")
    for problem in (
        *title_problems(on_one_line(episode.title)),
        *tag_problems(tuple(on_one_line(tag) for tag in episode.tags)),
        *description_problems(episode.description),
    ):
        yield Problem(ADVICE, f"for YouTube, {problem}")
    if not episode.description.strip():
        yield Problem(ADVICE, "the episode has no description: Episode(description=...)")
    chapters = sum(scene.chapter for scene in episode.scenes)
    if 0 < chapters < CHAPTERS:
        yield Problem(
            ADVICE, f"{chapters} scenes begin a chapter, and YouTube shows none below {CHAPTERS}; chapter=False says so"
        )
    yield from _licences(episode)


def _licences(episode: Episode) -> Iterator[Problem]:
    for reference in episode.references:
        if not reference.licence:
            yield Problem(
                ADVICE, f"the reference '{reference.text[:60]}' names no licence: Reference(text, url, licence)"
            )
    media = sorted(path.name for path in episode.folder.rglob("*") if path.suffix.lower() in _MEDIA)
    told = " ".join(f"{reference.text} {reference.url}" for reference in episode.references)
    if strange := [name for name in media if name not in told]:
        names = ", ".join(strange[:6])
        yield Problem(ADVICE, f"nothing says whose {names} is, and under which licence: name the file in a Reference")


def _scene(episode: Episode, scene: SceneRef, script: Script | None, whole: bool = True) -> Iterator[Problem]:
    """One scene; where the script is not ``whole``, a line that it does not have may be one that cannot be read."""
    module, _, name = scene.target.partition(":")
    path = episode.folder / f"{module.lstrip('.').replace('.', '/')}.py"
    if not path.is_file():
        known = [each.stem for each in episode.folder.glob("*.py")]
        near = nearest(path.stem, known)
        yield Problem(ERROR, f"scene '{scene.name}' is declared in {path}, which is not there{near}")
        return
    try:
        tree = _parsed(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # told already
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if name not in classes:
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assigned = {target.id for node in ast.walk(tree) for target in _targets(node)}
        if name not in imported | assigned:
            near = nearest(name, classes) or f"; it has {', '.join(classes) or 'none'}"
            yield Problem(ERROR, f"{path} has no scene class '{name}'{near}")
        return
    yield from _calls(path, classes[name], episode, scene, script, whole)


@functools.lru_cache(maxsize=16)
def _parsed(source: bytes) -> ast.Module:
    """A module's tree; one with hundreds of scenes is parsed once, and not for each of them."""
    return ast.parse(source)


def _targets(node: ast.AST) -> Iterator[ast.Name]:
    if isinstance(node, ast.Assign):
        yield from (target for target in node.targets if isinstance(target, ast.Name))


def _calls(
    path: Path, tree: ast.ClassDef, episode: Episode, scene: SceneRef, script: Script | None, whole: bool
) -> Iterator[Problem]:
    """The lines, marks and results that a class names in plain words."""
    lines = {line.key: line for line in script.lines if line.scene == scene.name} if script else {}
    for node in ast.walk(tree):
        if (name := _literal(node, "result")) is not None and name not in scene.uses:
            known = {call.id for call in episode.analyses}
            uses = "".join(f"{each!r}, " for each in (*scene.uses, name)).strip()
            told = f" and does not declare it: uses=({uses})"
            if name not in known:
                told = f", which is not declared{nearest(name, known)}"
            yield Problem(ERROR, f"{path}:{_line(node)}: scene '{scene.name}' reads the result '{name}'{told}")
        if (name := _clip(node)) is not None and not is_there(episode.folder / name):
            near = nearest(name, [file.name for file in episode.folder.iterdir()])
            yield Problem(ERROR, f"{path}:{_line(node)}: scene '{scene.name}' shows '{name}', which is not there{near}")
        if script and whole and (key := _literal(node, "say")) is not None and key not in lines:
            near = nearest(key, lines) or f"; it has {', '.join(lines) or 'none'}"
            yield Problem(ERROR, f"{path}:{_line(node)}: scene '{scene.name}' has no line '{key}'{near}")
        if script and isinstance(node, ast.With):
            yield from _marks(path, node, {key: line.marks for key, line in lines.items()})


def _marks(path: Path, node: ast.With, lines: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    for item in node.items:
        key = _literal(item.context_expr, "say")
        if key is None or key not in lines or not isinstance(item.optional_vars, ast.Name):
            continue
        for call in (each for statement in node.body for each in ast.walk(statement)):
            for method in ("until", "to"):
                mark = _literal(call, method, item.optional_vars.id)
                if mark is not None and mark not in lines[key]:
                    near = nearest(mark, lines[key]) or f"; it has {', '.join(lines[key]) or 'none'}"
                    yield Problem(ERROR, f"{path}:{_line(call)}: line '{key}' has no mark '{mark}'{near}")


def _literal(node: ast.AST, method: str, of: str = "self") -> str | None:
    """The first argument of ``of.method("…")``, if it is written there in plain words."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method):
        return None
    if not (isinstance(node.func.value, ast.Name) and node.func.value.id == of and node.args):
        return None
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _clip(node: ast.AST) -> str | None:
    """The file of ``Clip("…")``, if it is written there in plain words."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Clip" and node.args):
        return None
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _unused(episode: Episode, script: Script | None) -> Iterator[Problem]:
    """Results that nobody reads, and lines' marks for which no scene waits are no errors, and seldom meant."""
    constants: set[str] = set()
    made = False  # whether a scene puts names of marks together: then nobody can say which it waits for
    for path in episode.folder.glob("*.py"):
        if path.name == "episode.py":
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        constants |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        made |= any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("until", "to")
            and any(isinstance(given, ast.JoinedStr | ast.BinOp) for given in node.args)
            for node in ast.walk(tree)
        )  # fmt: skip
    used = {name for call in episode.analyses for name in call.inputs.values()}
    texts = [text for line in script.lines for text in (line.text, line.say)] if script else []
    for text in texts:
        try:
            used |= {field.partition(".")[0] for field in fields_of(text)}
        except EpisodeError:
            continue
    conditions = [variant for line in script.lines for variant in line.variants] if script else []
    used |= {field.result for variant in conditions for field in variant.when.fields}
    uses = {name for scene in episode.scenes for name in scene.uses}
    for call in episode.analyses:
        if call.id not in constants | used:
            if call.id not in uses:
                yield Problem(ADVICE, f"the result '{call.id}' is computed, and nothing reads it")
            elif not any(path.name == "figures.py" for path in episode.folder.glob("*.py")):
                yield Problem(ADVICE, f"scenes declare that they use '{call.id}', and no module names it")
    if script and not made:
        for line in script.lines:
            for mark in sorted(set(line.marks) - constants):
                yield Problem(
                    ADVICE,
                    f"line '{line.key}' has a mark '{mark}' that no scene waits for: cue.until('{mark}'), or no mark",
                )
