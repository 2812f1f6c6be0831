"""Cards: whatever the references, everything that is said stays in the frame and apart."""

from __future__ import annotations

import itertools

import pytest
from manim import DL, Rectangle, VGroup, config

from analysis.errors import EpisodeError
from analysis.results import Origin
from scenes.stage.badge import OriginBadge
from scenes.stage.cards import ChapterCard, EndCard
from scenes.stage.layout import box
from scenes.stage.lettering import Lettering

SHORT = "Reworked from wlg1/neoknowstic_manim"
PAPER = "Elhage, Nanda, Olsson et al.: A Mathematical Framework for Transformer Circuits, Transformer Circuits Thread (2021)"
QUESTION, ANSWER = "Why this recipe?", "So that you can take a world apart\nand trust the pieces."


def texts(card: VGroup) -> list[Lettering]:
    return [part for part in card.get_family() if isinstance(part, Lettering)]


def is_well_laid_out(card: VGroup) -> None:
    badge = OriginBadge(Origin.COMPUTED).to_corner(DL, buff=0.25)
    places = [(text.plain_text, box(text)) for text in (*texts(card), *texts(badge))]
    for name, (left, bottom, right, top) in places:
        assert -config.frame_width / 2 <= left < right <= config.frame_width / 2, name
        assert -config.frame_height / 2 <= bottom < top <= config.frame_height / 2, name
    for (one, a), (other, b) in itertools.combinations(places, 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"'{one}' and '{other}' overlap"


def logo() -> Rectangle:
    return Rectangle(width=3.0, height=1.5)


@pytest.mark.parametrize("text", [SHORT, PAPER])
@pytest.mark.parametrize("many", range(7))
def test_any_number_of_references_stays_in_the_frame(many: int, text: str) -> None:
    card = EndCard(QUESTION, ANSWER, [text] * many, logo())
    assert len(card.credits) == many
    is_well_laid_out(card)
    if len(card.logo):
        pass
    for credit in card.credits:
        left, bottom, right, top = box(credit)
        if card.logo.family_members_with_points():
            assert top < card.logo.get_bottom()[1], "the logo is clear of the credits"
    if card.logo.family_members_with_points():
        assert card.logo.get_top()[1] < card.answer.get_bottom()[1]


def test_few_references_leave_the_logo_alone_and_many_shrink_it() -> None:
    few, many = (EndCard(QUESTION, ANSWER, [SHORT] * n, logo()) for n in (1, 6))
    assert few.logo.height == pytest.approx(1.5)
    assert 0.5 < many.logo.height < 1.5
    assert many.logo.width / many.logo.height == pytest.approx(2)


def test_the_logo_gives_way_to_long_credits_and_too_many_are_refused() -> None:
    assert not EndCard(QUESTION, ANSWER, [PAPER * 2] * 4, logo()).logo.family_members_with_points()
    with pytest.raises(EpisodeError, match="too many words"):
        EndCard(QUESTION, ANSWER, [PAPER * 3] * 6, logo())


def test_a_card_without_a_logo() -> None:
    is_well_laid_out(EndCard(QUESTION, ANSWER, [SHORT] * 3))


@pytest.mark.parametrize("title", ["Rulers", "A whole line of cats shares one answer, and nobody can tell them apart"])
def test_a_chapter_is_a_title_over_a_line(title: str) -> None:
    card = ChapterCard(title)
    is_well_laid_out(card)
    assert card.title.plain_text == title
    assert card.rule.get_top()[1] < box(card.title)[1]
