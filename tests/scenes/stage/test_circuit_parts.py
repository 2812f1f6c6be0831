"""Tower, gauge and clauses: that cells, levels and words stand where they should."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.circuits import DARK, LIT, MLP, Clauses, Gauge, Tower, base_line, look
from tapehead.scenes.stage.facts import Told

MADE = Result({"x": quantity([80.0, 20.0, 130.0, -3.0], "i", unit="%")}, name="r")


def hexes(cell) -> str:
    return cell.get_fill_color().to_hex().upper()


def test_floors_rise_and_heads_run_to_the_right_with_the_workshop_last() -> None:
    tower = Tower(3, 4, width=4, height=3)
    assert tower.cell(1, 0).get_y() > tower.cell(0, 0).get_y()
    xs = [tower.cell(0, head).get_x() for head in range(4)]
    assert xs == sorted(xs) and tower.cell(0, MLP).get_x() > xs[-1]
    assert len(tower.floor(2)) == 5 and len(tower.workshops()) == 3
    for cell in tower:  # no two cells touch
        for other in tower:
            apart = abs(cell.get_center() - other.get_center())[:2]
            sizes = np.array([cell.width + other.width, cell.height + other.height]) / 2
            assert cell is other or (apart > sizes).any()


def test_lights_follow_the_circuit() -> None:
    tower = Tower(2, 3)
    tower.show(np.array([[1, 0, 0], [0, 0, 1]]), np.array([0, 1]))
    lit = {at for at in [(0, 0), (0, 1), (0, 2), (0, MLP), (1, 0), (1, 2), (1, MLP)] if hexes(tower.cell(*at)) == LIT}
    assert lit == {(0, 0), (1, 2), (1, MLP)}


def test_shade_is_dark_at_the_low_end_and_full_at_the_high_one() -> None:
    tower = Tower(1, 3, lit=False).shade(np.array([[0.0, 2.0, -1.0]]), "#FF0000", 0, 2)
    assert [hexes(tower.cell(0, h)) for h in range(3)] == [DARK, "#FF0000", DARK]


def test_a_cell_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EpisodeError, match=r"no 2\.0"):
        Tower(2, 3).cell(2, 0)


def test_the_column_stands_at_the_reading_and_stops_at_its_ends() -> None:
    gauge = Gauge(MADE.read("x", i=0), top=100, height=4, threshold=MADE.read("x", i=1))
    assert gauge.column.height == pytest.approx(3.2)
    assert gauge.number.plain_text == "80 %"
    assert gauge.line.get_y() - gauge.frame.get_bottom()[1] == pytest.approx(0.8)
    assert gauge.stand(MADE.read("x", i=2)).column.height == pytest.approx(4.0)
    assert gauge.stand(MADE.read("x", i=3)).column.height == pytest.approx(0.02)
    assert gauge.number.plain_text.endswith("3 %")


def test_clauses_stand_in_columns_on_base_lines() -> None:
    table = Clauses(Told("Ted born in January. Peggy born in 2. Louis born in", "says:text"))
    assert [table.subject(k).plain_text for k in range(3)] == ["Ted", "Peggy", "Louis"]
    lefts = [table.place(k).get_left()[0] for k in range(3)]
    assert np.ptp(lefts) < 1e-6
    feet = [base_line(word) for word in (table.subject(1), table.verb(1), table.place(1))]
    assert np.ptp(feet) < 0.03
    assert table.gap.get_left()[0] == pytest.approx(table.member(0).get_left()[0], abs=0.02)


@pytest.mark.parametrize("text", ["one two three", "Ted born in 1. Chris born"])
def test_a_prompt_of_another_form_is_an_error(text: str) -> None:
    with pytest.raises(EpisodeError, match="not of the form"):
        Clauses(text)


def test_more_attention_makes_a_wider_arc() -> None:
    thin, thick = (look(np.zeros(3), np.array([0.0, 2.0, 0.0]), weight) for weight in (0.1, 0.9))
    assert thick.get_stroke_width() > 3 * thin.get_stroke_width()
