"""The dot product as a shadow, and editing along one direction while another is left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear import exact
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

SIDES: tuple[str, ...] = ("first", "second")
MOVES: tuple[str, ...] = ("as it is", "projected")
"""An edit direction as it is, and without its part along the protected one."""
SCORES: tuple[str, ...] = ("edited", "protected")

LITTLE = 0.1
"""A cosine below which a step hardly moves the protected score."""


@analysis("linear.dot_as_projection", version=1)
def dot_as_projection(
    row: Sequence[float], points: Mapping[str, Sequence[float]], angles: int = 360, *, seed: int
) -> Result:
    """The dot product of ``row`` with each point: term by term, and as the length of a shadow times a length.

    a · b = ‖a‖ ‖b‖ cos φ: the shadow of b on the line of a, times ‖a‖; or the shadow of a on the line of b, times ‖b‖.

    Quantities (plane units; products their square): ``row`` (side); ``line`` (end, side), the row drawn
    on through zero as far as shadows fall; ``x`` (point, side); ``term`` (point, side) = row[i] x[i]; ``dot`` (point,),
    their exact sum; ``row_length``; ``length`` (point,); ``angle`` (point,) in degrees, from the row to the point,
    counter-clockwise, −180 … 180; ``shadow`` (point,) of the point on the row, signed;
    ``foot`` (point, side) where it ends; ``shadow_back`` (point,) of the row on the point; ``ways_differ``: the largest
    difference between ``dot``, ``shadow`` · ``row_length`` and ``shadow_back`` · ``length``.
    ``turned_both`` (point,): the largest change of the dot product when both are turned by the same ``angles`` evenly
    spaced angles: none.

    Controls: ``turned_one`` (point,): the same when the point alone is turned.  ``turn`` (turn,) in degrees and
    ``dot_turned`` (point, turn): that dot product, a cosine that has its top where the point lies along the row.

    Raises:
        ResultError: the row or a point is zero or not a pair, there is no point, or fewer than 4 angles.
    """
    if angles < 4:
        raise ResultError(f"dot_as_projection: angles has to be at least 4; found {angles}")
    ruler = exact.exact_point(row, "dot_as_projection: row")
    named = exact.exact_points(points, "dot_as_projection: points")
    for name, given in {"row": ruler, **named}.items():
        if not any(given):
            raise ResultError(f"dot_as_projection: '{name}' is zero: it has no direction to cast a shadow on")
    xs = tuple(named.values())
    dot = exact.floats([exact.dot(ruler, x) for x in xs])
    a, x = exact.floats(ruler), exact.floats(xs)
    length, row_length = np.hypot(x[:, 0], x[:, 1]), float(np.hypot(*a))
    # The angle first, and the shadow from it: else both sides of the equation would be one computation.
    angle = np.arctan2(x[:, 1], x[:, 0]) - np.arctan2(a[1], a[0])
    angle = np.mod(angle + np.pi, 2 * np.pi) - np.pi
    shadow, shadow_back = length * np.cos(angle), row_length * np.cos(angle)
    turn = 2 * np.pi * np.arange(angles) / angles
    turns = np.stack([np.stack([np.cos(turn), -np.sin(turn)], -1), np.stack([np.sin(turn), np.cos(turn)], -1)], 1)
    turned = np.einsum("tij,pj->pti", turns, x)
    both = np.einsum("pti,ti->pt", turned, turns @ a)
    one = turned @ a

    point: dict[str, tuple[str, ...]] = {"point": tuple(named)}
    side = {"side": SIDES}
    line = np.array([min(0.0, shadow.min()), max(row_length, shadow.max())])[:, None] * a / row_length
    plane, square = "plane units", "square plane units"
    return Result(
        {
            "row": quantity(a, "side", unit=plane, labels=side),
            "line": quantity(line, "end", "side", unit=plane, labels=side),
            "x": quantity(x, "point", "side", unit=plane, labels=point | side),
            "term": quantity(
                exact.floats([[r * v for r, v in zip(ruler, p, strict=True)] for p in xs]),
                "point",
                "side",
                unit=square,
                labels=point | side,
            ),
            "dot": quantity(dot, "point", unit=square, labels=point),
            "row_length": quantity(row_length, unit=plane),
            "length": quantity(length, "point", unit=plane, labels=point),
            "angle": quantity(np.degrees(angle), "point", unit="°", labels=point),
            "shadow": quantity(shadow, "point", unit=plane, labels=point),
            "foot": quantity(shadow[:, None] * a / row_length, "point", "side", unit=plane, labels=point | side),
            "shadow_back": quantity(shadow_back, "point", unit=plane, labels=point),
            "ways_differ": quantity(
                max(float(np.max(np.abs(w - dot))) for w in (shadow * row_length, shadow_back * length)), unit=square
            ),
            "turned_both": quantity(np.max(np.abs(both - dot[:, None]), axis=1), "point", unit=square, labels=point),
            "turned_one": quantity(np.max(np.abs(one - dot[:, None]), axis=1), "point", unit=square, labels=point),
            "turn": quantity(np.degrees(turn), "turn", unit="°"),
            "dot_turned": quantity(one, "point", "turn", unit=square, labels=point),
        },
        origin=Origin.COMPUTED,
    )


@analysis("linear.protected_edit", version=1)
def protected_edit(
    start: Sequence[float],
    edit: Sequence[float],
    protect: Sequence[float],
    steps: Sequence[float],
    draws: int = 1000,
    *,
    seed: int,
) -> Result:
    """Walk from ``start`` along ``edit``, and along what is left of it without its shadow on ``protect``.

    c = n1 − (n1 · n2)/(n2 · n2) n2 for n1 = ``edit``, n2 = ``protect``, in exact fractions.  The *score* of a point is
    its dot product with a direction.

    Quantities (plane units; scores and dot products their square): ``start``, ``edit``, ``protect`` (side); ``shadow``
    (side), the part that is taken away; ``left`` (side) = c; ``left_dot`` = c · n2 and
    ``left_cosine`` = |c · n2| / (‖c‖ ‖n2‖), exactly 0; ``left_edit_dot`` =
    c · n1, what the edit still does per step, equal to ‖c‖²; ``kept_share``, ‖c‖² / ‖n1‖².
    ``alpha`` (step,); ``path`` (move, step, side) = start + alpha · move; ``score`` (move, step, direction) of each
    place along n1 and n2; ``entangled`` (move, direction): the change of each score per step.
    Control: ``null_protect`` (draw) = |c · n2| / (‖c‖ ‖n2‖) when the part along a *random* direction is taken away
    instead; ``null_little``, how many of ``draws`` leave less than a tenth (``null_little_at``; nothing at all has
    probability zero, so that counting that could not come out another way).

    Raises:
        ResultError: not pairs; one of both directions is zero; the two are parallel (nothing would be left); no steps
            or no draws.
    """
    z = exact.exact_point(start, "protected_edit: start")
    n1 = exact.exact_point(edit, "protected_edit: edit")
    n2 = exact.exact_point(protect, "protected_edit: protect")
    for name, n in (("edit", n1), ("protect", n2)):
        if not any(n):
            raise ResultError(f"protected_edit: {name} is zero, which is no direction")
    if n1[0] * n2[1] == n1[1] * n2[0]:
        raise ResultError(
            "protected_edit: edit and protect are parallel: without its shadow nothing is left of the edit"
        )
    alpha = np.asarray(steps, dtype=float)
    if alpha.ndim != 1 or not alpha.size or not np.isfinite(alpha).all():
        raise ResultError(f"protected_edit: steps has to be a list of finite numbers; found {list(steps)}")
    if draws < 1:
        raise ResultError(f"protected_edit: draws has to be at least 1; found {draws}")
    part: Fraction = exact.dot(n1, n2) / exact.dot(n2, n2)
    taken = (part * n2[0], part * n2[1])
    left = (n1[0] - taken[0], n1[1] - taken[1])

    directions = exact.floats((n1, n2))
    moves = exact.floats((n1, left))
    path = exact.floats(z) + alpha[None, :, None] * moves[:, None, :]
    random = np.random.default_rng(seed).standard_normal((draws, 2))
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    rest = directions[0] - (random @ directions[0])[:, None] * random
    size = float(np.linalg.norm(directions[1]))
    null = np.abs(rest @ directions[1]) / np.linalg.norm(rest, axis=1) / size

    side, move, direction = {"side": SIDES}, {"move": MOVES}, {"direction": SCORES}
    plane, square = "plane units", "square plane units"
    return Result(
        {
            "start": quantity(exact.floats(z), "side", unit=plane, labels=side),
            "edit": quantity(directions[0], "side", unit=plane, labels=side),
            "protect": quantity(directions[1], "side", unit=plane, labels=side),
            "shadow": quantity(exact.floats(taken), "side", unit=plane, labels=side),
            "left": quantity(moves[1], "side", unit=plane, labels=side),
            "left_dot": quantity(float(exact.dot(left, n2)), unit=square),
            "left_cosine": quantity(float(abs(exact.dot(left, n2))) / np.linalg.norm(moves[1]) / size),
            "left_edit_dot": quantity(float(exact.dot(left, n1)), unit=square),
            "kept_share": quantity(float(100 * exact.dot(left, left) / exact.dot(n1, n1)), unit="%"),
            "alpha": quantity(alpha, "step", labels={"step": tuple(f"{v:g}" for v in alpha)}),
            "path": quantity(path, "move", "step", "side", unit=plane, labels=move | side),
            "score": quantity(path @ directions.T, "move", "step", "direction", unit=square, labels=move | direction),
            "entangled": quantity(moves @ directions.T, "move", "direction", unit=square, labels=move | direction),
            "null_protect": quantity(null, "draw"),
            "null_little": quantity(int(np.sum(null < LITTLE)), unit="draws"),
            "null_little_at": quantity(LITTLE),
            "draws": quantity(draws, unit="draws"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "arithmetic": "exact fractions"},
    )


@analysis("linear.off_the_span", version=1)
def off_the_span(edit: Sequence[float], protect: Mapping[str, Sequence[float]], *, seed: int) -> Result:
    """Take the part along *several* directions out of an edit: c = n − Q Qᵀ n, with Q from the QR of the directions.

    Q has orthonormal columns that span all of ``protect``, in any number of dimensions.

    Quantities: ``edit`` (dimension,); ``protect`` (direction, dimension); ``overlap`` (direction, other), cosines
    between the directions; ``left`` (dimension,) = c; ``kept_share`` ‖c‖² / ‖n‖² in %; ``left_cosine`` (direction,)
    |cos| between c and each direction: 0, but for rounding.
    Control: ``one_by_one`` (dimension,) what is left when the shadows on the directions are subtracted one after the
    other, without making the directions orthogonal first, and ``one_by_one_cosine`` (direction,): only the last one
    is certain to be 0.  ``at_once`` (dimension,) and ``at_once_cosine`` (direction,): all shadows of the edit
    subtracted together.  ``printed`` (dimension,) and ``printed_cosine``: the shadow on the *first* direction
    subtracted once for every direction, which is what a formula for several says that repeats one index.

    Raises:
        ResultError: no direction, different numbers of dimensions, a number that is not finite, directions that
            depend on one another, or an edit that lies within their span.
    """
    if not protect:
        raise ResultError("off_the_span: protect has to name at least one direction; found none")
    n = np.asarray(edit, dtype=float)
    if n.ndim != 1 or not n.size or not np.isfinite(n).all():
        raise ResultError(f"off_the_span: edit has to be a list of finite numbers; found {list(edit)}")
    for label, row in protect.items():
        if np.shape(row) != n.shape or not np.isfinite(np.asarray(row, dtype=float)).all():
            raise ResultError(
                f"off_the_span: '{label}' has to be {n.size} finite numbers as the edit is; found {list(row)}"
            )
    rows = np.array(list(protect.values()), dtype=float)
    if np.linalg.matrix_rank(rows) < len(rows):
        raise ResultError(
            f"off_the_span: the {len(rows)} directions depend on one another in {n.size} dimensions; leave some out"
        )
    q, _ = np.linalg.qr(rows.T)
    left = n - q @ (q.T @ n)
    if np.linalg.norm(left) <= 1e-9 * np.linalg.norm(n):
        raise ResultError("off_the_span: the edit lies within the span of the directions: nothing is left of it")
    in_turn = n.copy()
    for row in rows:
        in_turn = in_turn - (in_turn @ row) / (row @ row) * row
    together = n - sum((n @ row) / (row @ row) * row for row in rows)
    printed = n - len(rows) * (n @ rows[0]) / (rows[0] @ rows[0]) * rows[0]

    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def cosines(v: np.ndarray) -> np.ndarray:
        size = np.linalg.norm(v)
        return np.abs(unit @ v) / size if size else np.zeros(len(unit))

    name: dict[str, tuple[str, ...]] = {"direction": tuple(protect)}
    return Result(
        {
            "edit": quantity(n, "dimension"),
            "protect": quantity(rows, "direction", "dimension", labels=name),
            "overlap": quantity(unit @ unit.T, "direction", "other", labels=name | {"other": tuple(protect)}),
            "left": quantity(left, "dimension"),
            "kept_share": quantity(100 * (left @ left) / (n @ n), unit="%"),
            "left_cosine": quantity(cosines(left), "direction", labels=name),
            "one_by_one": quantity(in_turn, "dimension"),
            "one_by_one_cosine": quantity(cosines(in_turn), "direction", labels=name),
            "at_once": quantity(together, "dimension"),
            "at_once_cosine": quantity(cosines(together), "direction", labels=name),
            "printed": quantity(printed, "dimension"),
            "printed_cosine": quantity(cosines(printed), "direction", labels=name),
        },
        origin=Origin.COMPUTED,
    )
