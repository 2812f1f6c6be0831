"""A package that somebody else made: its manifest is data, and no file outside its folder is ever read or sent."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tapehead.render.package.manifest import MANIFEST, Package, PackageError
from tests.render.publish.publish_help import make_package

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return make_package(tmp_path / "package")


def changed(package: Package, **changes: object) -> None:
    path = package.folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    "name", ["../film.mp4", "/etc/hostname", "", ".", "..", "a\0b", "a\nb", "x" * 300, "a\\b", 5, None]
)
def test_a_file_outside_the_folder_is_refused(package: Package, name: object) -> None:
    part = json.loads((package.folder / MANIFEST).read_text())["parts"][0]
    changed(package, parts=[part | {"file": name}])
    with pytest.raises(PackageError, match="cannot be read") as caught:
        Package.load(package.folder)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"format": [1]},
        {"title": 5},
        {"tags": "ab"} | {"tags": [1]},
        {"tags": None},
        {"made_for_kids": "no"},
        {"duration_s": "long"},
        {"duration_s": -1},
        {"duration_s": 1e300},
        {"chapters": [["0", "a"]]},
        {"chapters": [[0, 5]]},
        {"chapters": [[0]]},
        {"chapters": [[10**30, "a"]]},
        {"parts": {}} | {"parts": [5]},
        {"parts": [{"role": "film"}]},
        {"more": 1},
        {"description": None},
    ],
)
def test_fields_of_another_kind_are_one_line(package: Package, changes: dict[str, object]) -> None:
    changed(package, **changes)
    with pytest.raises(PackageError, match="cannot be read") as caught:
        Package.load(package.folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", "../../x"),
        ("sha256", "A" * 64),
        ("size", -1),
        ("size", "5"),
        ("size", 1.5),
        ("mime", "video/mp4\r\nX: y"),
        ("role", "Film!"),
        ("language", "../x"),
    ],
)
def test_parts_of_another_form_are_one_line(package: Package, field: str, value: object) -> None:
    part = json.loads((package.folder / MANIFEST).read_text())["parts"][0]
    changed(package, parts=[part | {field: value}])
    with pytest.raises(PackageError, match="cannot be read"):
        Package.load(package.folder)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, "{}", "nothing", '{"format": NaN}'])
def test_a_manifest_that_is_none(package: Package, text: str) -> None:
    (package.folder / MANIFEST).write_text(text)
    with pytest.raises(PackageError, match="cannot be read"):
        Package.load(package.folder)


def test_a_manifest_that_is_no_file(package: Package) -> None:
    (package.folder / MANIFEST).unlink()
    os.mkfifo(package.folder / MANIFEST)
    with pytest.raises(PackageError, match="named pipe"):
        Package.load(package.folder)


def test_links_and_pipes_are_no_files_of_a_package(package: Package, tmp_path: Path) -> None:
    for part in package.parts:
        package.path(part).unlink()
    film, english, german, thumbnail = (package.path(part) for part in package.parts)
    (tmp_path / "private").write_bytes(b"x" * 10)
    film.symlink_to(tmp_path / "private")
    os.mkfifo(english)
    german.symlink_to("/dev/zero")
    thumbnail.mkdir()
    assert package.changed() == [part.file for part in package.parts]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_any_change_of_a_manifest_is_a_package_or_one_line(package: Package, data: some.DataObject) -> None:
    whole = package.to_data()
    odd = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5)
    odd = odd | some.lists(odd, max_size=3) | some.dictionaries(some.text(max_size=3), odd, max_size=3)
    name = data.draw(some.sampled_from(sorted(whole)))
    (package.folder / MANIFEST).write_text(json.dumps(whole | {name: data.draw(odd)}))
    try:
        found = Package.load(package.folder)
    except PackageError as error:
        assert "\n" not in str(error)
    else:
        assert all(found.path(part).parent == package.folder for part in found.parts)
