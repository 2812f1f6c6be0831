"""Which files of a model's directory can change what is computed with it, and one digest over them.

A tokenizer reads up to seven files and a pipeline one configuration for each of its parts.  A list of their names kept
by hand lacks the one that the next release reads, so everything counts that is read as text by one of the libraries;
what is written for people does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tapehead.analysis.store import digest_file, digest_of

_READ_AS_TEXT = (".json", ".txt", ".model", ".jinja", ".tiktoken")
"""Configurations, vocabularies, merges, chat templates; weights are named by who loads them."""
_FOR_PEOPLE = ("readme", "license", "licence", "notice", "model_card", "changelog", "requirements")


def text_files(directory: Path, folders: bool = False) -> list[Path]:
    """Every configuration and vocabulary of a directory, and with ``folders`` those of its parts one level below.

    Hidden folders are left out: what a download tool keeps there differs from machine to machine.
    """
    places = [directory, *(p for p in directory.iterdir() if folders and p.is_dir() and not p.name.startswith("."))]
    return sorted(
        path
        for place in places
        for path in place.iterdir()
        if path.suffix in _READ_AS_TEXT and not path.stem.lower().startswith(_FOR_PEOPLE) and path.is_file()
    )


def files_digest(directory: Path, weights: Iterable[Path], folders: bool = False) -> str:
    """One digest over weights and :func:`text_files`; names enter relative to the directory, wherever it lies."""
    every = sorted({*weights, *text_files(directory, folders)})
    return digest_of({path.relative_to(directory).as_posix(): digest_file(path) for path in every})
