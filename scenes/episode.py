"""What an episode declares, and how episodes are found.  Nothing here imports manim.

An episode is a folder with ``episode.py`` (one :class:`Episode` named ``EPISODE``), ``script.toml`` and modules with
scene classes.  Its modules use relative imports, so the folder can be copied anywhere and renders from there.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapehead.analysis.declared import signature_of
from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.outside_files import OutsideFileError, read_bytes, shown
from tapehead.analysis.registry import AnalysisCall, misfit
from tapehead.scenes.filling import undeclared
from tapehead.scenes.loading import explained, import_from, nearest, whole_or_not_at_all
from tapehead.scenes.script import Script

__all__ = [
    "BUILT_IN",
    "PATH_VARIABLE",
    "Episode",
    "Reference",
    "SceneRef",
    "find_episode",
    "folders",
    "import_from",
    "load_episode",
    "nearby",
    "package_of",
    "search_path",
    "slug_of",
]

BUILT_IN = Path(__file__).resolve().parent
PATH_VARIABLE = "TAPEHEAD_EPISODES"
DECLARATION = "episode.py"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SLUG_LENGTH = 100
_SHAPE = re.compile(r"[1-9]\d?:[1-9]\d?")
_SCENE = re.compile(r"\w[\w.-]{0,99}")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart; casefolding has made ``ss`` of the German one already."""


@dataclass(frozen=True)
class SceneRef:
    """One scene of an episode, named by text.

    ``target`` is ``.module:Class``, relative to the episode's package; ``uses`` lists the ids of the results that the
    scene may read; ``chapter`` says whether a chapter of the film starts here; ``loops`` are the keys of the lines
    whose slide plays round and round in a lecture; ``taped`` says whether the film's tape is put on this scene.  A
    file may be named as well: ``SceneRef("old", "old.py:Intro", "Introduction", plain=True)``.
    """

    name: str
    target: str
    title: str
    uses: tuple[str, ...] = ()
    chapter: bool = True
    loops: tuple[str, ...] = ()
    taped: bool = True
    plain: bool = False
    """Whether it is a Manim scene as it is, drawn by Manim's own camera, with lines spoken over it."""
    shapes: tuple[str, ...] = ()
    """What it can be drawn in besides 16:9, as in ``("9:16", "1:1")``: it places things by ``config.frame_width``."""

    def __post_init__(self) -> None:
        module, colon, name = self.target.partition(":")
        if colon and module.endswith(".py"):  # a file, as one would give it to Manim
            object.__setattr__(self, "target", f".{module.removesuffix('.py').strip('./').replace('/', '.')}:{name}")


@dataclass(frozen=True)
class Reference:
    """Something the episode rests on: shown on the end card, in provenance and in the description."""

    text: str
    url: str = ""
    licence: str = ""

    @property
    def credit(self) -> str:
        """How an end card names it: the text, and the licence where there is one."""
        return f"{self.text} ({self.licence})" if self.licence else self.text


@dataclass(frozen=True)
class Episode:
    """An episode as declared; ``package`` and ``folder`` are filled in when it is found.

    So is ``slug``, by the folder's name, unless the declaration says it: it names the episode on the command line and
    the folder of its films, and a copied folder is another episode as it is.
    """

    slug: str = ""
    title: str = ""
    scenes: tuple[SceneRef, ...] = ()
    analyses: tuple[AnalysisCall, ...] = ()
    tape: str = "clean"
    seed: int = 1
    description: str = ""
    tags: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    made_for_kids: bool = False
    synthetic_media: bool = False
    licence: str = "youtube"
    """Under which the film is published: ``youtube`` or ``creativeCommon`` (CC BY)."""
    thumbnail: SceneRef | None = None
    """What lists show of the film: a scene of class ``Thumbnail`` that holds one picture."""
    figures: tuple[str, ...] = ()
    """The figures that a lecturer would show, by the names that ``tapehead figures`` gives them; without any, all."""
    music: str = ""
    """A file of the folder heard below the voice instead of tapehead's own chords; a Reference says whose it is."""
    package: str = ""
    folder: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        if self.slug and (not _SLUG.fullmatch(self.slug) or len(self.slug) > _SLUG_LENGTH):
            raise EpisodeError(
                f"slug {shown(self.slug)} names files and folders: small letters and digits with dashes between them, "
                f"{_SLUG_LENGTH} at most, as in '{slug_of(self.slug)[:40].strip('-') or 'my-film'}'; "
                "without it, it follows the folder's name"
            )
        called = self.slug or self.title
        if wrong := list(self._wrong(called)):
            raise EpisodeError("; and ".join(wrong))

    def _wrong(self, called: str) -> Iterator[str]:
        """All that cannot be in a declaration, one sentence each."""
        if not self.title.strip():
            yield f"episode '{called}' needs a title: Episode(title=...)"
        if self.licence not in ("youtube", "creativeCommon"):
            yield f"episode '{called}': licence is youtube or creativeCommon, not '{self.licence}'"
        names = [scene.name for scene in self.scenes]
        if not names or len(set(names)) != len(names):
            yield f"episode '{called}' needs scenes with different names; it has {names}"
        scenes = (*self.scenes, *([self.thumbnail] if self.thumbnail else []))
        for scene in scenes:
            if not _SCENE.fullmatch(scene.name):
                yield (
                    f"scene {scene.name[:100]!r} of '{called}' names files: letters, digits, _, - and dots, at most 100"
                )
            if strange := [each for each in scene.shapes if not _SHAPE.fullmatch(str(each))]:
                yield f"scene '{scene.name}': a shape is width to height, as in '9:16'; got {shown(strange[0])}"
        known: set[str] = set()
        for call in self.analyses:
            if missing := set(call.inputs.values()) - known:
                yield f"analysis '{call.id}' takes {sorted(missing)}, declared later or not at all"
            known.add(call.id)
        for scene in scenes:
            if missing := set(scene.uses) - known:
                near = nearest(min(missing), known)
                yield f"scene '{scene.name}' uses {sorted(missing)}{near or f'; declared are {sorted(known)}'}"

    def scene(self, name: str) -> SceneRef:
        """A scene by name.

        Raises:
            UnknownNameError: the episode has none of that name.
        """
        for scene in self.scenes:
            if scene.name == name:
                return scene
        raise UnknownNameError("scene", name, [s.name for s in self.scenes], f"Episode '{self.slug}' has these.")

    def script(self) -> Script:
        """The narration, checked against the declared scenes and results; no result is read yet.

        Raises:
            EpisodeError: it is malformed, or names a scene or a result that is not declared.
        """
        script = Script.load(self.folder / "script.toml")
        if strange := self.misplaced(script):
            raise EpisodeError("\n".join(strange))
        return script

    def misplaced(self, script: Script) -> list[str]:
        """One complaint for each line of a scene, and each result in a line, that the episode does not declare."""
        known = {scene.name for scene in self.scenes}
        strange = [
            f"{script.where(line)} is for scene '{line.scene}', which is not declared{nearest(line.scene, known)}"
            for line in script.lines
            if line.scene not in known
        ]
        return [*strange, *undeclared(script, {call.id for call in self.analyses})]


def slug_of(name: str) -> str:
    """The slug that a folder's name makes: lower case, letters without their marks, dashes for all the rest.

    Empty where no Latin letter and no digit is left.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-")


def search_path() -> list[Path]:
    """Folders whose episodes are loaded without being asked for one by one: the built-in ones, ``$TAPEHEAD_EPISODES``.

    The working directory is none of them: a file is not run because of its name.
    """
    extra = [Path(p).expanduser() for p in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if p]
    return [BUILT_IN, *extra]


def folders() -> Iterator[tuple[str, Path]]:
    """``(slug, folder)`` of every episode on the search path; nothing is run, slugs are read from the text."""
    seen: set[Path] = set()
    for root in search_path():
        for folder in _episodes_in(root):
            if folder.resolve() not in seen:
                seen.add(folder.resolve())
                yield _slug_said(folder), folder


def nearby() -> list[Path]:
    """Folders of the working directory, and itself, that hold an episode and are not on the search path."""
    known = {folder.resolve() for _, folder in folders()}
    return [folder for folder in _episodes_in(Path()) if folder.resolve() not in known]


def _episodes_in(root: Path) -> list[Path]:
    found = [root] if (root / DECLARATION).is_file() else []
    found += [declared.parent for declared in sorted(root.glob(f"*/{DECLARATION}"))]
    return [folder for folder in found if folder.resolve() != BUILT_IN.resolve()]  # that one is this very module


def _slug_said(folder: Path) -> str:
    """The slug that a declaration gives in plain text, without running it; else the one of the folder's name."""
    try:
        tree = ast.parse(read_bytes(folder / DECLARATION))
    except (OutsideFileError, OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module([], [])
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and _called(value) == "Episode":
            given = [each.value for each in value.keywords if each.arg == "slug"] or value.args[:1]
            # One that cannot be is told when the episode is loaded.
            if given and isinstance(given[0], ast.Constant) and _SLUG.fullmatch(str(given[0].value)):
                return str(given[0].value)
    name = folder.resolve().name
    return slug_of(name) or name


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def find_episode(name: str) -> Episode:
    """An episode by slug, or by its folder: whoever names a folder wants what is in it to be run.

    Raises:
        UnknownNameError: there is no such episode.
        EpisodeError: its declaration cannot be loaded, or two episodes have that slug.
    """
    return load_episode(folder_named(name))


def folder_named(name: str) -> Path:
    """The folder of an episode by its slug or its path; nothing in it is run.

    Raises:
        UnknownNameError: there is no such episode.
        EpisodeError: the path is no episode's, or two episodes have that slug.
    """
    folder = Path(name).expanduser()
    if os.sep in name or name in (".", ".."):
        try:
            there = (folder / DECLARATION).is_file()
        except (OSError, ValueError):  # a name that no file can have
            there = False
        if not there:
            raise EpisodeError(_no_episode(name, folder))
        return folder
    known = [*folders(), *((_slug_said(folder), folder) for folder in nearby())]
    wanted = slug_of(name) or name
    # A folder's own name goes before a slug that another one claims: the claim is refused when that one is loaded.
    found = [folder for _, folder in known if wanted in (slug_of(folder.resolve().name), folder.resolve().name)]
    found = found or [folder for slug, folder in known if slug == wanted]
    if len(found) > 1:
        listed = " and ".join(str(folder.resolve()) for folder in found)
        raise EpisodeError(f"'{name}' are {len(found)} episodes: {listed}; name one by its path, or rename a folder")
    if not found:
        if name.endswith(".py"):
            raise EpisodeError(_no_episode(name, folder))
        raise UnknownNameError("episode", name, [slug for slug, _ in known])
    return found[0]


def _no_episode(name: str, folder: Path) -> str:
    """What to say of a path at which there is none; whoever names a scene's file means its folder."""
    try:
        inside = folder.is_file() and (folder.parent / DECLARATION).is_file()
    except (OSError, ValueError):
        inside = False
    if inside:
        place = str(folder.parent) if folder.parent.name else f".{os.sep}"
        return f"{shown(name, 200)} is a file of an episode: give its folder, {shown(place, 300)}"
    return f"{shown(name, 200)} is no episode: there is no {shown(str(folder / DECLARATION), 300)}"


def load_episode(folder: Path) -> Episode:
    """Import an episode's declaration from its folder.

    Raises:
        EpisodeError: it cannot be loaded, or says what cannot be; the message has the file, and the line if known.
    """
    folder = folder.resolve()
    package, file = package_of(folder), folder / DECLARATION
    with whole_or_not_at_all(package):
        declared = getattr(import_from(package, folder, file.stem), "EPISODE", None)
        if not isinstance(declared, Episode):
            raise EpisodeError(f"{file} must define EPISODE = Episode(...)")
        slug = declared.slug or slug_of(folder.name)
        if not slug:
            raise EpisodeError(
                f"{file}: no slug can be made of the folder's name '{folder.name}'; "
                'rename the folder, or say slug="..." in Episode(...)'
            )
        if slug != slug_of(folder.name):
            _refuse_taken(slug, folder)
        # The declaration itself does not know where it lies.
        episode = replace(declared, slug=slug, package=package, folder=folder)
        if not (folder / "script.toml").is_file():
            raise EpisodeError(f"episode '{slug}' has no script: {folder / 'script.toml'} is missing")
        _check_parameters(episode)
    return episode


def _refuse_taken(slug: str, folder: Path) -> None:
    """A copy that still has the slug of what it was copied from would write its films over the other's."""
    for other, place in [*folders(), *((_slug_said(place), place) for place in nearby())]:
        if other == slug and place.resolve() != folder:
            raise EpisodeError(
                f"{folder / DECLARATION}: slug '{slug}' is that of the episode in {place.resolve()} too; "
                "omit slug, and it follows the folder's name"
            )


def _check_parameters(episode: Episode) -> None:
    """Compare the parameters of every analysis with its function, where that can be read without importing it."""
    for call in episode.analyses:
        with explained(episode.package, episode.folder, episode.folder / DECLARATION):
            takes = signature_of(call.function, episode.package)  # runs the __init__ of a package that it lies in
        if takes is not None and (wrong := misfit(call, takes)):
            path, line = _where_said(episode.folder, call.id, wrong.name)
            raise EpisodeError(f"{path}:{line}: {wrong.text}" if line else f"{path}: {wrong.text}")


def _where_said(folder: Path, call: str, name: str) -> tuple[Path, int]:
    """File and line of the misspelt name in the ``AnalysisCall`` of that id, or of the call where it is not plain."""
    for path in (folder / DECLARATION, *sorted(set(folder.glob("*.py")) - {folder / DECLARATION})):
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) == "AnalysisCall":
                texts = {each.value: each.lineno for each in ast.walk(node) if isinstance(each, ast.Constant)}
                if call in texts:
                    return path, texts.get(name, node.lineno)
    return folder / DECLARATION, 0


def package_of(folder: Path) -> str:
    """Package name of an episode's folder: ``tapehead.scenes.x`` for the built-in ones.

    Elsewhere it is made of the folder's name, whatever that is, and of its path: two folders of one name in different
    places are two packages.  It is a name inside processes and enters no key.
    """
    name = folder.name
    if folder.parent == BUILT_IN.resolve() and name.isidentifier():
        return f"tapehead.scenes.{name}"
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
    return f"tapehead_episode_{re.sub(r'[^A-Za-z0-9]+', '_', name)}_{mark}"
