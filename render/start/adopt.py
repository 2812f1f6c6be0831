"""``tapehead adopt``: an episode from a file of Manim scenes; those of manim-voiceover bring their words along.

The file is read, never run, and manim_voiceover need not be installed.  A scene with a voice becomes a stage scene:
each ``with self.voiceover(text=...)`` becomes ``with self.say(key)``, its text a line of the script and its bookmarks
marks.  A scene without one is declared as it is, ``plain=True``.  What cannot be taken over is listed with its line.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path, PurePosixPath

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_bytes
from tapehead.render.planning.sources import found_as
from tapehead.render.start.adopted import Adopted, Adoption, Spoken, declaration, quoted, script_of, words_of
from tapehead.render.start.modules_beside import VOICEOVER, Beside, imports_of
from tapehead.render.start.plain_values import Module, UnknownError, value_of, values_of_class, values_of_module
from tapehead.render.start.spoken_texts import SpokenTexts
from tapehead.render.start.voiceless import Voiceless
from tapehead.scenes.script import occurrences

_BOOKMARK = re.compile(r"<bookmark\s+mark\s*=\s*['\"]([^'\"]*)['\"]\s*/?>")
_VOICED = "VoiceoverScene"
_STAGED = "StageScene"
_IMPORTED = f"from tapehead.scenes.stage.base import {_STAGED}\n"
_OF_TRACKER = ("time_until_bookmark", "get_remaining_duration")
_NO_CAMERA = ("ThreeDScene", "SpecialThreeDScene", "ZoomedScene")
"""Cameras that the stage does not have."""
_LETTERS = (
    "Text", "MarkupText", "Paragraph", "Tex", "MathTex", "SingleStringMathTex", "Title", "BulletedList", "Code",
    "Integer", "DecimalNumber", "Variable", "Typst", "TypstMath",
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_FILE_NAME = re.compile(r"[^\0\n]{3,200}")
_MOST = 4 * 2**20


def adopt(path: Path) -> Adoption:
    """Read a file of scenes and make an episode's files of it.

    Raises:
        UsageError: it cannot be read, is no Python, or has no scene in it.
    """
    try:
        source = read_bytes(path, _MOST)
        tree = ast.parse(source)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (RecursionError, MemoryError) as error:
        raise UsageError(f"{path} cannot be read: an expression in it is nested too deep for Python") from error
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path}:{getattr(error, 'lineno', 0) or 0}: {getattr(error, 'msg', error)}") from error
    return _Reader(path, source, tree).adoption()


class _Reader:
    """Collects replacements of stretches of the source, so that all else stays as its author wrote it."""

    def __init__(self, path: Path, source: bytes, tree: ast.Module) -> None:
        self.path, self.source, self.tree = path, source, tree
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.changes: list[tuple[int, int, str]] = []
        self.left: list[tuple[int, str]] = []
        self.language = "en"
        self.copied: dict[str, Path] = {}
        self.names = values_of_module(tree, path.parent, (path,))
        self.dropped: list[ast.AST] = []
        """What of the source is not in the episode any more, and with it the need for names that it used."""
        self.rewritten: dict[str, str] = {}
        self.classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    def adoption(self) -> Adoption:
        bases = {name: self._all_bases(name, self.classes) for name in self.classes}
        scenes = []
        for name, node in self.classes.items():
            if not any(base.endswith("Scene") for base in bases[name]):
                if self._voiceovers(node):
                    self._cannot(
                        node, f"class {name} speaks and is no scene: its lines would belong to whoever uses it"
                    )
                continue
            if not any(isinstance(each, ast.FunctionDef) and each.name == "construct" for each in node.body):
                continue  # a base of others
            if found := self._scene(node, bases[name]):
                scenes.append(found)
        if not scenes:
            raise UsageError(f"{self.path} has no scene class with a construct method" + self._told())
        self._without_voice()
        self._imports(any(scene.voiced for scene in scenes))
        self._files_named()
        module = re.sub(r"\W", "_", self.path.stem)
        module = module if module.isidentifier() and module != "episode" else f"scenes_{module}"
        text = self._changed().decode("utf-8")
        files = self.rewritten | {
            f"{module}.py": text,
            "episode.py": declaration(module, scenes),
            "script.toml": script_of(scenes, self.language),
        }
        left = [f"{self.path}:{line}: {what}" for line, what in sorted(set(self.left))]
        return Adoption(module, files, scenes, self.copied, left)

    def _told(self) -> str:
        return "".join(f"; line {line}: {what}" for line, what in sorted(set(self.left)))

    # -- scenes

    def _all_bases(self, name: str, classes: dict[str, ast.ClassDef]) -> list[str]:
        found: list[str] = []
        waiting = [name]
        seen: set[str] = set()
        while waiting:
            each = waiting.pop(0)
            if each in seen:
                continue
            seen.add(each)
            if each != name:
                found.append(each)
            if each in classes:
                waiting += [_last_name(base) for base in classes[each].bases]
        return found

    def _scene(self, node: ast.ClassDef, bases: list[str]) -> Adopted | None:
        name = words_of(node.name, "-").lower().strip("_-") or "scene"
        if _VOICED not in bases and not self._voiceovers(node):
            return Adopted(node.name, name, voiced=False)
        if camera := next((base for base in bases if base in _NO_CAMERA), None):
            self._cannot(
                node,
                f"{node.name} speaks and is a {camera}, which the stage has no camera for: take its voice out, declare "
                "it with plain=True, and give its lines their second with at",
            )
            self._replace(node, f"# {node.name} was left out: it speaks, and is a {camera}.")
            return None
        scene = Adopted(node.name, name, voiced=True)
        if any(_last_name(base) == _VOICED for base in node.bases):
            rest = [ast.unparse(base) for base in node.bases if _last_name(base) not in (_VOICED, "Scene")]
            start, end = self._start(node.bases[0]), self._end(node.bases[-1])
            self.changes.append((start, end, ", ".join([_STAGED, *rest])))  # first: it looks at what others do
        if not any(_last_name(base) == _VOICED for base in node.bases) and _VOICED not in bases:
            self._cannot(
                node, f"{node.name} speaks, and derives from a class of another file: derive it from {_STAGED}"
            )
        self._voice(node, scene)
        self._numbers(node)
        return scene

    def _voiceovers(self, node: ast.AST) -> list[ast.Call]:
        return [each for each in ast.walk(node) if isinstance(each, ast.Call) and _own(each, "voiceover")]

    def _voice(self, node: ast.ClassDef, scene: Adopted) -> None:
        parents = {child: each for each in ast.walk(node) for child in ast.iter_child_nodes(each)}
        spoken = SpokenTexts(node, self.names | self._written_in_classes(node))
        converted = set[int]()
        blocks = [each for each in ast.walk(node) if isinstance(each, ast.With)]
        for block in sorted(blocks, key=lambda each: (each.lineno, each.col_offset)):
            for item in block.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and _own(call, "voiceover"):
                    self._say(block, item, call, scene, spoken, parents)
                    converted |= {id(each) for statement in block.body for each in ast.walk(statement)
                                  if self._of_cue(each) == _name_of(item.optional_vars)}  # fmt: skip
        for call in [each for each in ast.walk(node) if isinstance(each, ast.Call)]:
            if _own(call, "set_speech_service"):
                self._service(call)
                self.dropped.append(call)
                self._statement(call, parents, "pass  # the voice is chosen when the film is rendered")
            elif _own(call, "wait_for_voiceover"):
                self._statement(call, parents, "pass  # the block waits until its line is spoken")
            elif _own(call, "safe_wait"):
                self._replace(call.func, "self.hold")
            elif _own(call, "add_sound"):
                self._cannot(call, "add_sound is heard in plain scenes only; self.sound(name) has quiet effects")
            elif self._of_cue(call) and id(call) not in converted:
                self._handed_on(call)
            elif _own(call, "wait_until_bookmark") and not self._inside(call, parents):
                self._cannot(call, "waits for a bookmark outside of the block that speaks it: move it there")

    def _say(
        self,
        block: ast.With,
        item: ast.withitem,
        call: ast.Call,
        scene: Adopted,
        spoken: SpokenTexts,
        parents: dict[ast.AST, ast.AST],
    ) -> None:
        given = next((each.value for each in call.keywords if each.arg == "text"), call.args[0] if call.args else None)
        texts = self._texts(given, block, call, spoken, parents)
        if len(set(texts)) < len(texts):
            self._cannot(
                call, "the same words are spoken several times, and a line is said once: write a line for each"
            )
        marks: dict[str, str] = {}
        keys: dict[str, str] = {}
        for text in dict.fromkeys(texts):
            plain, found = self._marked(text, call)
            if not any(letter.isalnum() for letter in plain):
                self._cannot(call, "its text has no word in it")
                plain = "(nothing)"
            keys[text] = f"{scene.scene}.{len(scene.lines) + 1}"
            scene.lines.append(Spoken(keys[text], plain, found))
            marks |= found
        if len(keys) == 1:
            self.dropped.append(call)
            self._replace(call, f"self.say({quoted(keys[texts[0]])})")
        else:
            table = "".join(f"{' ' * (block.col_offset + 4)}{text!r}: {quoted(key)},\n" for text, key in keys.items())
            assert given is not None
            self._replace(call, f"self.say({{\n{table}{' ' * block.col_offset}}}[{ast.unparse(given)}])")
        cue = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else "cue"
        used = False
        for inner in (each for statement in block.body for each in ast.walk(statement)):
            if not isinstance(inner, ast.Call):
                continue
            if _own(inner, "wait_until_bookmark"):
                used |= self._bookmark(inner, cue, "until", marks)
            elif _own(inner, "time_until_bookmark", cue):
                self._bookmark(inner, cue, "to", marks)
            elif _own(inner, "get_remaining_duration", cue):
                self._remaining(inner, cue)
        if used and item.optional_vars is None:
            end = self._end(call)
            self.changes.append((end, end, " as cue"))

    def _of_cue(self, node: ast.AST) -> str:
        """The name of the tracker of which a method is asked; empty for anything else."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _OF_TRACKER):
            return ""
        return _name_of(node.func.value)

    def _handed_on(self, call: ast.Call) -> None:
        """A tracker that a method was given: which line it is of, a run will tell."""
        cue = self._of_cue(call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get_remaining_duration":
            self._remaining(call, cue)
        elif (given := self._words(call.args[0]) if call.args else None) is not None:
            self._replace(call, f'{cue}.to("{_mark(given)}")')
        else:
            self._cannot(call, f"asks for a bookmark whose name takes a run to know: write {cue}.to(its name)")

    def _remaining(self, call: ast.Call, cue: str) -> None:
        more = [*call.args, *(each.value for each in call.keywords if each.arg == "buff")]
        self._replace(call, f"({cue}.left + {ast.unparse(more[0])})" if more else f"{cue}.left")

    def _written_in_classes(self, node: ast.ClassDef) -> dict[str, Module]:
        """What ``self.WORDS`` and ``Talk.WORDS`` mean where a class of the file says so in plain words."""
        known = {name: values_of_class(each, self.classes, self.names) for name, each in self.classes.items()}
        return {name: Module(values) for name, values in (*known.items(), ("self", known[node.name]))}

    def _texts(
        self,
        given: ast.expr | None,
        block: ast.With,
        call: ast.Call,
        spoken: SpokenTexts,
        parents: dict[ast.AST, ast.AST],
    ) -> list[str]:
        """What the call speaks, each time that it does."""
        try:
            return spoken.of(given, block)
        except UnknownError:
            if around := self._loop(block, parents):
                self._cannot(
                    call, f"is spoken in a loop ({around}), and a line is said once: write a line for each time"
                )
        text = self._words(given)
        if text is None:
            self._cannot(
                call, "its text is put together while it runs; written here as it stands in the source: write it"
            )
            text = _in_brackets(given)
        return [text]

    def _bookmark(self, call: ast.Call, cue: str, method: str, marks: dict[str, str]) -> bool:
        given = self._words(call.args[0]) if call.args else None
        if given is None or _mark(given) not in marks:
            self._cannot(call, f"waits for the bookmark {given!r}, which stands before no word of this line")
            self._replace(call, f"{cue}.left" if method == "to" else "None")
            return False
        self._replace(call, f'{cue}.{method}("{_mark(given)}")')
        return True

    def _marked(self, text: str, call: ast.Call) -> tuple[str, dict[str, str]]:
        """The words without bookmarks, and for each the shortest phrase after it that stands nowhere else."""
        places: list[tuple[str, int]] = []
        plain = ""
        at = 0
        for found in _BOOKMARK.finditer(text):
            plain = _joined(plain, text[at : found.start()])
            places.append((found[1], len(plain)))
            at = found.end()
        plain = _joined(plain, text[at:]).strip()
        marks = {}
        for name, place in places:
            phrase = _phrase(plain, place)
            if not phrase:
                self._cannot(call, f"the bookmark '{name}' stands before no word that can be told from others")
            else:
                marks[_mark(name)] = phrase
        return plain, marks

    def _words(self, node: ast.expr | None) -> str | None:
        try:
            found = value_of(node, self.names)
        except UnknownError:
            return None
        return found if isinstance(found, str) else None

    def _numbers(self, node: ast.ClassDef) -> None:
        """Numbers in words of a stage scene are typed, which says that they measure nothing."""
        for call in ast.walk(node):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _LETTERS):
                continue
            given = [each for argument in call.args for each in ast.walk(argument)]
            typed = any(isinstance(each, ast.Constant) and _DIGIT.search(str(each.value)) for each in given)
            if typed or any(isinstance(each, ast.JoinedStr) for each in given):
                start, end = self._start(call), self._end(call)
                self.changes += [(start, start, "self.typed("), (end, end, ")")]

    # -- around the scenes

    def _without_voice(self) -> None:
        """Take out what only served the voice, and would ask for it when the file is loaded."""
        for node, text in Voiceless(self.tree, self.dropped, _STAGED).changes(self._cannot):
            self.dropped.append(node)
            self._replace(node, text)

    def _service(self, call: ast.Call) -> None:
        """The language in which a service is asked to speak, where it is made or before that."""
        services = [each for each in ast.walk(self.tree) if isinstance(each, ast.Call)
                    and _last_name(each.func).endswith("Service")]  # fmt: skip
        for each in (inner for argument in (*services, *call.args) for inner in ast.walk(argument)):
            if isinstance(each, ast.keyword) and each.arg in ("lang", "language"):
                told = self._words(each.value)
                if told and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", told):
                    self.language = told

    def _imports(self, staged: bool) -> None:
        """Imports of manim_voiceover go; modules that lie beside the file come along, those that are still used."""
        gone = {id(each) for node in self.dropped for each in ast.walk(node)}
        uses = [each for each in ast.walk(self.tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)]
        before, after = {each.id for each in uses}, {each.id for each in uses if id(each) not in gone}
        beside = Beside()
        for node in self.tree.body:
            if VOICEOVER in _imported(node):
                self._replace(node, "")
        inside = PurePosixPath()
        for node, text in imports_of(
            self.tree, self.path.parent, inside, beside, lambda name: name not in before - after
        ):
            self._replace(node, text)
        self.copied |= beside.copied
        self.rewritten = beside.rewritten
        for told in beside.left:
            line, _, what = told.partition(": ")
            self.left.append((int(line), what))
        if staged:
            future = [
                node for node in self.tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            ]
            last = future[-1].lineno if future else 0
            asked = (node for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom))
            first = next((node for node in asked if node.lineno > last), None)
            at = self._start(first) if first is not None else self._before_classes()
            self.changes.append((at, at, _IMPORTED))

    def _before_classes(self) -> int:
        classes = [node for node in self.tree.body if isinstance(node, ast.ClassDef)]
        first = min(classes, key=lambda node: node.lineno)
        return self.starts[min([first.lineno, *(each.lineno for each in first.decorator_list)]) - 1]

    def _files_named(self) -> None:
        """Pictures and sounds that are named in plain words and lie there come along."""
        for node in ast.walk(self.tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            named = Path(node.value)
            inside = _FILE_NAME.fullmatch(node.value) and not named.is_absolute() and ".." not in named.parts
            for name in found_as(node.value, self.path.parent) if inside else ():
                if Path(name).suffix not in ("", ".py"):
                    self.copied[Path(name).as_posix()] = self.path.parent / name

    # -- the source

    def _start(self, node: ast.stmt | ast.expr) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def _replace(self, node: ast.stmt | ast.expr, text: str) -> None:
        self.changes.append((self._start(node), self._end(node), text))

    def _statement(self, call: ast.Call, parents: dict[ast.AST, ast.AST], text: str) -> None:
        around = parents.get(call)
        self._replace(
            around if isinstance(around, ast.Expr) else call, text if isinstance(around, ast.Expr) else "None"
        )

    def _loop(self, node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
        at = parents.get(node)
        while at is not None:
            if isinstance(at, ast.For | ast.While | ast.ListComp | ast.GeneratorExp):
                return f"line {getattr(at, 'lineno', 0)}"
            at = parents.get(at)
        return ""

    def _inside(self, node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
        at = parents.get(node)
        while at is not None:
            if isinstance(at, ast.With) and any(
                isinstance(item.context_expr, ast.Call) and _own(item.context_expr, "voiceover") for item in at.items
            ):
                return True
            at = parents.get(at)
        return False

    def _cannot(self, node: ast.stmt | ast.expr, what: str) -> None:
        self.left.append((node.lineno, what))

    def _changed(self) -> bytes:
        out, at = b"", 0
        for start, end, text in sorted(self.changes, key=lambda change: (change[0], change[1] > change[0])):
            if start < at:
                continue  # inside of something that was replaced whole
            out += self.source[at:start] + text.encode("utf-8")
            at = end
        return out + self.source[at:]


def _in_brackets(given: ast.expr | None) -> str:
    """The words of a text that is put together, with what is put into it in brackets."""
    parts = given.values if isinstance(given, ast.JoinedStr) else [given] if given is not None else []
    told = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            told += str(part.value)
        else:
            told += f"({ast.unparse(part.value if isinstance(part, ast.FormattedValue) else part)})"
    return re.sub(r"[{}]", "", told) or "(nothing)"


def _imported(node: ast.stmt) -> set[str]:
    """Top names of what an import statement asks for."""
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]} if not node.level else set()
    return {each.name.partition(".")[0] for each in node.names} if isinstance(node, ast.Import) else set()


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _name_of(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _own(call: ast.Call, method: str, of: str = "self") -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == method
        and isinstance(function.value, ast.Name)
        and function.value.id == of
    )


def _joined(before: str, after: str) -> str:
    """Two pieces of a text with their white space as single spaces."""
    text = " ".join(after.split())
    if not text:
        return before + (" " if after and before and not before.endswith(" ") else "")
    gap = " " if before and not before.endswith(" ") and after[:1].isspace() else ""
    tail = " " if after[-1:].isspace() else ""
    return before + gap + text + tail


def _mark(name: str) -> str:
    """A bookmark's name as one of a mark: letters, digits, dashes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "mark"


def _phrase(text: str, place: int) -> str:
    """The shortest run of whole words from ``place`` on that stands nowhere else; empty if there is none."""
    rest = text[place:]
    start = place + len(rest) - len(rest.lstrip())
    for end in re.finditer(r"\w(?!\w)", text[start:]):
        phrase = text[start : start + end.end()]
        if phrase[:1].isalnum() and occurrences(phrase, text) == [start]:
            return phrase
    return ""
