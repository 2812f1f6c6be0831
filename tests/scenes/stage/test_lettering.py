"""Lettering: same outlines everywhere, and no number that was not read from a result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin, Reading
from tapehead.scenes.stage.badge import OriginBadge
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, TITLE, UNITS_PER_POINT, Formula, Name, Words, as_text


def reading(value: float) -> Reading:
    return Reading(value, "map", "nap", (0,), "naps")


def test_a_typed_number_is_refused() -> None:
    for make in (Words, Formula):
        with pytest.raises(EpisodeError, match="typed"):
            make("nap = 2.75")
    with pytest.raises(EpisodeError, match="typed"):
        Words("nap {x}", x="2.75")


def test_a_plain_float_is_refused() -> None:
    with pytest.raises(EpisodeError, match="read from a result"):
        Words("nap {x}", x=2.75)  # type: ignore[arg-type]


def test_digits_in_names_are_names() -> None:
    Formula("a_1 = w_11 x_1 + w_(12) x^2")
    for name in ("head 9.1", "MLP 0", "puppet-64", "GPT-2 small", "Stable Diffusion 1.5", "W3C", "layer 5, head 3"):
        Words("{who}", who=Name(name))


@pytest.mark.parametrize(
    "text",
    [
        "6",
        "9.1",
        "1995",
        "2 + 2",
        "x = 6",
        "99 % of all",
        "½",
        "6 → 7",
        "acc 99",
        "99 of all",
        "score: 0.5",
        "head 3 99",
    ],
)
def test_a_number_that_calls_itself_a_name_is_refused(text: str) -> None:
    with pytest.raises(EpisodeError, match=r"is a number, not a name; .*result\.facts.*self\.typed"):
        Words("{who}", who=Name(text))


def test_a_number_read_from_the_facts_is_a_name_and_says_where_it_was_read() -> None:
    for made in (Words("{w}", w=Name(Told("6", "says:answer"))), Words("{w}", w=Told("6", "says:answer"))):
        assert made.shown == [{"source": "says:answer", "value": "6", "spec": "", "shown": "6"}]


@pytest.mark.parametrize("template", ["{{99.7}} {x}", "{x:9>8.2f}", "{x!r}", "{x.real}", "½ {x}"])
def test_no_format_lets_a_digit_in(template: str) -> None:
    for make in (Words, Formula):
        with pytest.raises(EpisodeError):
            make(template, x=reading(2.75))


def test_shown_numbers_are_recorded() -> None:
    words = Words("nap {x:.1f}", x=reading(2.75))
    assert words.plain_text == "nap 2.8"
    assert words.shown == [{"source": "map/nap[0]", "value": 2.75, "spec": ".1f", "shown": "2.8"}]


@pytest.mark.parametrize(
    ("value", "text"), [(2.75, "2.75"), (2.0, "2"), (-0.5, "−0.5"), (-0.001, "0"), (0.3288, "0.33"), (100.0, "100")]
)
def test_numbers_read_well(value: float, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [(3.2e-5, ".0e", "3 × 10⁻⁵"), (-1.25e-13, ".2e", "−1.25 × 10⁻¹³"), (4e21, ".2g", "4 × 10²¹"), (0.5, ".2g", "0.5")],
)
def test_a_power_of_ten_is_written_as_people_write_it(value: float, spec: str, text: str) -> None:
    assert as_text(value, spec) == text
    words = Words(f"p = {{x:{spec}}}", x=reading(value))
    assert words.plain_text == f"p = {text}"
    assert len(words.submobjects) == len(f"p = {text}".replace(" ", ""))  # every sign is in the font


@given(st.floats(-1e6, 1e6))
def test_text_is_within_rounding_of_the_number(value: float) -> None:
    assert abs(float(as_text(value).replace("−", "-")) - value) <= 0.005 + 1e-9


def test_size_is_an_em_in_frame_units() -> None:
    small, large = Words("Wide", size=TINY), Words("Wide", size=TITLE)
    assert large.height / small.height == pytest.approx(TITLE / TINY, rel=1e-6)
    assert pytest.approx(8 / 28, rel=0.03) == TINY * UNITS_PER_POINT, "the smallest text is 1/28 of the frame's height"
    assert 0.4 < Words("x", size=96).height < 0.6, "an x is about half an em high"


def test_width_wraps() -> None:
    text = "a rather long line of words that has to break somewhere"
    assert Words(text, width=4).width <= 4.001
    assert Words(text, width=4).height > 1.5 * Words(text).height


def test_markup_characters_are_plain() -> None:
    Words("* _ ` # $ @ < > [ ] ~ \\ all plain")


def test_parts_keep_their_role_colours() -> None:
    colours = {glyph.get_fill_color().to_hex() for glyph in Formula("nap(a) = nose(x)").family_members_with_points()}
    assert {"#FFA552", "#FF6B6B", "#F4F1E8"} <= colours


def test_same_source_same_outlines() -> None:
    one, other = Words("same {x}", x=reading(1.0)), Words("same {x}", x=reading(1.0))
    assert (one.get_all_points() == other.get_all_points()).all()


def test_bad_typst_is_one_clear_error() -> None:
    with pytest.raises(EpisodeError, match="typst cannot set"):
        Formula("frac(a")


def test_a_badge_names_any_model() -> None:
    OriginBadge(Origin.COMPUTED, "my network 7")


@pytest.mark.parametrize("template", [r"\frac{\sigma_1}{\sqrt{n}}", r"\sigma_1", r"\mathbf{x}"])
def test_latex_is_recognised_and_explained(template: str) -> None:
    with pytest.raises(EpisodeError, match=r"which is LaTeX; .*sigma_1/sqrt\(n\)"):
        Formula(template)


def test_a_field_without_a_value_says_what_to_pass() -> None:
    with pytest.raises(EpisodeError, match=r"'\{x\}' has no value: pass x=result.read\(...\); given are y"):
        Words("{x} and {y}", y="one")
