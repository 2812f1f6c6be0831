"""The texts that are found without a run are those that a run speaks."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tapehead.render.start.plain_values import UnknownError, values_of_module
from tapehead.render.start.spoken_texts import SpokenTexts

HEAD = "WORDS = ['one', 'two']\nTALK = {'first': 'Hello.', 'last': 'Bye.'}\n"


def found_in(body: str, tmp_path) -> list[str]:
    """What is found for every voiceover of a class with this body, in order."""
    tree = ast.parse(HEAD + "class Film(VoiceoverScene):\n" + textwrap.indent(textwrap.dedent(body), "    "))
    scene = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    texts = SpokenTexts(scene, values_of_module(tree, tmp_path))
    told = []
    for block in [each for each in ast.walk(scene) if isinstance(each, ast.With)]:
        call = block.items[0].context_expr
        assert isinstance(call, ast.Call)
        told += texts.of(call.args[0], block)
    return told


def spoken_by(body: str) -> list[str]:
    """What the class speaks when Python runs it."""

    class VoiceoverScene:
        def __init__(self) -> None:
            self.told: list[str] = []

        def voiceover(self, text: str):
            self.told.append(text)
            return self

        def __enter__(self): ...

        def __exit__(self, *_): ...

    space = {"VoiceoverScene": VoiceoverScene}
    exec(HEAD + "class Film(VoiceoverScene):\n" + textwrap.indent(textwrap.dedent(body), "    "), space)
    film = space["Film"]()
    film.construct()  # type: ignore[attr-defined]
    return film.told


BODIES = {
    "a table": "def construct(self):\n    with self.voiceover(TALK['first']): pass",
    "a loop": "def construct(self):\n    for text in WORDS:\n        with self.voiceover(text): pass",
    "loops in each other": """
        def construct(self):
            for who in ('A', 'B'):
                for turn, text in enumerate(WORDS):
                    with self.voiceover(f'{who}{turn}: {text}'): pass
        """,
    "beside what is drawn": """
        def construct(self):
            cards = [object(), object()]
            for card, text in zip(cards, WORDS):
                with self.voiceover(text): pass
        """,
    "a method of its own": """
        def construct(self):
            self.tell('a')
            for text in WORDS:
                self.tell(text, end='!')

        def tell(self, text, end='.'):
            with self.voiceover(text + end): pass
        """,
    "a method of a method": """
        def construct(self):
            self.part('x', TALK)

        def part(self, name, table):
            self.tell(name + table['last'])

        def tell(self, text):
            with self.voiceover(text): pass
        """,
    "a name of the method": "def construct(self):\n    text = WORDS[0] + '.'\n    with self.voiceover(text): pass",
}


@pytest.mark.parametrize("name", BODIES)
def test_as_a_run_speaks_it(name: str, tmp_path) -> None:
    assert found_in(BODIES[name], tmp_path) == spoken_by(BODIES[name])


@pytest.mark.parametrize(
    "body",
    [
        "def construct(self):\n    text = 'a'\n    text = 'b'\n    with self.voiceover(text): pass",
        "def construct(self):\n    while WORDS:\n        with self.voiceover('a'): pass",
        "def construct(self):\n    for text in self.texts():\n        with self.voiceover(text): pass",
        "def construct(self):\n    for WORDS in self.texts():\n        with self.voiceover(WORDS[0]): pass",
        "def tell(self, text):\n    with self.voiceover(text): pass",
        "def tell(self, text):\n    self.tell(text)\n    with self.voiceover(text): pass",
        "def construct(self):\n    self.tell(*WORDS)\ndef tell(self, text, more):\n    with self.voiceover(text): pass",
        "def construct(self):\n    with self.voiceover(3): pass",
    ],
)
def test_what_takes_a_run(body: str, tmp_path) -> None:
    with pytest.raises(UnknownError):
        found_in(body, tmp_path)
