"""A deck in manim-slides' own terms, and its converters, kept from reaching for the network.

The converter for HTML loads reveal.js from a server, or fetches it once to go without later.  Here it gets a template
with reveal.js inside, made from the converter's own, so that the file is whole on any machine from the start.  The
files of reveal.js come from sphinx-revealjs, a package that is kept for carrying them; nothing else of it is used.
"""

from __future__ import annotations

import contextlib
import html
import importlib.util
import io
import json
import logging
import re
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UnknownNameError
from tapehead.analysis.store import write_atomically
from tapehead.render.slides.cut import Slide
from tapehead.render.whole_files import copy_whole
from tapehead.scenes.stage.palette import GROUND

FORMATS = ("html", "pptx", "pdf")


def template(ground: str = GROUND) -> str:
    """manim-slides' template with reveal.js written into it; ``ground`` is what is round the pictures.

    Raises:
        MissingPartError: the template is not the one this was made for.
    """
    text = files("manim_slides.templates").joinpath("revealjs.html").read_text(encoding="utf-8")
    style = f"<style>body, .reveal-viewport {{ background: {ground}; margin: 0; }}</style>"

    def linked(match: re.Match[str]) -> str:
        if match[1] != "reveal.css":
            return style if match[1].startswith("theme/") else ""  # the slides are pictures: no theme, no code on them
        css = _reveal("reveal.css").read_text(encoding="utf-8")
        return f"<style>{{% raw %}}{css}{{% endraw %}}</style>"

    text, links = re.subn(r'\s*<link rel="stylesheet" href="\{\{ cdn_url \}\}/dist/([\w/{} .-]+)">', linked, text)
    text, scripts = re.subn(r'<script src="\{\{ cdn_url \}\}/dist/(?:plugin/)?(\w+\.js)"></script>', _scripted, text)
    if links < 2 or scripts != 3 or "cdn_url" in text:
        raise MissingPartError("this manim-slides has another template; install what was tested: pip install -e .")
    return text


def _scripted(match: re.Match[str]) -> str:
    script = _reveal(match[1]).read_text(encoding="utf-8").replace("</script", "<\\/script")
    return f"<script>{{% raw %}}{script}{{% endraw %}}</script>"


def _reveal(name: str) -> Path:
    """A file of reveal.js: its own lie in ``dist/``, a plugin's in a folder of its name.

    Raises:
        MissingPartError: the package that carries them is not installed, or is another one.
    """
    spec = importlib.util.find_spec("sphinx_revealjs")  # found and not imported: that would load Sphinx
    if spec is not None and spec.origin:
        place = Path(spec.origin).parent / "_static" / "revealjs"
        for path in (place / "dist" / name, place / "plugin" / Path(name).stem / name):
            if path.is_file():
                return path
    raise MissingPartError(
        f"HTML slides need {name} of reveal.js, which comes with the package sphinx-revealjs; "
        "install what was tested: pip install 'sphinx-revealjs>=3.2,<4'"
    )


def presentation(
    slides: Sequence[Slide], clips: Sequence[Path], size: tuple[int, int], escape: bool = False, ground: str = GROUND
) -> Any:
    """The deck as manim-slides describes one; ``escape`` makes notes safe to stand in HTML."""
    from manim_slides.config import PresentationConfig, SlideConfig

    made = [
        SlideConfig(
            file=path,
            rev_file=path,  # played backwards only by manim-slides' own player, which then shows it forwards
            loop=slide.loop,
            notes=_in_markdown(slide.notes) if escape else slide.notes,
        )
        for slide, path in zip(slides, clips, strict=True)
    ]
    return PresentationConfig(slides=made, resolution=size, background_color=ground)


def _in_markdown(text: str) -> str:
    return html.escape(re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", text), quote=False)


def save(deck: Any, folder: Path, name: str) -> Path:
    """``NAME.json`` as manim-slides reads it, with its clips beside it; both can be moved together."""
    clips = folder / "clips"
    data = json.loads(deck.model_dump_json())
    for slide, config in zip(data["slides"], deck.slides, strict=True):
        target = clips / config.file.name
        clips.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            copy_whole(config.file, target)
        slide["file"] = slide["rev_file"] = f"{folder.name}/clips/{config.file.name}"
    write_atomically(folder / f"{name}.json", json.dumps(data, indent=1))
    return folder / f"{name}.json"


_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_STAMP = "2000-01-01T00:00:00Z"


def timeless(data: bytes, kind: str) -> bytes:
    """The same file without the moment at which it was made, so that equal decks are equal bytes."""
    if kind == "pdf":
        # Dates of one length: a PDF's table of contents holds places in the file.
        return re.sub(rb"\(D:\d{14}Z?\)", lambda date: b"(D:20000101000000" + date[0][17:], data)
    if kind != "pptx":
        return data
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + _STAMP.encode(), part)
            new.writestr(zipfile.ZipInfo(name, _ZIP_DATE), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def convert(deck: Any, kind: str, out: Path, title: str) -> None:
    """Write a deck with manim-slides' converter for ``kind``, whole or not at all.

    Raises:
        UnknownNameError: ``kind`` is none of :data:`FORMATS`.
    """
    from manim_slides.convert import PDF, PowerPoint, RevealJS

    logging.getLogger("manim-slides").setLevel(logging.WARNING)
    width, height = deck.resolution
    with tempfile.TemporaryDirectory(prefix="tapehead-slides-") as work:
        made = Path(work) / f"deck.{kind}"
        if kind == "html":
            page = template(deck.background_color.as_hex(format="long"))
            (Path(work) / "template.html").write_text(page, encoding="utf-8")
            converter: Any = RevealJS(
                presentation_configs=[deck],
                one_file=True,
                offline=False,  # what it would fetch is inside already
                template=Path(work) / "template.html",
                title=html.escape(title),
                width=width,
                height=height,
                controls="true",
                progress="true",
                hash="true",
                background_size="contain",
            )
        elif kind == "pptx":
            converter = PowerPoint(presentation_configs=[deck], width=width, height=height)
        elif kind == "pdf":
            converter = PDF(presentation_configs=[deck])
        else:
            raise UnknownNameError("format of slides", kind, FORMATS)
        with contextlib.redirect_stderr(io.StringIO()):  # its progress bars know nothing of --quiet
            converter.convert_to(made)
        write_atomically(out, timeless(made.read_bytes(), kind))
