"""``tapehead new --from talk.md``: headings become scenes, paragraphs become lines, lists become words on the stage.

The first heading of the first level is the film's title; every other heading begins a scene.  What cannot be spoken
(code, tables, pictures) is left out, and named.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import OutsideFileError, read_text
from tapehead.scenes.episode import slug_of

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"\s{0,6}(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_IMAGE, _LINK = re.compile(r"!\[([^\]]*)\]\([^)]*\)"), re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAKEN = ("cards", "episode", "figures", "numbers", "script", "thumbnail")
"""Modules that an episode has for something else."""
_LONGEST = 280
"""Characters of a line: longer paragraphs are cut between sentences."""


@dataclass
class Part:
    """A scene: its heading, what is said, and by the number of a line the words that come with it."""

    title: str
    name: str = ""
    lines: list[str] = field(default_factory=list)
    shown: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    """A talk as read; ``left_out`` says what was not taken over, and where."""

    title: str
    parts: tuple[Part, ...]
    left_out: tuple[str, ...]


def read_talk(path: Path) -> Talk:
    """Read a Markdown file.

    Raises:
        UsageError: it cannot be read, or nothing in it can be said.
    """
    try:
        text = read_text(path)
    except (OutsideFileError, OSError, UnicodeError) as error:
        raise UsageError(f"{path} cannot be read as a talk: {error}") from error
    title, parts, left = "", [Part("")], list[str]()
    paragraph: list[str] = []

    def end() -> None:
        if said := plain(" ".join(paragraph)):
            parts[-1].lines += sentences(said)
        paragraph.clear()

    fence = ""
    for number, line in enumerate(_COMMENT.sub(_blank, text).splitlines(), 1):
        if fence or (match := _FENCE.match(line)):
            if not fence:
                end()
                left.append(f"line {number}: a block of code")
            fence = "" if fence and line.strip().startswith(fence) else fence or (match[1] if match else "")
        elif match := _HEADING.match(line):
            end()
            heading = plain(match[2])
            if len(match[1]) == 1 and not title:
                title = heading
            else:
                parts.append(Part(heading))
        elif line.lstrip().startswith("|"):
            end()
            if (
                not left
                or not left[-1].endswith("a table")
                or not text.splitlines()[number - 2].lstrip().startswith("|")
            ):
                left.append(f"line {number}: a table")
        elif match := _ITEM.fullmatch(line):
            end()
            if item := plain(match[1]):
                parts[-1].shown[len(parts[-1].lines)] = item
                parts[-1].lines += [item if item[-1:] in ".!?:" else f"{item}."]
        else:
            if image := _IMAGE.search(line):
                left.append(f"line {number}: the picture '{image[1] or image[0]}'")
            if not line.strip():
                end()
            else:
                paragraph.append(line.strip().lstrip(">").strip())
    end()
    parts = [part for part in parts if part.lines or part.title]
    if not any(part.lines for part in parts):
        raise UsageError(f"{path}: there is nothing to say in it; write headings (## …) with paragraphs below them")
    taken: set[str] = set()
    for number, part in enumerate(parts, 1):
        part.title = part.title or title or "The beginning"
        part.lines = part.lines or [f"{part.title}."]
        part.name = _name(part.title, number, taken)
        taken.add(part.name)
    return Talk(title, tuple(parts), tuple(left))


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def plain(text: str) -> str:
    """Markdown without its marks; braces, which would read a result, become brackets."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _MARKS.sub("", text).translate(str.maketrans("{}", "()"))
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if any(sign.isalnum() for sign in text) else ""


def sentences(text: str) -> list[str]:
    """A paragraph as lines of at most some 280 characters, cut between sentences where that is possible."""
    found: list[str] = []
    for sentence in re.split(r"(?<=[.!?…])\s+", text):
        for piece in textwrap.wrap(sentence, 4 * _LONGEST):
            if found and len(found[-1]) + len(piece) < _LONGEST:
                found[-1] += f" {piece}"
            elif any(sign.isalnum() for sign in piece):
                found.append(piece)
    return found


def _name(title: str, number: int, taken: set[str]) -> str:
    """A scene's name, which is a module's as well."""
    base = re.sub(r"[^a-z0-9]+", "_", slug_of(title)).strip("_")[:40].strip("_") or f"part_{number}"
    name = f"part_{base}" if base[0].isdigit() or base in _TAKEN or keyword.iskeyword(base) else base
    while name in taken:
        name = f"{name}_{number}"
    return name


def files_of_talk(talk: Talk) -> dict[str, str]:
    """The files of an episode that says the talk."""
    files = {"episode.py": _episode(talk), "script.toml": _script(talk), "cards.py": _CARDS}
    return files | {f"{part.name}.py": _scene(part) for part in talk.parts}


def _class(part: Part) -> str:
    return "".join(word.capitalize() for word in part.name.split("_"))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _episode(talk: Talk) -> str:
    scenes = "\n".join(
        f'        SceneRef("{part.name}", ".{part.name}:{_class(part)}", {_quoted(part.title)}),' for part in talk.parts
    )
    return f'''"""What the film consists of: one scene per heading of the talk."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="A film of your own",
    scenes=(
{scenes}
    ),
    description={_quoted(talk.title)},
)
'''


def _script(talk: Talk) -> str:
    lines = "\n".join(
        f'[[line]]\nkey = "{part.name}.line{number}"\ntext = {_quoted(line)}\n'
        for part in talk.parts
        for number, line in enumerate(part.lines, 1)
    )
    head = '# The words, as the talk has them; `marks = { name = "a phrase" }` lets the picture wait for a phrase.\n'
    return f'{head}language = "en"\n\n[speakers.narrator]\nvariant = "en-us"\n\n{lines}'


_CARDS = '''"""What all scenes of the talk share: the heading on a card, then the points of the lists."""

from __future__ import annotations

from manim import DOWN, LEFT, UP, FadeIn, FadeOut, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, TITLE, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK

WIDE = 11.5
LOWEST = -3.0


class TalkScene(StageScene):
    """Says its lines; ``heading`` stands as a card first, ``points`` come with the line of their number."""

    heading = ""
    points: dict[int, str] = {}

    def construct(self) -> None:
        card = self.words(self.heading, TITLE, INK)
        rule = Line([-1.2, 0, 0], [1.2, 0, 0]).set_stroke(HIGHLIGHT, 5).next_to(card, DOWN, buff=0.35)
        top = self.words(self.heading, HEADING, HIGHLIGHT).to_corner(UP + LEFT, buff=0.7)
        shown = VGroup()
        for number, key in enumerate(self.context.lines):
            with self.say(key):
                if number == 0:
                    self.play(FadeIn(VGroup(card, rule), shift=0.2 * UP), run_time=0.8)
                if number in self.points:
                    if top not in self.mobjects:
                        self.swap(VGroup(card, rule), top)
                    shown = self.show(shown, top, self.points[number])

    def show(self, shown: VGroup, top: Words, text: str) -> VGroup:
        """Put a point under the others, or in their place where there is no more room."""
        point = self.words(text, BODY, INK)
        point.next_to(shown if len(shown) else top, DOWN, buff=0.45, aligned_edge=LEFT)
        if point.get_bottom()[1] < LOWEST:
            self.play(FadeOut(shown), run_time=0.4)
            shown = VGroup()
            point.next_to(top, DOWN, buff=0.45, aligned_edge=LEFT)
        self.play(FadeIn(point, shift=0.2 * UP), run_time=0.6)
        return VGroup(*shown, point)

    def words(self, text: str, size: float, colour: str) -> Words:
        """A text of the talk: a number in it measures nothing here, and the badge says "illustration"."""
        return Words("{text}", text=self.typed(text), size=size, color=colour, width=WIDE)
'''


def _scene(part: Part) -> str:
    points = "".join(f"        {number}: {_quoted(text)},\n" for number, text in part.shown.items())
    told = f"    points = {{\n{points}    }}\n" if points else ""
    return f'''"""One heading of the talk: {part.title.replace(chr(34), chr(39)).rstrip(chr(92))}."""

from __future__ import annotations

from .cards import TalkScene


class {_class(part)}(TalkScene):
    """The card, the lines, and what is shown with them: a scene of your own goes here."""

    heading = {_quoted(part.title)}
{told}'''
