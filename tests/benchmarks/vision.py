"""Maps of a template and the null of an overlap, against others': ``python -m tests.benchmarks.vision``.

1. The correlation of a bean with noise of 480 lines (854×480), ours against scikit-image's ``match_template``, picture
   by picture and alternating, in one thread, processor time: ``map_ratio`` is theirs over ours, ``map_difference`` the
   greatest absolute difference of all places.
2. The permutation null of the overlap of the top tenth of 40,768 values (GoogLeNet's inception5a), ``--shuffles`` times
   in plain NumPy (one picture's values shuffled, sorted, counted) against the exact law, which shuffles nothing:
   ``law_ratio`` of processor times, the law's with its mean, deviation, quantiles and p-value; ``null_difference`` is
   the difference of the mean overlaps in standard errors of the shuffles.

3. With ``--films``: all results of the films about seeing from an empty store, in one process: wall clock and processor
   time.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from skimage.feature import match_template

from tapehead.analysis.vision.correlation import Matcher
from tapehead.analysis.vision.noise import SPECTRA, bean_template, noise
from tapehead.analysis.vision.overlap import ChanceLaw, set_size

LINES, COLUMNS, BEAN = 480, 854, 40
VALUES, SHARE = 832 * 7 * 7, 0.1


def maps(pictures: int) -> dict[str, float]:
    """Both maps of every picture."""
    template, ours, theirs, difference = bean_template(BEAN), 0.0, 0.0, 0.0
    began = time.process_time()
    matcher = Matcher(template, (LINES, COLUMNS))
    ours += time.process_time() - began
    for n in range(pictures):
        picture = noise(list(SPECTRA)[n % len(SPECTRA)], (LINES, COLUMNS), n)[0]
        began = time.process_time()
        found = matcher.map(picture)
        between = time.process_time()
        wanted = match_template(picture, template)
        theirs += time.process_time() - between
        ours += between - began
        difference = max(difference, float(np.abs(found - wanted).max()))
    return {
        "pictures": pictures,
        "map_ms": round(1000 * ours / pictures, 2),
        "map_ms_scikit_image": round(1000 * theirs / pictures, 2),
        "map_ratio": round(theirs / ours, 2),
        "map_difference": difference,
    }


def null(shuffles: int) -> dict[str, float]:
    """The null shuffled and the null by its law."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, VALUES))
    size = set_size(VALUES, SHARE)
    began = time.process_time()
    inside = np.zeros(VALUES, dtype=bool)
    inside[np.argsort(first)[-size:]] = True
    found = np.empty(shuffles)
    for n in range(shuffles):
        common = np.count_nonzero(inside[np.argsort(rng.permutation(second))[-size:]])
        found[n] = common / (2 * size - common)
    between = time.process_time()
    law = ChanceLaw(VALUES, size, size)
    mean, deviation = law.mean, law.deviation
    told = law.quantile(0.025), law.quantile(0.975), law.at_least(0.074)
    exact = time.process_time() - between
    return {
        "shuffles": shuffles,
        "shuffled_s": round(between - began, 2),
        "law_s": round(exact, 4),
        "law_ratio": round((between - began) / exact, 1),
        "null_mean": round(mean, 6),
        "null_difference": round(float((found.mean() - mean) / (deviation / np.sqrt(shuffles))), 2),
        "null_low": round(told[0], 5),
        "null_high": round(told[1], 5),
        "chance_of_0.074": told[2],
    }


FILMS = ("pareidolia", "editing", "analogous-circuits")


def films() -> dict[str, float]:
    """All results of every film about seeing, nothing kept from before."""
    from tapehead.analysis.registry import obtain
    from tapehead.analysis.store import Store
    from tapehead.scenes.episode import find_episode

    wall, own = time.monotonic(), time.process_time()
    for slug in FILMS:
        episode = find_episode(slug)
        with tempfile.TemporaryDirectory() as folder:
            obtain(episode.analyses, episode.package, Store(Path(folder)), episode.seed)
    return {"films_wall_s": round(time.monotonic() - wall, 1), "films_cpu_s": round(time.process_time() - own, 1)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run them and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--shuffles", type=int, default=10_000)
    parser.add_argument("--films", action="store_true")
    given = parser.parse_args(arguments)
    timed = films() if given.films else {}
    print(json.dumps(maps(given.pictures) | null(given.shuffles) | timed | {"load_average": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
