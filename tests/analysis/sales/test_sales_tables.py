"""Tables of the user's: what is read, what is thrown out, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.sales.tables import Column, Columns, Games, measured, read_columns, read_games

COLUMNS = """
sales = { column = "Sold", unit = "log" }
name = "Game"
[predictors]
talk = { column = "Talk", unit = "log" }
user = { column = "User", unit = "reversed log", largest = 10 }
critic = "Critic"
"""


def files(tmp_path: Path, rows: str, columns: str = COLUMNS) -> tuple[Path, Path]:
    (tmp_path / "games.csv").write_text("Game,Year,Sold,Talk,User,Critic\n" + rows, encoding="utf-8")
    (tmp_path / "columns.toml").write_text(columns, encoding="utf-8")
    return tmp_path / "games.csv", tmp_path / "columns.toml"


def rows(count: int) -> list[list[str]]:
    rng = np.random.default_rng(4)
    return [
        [f"g{n}", "soon", f"{rng.uniform(1, 9):.3f}", str(1 + n % 5), f"{rng.uniform(1, 10):.1f}", str(40 + 3 * n % 50)]
        for n in range(count)
    ]


def as_text(table: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in table) + "\n"


def read(tmp_path: Path, table: list[list[str]], columns: str = COLUMNS):
    data, small = files(tmp_path, as_text(table), columns)
    said = read_columns(small)
    return measured(read_games(data, said), said, str(data))


def test_a_table_is_measured_in_its_units_and_text_that_nobody_asked_for_is_no_matter(tmp_path: Path) -> None:
    table = rows(12)
    made = read(tmp_path, table)
    assert made.names == ("talk", "user", "critic") and made.funnel == (("all", 12),)
    np.testing.assert_allclose(made.y, [np.log(float(row[2])) for row in table])
    wanted = [[np.log(float(r[3])), np.log(11 - float(r[4])), float(r[5])] for r in table]
    np.testing.assert_allclose(made.X, wanted)


def test_the_funnel_counts_every_step_once(tmp_path: Path) -> None:
    table = rows(15)
    table[0][3] = "0"
    table[1][3] = table[1][4] = ""
    table[2][4] = "tbd"
    table[3][5] = "N/A"
    made = read(tmp_path, table)
    steps = (("all", 15), ("talk known and not zero", 13), ("user known", 12), ("critic known", 11))
    assert made.funnel == steps and list(made.kept) == list(range(4, 15))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t[3].__setitem__(4, "good"), "row 5, column 'User' holds 'good', which is no number"),
        (lambda t: t[3].__setitem__(2, "1,5") or t[3].insert(0, "x"), "row 5 has 7 cells and the heading 6"),
        (lambda t: t[0].__setitem__(3, "-2"), "'Talk' holds -2, and there is no log of a negative number"),
        (lambda t: t[0].__setitem__(4, "10.5"), "'User' holds 10.5, beyond the end of its scale, 10"),
        (lambda t: t[0].__setitem__(5, "inf"), "row 2, column 'Critic' holds inf; a number has to be finite"),
        (lambda t: [row.__setitem__(5, "70") for row in t], "column 'critic' is the same, 70, for all 12 games"),
        (lambda t: [row.__setitem__(2, "2.718281828459045") for row in t], "column 'sales' is the same, 1, for all"),
        (lambda t: [row.__setitem__(4, "") for row in t[:8]], "leaves 4 games for 3 predictors and a constant"),
        (lambda t: t.clear(), "leaves 0 games"),
    ],
)
def test_bad_tables_are_one_clear_line(tmp_path: Path, change, complaint: str) -> None:
    table = [[cell.replace(",", "") for cell in row] for row in rows(12)]
    change(table)
    text = "\n".join(",".join(cell.replace(",", ".") for cell in row) for row in table) + "\n"
    data, small = files(tmp_path, text)
    with pytest.raises(UsageError, match=complaint.replace("(", r"\(")) as raised:
        said = read_columns(small)
        measured(read_games(data, said), said, str(data))
    assert str(raised.value).startswith(str(data)) and "\n" not in str(raised.value)


def test_a_column_that_the_others_determine_is_named(tmp_path: Path) -> None:
    columns = COLUMNS.replace('critic = "Critic"', 'critic = "Critic"\nagain = "Critic"')
    with pytest.raises(UsageError, match="column 'again' follows exactly from talk, user, critic"):
        read(tmp_path, rows(20), columns)


def test_a_heading_that_is_not_there_or_there_twice(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown column 'Critics': did you mean Critic"):
        read(tmp_path, rows(12), COLUMNS.replace('"Critic"', '"Critics"'))
    data, small = files(tmp_path, "")
    data.write_text("Game,Sold,Talk,User,Critic,Talk\n")
    with pytest.raises(UsageError, match="has 2 columns 'Talk'"):
        read_games(data, read_columns(small))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('sales = "a"\n', "a table \\[predictors\\]"),
        ('sales = "a"\n[predictors]\nx = 3\n', "x is a heading in quotes"),
        ('sales = "a"\n[predictors]\nx = { column = "b", unit = "lg" }\n', "unknown unit 'lg': did you mean log"),
        ('sales = "a"\n[predictors]\nx = { column = "b", base = 2 }\n', "unknown entry 'base'"),
        ('sale = "a"\n', "unknown entry 'sale'"),
        ('sales = "a"\n[predictors]\nx = { column = "b", largest = "ten" }\n', "end of its scale, a number"),
        ("sales =", "no valid TOML"),
    ],
)
def test_a_bad_columns_file_is_one_message(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=complaint):
        read_columns(path)


def test_files_that_are_not_there_or_empty(tmp_path: Path) -> None:
    columns = Columns(Column("sales", "a"), (Column("x", "b"),))
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_games(tmp_path / "no.csv", columns)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(UsageError, match="is empty"):
        read_games(tmp_path / "empty.csv", columns)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no CSV file in UTF-8"):
        read_games(tmp_path / "bytes.csv", columns)


def test_without_a_largest_value_the_largest_found_turns_the_axis() -> None:
    games = Games(tuple("abcdef"), {"s": np.array([1.0, 2, 4, 3, 5, 7]), "u": np.array([1.0, 2, 3, 5, 4, 8])})
    made = measured(games, Columns(Column("sales", "s"), (Column("user", "u", "reversed log"),)))
    np.testing.assert_allclose(made.X[:, 0], np.log(9 - games.values["u"]))
