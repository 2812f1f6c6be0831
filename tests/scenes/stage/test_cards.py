"""Cards: whatever the references, everything that is said stays in the frame and apart."""

from __future__ import annotations

import itertools

import pytest
from manim import DL, Rectangle, VGroup, config

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin
from tapehead.scenes.stage.badge import OriginBadge
from tapehead.scenes.stage.cards import ChapterCard, EndCard
from tapehead.scenes.stage.layout import box
from tapehead.scenes.stage.lettering import Lettering

SHORT = "Reworked from wlg1/neoknowstic_manim"
PAPER = (
    "Elhage, Nanda, Olsson and others: A Mathematical Framework for Transformer Circuits, "
    "Transformer Circuits Thread, 2021 (transformer-circuits.pub)"
)
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


def drawn(mobject: VGroup) -> bool:
    return bool(mobject.family_members_with_points())


def logo() -> Rectangle:
    return Rectangle(width=3.0, height=1.5)


@pytest.mark.parametrize(("many", "text"), [(0, ""), (1, SHORT), (1, PAPER), (3, PAPER), (6, SHORT), (6, PAPER)])
def test_any_number_of_references_stays_in_the_frame(many: int, text: str) -> None:
    card = EndCard(QUESTION, ANSWER, [text] * many, logo())
    assert len(card.credits) == many
    is_well_laid_out(card)
    if drawn(card.logo):
        assert card.logo.get_top()[1] < box(card.answer)[1]
        assert all(box(credit)[3] < card.logo.get_bottom()[1] for credit in card.credits)


def test_the_logo_shrinks_for_many_credits_and_at_last_gives_way() -> None:
    cards = [EndCard(QUESTION, ANSWER, ["thanks"] * many, logo()) for many in (1, 11, 14)]
    heights = [card.logo.height if drawn(card.logo) else 0 for card in cards]
    assert heights[0] == pytest.approx(1.5)
    assert 0.5 < heights[1] < 1.5
    assert heights[2] == 0
    assert cards[1].logo.width / cards[1].logo.height == pytest.approx(2)
    with pytest.raises(EpisodeError, match="too many words"):
        EndCard(QUESTION, ANSWER, ["thanks"] * 20, logo())


def test_a_card_without_a_logo() -> None:
    is_well_laid_out(EndCard(QUESTION, ANSWER, [SHORT] * 3))


@pytest.mark.parametrize("title", ["Rulers", "A whole line of cats shares one answer, and nobody can tell them apart"])
def test_a_chapter_is_a_title_over_a_line(title: str) -> None:
    card = ChapterCard(title)
    is_well_laid_out(card)
    assert card.title.plain_text == title
    assert card.rule.get_top()[1] < box(card.title)[1]
