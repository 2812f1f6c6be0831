"""What a scene needs that may not be here: LaTeX, and files that it names.  Its source is read, nothing is run.

Manim says so itself only when it comes to that line, of one scene after the other, and in the middle of a film.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tapehead.analysis.outside_files import is_there
from tapehead.scenes.episode import SceneRef
from tapehead.scenes.lacking import not_there
from tapehead.scenes.latex import INSTALL, not_installed
from tapehead.scenes.loading import nearest

_TYPESET = frozenset((
    "Tex", "MathTex", "SingleStringMathTex", "Title", "BulletedList", "Variable", "Matrix", "DecimalMatrix",
    "IntegerMatrix", "MobjectMatrix", "MathTable", "IntegerTable", "DecimalTable", "get_det_text", "matrix_to_mobject",
))  # fmt: skip
"""What of Manim's sets its text, its brackets or its signs with LaTeX, whatever it is given."""
_UNLESS = {
    "DecimalNumber": "mob_class", "Integer": "mob_class", "BraceLabel": "label_constructor",
    "BarChart": "label_constructor",
}  # fmt: skip
"""What does so unless this argument (or entry of a dictionary among them) names another kind of letters."""
_LABELLED = {"LabeledDot": 0, "LabeledLine": 0, "LabeledArrow": 0, "LabeledPolygram": None}
"""What does so where its ``label`` is a text; the place of that argument."""
_GRAPHS = ("Graph", "DiGraph")
_METHODS = ("add_numbers", "coordinate_label", "get_bar_labels")
_TEXT_METHODS = (
    "get_tex", "get_text", "get_x_axis_label", "get_y_axis_label", "get_z_axis_label", "get_vector_label",
    "label_vector", "add_coordinates",
)  # fmt: skip
"""Methods that do so where they are given a text; the last one, where they are given nothing."""
_NUMBERED = ("include_numbers", "numbers_to_include")
_CONSTRUCTOR = "label_constructor"
_HANDED = ("element_to_mobject", "label_constructor", "mob_class", "var_type")
"""Arguments that say what makes letters."""

_READERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "SVGMobject": ("file_name", (".svg",)),
    "ImageMobject": ("filename_or_array", (".jpg", ".jpeg", ".png", ".gif", ".ico")),
    "add_sound": ("sound_file", (".wav", ".mp3")),
}
"""What reads a file that it names: the argument's name, and the endings that Manim tries where it has none."""


@dataclass(frozen=True)
class Need:
    """One thing that a scene needs, and where it says so."""

    what: str
    """What is set with LaTeX, or the file's name."""
    path: Path
    line: int
    reader: str = ""
    """Who reads the file; empty where LaTeX is needed."""


@dataclass
class _Module:
    """Names of a module: what it declares, what it has from Manim, and what from modules beside it."""

    path: Path
    own: dict[str, ast.AST] = field(default_factory=dict)
    manim: dict[str, str] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    beside: dict[str, tuple[Path, str]] = field(default_factory=dict)
    """By its name here: a module's file, and the name there (none: the module itself)."""
    all_of: list[Path] = field(default_factory=list)
    """Modules beside it of which it has every name."""
    all_of_manim: bool = False
    foreign: set[str] = field(default_factory=set)


class Needs:
    """Reads the modules of an episode's folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._without = folder, bool(not_installed())
        self._modules = _Modules(folder)

    def missing(self, path: Path, name: str) -> list[Need]:
        """What the scene class ``name`` of a module needs and has not; each thing once a line.

        Where a text or a path is put together while the scene runs, nothing is said of it.
        """
        found = sorted(
            set(_Reader(self._modules).needs_of(path, name)), key=lambda need: (need.path, need.line, need.what)
        )
        return [need for need in found if (not _there(need, self._folder) if need.reader else self._without)]


def told_needs(scene: SceneRef, needs: list[Need], folder: Path) -> Iterator[str]:
    """The sentences about them: one about LaTeX, and one for each file."""
    typeset: dict[str, list[Need]] = {}
    files: dict[str, Need] = {}
    for need in needs:
        if need.reader:
            files.setdefault(need.what, need)
        else:
            typeset.setdefault(need.what, []).append(need)
    if typeset:
        named = ", ".join(f"{what} ({_places(where)})" for what, where in typeset.items())
        yield f"scene '{scene.name}' cannot be drawn here, for it needs LaTeX: {named}"
    for file, need in files.items():
        endings = _READERS[need.reader][1]
        known = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.suffix in endings]
        yield (
            f"{need.path}:{need.line}: scene '{scene.name}' cannot be drawn: {not_there(file)}; it is looked for in "
            f"{folder}{nearest(file, known)}"
        )


def way_to_latex(plain: bool) -> str:
    """What to do where LaTeX is needed: it is the same for all plain scenes, and for all of the stage."""
    missing = not_installed()
    programs = " and ".join(f"'{each}'" for each in missing)
    return (
        f"{programs} {'are' if len(missing) > 1 else 'is'} not installed, and belong to LaTeX: {INSTALL}; or write "
        f"what needs it with {_INSTEAD[plain]}"
    )


_INSTEAD = {
    True: "Text(...) and MathTypst(...), which do without",
    False: "Words(...), Formula(...) and the charts of tapehead.scenes.stage.charts, which do without",
}
"""By whether a scene is plain."""
_MOST = 3
"""So many places are named of each thing."""


def _places(needs: list[Need]) -> str:
    """``old.py:5, 7 and 2 more``."""
    told, file = "", ""
    for need in needs[:_MOST]:
        told += (", " if told else "") + (str(need.line) if need.path.name == file else f"{need.path.name}:{need.line}")
        file = need.path.name
    return told + (f" and {len(needs) - _MOST} more" if len(needs) > _MOST else "")


def _there(need: Need, folder: Path) -> bool:
    """Whether Manim will find a file: as it is, or in the folder, with one of its endings."""
    endings = ("", *_READERS[need.reader][1])
    names = (folder / f"{need.what}{ending}" for ending in endings)
    return is_there(Path(need.what).expanduser()) or any(is_there(each) for each in names)


class _Reader:
    """Goes through what a class reaches: its bases, and the functions and classes that it names, in the folder."""

    def __init__(self, modules: _Modules) -> None:
        self._module = modules.module
        self._seen: set[tuple[Path, str]] = set()

    def needs_of(self, path: Path, name: str) -> Iterator[Need]:
        """What ``name`` of a module needs, and all that it reaches from there."""
        module = self._module(path)
        if module is None or (path, name) in self._seen:
            return
        self._seen.add((path, name))
        node = module.own.get(name)
        if node is None:
            for there, real in self._elsewhere(module, name):
                yield from self.needs_of(there, real)
            return
        own_methods = {each.name for each in ast.walk(node) if isinstance(each, ast.FunctionDef)}
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                yield from self._call(module, each, own_methods)
            elif isinstance(each, ast.Dict):
                yield from self._dictionary(module, each)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                if each.id in module.own or list(self._elsewhere(module, each.id)):
                    yield from self.needs_of(path, each.id)
            elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                beside = module.beside.get(each.value.id)
                if beside and not beside[1]:
                    yield from self.needs_of(beside[0], each.attr)

    def _elsewhere(self, module: _Module, name: str) -> Iterator[tuple[Path, str]]:
        if name in module.own:
            return
        if name in module.beside:
            there, real = module.beside[name]
            if real:
                yield there, real
            return
        for there in module.all_of:
            other = self._module(there)
            if other and (name in other.own or list(self._elsewhere(other, name))):
                yield there, name

    # -- single calls

    def _call(self, module: _Module, call: ast.Call, own_methods: set[str]) -> Iterator[Need]:
        name = self._of_manim(module, call.func)
        method = call.func.attr if isinstance(call.func, ast.Attribute) and not name else ""
        if method in own_methods:
            method = ""
        where = module.path, call.lineno
        if name and self._sets(name, call):
            yield Need(name, *where)
        if method and _method_sets(method, call):
            yield Need(f"{method}()", *where)
        if any(_is_true(each) for each in call.keywords) and not _names_letters(call):
            yield Need("numbers at an axis", *where)
        if (name or method) not in ("isinstance", "issubclass"):
            for given in [each.value for each in call.keywords if each.arg in _HANDED] + _mapped(call):
                handed = self._of_manim(module, given)
                if handed in _TYPESET or handed in ("DecimalNumber", "Integer"):
                    yield Need(handed, *where)
        reader = name if name in _READERS else method if method == "add_sound" else ""
        if reader and (file := _literal(call, 0, _READERS[reader][0])):
            yield Need(file, *where, reader)

    def _dictionary(self, module: _Module, given: ast.Dict) -> Iterator[Need]:
        keys = {key.value: value for key, value in zip(given.keys, given.values, strict=True)
                if isinstance(key, ast.Constant)}  # fmt: skip
        wanted = [keys[name] for name in _NUMBERED if name in keys]
        if _CONSTRUCTOR not in keys and any(not _says_no(value) for value in wanted):
            yield Need("numbers at an axis", module.path, given.lineno)

    def _sets(self, name: str, call: ast.Call) -> bool:
        if name in _TYPESET:
            return True
        if name in _UNLESS:
            return not _named(call, _UNLESS[name])
        if name in _LABELLED:
            return _is_text(_argument(call, _LABELLED[name], "label"))
        if name in _GRAPHS:
            labels = _argument(call, None, "labels")
            return isinstance(labels, ast.Constant) and labels.value is True
        return False

    def _of_manim(self, module: _Module, node: ast.expr) -> str:
        """The name that something has in Manim; empty for what is not of it. A class that derives from one counts."""
        if isinstance(node, ast.Attribute):
            return node.attr if isinstance(node.value, ast.Name) and node.value.id in module.aliases else ""
        if not isinstance(node, ast.Name):
            return ""
        if node.id in module.own:
            own = module.own[node.id]
            bases = own.bases if isinstance(own, ast.ClassDef) else []
            return next((found for base in bases if (found := self._of_manim(module, base)) in _TYPESET), "")
        if node.id in module.manim:
            return module.manim[node.id]
        if node.id in module.beside or node.id in module.foreign:
            return ""
        every = module.all_of_manim or any(
            other.all_of_manim for there in module.all_of if (other := self._module(there))
        )
        return node.id if every else ""


class _Modules:
    """What the modules of a folder declare and import."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._modules: dict[Path, _Module | None] = {}

    def module(self, path: Path) -> _Module | None:
        if path not in self._modules:
            try:
                tree = ast.parse(path.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                self._modules[path] = None  # whoever parses it first has told it
            else:
                self._modules[path] = self._read(path, tree)
        return self._modules[path]

    def _read(self, path: Path, tree: ast.Module) -> _Module:
        module = _Module(path)
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                module.own[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
                module.own |= dict.fromkeys(names, node)
        for found in ast.walk(tree):
            if isinstance(found, ast.Import):
                for each in found.names:
                    name = each.asname or each.name.partition(".")[0]
                    (module.aliases if each.name.partition(".")[0] == "manim" else module.foreign).add(name)
            elif isinstance(found, ast.ImportFrom):
                self._imported(module, found)
        return module

    def _imported(self, module: _Module, node: ast.ImportFrom) -> None:
        if not node.level:
            of_manim = (node.module or "").partition(".")[0] == "manim"
            for each in node.names:
                if each.name == "*":
                    module.all_of_manim |= of_manim
                elif of_manim:
                    module.manim[each.asname or each.name] = each.name
                else:
                    module.foreign.add(each.asname or each.name)
            return
        place = module.path.parent.joinpath(*[".."] * (node.level - 1), *(node.module or "").split(".")).resolve()
        if not place.is_relative_to(self._folder.resolve()):
            return
        file = place.with_suffix(".py") if node.module else place / "__init__.py"
        if not file.is_file():
            file = place / "__init__.py"
        for each in node.names:
            if each.name == "*":
                module.all_of.append(file)
            elif (place / f"{each.name}.py").is_file():
                module.beside[each.asname or each.name] = (place / f"{each.name}.py", "")
            else:
                module.beside[each.asname or each.name] = (file, each.name)


def _argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == name), None)
    return named or (call.args[place] if place is not None and place < len(call.args) else None)


def _literal(call: ast.Call, place: int, name: str) -> str:
    given = _argument(call, place, name)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def _is_text(given: ast.expr | None) -> bool:
    return isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and isinstance(given.value, str))


def _says_no(given: ast.expr) -> bool:
    return isinstance(given, ast.Constant) and not given.value


def _is_true(given: ast.keyword) -> bool:
    return given.arg in _NUMBERED and not _says_no(given.value)


def _named(call: ast.Call, name: str) -> bool:
    """Whether an argument is given, or is an entry of a dictionary among the arguments."""
    return any(each.arg == name for each in call.keywords) or any(
        isinstance(key, ast.Constant) and key.value == name
        for each in ast.walk(call)
        if isinstance(each, ast.Dict)
        for key in each.keys
    )


def _names_letters(call: ast.Call) -> bool:
    return _named(call, _CONSTRUCTOR)


def _mapped(call: ast.Call) -> list[ast.expr]:
    return call.args[:1] if isinstance(call.func, ast.Name) and call.func.id == "map" else []


def _method_sets(method: str, call: ast.Call) -> bool:
    """Whether a method of Manim's of that name sets text with LaTeX; one of that name may be another's."""
    texts = [each for each in (*call.args, *(given.value for given in call.keywords)) if _is_text(each)]
    if method in ("get_axis_labels", "get_graph_label"):
        few = method == "get_axis_labels" and not call.args and not call.keywords
        label = _argument(call, 1, "label")
        return few or bool(texts) or (method == "get_graph_label" and bool(call.args) and label is None)
    if method == "get_T_label":
        return _is_text(_argument(call, None, "label"))
    if method == "get_secant_slope_group":
        return any(_is_text(_argument(call, None, name)) for name in ("dx_label", "dy_label"))
    if method == "add_labels":
        given = call.args[0] if call.args else None
        return isinstance(given, ast.Dict) and any(_is_text(each) for each in given.values)
    if method == "add_coordinates":
        return not any(isinstance(each, ast.Dict) for each in call.args)
    if method in _TEXT_METHODS:
        return bool(texts)
    return method in _METHODS and not _names_letters(call)
