"""What one weight, one row and one square matrix do: rulers, shadows, lines of equal answers.

Points are pairs (nose, ear), answers are pairs (nap, luck).  Every function takes ``W`` with the rows nap
and luck, so that the film has one matrix and nothing is typed twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.cats import cat_points, plane_matrix
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

INPUTS: tuple[str, ...] = ("nose", "ear")
OUTPUTS: tuple[str, ...] = ("nap", "luck")
PAIRS = 100
"""Random pairs on which adding before and after a rule is compared."""
METRES_PER_FOOT = 0.3048
"""Exact by definition: the international yard and pound agreement of 1959."""


def _grid(low: float, high: float, step: float, asked_by: str) -> np.ndarray:
    if not (step > 0 and high > low):
        raise ResultError(f"{asked_by}: the grid has to rise (low < high, step > 0); found {low}, {high}, {step}")
    return low + step * np.arange(round((high - low) / step) + 1)


@analysis("linear.ruler", version=1)
def ruler(rate: float, noses: Sequence[float], low: float, high: float, step: float, *, seed: int) -> Result:
    """One measure in two units: nap = w · nose, for every w on a grid, and back again.

    Quantities: ``rate`` and ``rate_inverse``, the weight that the film settles on; ``nap_at_rate`` (nose);
    ``w`` (w) from ``low`` to ``high``; ``nap`` (w, nose) in nap units; ``inverse`` (w) = 1 / w; ``back``
    (w, nose) in nose units, which returns the noses; ``round_trip``, the largest |back − nose|.
    The w axis is labelled with two decimals ("2.00"), the nose axis with its values ("1").
    ``tick`` (tick), the whole numbers −3 … 6 that stand beside any ruler, labelled "-3" … "6".
    ``feet`` (metre) is the same step between two everyday rulers, from the definition of the foot (0.3048 m
    exactly); ``feet_per_metre`` and ``metres_per_foot`` are its two rates.

    Raises:
        ResultError: the grid is empty or does not stay above zero, ``rate`` is zero, or there are no noses.
    """
    x = np.asarray(noses, dtype=float)
    if x.ndim != 1 or not x.size or not np.isfinite(x).all():
        raise ResultError(f"ruler: noses has to be a list of finite numbers; found {list(noses)}")
    if not low > 0 or not np.isfinite(rate) or rate == 0:
        raise ResultError(f"ruler: rates have to be invertible (low > 0, rate ≠ 0); found low {low}, rate {rate}")
    w = _grid(low, high, step, "ruler")
    nap = w[:, None] * x[None, :]
    back = (1 / w)[:, None] * nap
    at = {"w": tuple(f"{v:.2f}" for v in w)}
    nose = {"nose": tuple(f"{v:g}" for v in x)}
    metres = np.array([1.0, 2.0, 3.0])
    ticks = np.arange(-3, 7)
    return Result(
        {
            "rate": quantity(rate, unit="nap units per nose unit"),
            "rate_inverse": quantity(1 / rate, unit="nose units per nap unit"),
            "nose": quantity(x, "nose", unit="nose units", labels=nose),
            "nap_at_rate": quantity(rate * x, "nose", unit="nap units", labels=nose),
            "w": quantity(w, "w", unit="nap units per nose unit", labels=at),
            "nap": quantity(nap, "w", "nose", unit="nap units", labels=at | nose),
            "inverse": quantity(1 / w, "w", unit="nose units per nap unit", labels=at),
            "back": quantity(back, "w", "nose", unit="nose units", labels=at | nose),
            "round_trip": quantity(np.max(np.abs(back - x)), unit="nose units"),
            "tick": quantity(ticks, "tick", unit="bars", labels={"tick": tuple(str(t) for t in ticks)}),
            "metres": quantity(metres, "metre", unit="m", labels={"metre": ("1", "2", "3")}),
            "feet": quantity(metres / METRES_PER_FOOT, "metre", unit="ft", labels={"metre": ("1", "2", "3")}),
            "feet_per_metre": quantity(1 / METRES_PER_FOOT, unit="ft per m"),
            "metres_per_foot": quantity(METRES_PER_FOOT, unit="m per ft"),
        },
        origin=Origin.COMPUTED,
        facts={"definition": "1 ft = 0.3048 m exactly"},
    )


@analysis("linear.neuron_identity", version=2)
def neuron_identity(W: Sequence[Sequence[float]], n: int, offset: float, *, seed: int) -> Result:
    """Compare σ(Wx + b) with plain Wx on ``n`` random x, for four choices of b and σ.

    The axis ``case``: "nothing added" (b = 0, σ the identity), "offset" (b = ``offset``), "bend" (σ cuts off
    below zero, ReLU), "offset and bend".  Quantities: ``b`` (case); ``x`` (sample, input), standard normal;
    ``largest`` (case), max |σ(Wx + b) − Wx|; ``differs`` (case), how many of the n samples differ in at
    least one output, compared exactly.  The first case has to be 0; the others show that it need not be.

    Raises:
        ResultError: W is not 2×2, n is below 1, or ``offset`` is zero or not finite.
    """
    matrix = plane_matrix(W, "neuron_identity")
    if n < 1:
        raise ResultError(f"neuron_identity: n has to be at least 1; found {n}")
    if not np.isfinite(offset) or offset == 0:
        raise ResultError(
            f"neuron_identity: offset has to be finite and not zero, or the control is none; found {offset}"
        )
    x = np.random.default_rng(seed).standard_normal((n, 2))
    plain = x @ matrix.T
    cases = {
        "nothing added": 1.0 * (plain + 0.0),
        "offset": plain + offset,
        "bend": np.maximum(plain, 0.0),
        "offset and bend": np.maximum(plain + offset, 0.0),
    }
    labels = {"case": tuple(cases)}
    return Result(
        {
            "x": quantity(x, "sample", "input", unit="nose and ear units", labels={"input": INPUTS}),
            "samples": quantity(n, unit="samples"),
            "offset": quantity(offset, unit="nap or luck units"),
            "b": quantity([0.0, offset, 0.0, offset], "case", unit="nap or luck units", labels=labels),
            "largest": quantity(
                [np.max(np.abs(a - plain)) for a in cases.values()], "case", unit="nap or luck units", labels=labels
            ),
            "differs": quantity(
                [int(np.sum(np.any(a != plain, axis=1))) for a in cases.values()], "case", unit="samples", labels=labels
            ),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "bend": "ReLU"},
    )


@analysis("linear.network_shape", version=1)
def network_shape(sizes: Sequence[int], *, seed: int) -> Result:
    """A network that is only drawn: layer sizes and random weights to tint its wires.

    Quantities: ``sizes`` (layer), discs per layer; ``wires``, how many lines; ``weights_1`` … (to, from),
    evenly from −1 to 1.  The origin is *illustration*: nothing was trained, nothing measured.

    Raises:
        ResultError: fewer than two layers, or a layer without discs.
    """
    if len(sizes) < 2 or any(size < 1 for size in sizes):
        raise ResultError(f"network_shape: sizes has to list two or more layers of one or more; found {list(sizes)}")
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = {f"weights_{i}": quantity(rng.uniform(-1, 1, p), "to", "from") for i, p in enumerate(pairs, 1)}
    return Result(
        {
            "sizes": quantity(np.array(sizes), "layer", unit="discs"),
            "wires": quantity(sum(a * b for a, b in pairs), unit="wires"),
            **weights,
        },
        origin=Origin.ILLUSTRATION,
        facts={"seed": seed},
    )


@analysis("linear.one_map", version=1)
def one_map(
    W: Sequence[Sequence[float]], cats: Mapping[str, Sequence[float]], bent: Sequence[str], *, seed: int
) -> Result:
    """All that the film says about the map x → Wx, with Wx reached in three ways.

    ``cats`` maps names to (nose, ear); "e1" and "e2", the unit steps, are added.  ``bent`` names the two whose roads
    are followed through a bend.

    Quantities: ``W`` (output, input); ``x`` (cat, input); ``terms`` (cat, output, input), every single
    product W[o, i] · x[i]; ``a`` (cat, output), what the film shows; ``by_rows`` (row times x, summed),
    ``by_columns`` (x[i] times column i, summed), ``by_product`` (matrix product), all (cat, output), and
    ``ways_differ``, their largest difference; ``column_part`` (cat, input, output), x[i] · column i.
    ``shape_W``, ``shape_x``, ``shape_a`` (side).
    ``singular_values`` (rank), ``scale`` (root of |det|), ``angle`` (degrees, of the image of e1, positive
    is counter-clockwise), ``column_dot`` and ``row_dot`` (0: right angles), ``det``.
    ``inverse`` (input, output) and ``inverse_times_W`` (input, input_again); ``round_trip`` (cat, input) =
    W⁻¹Wx and ``round_trip_worst``, its largest distance from x; ``read_back`` (cat, input) = W⁻¹x: the cat that is
    meant if the *same two numbers* are read as nap and luck.
    ``unit_sum`` (output) = a(e1) + a(e2) and ``sum_units`` (output) = a(e1 + e2).  ``additive`` (rule): the
    largest |f(x + y) − f(x) − f(y)| over 100 seeded pairs, for "multiply and add" and, as a control, for
    "multiply, add, bend" (max(0, ·), as in a network) and "multiply, add, add one"; ``scaling`` (rule): the same for
    |f(2x) − 2 f(x)|, where the bend passes.
    ``roads`` (rule, road, output): the first two cats put together and then translated ("join first"), and
    translated and then put together ("translate first"); ``joined`` (input) is the two put together.
    ``bent_roads`` (rule, road, output) and ``bent_joined`` (input): the same for the two that ``bent`` names.

    Raises:
        ResultError: W is not 2×2 or has no inverse; a cat is not a pair, or takes the name of a unit step; ``bent``
            does not name two cats.
    """
    matrix = plane_matrix(W, "one_map")
    names, points = cat_points(cats, "one_map")
    if {"e1", "e2"} & set(names):
        raise ResultError("one_map: cats cannot be called e1 or e2: those are the unit steps")
    det = float(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])
    if abs(det) < 1e-12:
        raise ResultError(f"one_map: W has to be invertible for its two-way readings; its determinant is {det}")
    names = (*names, "e1", "e2")
    x = np.vstack([points, np.eye(2)])

    terms = matrix[None, :, :] * x[:, None, :]
    by_rows = np.array([[float(row @ point) for row in matrix] for point in x])
    by_columns = np.array([point[0] * matrix[:, 0] + point[1] * matrix[:, 1] for point in x])
    by_product = (matrix @ x.T).T
    ways = max(float(np.max(np.abs(by_product - other))) for other in (by_rows, by_columns))

    inverse = np.array([[matrix[1, 1], -matrix[0, 1]], [-matrix[1, 0], matrix[0, 0]]]) / det
    round_trip = by_product @ inverse.T

    pair = np.random.default_rng(seed).standard_normal((2, PAIRS, 2))
    rules = {
        "multiply and add": lambda v: v @ matrix.T,
        "multiply, add, bend": lambda v: np.maximum(v @ matrix.T, 0.0),
        "multiply, add, add one": lambda v: v @ matrix.T + 1.0,
    }
    additive = [np.max(np.abs(f(pair[0] + pair[1]) - f(pair[0]) - f(pair[1]))) for f in rules.values()]
    scaling = [np.max(np.abs(f(2 * pair[0]) - 2 * f(pair[0]))) for f in rules.values()]

    one, two = x[0], x[1]
    roads = [[f(one + two), f(one) + f(two)] for f in rules.values()]
    if len(bent) != 2 or not set(bent) <= set(names):
        raise ResultError(f"one_map: bent has to name two of the cats {', '.join(names)}; found {list(bent)}")
    third, fourth = (x[names.index(name)] for name in bent)
    bent_roads = [[f(third + fourth), f(third) + f(fourth)] for f in rules.values()]

    cat, put, out = {"cat": names}, {"input": INPUTS}, {"output": OUTPUTS}
    road = {"road": ("join first", "translate first")}
    rule = {"rule": tuple(rules)}
    answers, measures, rates = "nap and luck units", "nose and ear units", "output units per input unit"
    return Result(
        {
            "W": quantity(matrix, "output", "input", unit=rates, labels=out | put),
            "x": quantity(x, "cat", "input", unit=measures, labels=cat | put),
            "a": quantity(by_product, "cat", "output", unit=answers, labels=cat | out),
            "terms": quantity(terms, "cat", "output", "input", unit=answers, labels=cat | out | put),
            "by_rows": quantity(by_rows, "cat", "output", unit=answers, labels=cat | out),
            "by_columns": quantity(by_columns, "cat", "output", unit=answers, labels=cat | out),
            "by_product": quantity(by_product, "cat", "output", unit=answers, labels=cat | out),
            "ways_differ": quantity(ways, unit=answers),
            "column_part": quantity(
                np.swapaxes(terms, 1, 2), "cat", "input", "output", unit=answers, labels=cat | put | out
            ),
            "shape_W": quantity(np.array(matrix.shape), "side"),
            "shape_x": quantity(np.array([2, 1]), "side"),
            "shape_a": quantity(np.array((matrix @ x[:1].T).shape), "side"),
            "singular_values": quantity(
                np.linalg.svd(matrix, compute_uv=False), "rank", unit=rates, labels={"rank": ("1", "2")}
            ),
            "scale": quantity(np.sqrt(abs(det)), unit=rates),
            "angle": quantity(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])), unit="°"),
            "column_dot": quantity(matrix[:, 0] @ matrix[:, 1]),
            "row_dot": quantity(matrix[0] @ matrix[1]),
            "det": quantity(det),
            "inverse": quantity(inverse, "input", "output", unit="input units per output unit", labels=put | out),
            "inverse_times_W": quantity(inverse @ matrix, "input", "input_again", labels=put | {"input_again": INPUTS}),
            "round_trip": quantity(round_trip, "cat", "input", unit=measures, labels=cat | put),
            "round_trip_worst": quantity(np.max(np.abs(round_trip - x)), unit=measures),
            "read_back": quantity(x @ inverse.T, "cat", "input", unit=measures, labels=cat | put),
            "unit_sum": quantity(by_product[-2] + by_product[-1], "output", unit=answers, labels=out),
            "sum_units": quantity(matrix @ (x[-2] + x[-1]), "output", unit=answers, labels=out),
            "additive": quantity(additive, "rule", unit=answers, labels=rule),
            "scaling": quantity(scaling, "rule", unit=answers, labels=rule),
            "roads": quantity(roads, "rule", "road", "output", unit=answers, labels=rule | road | out),
            "joined": quantity(one + two, "input", unit=measures, labels=put),
            "bent_roads": quantity(bent_roads, "rule", "road", "output", unit=answers, labels=rule | road | out),
            "bent_joined": quantity(third + fourth, "input", unit=measures, labels=put),
            "pairs": quantity(PAIRS, unit="pairs"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed},
    )


@analysis("linear.shadow", version=1)
def shadow(W: Sequence[Sequence[float]], cats: Mapping[str, Sequence[float]], *, seed: int) -> Result:
    """The first row of W as a ruler lying in the plane, and the shadow of each cat on it.

    w · x = ‖w‖ · (shadow of x along w): nap is the shadow *times* the ruler's length.

    Quantities: ``row`` (input); ``length`` = ‖w‖, nap units per plane unit; ``direction`` (input), w / ‖w‖;
    ``tilt`` in degrees from the nose axis; ``x`` (cat, input); ``shadow`` (cat), signed, in plane units;
    ``foot`` (cat, input), where the shadow ends; ``drop`` (cat, input) = x − foot; ``drop_dot`` (cat), drop ·
    direction (0); ``nap`` (cat) = length · shadow; ``dot`` (cat) = w · x, summed term by term; ``worst``,
    the largest |nap − dot|.
    ``tick`` (nap, input): where naps of 0, 1, 2 and 3 units (``tick_nap``) sit on the ruler; ``tick_gap`` is the plane
    distance between two of them, 1 / ‖w‖.

    Raises:
        ResultError: W is not 2×2, its first row is zero, or a cat is not a pair.
    """
    row = plane_matrix(W, "shadow")[0]
    names, x = cat_points(cats, "shadow")
    length = float(np.hypot(row[0], row[1]))
    if length == 0:
        raise ResultError("shadow: the first row of W has to be other than zero: a ruler of no length casts no shadow")
    direction = row / length
    cast = x @ direction
    foot = cast[:, None] * direction
    dot = np.array([row[0] * point[0] + row[1] * point[1] for point in x])
    ticks = np.arange(4.0)
    cat, put = {"cat": names}, {"input": INPUTS}
    return Result(
        {
            "row": quantity(row, "input", unit="nap units per unit", labels=put),
            "length": quantity(length, unit="nap units per plane unit"),
            "direction": quantity(direction, "input", unit="plane units", labels=put),
            "tilt": quantity(np.degrees(np.arctan2(row[1], row[0])), unit="°"),
            "x": quantity(x, "cat", "input", unit="nose and ear units", labels=cat | put),
            "shadow": quantity(cast, "cat", unit="plane units", labels=cat),
            "foot": quantity(foot, "cat", "input", unit="plane units", labels=cat | put),
            "drop": quantity(x - foot, "cat", "input", unit="plane units", labels=cat | put),
            "drop_dot": quantity((x - foot) @ direction, "cat", unit="plane units", labels=cat),
            "nap": quantity(length * cast, "cat", unit="nap units", labels=cat),
            "dot": quantity(dot, "cat", unit="nap units", labels=cat),
            "worst": quantity(np.max(np.abs(length * cast - dot)), unit="nap units"),
            "tick": quantity(
                (ticks / length)[:, None] * direction,
                "nap",
                "input",
                unit="plane units",
                labels={"nap": tuple(f"{t:g}" for t in ticks)} | put,
            ),
            "tick_nap": quantity(ticks, "nap", unit="nap units", labels={"nap": tuple(f"{t:g}" for t in ticks)}),
            "tick_gap": quantity(1 / length, unit="plane units"),
        },
        origin=Origin.COMPUTED,
    )


@analysis("linear.level_set", version=1)
def level_set(
    W: Sequence[Sequence[float]], values: Sequence[float], noses: Sequence[float], n: int, reach: float, *, seed: int
) -> Result:
    """All cats that share one nap: the line w · x = v, for each v in ``values``.

    Quantities: ``foot`` (value, input) = v · w / ‖w‖², the point of the line nearest to zero; ``crossing``
    (value, nose, input), the cat on the line with that nose, and ``crossing_nap`` (value, nose);
    ``on_axis`` (value, axis, input), where the line meets the nose axis ("no ear") and the ear axis ("no
    nose"), and ``on_axis_out`` (value, axis, output), their nap and luck.  ``point`` (value, sample, input):
    ``n`` evenly spaced points within ``reach`` plane units of the foot, and ``out`` (value, sample,
    output): nap stands still, luck runs.  ``nap_spread`` and ``luck_spread`` (value): max − min along the line.
    ``along`` (input), the unit direction in which the nap does not change.

    Raises:
        ResultError: W is not 2×2, a weight of its first row is zero (the line would miss an axis), ``n``
            is below 2, ``reach`` is not above zero, or there are no values or noses.
    """
    matrix = plane_matrix(W, "level_set")
    row = matrix[0]
    v, x1 = np.asarray(values, dtype=float), np.asarray(noses, dtype=float)
    if not np.all(row):
        raise ResultError(f"level_set: both weights of the first row have to be other than zero; found {row.tolist()}")
    if n < 2 or not reach > 0:
        raise ResultError(f"level_set: n has to be at least 2 and reach above 0; found n {n}, reach {reach}")
    if v.ndim != 1 or x1.ndim != 1 or not v.size or not x1.size:
        raise ResultError(f"level_set: values and noses have to be lists of numbers; found {values} and {noses}")
    foot = v[:, None] * row / (row @ row)
    along = np.array([-row[1], row[0]]) / np.hypot(*row)
    ears = (v[:, None] - row[0] * x1[None, :]) / row[1]
    crossing = np.stack([np.broadcast_to(x1, ears.shape), ears], axis=-1)
    zero = np.zeros_like(v)
    on_axis = np.stack([np.column_stack([v / row[0], zero]), np.column_stack([zero, v / row[1]])], axis=1)
    point = foot[:, None, :] + np.linspace(-reach, reach, n)[None, :, None] * along
    out = point @ matrix.T
    value, put, answer = {"value": tuple(f"{a:g}" for a in v)}, {"input": INPUTS}, {"output": OUTPUTS}
    nose, axis = {"nose": tuple(f"{a:g}" for a in x1)}, {"axis": ("no ear", "no nose")}
    spread = np.ptp(out, axis=1)
    assert np.all(spread[:, 0] < 1e-9 * (1 + np.abs(v))), "a level set has one level"
    return Result(
        {
            "values": quantity(v, "value", unit="nap units", labels=value),
            "foot": quantity(foot, "value", "input", unit="nose and ear units", labels=value | put),
            "crossing": quantity(
                crossing, "value", "nose", "input", unit="nose and ear units", labels=value | nose | put
            ),
            "crossing_nap": quantity(crossing @ row, "value", "nose", unit="nap units", labels=value | nose),
            "on_axis": quantity(
                on_axis, "value", "axis", "input", unit="nose and ear units", labels=value | axis | put
            ),
            "on_axis_out": quantity(
                on_axis @ matrix.T, "value", "axis", "output", unit="nap and luck units", labels=value | axis | answer
            ),
            "point": quantity(point, "value", "sample", "input", unit="nose and ear units", labels=value | put),
            "out": quantity(out, "value", "sample", "output", unit="nap and luck units", labels=value | answer),
            "nap_spread": quantity(spread[:, 0], "value", unit="nap units", labels=value),
            "luck_spread": quantity(spread[:, 1], "value", unit="luck units", labels=value),
            "along": quantity(along, "input", unit="plane units", labels=put),
            "samples": quantity(n, unit="points"),
        },
        origin=Origin.COMPUTED,
    )
