"""The second witness: the shipped file is what the hunt finds, and a broken one is told."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.results import Origin
from tapehead.analysis.vision import face_hunt
from tapehead.analysis.vision.noise import noise
from tapehead.analysis.vision.witness import read_witness, witness


def test_the_result_is_the_file_and_its_intervals_are_exact() -> None:
    said, found = read_witness(), witness(seed=1)
    assert found.origin is Origin.PUBLISHED and "scikit-image" in found.citation
    faces = said["faces"][said["spectra"].index("natural")]
    assert found.read("faces", spectrum="natural") == faces
    low, high = (float(found.read(f"rate_{end}", spectrum="natural")) for end in ("low", "high"))
    millions = said["windows"] / 1e6
    assert stats.poisson.sf(faces - 1, low * millions) == pytest.approx(0.025, rel=1e-6)
    assert stats.poisson.cdf(faces, high * millions) == pytest.approx(0.025, rel=1e-6)
    # The controls could have looked like a face as well.
    assert found.read("control_high", spectrum="natural") < found.read("likeness", spectrum="natural")
    assert (
        found.read("likeness", spectrum="natural")
        > 0.4
        > abs(float(found.read("control_likeness", spectrum="natural")))
    )


def test_the_hunt_finds_again_what_was_shipped() -> None:
    pytest.importorskip("skimage")
    said = read_witness()
    cascade, window = face_hunt._cascade(), face_hunt.WINDOW
    wanted = np.array(said["samples"][said["spectra"].index("natural")][0])
    for number in range(30):
        picture = noise("natural", face_hunt.SHAPE, said["seed"] * 100_003 + number)[0]
        corners = face_hunt.faces_in(picture, cascade)
        if len(corners):
            row, column = corners[0]
            passed = face_hunt._unit(picture[row : row + window, column : column + window])
            assert np.allclose(passed, wanted, atol=0.006)
            return
    pytest.fail("no face in thirty pictures")


def test_files_that_contradict_themselves(tmp_path: Path) -> None:
    said = dict(read_witness())
    path = tmp_path / "witness.json"
    for change in ({"faces": [1]}, {"likeness": [2.0] * len(said["spectra"])}, {"average": [[[1.0]]]}):
        path.write_text(json.dumps(said | change))
        with pytest.raises(ResultError, match=r"contradicts itself|cannot be read"):
            read_witness(path)
    with pytest.raises(ResultError, match="cannot be read"):
        read_witness(tmp_path / "none.json")


def test_a_hunt_needs_pictures() -> None:
    with pytest.raises(UsageError, match="at least one picture"):
        face_hunt.hunt(0, 1)
