"""Pages of the site that are sections of README.md: each stands once, in the README, and is read from there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
SECTIONS = {
    "index.md": ("", "The films"),
    "first-film.md": ("One minute to the first film", "The command"),
    "many-machines.md": ("A film on many machines",),
    "tape-tool.md": ("The tape by itself",),
    "patterns.md": ("Patterns in graphs",),
    "lab.md": ("The circuit of your own task", "The directions of your own picture", "Your own pairs of pictures"),
    "python.md": ("Python and notebooks",),
    "five-minutes.md": ("Your own episode in five minutes",),
    "how-it-is-built.md": ("How it is built", "Credits"),
}
"""Pages, and the headings of the README below which their text stands; the empty one is what comes before all."""
TITLES = {"lab.md": "The lab", "index.md": "tapehead"}


def sections_of(text: str) -> dict[str, str]:
    """The text below every heading of the second and third level, up to the next one."""
    found, heading, fenced = {"": ""}, "", False
    for line in text.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if not fenced and (match := re.match(r"#{1,3} (.+)", line)):
            heading = match[1].strip() if line.startswith("##") else ""
            found.setdefault(heading, "")
            continue
        found[heading] += line
    return found


def page(name: str, sections: dict[str, str]) -> str:
    """The page ``name``: its title, and its sections."""
    headings = SECTIONS[name]
    title = TITLES.get(name, headings[0])
    parts = [f"# {title}\n"]
    for heading in headings:
        parts.append(f"\n## {heading}\n" if heading and heading != title else "")
        parts.append(sections[heading])
    return _linked("".join(parts))


def _linked(text: str) -> str:
    """Links count from the site's pages: those into docs/ stay inside, other files of the repository are named only."""
    text = re.sub(r"\]\(docs/([^)]+\.md[^)]*)\)", r"](\1)", text)
    return re.sub(r"\[([^\]]+)\]\((?:docs/)?(CONTRIBUTING\.md|NOTICE|LICENSE|notebook\.ipynb)\)", r"`\1`", text)


def on_files(files: Files, config: Any, **_more: Any) -> Files:
    """Add the README's pages and its picture."""
    sections = sections_of((ROOT / "README.md").read_text(encoding="utf-8"))
    for name in SECTIONS:
        files.append(File.generated(config, name, content=page(name, sections)))
    for picture in sorted((ROOT / "assets" / "readme").glob("*.png")):
        files.append(File.generated(config, f"assets/readme/{picture.name}", abs_src_path=str(picture)))
    return files
