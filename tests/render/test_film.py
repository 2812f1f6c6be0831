"""One short episode rendered whole: the file, its words, its provenance, and that a second run does nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from tapehead.analysis.errors import OutputError
from tapehead.analysis.store import Store, digest_file
from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.master import MasterReader
from tapehead.render.film.make import Choices, Film, prepare, render
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.scenes.episode import BUILT_IN, find_episode

QUALITY = quality_named("480p15")


def make(out: Path, **options) -> Film:
    name = options.pop("episode", "odd-squares")
    store = options.pop("store", None) or Store()
    return render(find_episode(name), Choices(QUALITY, out=out, **options), store, Reporter(quiet=True))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return make(tmp_path_factory.mktemp("out"), jobs=2)


def test_all_files_are_there(film: Film) -> None:
    folder = film.path.parent
    assert film.path == folder / "odd-squares.mp4"
    assert folder.parts[-2:] == ("odd-squares", "480p15")
    names = {path.name for path in folder.iterdir()}
    assert {"odd-squares.mp4", "odd-squares.srt", "odd-squares.vtt", "odd-squares.txt", "provenance.json"} <= names
    assert not [name for name in names if "part" in name or name == "logs"]


def test_picture_and_sound_are_as_long_as_the_plan_says(film: Film) -> None:
    record = json.loads((film.path.parent / "provenance.json").read_text())
    frames = sum(scene["frames"] for scene in record["scenes"].values())
    with av.open(str(film.path)) as container:
        decoded = sum(1 for _ in container.decode(video=0))
    assert decoded == frames
    assert film.duration_s == pytest.approx(frames / QUALITY.fps, abs=1e-3)
    with av.open(str(film.path)) as container:
        sound = sum(frame.samples for frame in container.decode(audio=0)) / 48000
    assert sound == pytest.approx(film.duration_s, abs=0.05)


def test_each_line_is_heard_when_its_picture_is_there(film: Film) -> None:
    """The spoken line, looked for in the film's sound by correlation, lies within a frame of its cue."""
    record = json.loads((film.path.parent / "provenance.json").read_text())
    store, start = Store(), 0
    heard = sound_of(film.path)
    voices = [store.place("voice", key) for key in record["store"]["voice"]]
    found = 0
    for key in [scene.name for scene in find_episode("odd-squares").scenes]:
        master = next(
            place
            for place in (store.place("master", each) for each in record["store"]["master"])
            if json.loads((place / "entry.json").read_text())["facts"]["scene"] == key
        )
        for at in CueList.load(master / "cues.json").starts().values():
            cue = start / QUALITY.fps + at
            lags = [lag_of(sound_of(voice / "speech.wav"), heard, cue) for voice in voices]
            offset, likeness = max(lags, key=lambda pair: pair[1])
            assert likeness > 0.3
            assert abs(offset) <= 1 / QUALITY.fps
            found += 1
        start += record["scenes"][key]["frames"]
    assert found == 4


def sound_of(path: Path) -> np.ndarray:
    """Mono samples at 8 kHz: enough to find a voice."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=8000)
        parts = [made.to_ndarray()[0] for frame in container.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate(parts)


def lag_of(voice: np.ndarray, heard: np.ndarray, cue: float) -> tuple[float, float]:
    """Seconds by which ``voice`` lies after ``cue`` in ``heard``, and how alike the two are there (0..1)."""
    voice = voice[:8000]
    first = max(0, round((cue - 0.5) * 8000))
    part = heard[first : first + 8000 + len(voice)]
    if len(part) < len(voice):
        return 9.0, 0.0
    alike = np.correlate(part, voice, "valid")
    windows = np.sqrt(np.convolve(part**2, np.ones(len(voice)), "valid"))
    alike = alike / (windows * np.sqrt((voice**2).sum()) + 1e-9)
    best = int(np.argmax(alike))
    return (first + best) / 8000 - cue, float(alike[best])


def test_every_number_on_screen_is_a_number_of_a_result(film: Film) -> None:
    record = json.loads((film.path.parent / "provenance.json").read_text())
    store, shown = Store(), 0
    results = {name: store.read_result(store.place("result", meta["key"])) for name, meta in record["results"].items()}
    for scene in record["scenes"].values():
        for number in scene["numbers"]:
            name, _, rest = number["source"].partition("/")
            array, _, index = rest.rstrip("]").partition("[")
            place = tuple(int(i) for i in index.split(",") if i)
            assert float(results[name][array][place]) == number["value"]
            shown += 1
    assert shown >= 4


def test_provenance_has_the_digests_of_the_files(film: Film) -> None:
    record = json.loads((film.path.parent / "provenance.json").read_text())
    assert record["digests"]["files"]["film"] == digest_file(film.path)
    assert "wall" not in json.dumps(record)


def test_nothing_changed_means_nothing_is_done(film: Film) -> None:
    before = film.path.stat().st_mtime_ns
    again = make(film.path.parents[2])
    assert not again.fresh
    assert again.digests == film.digests
    assert film.path.stat().st_mtime_ns == before


@pytest.mark.long  # by default: two renders at once in test_faults, with one job each, make the film of two jobs
def test_other_jobs_other_store_same_bytes(film: Film, tmp_path: Path) -> None:
    again = make(tmp_path / "out", jobs=1, store=Store(tmp_path / "store"))
    assert again.digests == film.digests


def test_a_missing_file_is_made_again_from_kept_scenes(film: Film, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(film.path.parents[1], out / "odd-squares")
    (out / "odd-squares/480p15/odd-squares.mp4").unlink()
    again = make(out)
    assert again.fresh
    assert again.digests == film.digests


def test_one_scene_is_a_film_of_its_own(tmp_path: Path) -> None:
    only = make(tmp_path, only="verdict")
    assert only.path == tmp_path / "odd-squares/480p15/scenes/verdict.mp4"
    with av.open(str(only.path)) as container:
        assert len(container.streams.audio) == 1
    assert "thousand" in only.files["txt"].read_text()


def test_a_copied_episode_renders_from_where_it_lies(tmp_path: Path) -> None:
    """README: your own episode in five minutes."""
    folder = tmp_path / "my_episode"
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    declared = folder / "episode.py"
    declared.write_text(declared.read_text().replace('"count": 6', '"count": 4'))
    film = make(tmp_path / "out", episode=str(folder), voice="none", only="corners")
    assert film.path == tmp_path / "out/my-episode/480p15/scenes/corners.mp4"


def test_a_copy_under_the_same_name_does_not_take_the_film_away(film: Film, tmp_path: Path) -> None:
    copy = tmp_path / "odd_squares"
    shutil.copytree(BUILT_IN / "odd_squares", copy)
    before = digest_file(film.path)
    choices = Choices(quality_named("480p15"), out=film.path.parents[2], voice="none", jobs=1)
    with pytest.raises(OutputError, match=r"tapehead's own episode 'odd-squares'"):
        render(find_episode(str(copy)), choices, Store(tmp_path / "store"), Reporter(quiet=True))
    assert digest_file(film.path) == before


def test_where_an_episode_lies_enters_no_key(tmp_path: Path) -> None:
    """Packages are named by paths, inside processes; a moved folder keeps its films."""
    plans = []
    for place in ("a", "b"):
        folder = tmp_path / place / "my film"
        shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
        choices = Choices(QUALITY, voice="none", out=tmp_path / "out")
        plans.append(prepare(find_episode(str(folder)), choices, Store(tmp_path / "store"), Reporter(quiet=True)))
    one, two = plans
    assert one.package != two.package
    assert one.episode == two.episode == "my-film"
    assert [scene.key for scene in one.scenes] == [scene.key for scene in two.scenes]
    assert one.results == two.results
    assert one.key == two.key


def test_the_master_holds_each_picture_once(film: Film) -> None:
    record = json.loads((film.path.parent / "provenance.json").read_text())
    store = Store()
    for key in record["store"]["master"]:
        info = MasterReader(store.place("master", key) / "frames.tpf").info
        assert info.unique < info.frames, "held pictures are stored once"
