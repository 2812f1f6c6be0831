"""Manim has every name that is relied on, and nothing relies on another one."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import manim
import pytest

import tapehead.render.drawing as drawing
import tapehead.scenes.stage as stage
from tapehead.render.drawing.manim_names import BELOW_THE_TOP, RELIED_ON
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.stage.base import StageScene

ROOT = BUILT_IN.parent
OWN = ("__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__", "__module__", "__weakref__")
MADE_BY_MANIM = ("_abc_impl", "_original__init__", "animation_overrides")
"""Which every class of ours that is a mobject has, whether it says so or not."""


def owner_of(name: str) -> type:
    module, _, attribute = name.rpartition(".")
    found: type = getattr(importlib.import_module(module), attribute)
    return found


@cache
def assigned_to_self(kind: type) -> set[str]:
    """Attributes that a class, or one that it inherits from, declares or sets on itself."""
    found = set[str]()
    for each in kind.__mro__[:-1]:
        found |= set(vars(each).get("__annotations__", ()))
        if each.__module__.startswith("manim"):
            for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(each) or manim))):
                if isinstance(node, ast.ClassDef) and node.name == each.__name__:
                    found |= {
                        part.attr
                        for part in ast.walk(node)
                        if isinstance(part, ast.Attribute)
                        and isinstance(part.ctx, ast.Store)
                        and isinstance(part.value, ast.Name)
                        and part.value.id == "self"
                    }
    return found


def lacking(owner: str, items: tuple[str, ...]) -> list[str]:
    """Names that Manim does not have, or not with these parameters."""
    kind, found = owner_of(owner), []
    for item in items:
        name, called, wanted = item.partition("(")
        if not called:
            if not hasattr(kind, name) and name not in assigned_to_self(kind):
                found.append(item)
            continue
        method = inspect.unwrap(getattr(kind, name, None) or (lambda: None))
        parameters = inspect.signature(method).parameters
        missing = [each for each in wanted.rstrip(")").split(", ") if each and each not in parameters]
        if not hasattr(kind, name) or missing:
            found.append(item)
    return found


@pytest.mark.parametrize("owner", sorted(RELIED_ON))
def test_manim_still_has_what_is_relied_on(owner: str) -> None:
    assert lacking(owner, RELIED_ON[owner]) == []


def test_a_name_that_manim_has_not_is_found() -> None:
    renderer, animation = "manim.renderer.cairo_renderer.CairoRenderer", "manim.animation.animation.Animation"
    assert lacking(renderer, ("camera", "static_images", "play(scene)")) == ["static_images"]
    assert lacking(renderer, ("render(scene, seconds)", "draw(scene)")) == ["render(scene, seconds)", "draw(scene)"]
    assert lacking(animation, ("mob", "mobject")) == ["mob"], "exactly, and not by a part of a name"


# -- nothing relies on another one -------------------------------------------------------------------


def listed(*owners: str) -> set[str]:
    """Names of Manim's classes called so, in the list."""
    return {
        item.partition("(")[0]
        for name, items in RELIED_ON.items()
        if name.rpartition(".")[2] in owners
        for item in items
    }


def modules_of(package: Any) -> Iterator[Any]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def overridden(kind: type) -> Iterator[tuple[str, str]]:
    """The class of Manim and the name, for whatever a class of ours defines anew."""
    for name in vars(kind):
        above = next((base for base in kind.__mro__[1:] if name in vars(base)), object)
        if name not in (*OWN, *MADE_BY_MANIM) and above.__module__.startswith("manim"):
            yield f"{above.__module__}.{above.__qualname__}", name


def test_whoever_defines_a_name_of_manims_anew_has_written_it_down() -> None:
    classes = {
        kind
        for package in (stage, drawing)
        for module in modules_of(package)
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__
    }
    found = {(owner, name) for kind in classes for owner, name in overridden(kind)}
    known = {(owner, item.partition("(")[0]) for owner, items in RELIED_ON.items() for item in items}
    assert len(found) > 10, "scenes, letterings, cameras and writers are looked at"
    assert found - known == set()


def test_a_new_override_is_found() -> None:
    class Hasty(StageScene):
        def wait(self, *_args: Any, **_options: Any) -> None: ...

    assert list(overridden(Hasty)) == [("manim.scene.scene.Scene", "wait")]


PARTS = {"renderer": "CairoRenderer", "camera": "Camera", "file_writer": "SceneFileWriter", "scene": "Scene"}


def reached_for(source: str, ours: set[str]) -> set[tuple[str, str]]:
    """What is asked of a renderer, camera, file writer or scene, by whatever expression ends in that name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            holder = node.value
            last = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
            part = PARTS.get(last.removeprefix("_"))
            if part is not None and node.attr not in ours:
                found.add((part, node.attr))
    return found


def of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def own_names(paths: list[Path]) -> set[str]:
    """What classes of ours define or set."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and of_self(node):
                found.add(node.attr)
    return found


def test_nothing_else_is_asked_of_renderer_camera_writer_and_scene() -> None:
    paths = [path for room in ("render/drawing", "scenes/stage") for path in sorted((ROOT / room).rglob("*.py"))]
    ours = own_names(paths) - listed("CairoRenderer", "Camera", "SceneFileWriter", "Scene")
    asked = {found for path in paths for found in reached_for(path.read_text(encoding="utf-8"), ours)}
    assert ("Camera", "pixel_array") in asked
    of_a_text = {("Scene", "encode")}  # the scene's name
    assert asked - {(part, name) for part in PARTS.values() for name in listed(part)} == of_a_text


def test_episodes_leave_renderer_camera_and_writer_alone() -> None:
    folders = [path for path in (ROOT / "scenes").iterdir() if path.is_dir() and path.name != "stage"]
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        asked = reached_for(path.read_text(encoding="utf-8"), set())
        assert not [found for found in asked if found[0] != "Scene"], path


def test_another_name_of_the_renderer_is_found() -> None:
    source = "def look(self):\n    self.renderer.freeze_current_frame(2)\n    return self._scene.camera.frame_rate"
    assert reached_for(source, set()) == {
        ("CairoRenderer", "freeze_current_frame"), ("Camera", "frame_rate"), ("Scene", "camera"),
    }  # fmt: skip


def inherited_by(kind: str, source: str) -> set[str]:
    """What a class of ours asks of itself and does not define, in its methods."""
    (node,) = (each for each in ast.parse(source).body if isinstance(each, ast.ClassDef) and each.name == kind)
    asked, own = set(), {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    own |= {
        each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and of_self(part):
            (own if isinstance(part.ctx, ast.Store) else asked).add(part.attr)
    return asked - own


@pytest.mark.parametrize(
    ("path", "kind", "parents"),
    [
        ("render/drawing/draw.py", "BoxCamera", ("Camera",)),
        ("render/drawing/draw.py", "StraightRenderer", ("CairoRenderer",)),
        ("render/drawing/draw.py", "Tap", ("SceneFileWriter",)),
        ("scenes/stage/base.py", "StageScene", ("Scene",)),
    ],
)
def test_what_is_inherited_and_used_is_written_down(path: str, kind: str, parents: tuple[str, ...]) -> None:
    asked = inherited_by(kind, (ROOT / path).read_text(encoding="utf-8"))
    assert asked - listed(*parents) == set()


def test_modules_below_the_top_are_written_down() -> None:
    found: dict[str, set[str]] = {}
    for room in ("render", "scenes"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("manim."):
                    found.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
                elif isinstance(node, ast.Import):
                    assert not [alias.name for alias in node.names if alias.name.startswith("manim.")], path
    assert {module: tuple(sorted(names)) for module, names in found.items()} == BELOW_THE_TOP
    for module, names in BELOW_THE_TOP.items():
        assert all(hasattr(importlib.import_module(module), name) for name in names)
