"""What an adopted file of scenes becomes: the records of it, its declaration and its script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_NEXT_WORD = re.compile(
    r"(?<=[a-z])(?=[A-Z]|\d+[A-Z](?:[A-Z_]|$))"  # a word, or a number with its letter
    r"|(?<=\d[A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z](?![A-Z_]|$))"
)
"""Where a class's name goes on with another word."""


@dataclass
class Spoken:
    """One line to be: its key, its words, its marks by name."""

    key: str
    text: str
    marks: dict[str, str]


@dataclass
class Adopted:
    """A scene of the file, by its class; ``voiced`` says whether it has become a stage scene."""

    name: str
    scene: str
    voiced: bool
    lines: list[Spoken] = field(default_factory=list)


@dataclass
class Adoption:
    """An episode to be: its files by name, its scenes, files to copy, and what could not be taken over."""

    module: str
    files: dict[str, str]
    scenes: list[Adopted]
    copied: dict[str, Path]
    left: list[str]


def script_of(scenes: list[Adopted], language: str) -> str:
    """The words as a script file."""
    text = f'# The words, as the scenes spoke them.\nlanguage = "{language}"\n\n[speakers.narrator]\n'
    for line in (line for scene in scenes for line in scene.lines):
        text += f"\n[[line]]\nkey = {quoted(line.key)}\ntext = {quoted(_unfilled(line.text))}\n"
        if line.marks:
            marks = ", ".join(f"{name} = {quoted(_unfilled(phrase))}" for name, phrase in line.marks.items())
            text += f"marks = {{ {marks} }}\n"
    return text


def _unfilled(text: str) -> str:
    """Words of a script in which a brace is one."""
    return text.replace("{", "{{").replace("}", "}}")


def quoted(text: str) -> str:
    """A text in double quotes, as Python, JSON and TOML read it."""
    return json.dumps(text, ensure_ascii=False)


def declaration(module: str, scenes: list[Adopted]) -> str:
    """The episode's ``episode.py``."""
    refs: Iterator[str] = (
        f'        SceneRef({quoted(scene.scene)}, ".{module}:{scene.name}", {quoted(_titled(scene.name))}'
        + ("" if scene.voiced else ", plain=True")
        + ", chapter=False),\n"
        for scene in scenes
    )
    return (
        '"""What the film consists of: the scenes of an adopted file, in its order."""\n\n'
        "from __future__ import annotations\n\n"
        "from tapehead.scenes.episode import Episode, SceneRef\n\n"
        "EPISODE = Episode(\n"
        '    title="A film of your own",\n'
        "    scenes=(\n" + "".join(refs) + "    ),\n"
        '    description="",\n'
        ")\n"
    )


def words_of(name: str, between: str) -> str:
    """A class's name with its words apart: ``Dot3DExample`` is Dot, 3D and Example."""
    return _NEXT_WORD.sub(between, name)


def _titled(name: str) -> str:
    words = words_of(name, " ").replace("_", " ").split()
    return " ".join(words[:1] + [word if word[:1].isdigit() else word.lower() for word in words[1:]])
