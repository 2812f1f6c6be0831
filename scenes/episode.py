"""What an episode declares, and how episodes are found.  Nothing here imports manim.

An episode is a folder with ``episode.py`` (one :class:`Episode` named ``EPISODE``), ``script.toml`` and modules with
scene classes.  Its modules use relative imports, so the folder can be copied anywhere and renders from there.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.script import Script

BUILT_IN = Path(__file__).parent
PATH_VARIABLE = "TAPEHEAD_EPISODES"


@dataclass(frozen=True)
class SceneRef:
    """One scene of an episode, named by text.

    ``target`` is ``.module:Class``, relative to the episode's package; ``uses`` lists the ids of the results that the
    scene may read; ``chapter`` says whether a chapter of the film starts here; ``loops`` are the keys of the lines
    whose slide plays round and round in a lecture; ``taped`` says whether the film's tape is put on this scene.
    """

    name: str
    target: str
    title: str
    uses: tuple[str, ...] = ()
    chapter: bool = True
    loops: tuple[str, ...] = ()
    taped: bool = True


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
    """An episode as declared; ``package`` and ``folder`` are filled in when it is found."""

    slug: str
    title: str
    scenes: tuple[SceneRef, ...]
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
    package: str = ""
    folder: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        if self.licence not in ("youtube", "creativeCommon"):
            raise EpisodeError(f"episode '{self.slug}': licence is youtube or creativeCommon, not '{self.licence}'")
        names = [scene.name for scene in self.scenes]
        if not names or len(set(names)) != len(names):
            raise EpisodeError(f"episode '{self.slug}' needs scenes with different names; it has {names}")
        known: set[str] = set()
        for call in self.analyses:
            if missing := set(call.inputs.values()) - known:
                raise EpisodeError(f"analysis '{call.id}' takes {sorted(missing)}, declared later or not at all")
            known.add(call.id)
        for scene in (*self.scenes, *([self.thumbnail] if self.thumbnail else [])):
            if missing := set(scene.uses) - known:
                raise EpisodeError(f"scene '{scene.name}' uses {sorted(missing)}; declared are {sorted(known)}")

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
        """The narration, checked against the declared scenes."""
        script = Script.load(self.folder / "script.toml")
        known = {scene.name for scene in self.scenes}
        for line in script.lines:
            if line.scene not in known:
                raise EpisodeError(
                    f"{self.folder / 'script.toml'}: line '{line.key}' is for scene '{line.scene}', "
                    "which is not declared"
                )
        return script


def search_path() -> list[Path]:
    """Folders that hold episodes: the built-in ones, ``$TAPEHEAD_EPISODES`` and the working directory."""
    extra = [Path(p).expanduser() for p in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if p]
    return [BUILT_IN, *extra, Path.cwd()]


def folders() -> Iterator[tuple[str, Path]]:
    """``(slug, folder)`` of every episode on the search path, first found wins."""
    seen: set[str] = set()
    for root in search_path():
        for declared in sorted(root.glob("*/episode.py")):
            if declared.parent.resolve() == BUILT_IN.resolve():
                continue  # this very module, seen from the project's own folder
            slug = declared.parent.name.replace("_", "-")
            if slug not in seen:
                seen.add(slug)
                yield slug, declared.parent


def find_episode(name: str) -> Episode:
    """An episode by slug, or by the path of its folder.

    Raises:
        UnknownNameError: there is no such episode.
        EpisodeError: its declaration can not be loaded.
    """
    folder = Path(name).expanduser()
    if os.sep in name or name in (".", ".."):
        if not (folder / "episode.py").is_file():
            raise EpisodeError(f"'{name}' is no episode: there is no {folder / 'episode.py'}")
        return load_episode(folder.resolve())
    known = dict(folders())
    if name.replace("_", "-") not in known:
        raise UnknownNameError("episode", name, known)
    return load_episode(known[name.replace("_", "-")].resolve())


def load_episode(folder: Path) -> Episode:
    """Import an episode's declaration from its folder."""
    package = package_of(folder)
    module = import_from(package, folder, "episode")
    episode = getattr(module, "EPISODE", None)
    if not isinstance(episode, Episode):
        raise EpisodeError(f"{folder / 'episode.py'} must define EPISODE = Episode(...)")
    # A dataclass field, not a constructor argument: the declaration does not know where it lies.
    object.__setattr__(episode, "package", package)
    object.__setattr__(episode, "folder", folder)
    if not (folder / "script.toml").is_file():
        raise EpisodeError(f"episode '{episode.slug}' has no script: {folder / 'script.toml'} is missing")
    return episode


def package_of(folder: Path) -> str:
    """Package name of an episode's folder: ``tapehead.scenes.x`` for the built-in ones, the folder's name elsewhere."""
    name = folder.name
    if folder.parent == BUILT_IN.resolve():
        return f"tapehead.scenes.{name}"
    if not name.isidentifier():
        raise EpisodeError(
            f"an episode's folder is a Python package; '{name}' is no package name (use letters, digits and _)"
        )
    return f"tapehead_episode_{name}"


def import_from(package: str, folder: Path, module: str) -> ModuleType:
    """Import ``package.module`` from a folder that need not be on ``sys.path``.

    Raises:
        EpisodeError: the module is not there or fails to import; the message has file, line and reason.
    """
    try:
        if not package.startswith("tapehead.scenes.") and package not in sys.modules:
            # An __init__.py is welcome and not required, so that a copied folder works as it is.
            init = folder / "__init__.py"
            spec = (
                importlib.util.spec_from_file_location(
                    package,
                    init if init.exists() else None,
                    submodule_search_locations=[str(folder)],
                    loader=None,
                )
                if init.exists()
                else importlib.machinery.ModuleSpec(package, None, is_package=True)
            )
            assert spec is not None
            spec.submodule_search_locations = [str(folder)]
            made = importlib.util.module_from_spec(spec)
            sys.modules[package] = made
            if spec.loader:
                spec.loader.exec_module(made)
        return importlib.import_module(f"{package}.{module}")
    except (ImportError, SyntaxError, NameError, TypeError, AttributeError, ValueError) as error:
        raise EpisodeError(f"{folder / module}.py can not be loaded: {type(error).__name__}: {error}") from error
