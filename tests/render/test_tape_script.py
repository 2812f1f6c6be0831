"""A driven tape: each frame is the plain tape with that frame's settings, and clean regions are the clean picture."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import Store
from tapehead.render.assets import asset
from tapehead.render.film.make import Choices, render
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.tape import tape_named
from tapehead.render.tape.driven import Scripted, driven, scene_seed, scripted, stage_for
from tapehead.render.tape.stage import stretches
from tapehead.render.tape.vhs import Vhs
from tapehead.scenes.episode import find_episode
from tapehead.scenes.stage.tape_track import Event, Key, Region, TapeTrack

FPS = 15


def picture(height: int = 96, width: int = 128) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


RAMP = TapeTrack(
    (
        Key(2, "chroma.delay", 0.0, 1.0),
        Key(6, "chroma.delay", 1.5, line=True),
        Key(4, "track.error", 0.8),
        Key(8, "track.error", 0.0, 1.0),
    )
)


def test_each_frame_is_the_plain_tape_with_that_frames_settings() -> None:
    tape, frame = tape_named("sp"), picture()
    stage = Scripted(tape, RAMP)
    by_hand = {
        0: {},
        3: {"chroma.delay": 0.45 + 1.05 / 4},
        5: {"chroma.delay": 0.45 + 3 * 1.05 / 4, "track.error": 0.8},
        7: {"chroma.delay": 1.5, "track.error": 0.8},
        9: {"chroma.delay": 1.5},
    }
    for index, changes in by_hand.items():
        got, plain = stage.apply(frame, index, FPS, 5), tape.but(changes).apply(frame, index, FPS, 5)
        assert np.abs(got.astype(int) - plain.astype(int)).max() <= 1, index  # 0.45 + 0.2625 may round otherwise
        assert not changes or not np.array_equal(got, tape.apply(frame, index, FPS, 5)), "and it does something"


def test_frames_in_any_order_alone_or_again_are_the_same_bytes() -> None:
    frame = picture()
    region = Region(0.05, 2, ((1, (0.2, 0.2, 0.5, 0.5)), (6, None)))
    track = TapeTrack((*RAMP.keys, Key(0, "sync.roll", 30.0)), (region,), (Event("eaten", 3, 9),))
    in_order = [Scripted(tape_named("worn"), track).apply(frame, k, FPS, 1).tobytes() for k in range(10)]
    shuffled = list(range(10))
    random.Random(1).shuffle(shuffled)
    stage = Scripted(tape_named("worn"), TapeTrack.from_data(json.loads(json.dumps(track.to_data()))))
    for k in shuffled:
        assert stage.apply(frame, k, FPS, 1).tobytes() == in_order[k]
    assert len(set(in_order)) == 10


@pytest.mark.parametrize("fps", [15, 24, 60, Fraction(60000, 1001)])
@pytest.mark.parametrize("name", ["sp", "pal-sp", "worn", "eaten"])
def test_equal_states_are_equal_pictures(name: str, fps: int | Fraction) -> None:
    """A player hands out whole frames, so at 60 frames a second every second one is known already."""
    frame = picture()
    region = Region(0.05, 2, ((1, (0.2, 0.2, 0.5, 0.5)), (6, None)))
    whole = Region(0.0, 0, ((14, (0.0, 0.0, 1.0, 1.0)),))
    tape = tape_named(name)
    assert isinstance(tape, Vhs)
    stages = (
        tape,
        tape.but({"osd.counter": 5.0, "osd.mode": "PLAY", "pause.at": (0.1, 0.2), "jitter.frame": 1.0}),
        tape.but({"fields": "progressive"}),
        Scripted(tape, TapeTrack((*RAMP.keys, Key(9, "sync.roll", 30.0)), (region, whole), (Event("eaten", 3, 9),))),
    )
    for number, stage in enumerate(stages):
        states = [stage.state(k, fps) for k in range(18)]
        made = [stage.apply(frame, k, fps, 5).tobytes() for k in range(18)]
        for k in range(1, 18):
            assert states[k] != states[k - 1] or made[k] == made[k - 1], (number, k)
        assert made[15] == frame.tobytes() or number < 3, "taken off"
        if fps == 60 and number == 0:
            assert sum(states[k] == states[k - 1] for k in range(1, 18)) == (9 if name != "pal-sp" else 10)
        assert len(set(states[:14])) > 5
    runs = list(stretches(tape, 3, 9, 60))
    assert sum(count for _first, count in runs) == 9 and runs[0][0] == 3


def test_a_driven_speed_gathers_and_does_not_jump() -> None:
    """Rolling at a rate that rises from 0 to 30 lines a second in a second is 15 lines after it, not 30."""
    stage = Scripted(tape_named("sp"), TapeTrack((Key(0, "sync.roll", 0.0), Key(15, "sync.roll", 30.0, line=True))))
    rolled = [stage.at(k, FPS).settings["sync.roll"] * k / FPS for k in range(46)]
    rate = np.minimum(np.arange(46) * 2.0, 30.0)
    assert rolled == pytest.approx(list(np.concatenate([[0], np.cumsum(rate)[:-1]]) / FPS), abs=1e-9)
    assert np.diff(rolled).max() <= 30 / FPS + 1e-9
    naive = [rate[k] * k / FPS for k in range(16)]
    assert np.diff(naive).max() > 1.9 * 30 / FPS, "as the setting alone would have it"


@pytest.mark.parametrize(("share", "value", "expected"), [(0.5, 17.0, 34.0), (1.0, 0.0, None), (0.0, 30.0, 30.0)])
def test_a_preset_without_a_value_has_nothing_to_come_from(share: float, value: float, expected: float | None) -> None:
    tape = tape_named("sp").but({"luma.snr": None})
    assert Scripted(tape, TapeTrack((Key(0, "luma.snr", value, share),))).at(0, FPS).settings["luma.snr"] == expected


def test_bandwidth_comes_from_the_speed_and_moves_in_steps() -> None:
    stage = Scripted(tape_named("ep"), TapeTrack((Key(0, "luma.bw", 0.0, 1.0), Key(9, "luma.bw", 1.5, line=True))))
    found = [stage.at(k, FPS).settings.luma_bw for k in range(10)]
    assert found == pytest.approx(list(np.linspace(tape_named("ep").settings.luma_bw, 1.5, 10)), abs=0.011)


def test_the_machine_does_what_the_scene_says_when_it_says_it() -> None:
    stage = Scripted(tape_named("eaten"), TapeTrack(events=(Event("stop", 30, 60), Event("pause", 10, 20))))
    assert stage.at(0, FPS).settings["transport"] == (("stop", 2.0, 4.0), ("eaten", 2.0, 5.0))
    assert stage.at(9, FPS).settings["pause.at"] is None
    assert stage.at(10, FPS).settings["pause.at"] == (10 / FPS, 20 / FPS)
    assert stage.at(20, FPS).settings["pause.at"] is None


def test_a_clean_region_is_the_clean_picture_with_a_soft_edge() -> None:
    tape, frame = tape_named("worn"), picture(100, 160)
    box = (0.25, 0.3, 0.75, 0.7)
    stage = Scripted(tape, TapeTrack(regions=(Region(0.1, 0, ((0, box),)),)))
    got, taped = (s.apply(frame, 4, FPS, 1).astype(int) for s in (stage, tape))
    clean = frame.astype(int)
    assert np.array_equal(got[30:70, 40:120], clean[30:70, 40:120])
    outside = np.ones((100, 160), bool)
    outside[20:80, 30:130] = False
    assert np.array_equal(got[outside], taped[outside])
    assert not np.array_equal(got[31:69, 41:119], taped[31:69, 41:119])
    edge = got[50, 120:130].mean(), clean[50, 120:130].mean(), taped[50, 120:130].mean()
    low, high = np.minimum(clean, taped), np.maximum(clean, taped)
    assert ((got >= low) & (got <= high)).all(), "a mixture, nowhere anything else"
    assert edge[0] != edge[1] != edge[2]
    part = ((got - taped) / np.where(clean == taped, 1, clean - taped))[40:60, 120:130].mean(axis=(0, 2))
    assert (np.diff(part) < 0.05).all(), "less and less clean on the way out"


def test_a_region_comes_and_goes_but_is_there_from_the_first_frame() -> None:
    def strengths(first: int) -> list[float]:
        track = TapeTrack(regions=(Region(0.0, 3, ((first, (0.0, 0.0, 0.5, 0.5)), (first + 9, None))),))
        return [sum(s for _, _, s in track.clean_at(k)) for k in range(first, first + 9)]

    assert strengths(4) == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 0.75, 0.5, 0.25])
    assert strengths(0) == pytest.approx([1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25])


def test_off_means_the_very_picture_and_a_clean_film_takes_no_orders() -> None:
    frame = picture()
    off = Region(0.0, 0, ((2, (0.0, 0.0, 1.0, 1.0)), (4, None)))
    stage = Scripted(tape_named("worn"), TapeTrack(regions=(off,)))
    assert [np.array_equal(stage.apply(frame, k, FPS, 1), frame) for k in range(6)] == [False, False, True, True] + [
        False
    ] * 2
    clean = scripted(tape_named("clean"), RAMP)
    assert clean.is_static
    assert clean.identity() == tape_named("clean").identity()
    assert stage_for("worn", False, RAMP).identity() == tape_named("clean").identity()


def test_the_track_is_part_of_the_identity() -> None:
    tape = tape_named("sp")
    other = TapeTrack((*RAMP.keys[:-1], Key(9, "track.error", 0.0, 1.0)))
    identities = [json.dumps(scripted(tape, track).identity()) for track in (TapeTrack(), RAMP, other)]
    assert len(set(identities)) == 3
    assert scripted(tape, TapeTrack()).identity() == tape.identity()


def test_every_setting_of_the_picture_can_be_driven() -> None:
    settings = tape_named("sp").settings
    for name in settings:
        if name.startswith("audio.") or name in ("transport", "pause.at"):
            with pytest.raises(UsageError, match=name):
                driven(name, settings[name], False)
        else:
            assert driven(name, settings[name], False) == settings[name]


def test_scenes_have_seeds_of_their_own() -> None:
    seeds = {scene_seed(seed, scene) for seed in (0, 1, 2**62) for scene in ("hook", "limits")}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)


EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    slug="driven",
    title="Driven",
    tape="sp",
    scenes=(
        SceneRef("moves", ".moves:Moves", "Moves"),
        SceneRef("again", ".moves:Moves", "Again"),
        SceneRef("dry", ".moves:Moves", "Dry", taped=False),
    ),
)
"""
MOVES = """
from manim import Square, UP

from tapehead.scenes.stage.base import StageScene


class Moves(StageScene):
    def construct(self):
        square = Square(2.0).shift(UP)
        self.add(square)
        self.tape.keep_clean((-7.0, -4.0, -4.0, 4.0), pad=0.0)
        self.tape.ramp("track.error", 0.8, over=0.4)
        self.hold(0.6)
"""


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    folder = tmp_path / "driven"
    folder.mkdir()
    for name, text in (
        ("__init__.py", '"""A test."""\n'),
        ("episode.py", EPISODE),
        ("moves.py", MOVES),
        ("script.toml", 'language = "en"\n'),
    ):
        (folder / name).write_text(text)
    return folder


def test_a_regraded_film_draws_nothing_and_logs_the_track(episode: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")

    def made(out: str, **options) -> dict:
        choices = Choices(quality_named("320x180p15"), jobs=1, voice="none", out=tmp_path / out, **options)
        film = render(find_episode(str(episode)), choices, store, Reporter(quiet=True))
        return json.loads(film.files["provenance"].read_text())

    first, second, clean = made("a"), made("b", tape="worn"), made("c", tape="clean")
    assert first["store"]["master"] == second["store"]["master"] == clean["store"]["master"]
    digests = [record["scenes"]["moves"]["frames_digest"] for record in (first, second, clean)]
    assert len(set(digests)) == 1
    assert len({*first["store"]["chunk"], *second["store"]["chunk"], *clean["store"]["chunk"]}) == 2 + 1 + 2
    masters = store.root / "master"
    assert len(list(masters.rglob("frames.tpf"))) == 3, "nothing was drawn twice"
    track = first["scenes"]["moves"]["tape"]
    assert [(key["setting"], key["frame"]) for key in track["keys"]] == [("track.error", 0), ("track.error", 6)]
    assert len(track["regions"]) == 1
    assert [first["scenes"][name]["taped"] for name in ("moves", "again", "dry")] == [True, True, False]


def test_a_film_on_a_tape_of_the_users(episode: Path, tmp_path: Path) -> None:
    path = tmp_path / "my tape.json"
    path.write_text(asset("tapes/worn.json").read_text().replace('"luma.snr": 38.0', '"luma.snr": 30.0'))
    choices = Choices(quality_named("480p15"), jobs=1, voice="none", out=tmp_path / "a", tape=str(path), only="moves")
    film = render(find_episode(str(episode)), choices, Store(tmp_path / "store"), Reporter(quiet=True))
    told = json.loads(film.files["provenance"].read_text())["tape"]
    worn = tape_named("worn")
    assert told["name"] == "my tape" and told["settings"] == worn.but({"luma.snr": 30.0}).settings.digest()
