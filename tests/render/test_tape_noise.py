"""Noise without memory: spread evenly, unrelated between places, continuous in time where it is slow."""

import numpy as np

from tapehead.render.tape.events import poisson, scatter
from tapehead.render.tape.noise import BELL_SD, PAIR_SD, along, bell, key, mix, normal, pair, smooth, uniform


def lowbias32(x):
    """The permutation again, in plain Python integers."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)


def test_mix_is_the_published_permutation():
    values = [0, 1, 2, 0xFFFFFFFF, 0x12345678]
    assert [int(v) for v in mix(np.array(values, np.uint32))] == [lowbias32(v) for v in values]
    assert int(mix(np.uint32(77))) == lowbias32(77)
    assert mix(np.uint32(77)).shape == ()


def test_keys_depend_on_all_that_they_are_made_from():
    words = [int(key(*a)) for a in ((1, "a", 2, 3), (2, "a", 2, 3), (1, "b", 2, 3), (1, "a", 3, 3), (1, "a", 3, 2))]
    assert len(set(words)) == len(words)
    grid = key(1, "a", np.arange(4)[:, None], np.arange(3)[None, :])
    assert grid.shape == (4, 3)
    assert int(grid[2, 1]) == int(key(1, "a", 2, 1))
    assert int(key(1, "a", -1)) != int(key(1, "a", 1))
    assert int(key(1 << 40, "a", 0)) != int(key(0, "a", 0))


def test_integer_noise_has_the_moments_that_the_plan_counts_on():
    words = along(key(3, "noise", np.arange(300)), 700)
    grain = bell(words)
    assert grain.dtype == np.int32 and abs(grain).max() <= 510
    assert abs(grain.std() / BELL_SD - 1) < 0.01
    assert abs(grain.mean()) < 4 * BELL_SD / np.sqrt(grain.size)
    one, two = pair(words)
    assert abs(one.std() / PAIR_SD - 1) < 0.01
    for a, b in ((one, two), (grain[:, 1:], grain[:, :-1]), (grain[1:], grain[:-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4 / np.sqrt(a.size)


def test_no_line_is_another_one_shifted():
    words = along(key(0, "noise", np.arange(480)), 754)
    assert len(np.unique(words)) > words.size * 0.9998  # 2^32 words: about 15 pairs meet by chance


def test_normal_and_uniform():
    keys = key(9, "normal", np.arange(40000))
    values = normal(keys)
    assert abs(values.mean()) < 0.02 and abs(values.std() - 1) < 0.02
    assert abs(np.mean(np.abs(values) < 1) - 0.6827) < 0.01
    u = uniform(keys)
    assert u.min() > 0 and u.max() < 1 and abs(u.mean() - 0.5) < 0.006


def test_slow_noise_is_continuous_and_has_no_memory():
    t = np.linspace(-3, 3, 60001)
    values = smooth(4, "slow", t, 0.3)
    assert np.abs(np.diff(values)).max() < 1e-3
    assert abs(values[777] - float(smooth(4, "slow", t[777], 0.3))) < 1e-12
    # The short way over a lattice and the long way over points agree.
    rng = np.random.default_rng(0)
    far = rng.uniform(-1e6, 1e6, 50)
    together = smooth(4, "slow", far, 0.0)
    assert np.allclose(together, [float(smooth(4, "slow", x, 0.0)) for x in far], atol=1e-12)
    many = smooth(4, "slow", np.arange(20000) * 7.77, 0.5)
    assert abs(many.std() - 1) < 0.03


def test_poisson_numbers():
    keys = key(2, "poisson", np.arange(50000))
    for mean in (0.01, 0.7, 4.0):
        counts = poisson(keys, np.full(50000, mean))
        assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / 50000)
        assert abs(counts.var() - mean) < 0.06 * max(mean, 0.1)
    assert poisson(keys, np.zeros(50000)).sum() == 0


def test_events_are_sorted_by_line_and_inside_it():
    fields, lines = np.zeros(100, np.int64), np.arange(100)
    events = scatter(1, "drop", fields, lines, np.full(100, 2.0), 30.0, 754)
    assert events.start[0] == 0 and events.start[-1] == len(events.place) > 100
    assert np.all(np.diff(events.line) >= 0)
    assert events.place.min() >= 0 and events.place.max() < 754
    assert events.length.min() >= 1 and abs(events.length.mean() - 30) < 10
    alone = scatter(1, "drop", fields[7:8], lines[7:8], np.full(1, 2.0), 30.0, 754)
    mine = slice(events.start[7], events.start[8])
    assert np.array_equal(alone.place, events.place[mine]) and np.array_equal(alone.length, events.length[mine])
