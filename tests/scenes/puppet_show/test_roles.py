"""A colour has one role in the film, its tape has one rule, and what is out of focus says nothing of strings."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

from tapehead.scenes.puppet_show import roles

FOLDER = Path(roles.__file__).parent
NEUTRAL = {"FAINT", "GROUND", "INK", "PANEL", "SOFT"}
"""Colours of the stage that stand for nothing."""


def test_every_role_has_a_colour_of_its_own() -> None:
    assert len(set(roles.ROLES.values())) == len(roles.ROLES)


def test_scenes_ask_for_roles_and_never_for_colours_that_mean_something() -> None:
    scenes = [path for path in FOLDER.glob("*.py") if path.name != "roles.py"]
    assert len(scenes) > 10
    for path in scenes:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("palette"):
                assert {name.name for name in node.names} <= NEUTRAL, path.name


def test_scenes_drive_the_tape_by_its_one_rule() -> None:
    for path in FOLDER.glob("*.py"):
        if path.name == "roles.py":
            continue
        called = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "tape"
        }
        assert called <= {"keep_clean"}, f"{path.name} drives the tape by {called}"


def test_out_of_focus_hides_what_is_thin_and_keeps_what_is_wide() -> None:
    picture = np.zeros((3, 64, 64))
    picture[:, :, :32] = 1.0
    strings = picture.copy()
    strings[:, 8:56, [12, 50]] = 0.5
    plain, hung = (roles.out_of_focus(each, 3.2) for each in (picture, strings))
    assert np.abs(hung - plain).max() < 0.15 * np.abs(strings - picture).max()
    assert plain[:, :, :20].min() > 0.9 and plain[:, :, 44:].max() < 0.1
    assert np.array_equal(roles.out_of_focus(picture, 0.0), picture)
