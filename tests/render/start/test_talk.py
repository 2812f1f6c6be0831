"""A talk in Markdown becomes an episode that can be loaded; what cannot be said is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import UsageError
from tapehead.render.start.folder import write_episode
from tapehead.render.start.talk import files_of_talk, read_talk, sentences
from tapehead.scenes.episode import load_episode

TALK = """# Why 3 is enough
Words before it starts, with {braces}.

## First: 2 of them
A *paragraph* with a [link](http://x.y).
It goes on. ![pic](a.png)

- one point
- point 2

```python
x = 1
```
## 終わり
| a |
|---|
The "end".
## class
"""


def test_headings_become_scenes_and_paragraphs_lines(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text(TALK, encoding="utf-8")
    talk = read_talk(tmp_path / "talk.md")
    assert talk.title == "Why 3 is enough"
    assert [part.title for part in talk.parts] == ["Why 3 is enough", "First: 2 of them", "終わり", "class"]
    assert talk.parts[1].lines == ["A paragraph with a link. It goes on.", "one point.", "point 2."]
    assert talk.parts[1].shown == {1: "one point", 2: "point 2"}
    assert [each.partition(": ")[2] for each in talk.left_out] == ["the picture 'pic'", "a block of code", "a table"]
    episode = load_episode(write_episode(tmp_path / "film", files_of_talk(talk), talk.title))
    assert [line.text for line in episode.script().scene(episode.scenes[2].name)] == ['The "end".']
    assert len({scene.target for scene in episode.scenes}) == 4


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_either_loads_or_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.md"
    path.write_text("# T\n\n" + text, encoding="utf-8", errors="ignore", newline="")
    try:
        files = files_of_talk(read_talk(path))
    except UsageError:
        return
    for name, source in files.items():
        if name.endswith(".py"):
            compile(source, name, "exec")
    (tmp_path / "script.toml").write_text(files["script.toml"], encoding="utf-8")
    from tapehead.scenes.script import Script

    assert Script.load(tmp_path / "script.toml").lines


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    found = sentences(" ".join(["This is one sentence of some length, is it not?"] * 20))
    assert all(len(each) <= 300 and each.endswith("?") for each in found)
    assert len(found) > 2


@pytest.mark.parametrize("text", ["", "# Only a title\n", "```\ncode\n```\n"])
def test_nothing_to_say_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.md").write_text(text)
    with pytest.raises(UsageError, match="nothing to say"):
        read_talk(tmp_path / "t.md")
