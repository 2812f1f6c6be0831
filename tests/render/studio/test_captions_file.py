"""Captions in another language are edited beside the script: comments and order stay."""

from __future__ import annotations

from typing import Any

import pytest

from tapehead.render.words.translations import translations

GERMAN = """# whose words these are
language = "de"

[lines]
# the first
"first.one" = "Eine Katze, dann ein Hund."

[marks."first.one"]
dog = "ein Hund"
"""


@pytest.fixture
def german(studio: Any) -> Any:
    """A film with captions."""
    path = studio.episode.folder / "captions" / "de.toml"
    path.parent.mkdir()
    path.write_text(GERMAN)
    return path


def test_captions_are_edited_in_place_undone_and_redone(client: Any, studio: Any, german: Any) -> None:
    told = client("/api/captions/de").json()
    assert (told["lines"], told["missing"], told["undo"]) == ({"first.one": "Eine Katze, dann ein Hund."}, [], False)
    asked = {"state": told["state"], "key": "first.one", "text": "Zuerst eine Katze, dann ein Hund."}
    state = client("/api/captions/de/edit", asked).json()["state"]
    assert german.read_text() == GERMAN.replace("Eine Katze", "Zuerst eine Katze")
    assert translations(studio.episode)[0].lines["first.one"].startswith("Zuerst")
    before = client("/api/captions/de/undo", {"state": state}).json()["state"]
    assert german.read_text() == GERMAN
    client("/api/captions/de/redo", {"state": before})
    assert "Zuerst" in german.read_text()


def test_a_new_language_begins_a_file_and_undo_takes_it_away(client: Any, studio: Any) -> None:
    told = client("/api/captions/fr").json()
    assert (told["lines"], told["missing"]) == ({}, ["first.one"])
    asked = {"state": told["state"], "key": "first.one", "text": "Un chat, puis un chien."}
    state = client("/api/captions/fr/edit", asked).json()["state"]
    path = studio.episode.folder / "captions" / "fr.toml"
    assert path.read_text() == 'language = "fr"\n\n[lines]\n"first.one" = "Un chat, puis un chien."\n'
    assert client("/api/state").json()["captions"] == ["fr"]
    client("/api/captions/fr/undo", {"state": state})
    assert not path.exists()


def test_an_empty_caption_goes_with_its_marks(client: Any, german: Any) -> None:
    state = client("/api/captions/de").json()["state"]
    assert client("/api/captions/de/edit", {"state": state, "key": "first.one", "text": " "}).status == 200
    assert "Katze" not in german.read_text()
    assert client("/api/captions/de").json()["missing"] == ["first.one"]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("first.two", "Nichts.", "which is no line"),
        ("first.one", "{sums.sum} Katzen und ein Hund", "which is not said there"),
        ("first.one", "Zwei Katzen.", "stands 0 times"),
        ("first.one", "…", "is empty"),
    ],
)
def test_what_would_not_load_is_said_and_not_written(client: Any, german: Any, key: str, text: str, said: str) -> None:
    state = client("/api/captions/de").json()["state"]
    answer = client("/api/captions/de/edit", {"state": state, "key": key, "text": text})
    assert answer.status == 400
    assert said in answer.json()["error"]
    assert german.read_text() == GERMAN


def test_what_was_saved_elsewhere_is_not_written_over(client: Any, german: Any) -> None:
    state = client("/api/captions/de").json()["state"]
    german.write_text(GERMAN + "# more\n")
    answer = client("/api/captions/de/edit", {"state": state, "key": "first.one", "text": "Nein, ein Hund."})
    assert (answer.status, answer.json()["conflict"]) == (409, True)


@pytest.mark.parametrize("language", ["..%2Fscript", "en", "DE", "x", "de.toml", "a/b"])
def test_a_language_is_one_and_not_the_one_that_is_spoken(client: Any, language: str) -> None:
    assert client(f"/api/captions/{language}").status in (400, 404, 405)
