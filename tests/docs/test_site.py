"""The site: sections of the README are read and not copied, what is linked is there, nothing comes from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs")

from docs import site_hooks

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_section_that_a_page_is_made_of_stands_in_the_readme() -> None:
    sections = site_hooks.sections_of(README)
    for name, headings in site_hooks.SECTIONS.items():
        assert all(sections[heading].strip() for heading in headings), name
        made = site_hooks.page(name, sections)
        assert made.startswith("# ") and "](docs/" not in made
    assert "## The films" in site_hooks.page("index.md", sections)


def test_a_comment_in_a_shell_block_is_no_heading() -> None:
    assert site_hooks.sections_of("# T\nx\n## A\n```sh\n# no heading\n```\n### B\ny\n") == {
        "": "x\n",
        "A": "```sh\n# no heading\n```\n",
        "B": "y\n",
    }


@pytest.mark.long
def test_the_site_is_built_strictly_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert {"index.html", "charts.html", "publishing.html", "lab.html"} <= {page.name for page in pages}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]* src=\"?([^\" >]+)", text)
        loaded += [
            tag[1] for tag in re.finditer(r"<link[^>]* href=\"?([^\" >]+)[^>]*>", text) if "canonical" not in tag[0]
        ]
        assert loaded
        assert not [each for each in loaded if re.match(r"(https?:)?//", each)], page.name
        for each in loaded:
            address = each.partition("?")[0]  # the page for what is not there may stand for any address
            file = tmp_path / "site" / address[1:] if address.startswith("/") else page.parent / address
            assert file.exists() or each.startswith("data:"), (page.name, each)
    stage = (tmp_path / "site" / "reference" / "stage.html").read_text(encoding="utf-8")
    assert "Speak a line of the script" in stage, "the reference is made from docstrings"
