"""Settings that change as a video goes on."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import UsageError
from tapehead.render.tape import tape_named
from tapehead.render.tape.driven import Scripted
from tapehead.render.tape_tool.moves import Move, moving, parse_move, read_script, seconds_of

SP = tape_named("sp")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3), ("3s", 3), ("2.5s", Fraction(5, 2)), ("500ms", Fraction(1, 2)), ("1:02.5", Fraction(125, 2)),
     ("1:00:00", 3600), (".5", Fraction(1, 2)), ("-1", None), ("soon", None), ("", None), ("3 m", None),
     ("1:2ms", None), ("9999999999", None), ("٣", None)],
)  # fmt: skip
def test_times_as_one_types_them(text, seconds):
    assert seconds_of(text) == seconds


def test_a_move_says_when_and_what():
    assert parse_move("3s track.error=0.7") == [Move(Fraction(3), Fraction(3), "track.error", 0.7)]
    assert parse_move("3s-5s TRACK.ERROR=.7".replace("=.7", "=0.7")) == [Move(3, 5, "track.error", 0.7)]
    assert parse_move("1:00..1:02 luma.snr=30 chroma.noise=6") == [
        Move(60, 62, "luma.snr", 30.0),
        Move(60, 62, "chroma.noise", 6.0),
    ]
    assert parse_move("2s osd.date=NOV 22 1991 osd.mode=play") == [
        Move(2, 2, "osd.date", "NOV 22 1991"),
        Move(2, 2, "osd.mode", "PLAY"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("track.error=0.7", "takes a time and settings"),
        ("3s", "takes a time and settings"),
        ("5s-3s track.error=0.7", "before the first"),
        ("3s track.eror=0.7", "did you mean track.error"),
        ("3s track.error=7", "it must be 0 to 1"),
        ("3s-5s speed=EP", "cannot move"),
        ("3s-5s luma.snr=none", "cannot move to none"),
        ("3s audio.hiss=-30", "holds for the whole film"),
    ],
)
def test_a_move_that_does_not_fit_is_refused(text, said):
    with pytest.raises(UsageError, match=said):
        parse_move(text)


def test_a_jump_and_a_straight_line():
    tape = moving(SP, parse_move("1s track.error=0.5") + parse_move("2s-4s track.error=0.9"), Fraction(10))
    assert isinstance(tape, Scripted)
    values = [tape.at(frame, 10).settings["track.error"] for frame in (0, 9, 10, 19, 20, 30, 40, 99)]
    assert values == pytest.approx([0, 0, 0.5, 0.5, 0.5, 0.7, 0.9, 0.9])


def test_the_first_line_begins_at_the_presets_own():
    tape = moving(tape_named("worn"), parse_move("0s-2s luma.snr=30"), Fraction(10))
    assert [tape.at(frame, 10).settings["luma.snr"] for frame in (0, 10, 20)] == pytest.approx([38, 34, 30])


def test_moves_of_one_setting_do_not_overlap():
    with pytest.raises(UsageError, match=r"track\.error is to be at 0\.1 from 3 s, but is still moving until 5 s"):
        moving(SP, parse_move("1s-5s track.error=0.7") + parse_move("3s track.error=0.1"), Fraction(25))
    one = moving(SP, parse_move("1s-3s track.error=0.7") + parse_move("3s track.error=0.1"), Fraction(25))
    assert one.at(74, 25).settings["track.error"] > 0.6 and one.at(75, 25).settings["track.error"] == 0.1


def test_no_moves_leave_the_tape_as_it_is():
    assert moving(SP, [], Fraction(25)) is SP


def test_a_script_is_a_text_file(tmp_path):
    path = tmp_path / "moves.txt"
    path.write_text(
        "\ufeff# how it goes\n\n1s track.error=0.5  # here\n2s-4s   track.error=0.9\tluma.snr=30\n", "utf-8"
    )
    assert [move.setting for move in read_script(path)] == ["track.error", "track.error", "luma.snr"]
    path.write_text("1s track.error=0.5\n2s track.error=50\n")
    with pytest.raises(UsageError, match=r"moves\.txt, line 2: tape setting track\.error is 50"):
        read_script(path)
    for content in (b"\xff\xfe\x00", b"1s\n", b"\x00"):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"moves\.txt"):
            read_script(path)
    with pytest.raises(UsageError, match="there is no file"):
        read_script(tmp_path / "none.txt")
    path.write_bytes(b"#" * (1 << 20) + b"##")
    with pytest.raises(UsageError, match="larger than a megabyte"):
        read_script(path)


@given(st.text(max_size=40) | st.from_regex(r"[0-9:.s\-]{1,8} [a-z.]{3,12}=[-0-9a-z.\[\]{}]{0,8}", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_move_or_refused_in_a_line(text):
    try:
        moves = parse_move(text)
    except UsageError as error:
        assert len(str(error)) < 400
    else:
        assert moves and all(0 <= move.first_s <= move.last_s for move in moves)
        moving(SP, moves, Fraction(25))
