"""The studies of the two spotters: counts by hand, Bayes by hand, and controls that could have failed."""

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision import spotting
from tapehead.analysis.vision.correlation import correlation_map
from tapehead.analysis.vision.networks import SPOTTER, untrained
from tapehead.analysis.vision.noise import noise
from tapehead.analysis.vision.world.beans import FEW, KINDS, MANY, Look, draw, windows
from tapehead.analysis.vision.world.canvas import grey


def test_the_fit_of_a_thing_is_the_greatest_correlation() -> None:
    found = spotting.lookalikes(48, seed=1)
    picture = grey(draw("thumb", Look(), 48))
    by_hand = max(correlation_map(picture, spotting.visor_template(rows)).max() for rows in (29, 34, 38, 43, 48))
    assert found.read("match", thing="thumb") == pytest.approx(by_hand, abs=1e-9)
    assert max(found["match"]) == found.read("match", thing="bean")
    assert found["noise_match"] <= found["noise_most"] < found.read("match", thing="thumb")
    with pytest.raises(UsageError, match="at least 48 pixels"):
        spotting.lookalikes(20, seed=1)


@pytest.mark.long
def test_childhoods_against_counts_by_hand() -> None:
    found = spotting.childhoods(300, 0.2, 300, 0.05, seed=2)
    world = windows(300, 0.2, 2 + 77_000)
    scores = {name: spotting.spotter(name).scores(world.pictures[:, None])[:, 0] for name in ("few", "many")}
    for name in ("few", "many"):
        wrong = np.mean(scores[name][world.kind != 0] > 0)
        assert found.read("false_alarm_rate", childhood=name) == pytest.approx(100 * wrong)
        pairs = [(a > b) + 0.5 * (a == b) for a in scores[name][world.kind == 0] for b in scores[name][world.kind != 0]]
        assert found.read("area", childhood=name) == pytest.approx(np.mean(pairs))
    # Bayes: with the log odds of many in place of those of few, the bar of few lies lower by their difference.
    bar = -(np.log(MANY / (1 - MANY)) - np.log(FEW / (1 - FEW)))
    expected = np.mean(scores["few"][world.kind != 0] > bar)
    assert found.read("expected_rate", childhood="many") == pytest.approx(100 * expected)
    assert found.quantity("seen").labels["kind"] == ("nothing", *KINDS)


def test_climbing_raises_the_score_and_steps_by_lot_do_not() -> None:
    one, starts = spotting.spotter("many"), noise("pink", (32, 32), 5, 4)
    shown, scores = spotting.climb(one, starts, 8, 0.1, 1.0)
    assert shown.shape == (9, 4, 32, 32) and scores.shape == (9, 4)
    assert np.all(scores[-1] > scores[0])
    assert np.allclose(shown.std(axis=(2, 3)), 1), "no contrast is won"
    assert np.allclose(one.scores(shown[3][:, None])[:, 0], scores[3], atol=1e-4)
    _, lot = spotting.climb(one, starts, 8, 0.1, 1.0, by_lot=3)
    assert np.mean(lot[-1] - lot[0]) < 0.5 * np.mean(scores[-1] - scores[0])
    # The slope is that of the score: a step against it lowers it.
    plain, fresh = untrained(SPOTTER, 3), starts[:1]
    up, _ = spotting.climb(plain, fresh, 1, 0.05, 0.0)
    down = spotting.standardised(2 * spotting.standardised(fresh) - up[1])
    at = plain.scores(np.concatenate([up[1], up[0], down])[:, None])[:, 0]
    assert at[0] > at[1] > at[2]


def test_a_dream_shows_visors_and_its_controls_do_not() -> None:
    found = spotting.dream(4, 12, 0.2, 1.0, 2, 3, seed=3)
    last = found["frame"][0, -1]
    matcher = correlation_map(last, spotting._visor())
    assert found.quantity("frame").values.shape == (3, 3, 32, 32)
    assert matcher.max() <= 1 and found["visor_end"].shape == (3,)
    assert found.read("visor_low", dreamer="many") > found.read("visor_high", dreamer="random steps")
    assert found.read("other_end", dreamer="many") > 50 > found.read("other_end", dreamer="random steps")
    assert found["other"][0, 0] == pytest.approx(found["other"][1, 0], abs=1e-9), "all begin with the same noise"
    assert found["visor_start"] == pytest.approx(
        np.mean([correlation_map(one, spotting._visor()).max() for one in noise("pink", (32, 32), 12, 4)])
    )


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="many"):
        spotting.spotter("lots")
    with pytest.raises(UsageError, match="at least 200 windows"):
        spotting.childhoods(10, 0.1, 300, 0.1, seed=1)
    with pytest.raises(UsageError, match="two steps"):
        spotting.dream(3, 1, 0.1, 1.0, 1, 2, seed=1)
