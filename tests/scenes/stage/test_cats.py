"""The cats: one drawing with other numbers, proportional to its measures, and the same points for all of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from manim import Transform, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.cats import CatPerson, NoCat, Reader, cat_icon, put
from tapehead.scenes.stage.palette import EAR, NOSE

VARIANTS = [
    {},
    {"nose": 3, "ear": 0.3, "mouth": 1, "asleep": True},
    {"nose": 0, "ear": 0},
    {"human": 1, "tinted": True},
    {"human": 0.5, "mouth": -1, "lids": 0.3},
]


def topology(mobject: VGroup) -> list[int]:
    return [len(part.points) for part in mobject.get_family()]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(VARIANTS, 2)))
def test_all_faces_have_the_same_parts_with_the_same_points(one: dict, other: dict) -> None:
    assert topology(CatPerson(**one)) == topology(CatPerson(**other))


@pytest.mark.parametrize("drowsy", [0.3, 1.0])
def test_readers_nod_off_without_new_parts(drowsy: float) -> None:
    assert topology(Reader(0)) == topology(Reader(drowsy))
    assert Reader(drowsy).head.get_y() < Reader(0).head.get_y()


def test_a_morph_ends_as_the_other_cat_part_by_part() -> None:
    cat, goal = CatPerson(1, 1), CatPerson(2.5, 2, 1, human=1)
    morph = Transform(cat, goal)
    morph.begin()
    morph.interpolate(0.5)
    assert CatPerson(1, 1).nose.width < cat.nose.width < goal.nose.width
    morph.finish()
    for name in ("nose", "ears", "mouth", "eyes", "face", "whiskers", "stripes", "zzz"):
        np.testing.assert_allclose(getattr(cat, name).get_all_points(), getattr(goal, name).get_all_points())


@pytest.mark.parametrize("human", [0, 1])
def test_the_nose_is_as_wide_as_its_measure(human: float) -> None:
    unit = CatPerson(1, human=human).nose.width
    for nose in (0.5, 2.0, 3.0):
        assert CatPerson(nose, human=human).nose.width == pytest.approx(nose * unit, rel=1e-6)


def test_ears_rise_in_proportion_and_leave_the_head_alone() -> None:
    tops = [CatPerson(1, ear).ears.get_top()[1] for ear in (1.0, 1.5, 2.0)]
    assert tops[1] - tops[0] == pytest.approx(tops[2] - tops[1], rel=1e-6)
    assert tops[1] > tops[0] + 0.2
    assert CatPerson(1, 2).face.height == pytest.approx(CatPerson(3, 0).face.height) == pytest.approx(2.4, rel=1e-3)


def test_a_smile_is_wider_and_its_corners_are_higher() -> None:
    cross, flat, glad = (CatPerson(mouth=mouth).mouth for mouth in (-1, 0, 1))
    assert cross.width < flat.width < glad.width
    corners = [mouth[1].get_start()[1] for mouth in (cross, flat, glad)]
    assert corners == sorted(corners)


def test_sleepers_shut_their_eyes_and_only_they_snore() -> None:
    awake, asleep = CatPerson(), CatPerson(asleep=True)
    assert asleep.eyes[0].height < 0.5 * awake.eyes[0].height
    assert (awake.zzz[0].get_stroke_opacity(), asleep.zzz[0].get_stroke_opacity()) == (0, 1)
    assert CatPerson(lids=0).zzz[0].get_stroke_opacity() == 0
    top, right = awake.face.get_top()[1], awake.face.get_right()[0]
    assert awake.zzz.get_top()[1] < top, "unseen strokes do not widen the box that a scene arranges by"
    assert awake.zzz.get_right()[0] < right
    assert asleep.zzz.get_right()[0] > right


def test_tint_puts_the_axis_colours_on_nose_and_ears() -> None:
    tinted, plain = CatPerson(tinted=True), CatPerson()
    assert tinted.nose.get_fill_color().to_hex() == NOSE
    assert tinted.ears[1].get_fill_color().to_hex() == EAR
    assert plain.nose.get_fill_color().to_hex() != NOSE


@pytest.mark.parametrize("measures", [(-1, 2), (1, -0.5)])
def test_no_face_is_drawn_for_negative_measures(measures: tuple[float, float]) -> None:
    with pytest.raises(EpisodeError, match="NoCat"):
        CatPerson(*measures)
    with pytest.raises(EpisodeError, match="NoCat"):
        cat_icon(*measures)
    assert NoCat(0.8).height == pytest.approx(0.8, rel=1e-3)


def test_icons_are_few_paths_with_the_same_proportions() -> None:
    icon, cat = cat_icon(2, 1.5, height=0.5), CatPerson(2, 1.5, height=0.5)
    assert len(icon.family_members_with_points()) == 4
    assert icon.nose.width / icon.face.width == pytest.approx(cat.nose.width / cat.face.width)
    assert icon.ears.get_top()[1] == pytest.approx(cat.ears.get_top()[1], abs=0.02)


def test_a_cat_is_put_by_the_middle_of_its_head() -> None:
    place = np.array([1.5, -2.0, 0.0])
    np.testing.assert_allclose(put(CatPerson(1, 2.3), place).face.get_center(), place, atol=1e-9)
