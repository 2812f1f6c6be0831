"""``tapehead new``: a folder that renders as it is, under any name, written whole or not at all."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tapehead.analysis.errors import OutputError, UnknownNameError, UsageError, cause_of
from tapehead.scenes import starters
from tapehead.scenes.episode import slug_of

TEMPLATES = {
    "data": "a table, an analysis with its control, a chart with numbered axes, a figure",
    "plain": "words and shapes, and nothing that is computed",
    "circuit": "a language model is measured, with its control beside it",
    "directions": "a diffusion model is measured, with its control beside it",
    "lecture": "chapters, a chart, a figure for the handout: a film that is slides as well",
}
_TITLE = 'title="A film of your own"'
_ABOUT = {
    ".toml": "the words: one line per thing that is said, with the phrases for which the picture waits",
    ".csv": "the numbers that the analysis reads",
}


def files_of(template: str) -> dict[str, str]:
    """The files of a template, by name.

    Raises:
        UnknownNameError: there is no such template.
    """
    if template not in TEMPLATES:
        raise UnknownNameError("template", template, TEMPLATES)
    folder = Path(starters.__file__).parent / template
    kept = [path for path in sorted(folder.iterdir()) if path.suffix in (".py", ".toml", ".csv")]
    return {path.name: path.read_text(encoding="utf-8") for path in kept if path.name != "__init__.py"}


def title_of(folder: Path) -> str:
    """A title to begin with: the folder's name as words."""
    words = " ".join(re.sub(r"[-_]+", " ", folder.name).split())
    return words[:1].upper() + words[1:]


def write_episode(
    folder: Path, files: Mapping[str, str], title: str, copied: Mapping[str, Path] = MappingProxyType({})
) -> Path:
    """Write an episode's files and a README into a folder that is not there yet, or empty.

    ``copied`` are files of others that go beside them, by the names that they get.

    Returns:
        The folder.

    Raises:
        UsageError: it is there and holds something, or its name is none.
        OutputError: it cannot be written.
    """
    folder = folder.expanduser().resolve()
    if not folder.name:
        raise UsageError(f"{folder} is no folder for an episode; give one that has a name")
    if not title.isprintable():
        raise UsageError(
            f"{title!r} would be the film's title, and has signs that cannot be printed; name it otherwise"
        )
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is there already and holds something; choose another name, nothing was written")
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".tapehead-new-", dir=folder.parent))
        try:
            made.chmod(0o755)
            for name, text in {**files, "README.md": readme(folder, files, title)}.items():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                (made / name).write_text(_named(name, text, folder, title), encoding="utf-8")
            for name, source in copied.items():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, made / name)
            made.rename(folder)  # an empty folder gives way
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {cause_of(error)}") from error
    return folder


def _named(name: str, text: str, folder: Path, title: str) -> str:
    """The declaration gets the title, and a slug where none can be made of the folder's name."""
    if name != "episode.py":
        return text
    written = f"title={_quoted(title)}"
    if not slug_of(folder.name):
        mark = hashlib.sha256(os.fsencode(folder.name)).hexdigest()[:6]
        written = f'slug="film-{mark}",\n    {written}'
    return text.replace(_TITLE, written)


def _quoted(text: str) -> str:
    """A Python literal with double quotes, whatever is in the text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def readme(folder: Path, files: Mapping[str, str], title: str) -> str:
    """What is in the folder, and what one does with it."""
    named = shlex.quote(f".{os.sep}{folder.name}")
    rows = "\n".join(f"| `{name}` | {about(name, text)} |" for name, text in files.items())
    return f"""# {title}

Beside this folder:

```sh
tapehead check {named}       # everything that is wrong, in one list, in seconds
tapehead preview {named} --watch   # small, and again whenever a file is saved
tapehead stills {named}      # contact sheets: look at every cue
tapehead render {named} --quality 1080p60
```

| file | what is in it |
|---|---|
{rows}

Change a word in `script.toml` or a colour in a scene and render again: only what depends on it is made anew.
"""


def about(name: str, text: str) -> str:
    """One line about a file: the first of its docstring, or what files of its kind hold."""
    if name.endswith(".py"):
        return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    return _ABOUT.get(Path(name).suffix, "")
