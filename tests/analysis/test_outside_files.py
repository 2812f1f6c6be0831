"""Files from outside: whatever they are, one line, at once, in bounded memory."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tapehead.analysis.outside_files import DEEPEST, OutsideFileError, json_of, read_bytes, read_json, read_text, shown


def one_line(error: pytest.ExceptionInfo[OutsideFileError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


@pytest.mark.timeout(5)
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "linked pipe").symlink_to(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)  # a socket's path may only have 107 characters
        listening.bind("socket")
        kinds = {"pipe": "named pipe", "zero": "device", "linked pipe": "named pipe", "folder": "folder"}
        for name, kind in {**kinds, "socket": "socket"}.items():
            with pytest.raises(OutsideFileError, match=kind) as caught:
                read_bytes(tmp_path / name)
            assert name in one_line(caught)


def test_a_file_is_read_to_its_limit_and_not_beyond(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert read_bytes(tmp_path / "a", 100) == b"x" * 100
    with pytest.raises(OutsideFileError, match="more than"):
        read_bytes(tmp_path / "a", 99)
    with pytest.raises(OutsideFileError, match="more than"):
        read_bytes(Path("/proc/self/maps"), 50)  # says that it has no bytes
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**42)
    with pytest.raises(OutsideFileError, match="more than 4 MiB"):
        read_text(tmp_path / "huge")
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"[" * 100_000, "nested"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "nested"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "nested"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"a": 1,}', "line 1, column 9"),
        (b"", "no JSON"),
        (b"[1, 2]", "list where a table"),
    ],
)
def test_what_is_no_json_is_one_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(OutsideFileError, match=complaint) as caught:
        read_json(tmp_path / "x.json", what=dict)
    one_line(caught)


def test_json_as_deep_as_allowed_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xef\xbb\xbf" + b"[" * DEEPEST + b"]" * DEEPEST)
    assert isinstance(read_json(tmp_path / "x.json", what=list), list)


def test_the_text_is_not_chained_to_the_complaint() -> None:
    with pytest.raises(OutsideFileError) as caught:
        json_of('{"token": "ya29.very-private"', "the answer")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@settings(max_examples=200)
@given(some.recursive(some.none() | some.integers() | some.text() | some.floats(), some.lists, max_leaves=20))
def test_any_value_is_shown_on_one_short_line(value: object) -> None:
    text = shown(value)
    assert len(text) <= 64
    assert text.isprintable() or not any(ord(sign) < 32 for sign in text)


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 10**7)) < 70
    assert shown(10**5000) == "a long number"
    assert shown("a\0\x1b[31m") == "'a\\x00\\x1b[31m'"
