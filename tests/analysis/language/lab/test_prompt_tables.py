"""Prompt files: what reads, and what each mistake is told."""

import json
from pathlib import Path

import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab.prompt_tables import read_table, without_repeats

ROW = {"clean": "Tom saw Ben. Ben saw", "corrupted": "Tom saw Ben. Sue saw", "answer": "Tom", "wrong": "Ben"}


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    return path


def test_json_jsonl_and_csv_say_the_same(tmp_path: Path) -> None:
    rows = [ROW | {"group": "a", "positions": ["x", "y", "z", "S", "end"]}, ROW | {"answer": ["Tom", "Sue, the"]}]
    one = read_table(write(tmp_path / "a.json", rows))
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    (tmp_path / "a.csv").write_text(
        "clean,corrupted,answer,wrong,group,positions\n"
        "Tom saw Ben. Ben saw,Tom saw Ben. Sue saw,Tom,Ben,a,x y z S end\n"
        'Tom saw Ben. Ben saw,Tom saw Ben. Sue saw,"Tom|Sue, the",Ben,,\n'
    )
    for name in ("a.jsonl", "a.csv"):
        found = read_table(tmp_path / name)
        for mine, theirs in zip(found, one, strict=True):
            assert (mine.clean, mine.answer, mine.group, mine.positions) == (
                theirs.clean,
                theirs.answer,
                theirs.group,
                theirs.positions,
            )
    assert one[0].positions == ("x", "y", "z", "S", "end")
    assert one[1].answer == ("Tom", "Sue, the")
    assert [row.line for row in one] == [2, 3]
    assert [row.line for row in read_table(tmp_path / "a.csv")] == [2, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"corrupted": ROW["clean"]}, ("line 3", "same text")),
        ({"wrong": "Tom"}, ("line 3", "'Tom' is an answer and a wrong answer")),
        ({"answer": []}, ("line 3", "'answer' is an empty list")),
        ({"answer": None}, ("line 3", "'answer' must be text")),
        ({"clean": 5}, ("line 3", "'clean' must be text")),
        ({"half": "both"}, ("line 3", "half is 'find' or 'score'")),
        ({"join": 1}, ("line 3", "join is the text")),
        ({"group": [1]}, ("line 3", "group is a name")),
        ({"positions": [True]}, ("line 3", "'positions'")),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(tmp_path: Path, change: dict, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as told:
        read_table(write(tmp_path / "a.json", [ROW, ROW | change]))
    assert all(word in str(told.value) for word in words), str(told.value)


@pytest.mark.parametrize("between", [";", "\t"])
def test_cells_may_be_kept_apart_by_what_the_users_program_writes(tmp_path: Path, between: str) -> None:
    cells = [ROW["clean"], '"Tom, Ben"', "Tom|Sue", "Ben"]
    (tmp_path / "a.csv").write_text(between.join(ROW) + "\n" + between.join(cells) + "\n")
    (row,) = read_table(tmp_path / "a.csv")
    assert (row.clean, row.corrupted, row.answer) == (ROW["clean"], "Tom, Ben", ("Tom", "Sue"))


def test_rows_that_repeat_others_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"wrong": "Sue"}, ROW | {"half": "find"}, ROW | {"group": "x"}]
    found, repeated = without_repeats(read_table(write(tmp_path / "a.json", rows)), "a")
    assert ([row.line for row in found], repeated) == ([2, 3, 5], 1)
    leaking = [ROW | {"half": "find"}, ROW | {"half": "score"}]
    with pytest.raises(UsageError, match="a, line 3: it repeats line 2, but one is to find on and one to score on"):
        without_repeats(read_table(write(tmp_path / "b.json", leaking)), "a")


def test_a_missing_field_is_named_with_its_line(tmp_path: Path) -> None:
    for field in ROW:
        short = {name: value for name, value in ROW.items() if name != field}
        with pytest.raises(UsageError, match=rf"line 3: the field '{field}' is missing; there is "):
            read_table(write(tmp_path / "a.json", [ROW, short]))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "[]", "holds no prompts"),
        ("a.json", '{"rows": [1]}', "one object, not a list of rows; its 'rows' is one"),
        ("a.json", "[{", "line 1: no JSON"),
        ("a.json", '[{"a": 1} {"b": 2}]', "a comma or the end of the list is missing"),
        ("a.json", "[1]", "line 1: a row is an object"),
        ("a.json", "", "no JSON list of rows"),
        ("a.jsonl", '{"clean": "a"}\nnot json', "line 2: no JSON"),
        ("a.json", "[" * 10**5, "nested more than 64 times"),
        ("a.jsonl", '{"clean": ' + "[" * 10**5, "nested more than 64 times"),
        ("a.csv", 'clean,corrupted,answer,wrong\na,b,"' + "[" * 10**5 + '",d\n', "nested more than 64 times"),
        ("a.csv", "clean;corrupted;answer;wrong\na;b;c\n", "3 cells under 4 columns; put text that holds semicolons"),
        ("a.csv", "clean,clean\n", "two columns are called 'clean'"),
        ("a.csv", "clean,corrupted,answer,wrong\na,b,c,d,e\n", "line 2: 5 cells under 4 columns"),
        ("a.csv", 'clean,corrupted,answer,wrong\n"a,b,c,d\n', "no CSV"),
        ("a.txt", "x", "prompt files end in"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as told:
        read_table(tmp_path / name)
    assert words in str(told.value)


def test_what_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_table(tmp_path / "gone.json")
    (tmp_path / "latin.csv").write_bytes("clean\nMüller".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_table(tmp_path / "latin.csv")


def test_the_authors_format_gets_corrupted_prompts_whose_last_members_do_not_follow(tmp_path: Path) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    rows = []
    for start in range(5):
        shown = words[start : start + 4]
        fields = dict(zip(("S1", "S2", "S3", "S4"), shown, strict=True))
        text = " ".join(f"X{i} done in {word}." for i, word in enumerate(shown)) + " Y done in"
        rows.append(fields | {"corr": words[start + 4], "incorr": shown[3], "text": text})
    found = read_table(write(tmp_path / "a.json", rows), seed=4)
    assert [row.answer for row in found] == [(words[i + 4],) for i in range(5)]
    order = {word: i for i, word in enumerate(words)}
    for row, given in zip(found, rows, strict=True):
        assert row.clean == given["text"]
        members = [word.strip(".") for word in row.corrupted.split() if word.strip(".") in order]
        assert len(members) == 4
        assert order[members[3]] != order[members[2]] + 1
        assert row.corrupted.split()[0] == "X0"
    assert read_table(tmp_path / "a.json", seed=4) == found
    del rows[2]["corr"]
    with pytest.raises(UsageError, match="line 4: the field 'corr' is missing"):
        read_table(write(tmp_path / "b.json", rows))


def test_a_row_of_a_file_on_one_line_is_named_by_its_number(tmp_path: Path) -> None:
    row = {"clean": "a b", "corrupted": "c b", "answer": "d", "wrong": "e"}
    path = tmp_path / "one.json"
    path.write_text(json.dumps([row, row, {name: row[name] for name in ("clean", "corrupted", "answer")}]))
    with pytest.raises(UsageError, match=r"line 1, row 3 of it: the field 'wrong' is missing"):
        read_table(path)
    path.write_text(json.dumps([row, row]))
    assert [one.where for one in read_table(path)] == ["line 1", "line 1, row 2 of it"]
    path.write_text(json.dumps([row, row], indent=1))
    assert [one.where for one in read_table(path)] == ["line 2", "line 8"]


def test_what_a_message_shows_of_a_row_is_cut(tmp_path: Path) -> None:
    row = {"clean": "a b", "corrupted": "c b", "answer": ["d" * 10**6, "x"], "wrong": "d" * 10**6}
    path = tmp_path / "long.json"
    for field, value in (("wrong", row["wrong"]), ("group", [["y" * 10**6]]), ("clean", {"z": "y" * 10**6})):
        path.write_text(json.dumps([row | {field: value}]))
        with pytest.raises(UsageError) as caught:
            read_table(path)
        assert len(str(caught.value)) < 400 + len(str(path))
