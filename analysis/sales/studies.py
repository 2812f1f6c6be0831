"""What the film about sales shows: every analysis of a table, each with its control, as registered for episodes."""

from __future__ import annotations

import numpy as np
from scipy import stats
from sklearn.linear_model import LassoCV, lasso_path

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.sales.games import FILM, NOISE, PLANTED, WITH_PUBLISHER, Generated, film_design, make_games
from tapehead.analysis.sales.regression import hat_matrix, least_squares
from tapehead.analysis.sales.tables import UNITS, Column, Columns, Design

LIBRARIES = ("numpy", "scipy", "scikit-learn")
_TRUTH = np.array([PLANTED[name] for name in ("constant", *FILM.names)])


def _needs(name: str, value: int, least: int) -> None:
    if value < least:
        raise UsageError(f"{name} has to be at least {least}; found {value}")


@analysis("sales.table", version=1, libraries=LIBRARIES)
def table(count: int, *, seed: int) -> Result:
    """The generated table: what its maker planted, and whom the rules throw out.

    Quantities: ``planted`` (coefficient) and ``noise``, in log sales per unit; ``funnel`` (step), games left after
    each; ``lost`` (step), games gone by then; ``median_sales`` (group: kept, lost) in thousands; ``median_low`` and
    ``median_high`` (group) the ends of 95 % intervals (order statistics, binomial); ``ratio`` = kept over lost.
    ``kept_mean`` and ``all_mean`` mean log sales; control: ``chance_mean`` (draw), the mean of as many games drawn by
    chance, 1,000 times, and ``chance_beyond``, how many of these lie as far from the mean of all.
    ``mentions`` and ``sales`` (game) of all games, NaN never; ``out`` (game): the step at which it went, 0 for
    those that were kept.

    Raises:
        UsageError: too few games to fit anything.
    """
    generated = make_games(count, seed)
    design = film_design(generated)
    kept = np.zeros(count, dtype=bool)
    kept[design.kept] = True
    sales, log_sales = generated.games.values["sales"], generated.log_sales
    groups = (np.sort(sales[kept]), np.sort(sales[~kept]))
    ends = [_median_ends(group) for group in groups]
    rng = np.random.default_rng([seed, 0xC4A9])
    chance = np.array([log_sales[rng.permutation(count)[: len(design.kept)]].mean() for _ in range(1000)])
    away = abs(log_sales[kept].mean() - log_sales.mean())
    steps = {"step": ("all", "mentioned", "user score", "critic score")}
    left = np.array([n for _step, n in design.funnel])
    medians = np.array([np.median(group) for group in groups])
    of = {"group": ("kept", "lost")}
    return Result(
        {
            "planted": quantity(_TRUTH, "coefficient", labels={"coefficient": ("constant", *FILM.names)}),
            "noise": quantity(NOISE),
            "funnel": quantity(left, "step", unit="games", labels=steps),
            "lost": quantity(count - left, "step", unit="games", labels=steps),
            "median_sales": quantity(medians, "group", unit="thousand copies", labels=of),
            "median_low": quantity([e[0] for e in ends], "group", unit="thousand copies", labels=of),
            "median_high": quantity([e[1] for e in ends], "group", unit="thousand copies", labels=of),
            "ratio": quantity(medians[0] / medians[1]),
            "kept_mean": quantity(log_sales[kept].mean()),
            "all_mean": quantity(log_sales.mean()),
            "chance_mean": quantity(chance, "draw"),
            "chance_beyond": quantity(int(np.sum(np.abs(chance - log_sales.mean()) >= away)), unit="draws"),
            "draws": quantity(len(chance), unit="draws"),
            "mentions": quantity(generated.games.values["mentions_before"], "game", unit="mentions"),
            "sales": quantity(sales, "game", unit="thousand copies"),
            "out": quantity(_thrown_out(generated, kept), "game"),
        },
        facts={"votes": "a user score from four votes on", "control": "as many games drawn by chance", "seed": seed},
    )


def _thrown_out(generated: Generated, kept: np.ndarray) -> np.ndarray:
    """(games): 1 for games that nobody mentioned, 2 for those without a user score, 3 without a critic's, 0 kept."""
    values = generated.games.values
    unscored = np.where(np.isnan(values["user_score"]), 2, 3)
    return np.where(kept, 0, np.where(values["mentions_before"] == 0, 1, unscored))


def _median_ends(values: np.ndarray) -> tuple[float, float]:
    """A 95 % interval of the median from order statistics (binomial; Conover 1999, §3.2)."""
    low = int(stats.binom.ppf(0.025, len(values), 0.5))
    return float(values[max(low - 1, 0)]), float(values[min(len(values) - low, len(values) - 1)])


@analysis("sales.logs", version=1, libraries=LIBRARIES)
def logs(count: int, normals: int, *, seed: int) -> Result:
    """What a log does to a column: skewness before and after.

    Quantities: ``skewness`` (column, unit: raw, log), of the kept games, columns sales and talk; ``skewness_low`` and
    ``skewness_high``, percentile bootstrap of 1,000; control: ``normal_low`` and ``normal_high``, between which 95 % of
    ``normals`` samples of the same size from a normal distribution lie.  ``raw`` and ``log`` (column, game).
    ``ladder`` (rung): 1, 10, …, and ``even`` (step): 0, 1000, …, for the two rulers.

    Raises:
        UsageError: too few games or normal samples.
    """
    _needs("normals", normals, 100)
    design = film_design(generated := make_games(count, seed))
    values = generated.games.values
    raw = np.array([values["sales"][design.kept], values["mentions_before"][design.kept]])
    both = np.stack([raw, np.log(raw)], axis=1)
    rng = np.random.default_rng([seed, 0x5E3])
    games = raw.shape[1]
    drawn = rng.integers(0, games, (1000, games))
    spread = np.array([[np.quantile(stats.skew(x[drawn], axis=1), [0.025, 0.975]) for x in rows] for rows in both])
    null = np.quantile(stats.skew(rng.normal(size=(normals, games)), axis=1), [0.025, 0.975])
    labels = {"column": ("sales", "talk"), "unit": ("raw", "log")}
    column = {"column": labels["column"]}
    return Result(
        {
            "skewness": quantity(stats.skew(both, axis=2), "column", "unit", labels=labels),
            "skewness_low": quantity(spread[..., 0], "column", "unit", labels=labels),
            "skewness_high": quantity(spread[..., 1], "column", "unit", labels=labels),
            "normal_low": quantity(null[0]),
            "normal_high": quantity(null[1]),
            "raw": quantity(raw, "column", "game", labels=column),
            "log": quantity(np.log(raw), "column", "game", labels=column),
            "largest": quantity(raw.max(axis=1), "column", labels=column),
            "median": quantity(np.median(raw, axis=1), "column", labels=column),
            "below": quantity(
                100 * np.mean(raw <= raw.max(axis=1, keepdims=True) / 10, axis=1), "column", unit="%", labels=column
            ),
            "games": quantity(games, unit="games"),
            "ladder": quantity(10.0 ** np.arange(5), "rung"),
            "even": quantity(1000.0 * np.arange(5), "step"),
        },
        facts={"control": f"{normals} normal samples of the same size", "seed": seed},
    )


@analysis("sales.correlations", version=1, libraries=LIBRARIES)
def correlations(count: int, shuffles: int, *, seed: int) -> Result:
    """Pairwise correlations of the kept games, in the units that are fitted.

    Quantities: ``r`` (row, column) over sales, talk before, talk after, user, critic, publisher; ``r_low``, ``r_high``
    (Fisher's z, 95 %); control: ``null`` (shuffle), the largest |r| between sales and any other column when sales are
    shuffled, ``null_most`` its maximum and ``beyond`` (column), how many shuffles reach each |r| with sales.
    ``raw_user``: correlation of sales with the score as users gave it, with ``raw_user_low`` and ``raw_user_high``.

    Raises:
        UsageError: fewer than 100 shuffles.
    """
    _needs("shuffles", shuffles, 100)
    generated = make_games(count, seed)
    wide = Columns(FILM.sales, (*WITH_PUBLISHER.predictors, Column("after", "mentions_after", "log1p")))
    design = film_design(generated, wide)
    order = ("talk", "after", "user", "critic", "publisher")
    data = np.column_stack([design.y, design.only(order).X])
    r = np.corrcoef(data.T)
    low, high = _fisher(r, len(data))
    rng = np.random.default_rng([seed, 0xC0])
    others = _standard(data[:, 1:])
    shuffled = np.array([rng.permutation(design.y) for _ in range(shuffles)])
    each = np.abs(_standard(shuffled.T).T @ others) / len(data)
    user = np.corrcoef(design.y, generated.games.values["user_score"][design.kept])[0, 1]
    ends = _fisher(np.array(user), len(data))
    names = ("sales", "talk before", "talk after", "user", "critic", "publisher")
    pair = {"row": names, "column": names}
    return Result(
        {
            "r": quantity(r, "row", "column", labels=pair),
            "r_low": quantity(low, "row", "column", labels=pair),
            "r_high": quantity(high, "row", "column", labels=pair),
            "null": quantity(each.max(axis=1), "shuffle"),
            "null_most": quantity(each.max()),
            "beyond": quantity(
                (each >= np.abs(r[0, 1:])).sum(axis=0), "column", unit="shuffles", labels={"column": names[1:]}
            ),
            "shuffles": quantity(shuffles, unit="shuffles"),
            "raw_user": quantity(user),
            "raw_user_low": quantity(ends[0]),
            "raw_user_high": quantity(ends[1]),
            "games": quantity(len(data), unit="games"),
        },
        facts={"control": "sales shuffled among the games", "seed": seed},
    )


def _standard(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(axis=0)) / x.std(axis=0)


def _fisher(r: np.ndarray, games: int) -> tuple[np.ndarray, np.ndarray]:
    """95 % intervals of correlations by Fisher's z; a column with itself is exactly one."""
    z, reach = np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)), stats.norm.ppf(0.975) / np.sqrt(games - 3)
    sure = np.abs(r) > 1 - 1e-9
    return np.where(sure, r, np.tanh(z - reach)), np.where(sure, r, np.tanh(z + reach))


@analysis("sales.projection", version=1, libraries=LIBRARIES)
def projection(count: int, tries: int, *, seed: int) -> Result:
    """Regression as a shadow: of three games that can be drawn, and of all kept games.

    Three games: ``arrow`` (game) is their sales, ``span`` (column, game) two columns, ``weights`` (column), ``shadow``
    (game) = the nearest point of the plane through the columns, ``rest`` (game) = arrow − shadow, ``at_right_angles``
    (column) = rest · column, which is zero; ``length`` (part: arrow, shadow, rest).  Control: ``tries`` other points
    of the plane (``spots``, as weights), ``nearer`` of which lie nearer to the arrow's tip, ``next_best`` their least
    distance.

    All kept games: ``coefficients``, ``low``, ``high`` (coefficient), ``planted`` beside them, ``standardised``
    (predictor); ``r2``, ``adjusted_r2``; ``angle`` between sales and their shadow (both without their mean) in degrees,
    ``cosine_squared``, which is R²; ``orthogonality`` = the largest |cosine| between the residual and a column,
    ``idempotence`` = max |HH − H|, ``trace`` of the hat matrix H, ``columns`` fitted (constant included);
    ``leverage`` (game) = H's diagonal; ``fitted`` and ``measured`` (game); ``doubling`` with ``doubling_low`` and
    ``doubling_high``: how many per cent more sales go along with twice the talk.

    Raises:
        UsageError: fewer than one try.
    """
    _needs("tries", tries, 1)
    arrow = np.array([2.0, 2.0, 1.0])
    span = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    toy = Design(span.T, arrow, ("first", "second"), np.arange(3), ())
    weights = np.linalg.lstsq(toy.X, arrow, rcond=None)[0]
    shadow = toy.X @ weights
    rest = arrow - shadow
    rng = np.random.default_rng([seed, 0x9B0])
    spots = weights + rng.normal(size=(tries, 2))
    others = spots @ span
    distances = np.linalg.norm(others - arrow, axis=1)

    design = film_design(make_games(count, seed))
    fit, hat = least_squares(design), hat_matrix(design)
    full = np.column_stack([np.ones(len(design.y)), design.X])
    cosines = full.T @ fit.residual / np.linalg.norm(full, axis=0) / np.linalg.norm(fit.residual)
    centred, seen = design.y - design.y.mean(), fit.fitted - design.y.mean()
    cosine = float(centred @ seen / np.linalg.norm(centred) / np.linalg.norm(seen))
    places = {"coefficient": fit.names}
    columns = {"column": ("first", "second")}
    lengths = [np.linalg.norm(part) for part in (arrow, shadow, rest)]
    return Result(
        {
            "arrow": quantity(arrow, "game"),
            "span": quantity(span, "column", "game", labels=columns),
            "weights": quantity(weights, "column", labels=columns),
            "shadow": quantity(shadow, "game"),
            "rest": quantity(rest, "game"),
            "at_right_angles": quantity(span @ rest, "column", labels=columns),
            "length": quantity(lengths, "part", labels={"part": ("arrow", "shadow", "rest")}),
            "spots": quantity(spots, "spot", "column", labels=columns),
            "nearer": quantity(int(np.sum(distances < lengths[2])), unit="points"),
            "next_best": quantity(distances.min()),
            "tries": quantity(tries, unit="points"),
            "coefficients": quantity(fit.coefficients, "coefficient", labels=places),
            "low": quantity(fit.low, "coefficient", labels=places),
            "high": quantity(fit.high, "coefficient", labels=places),
            "planted": quantity(_TRUTH, "coefficient", labels=places),
            "standardised": quantity(fit.standardised, "predictor", labels={"predictor": design.names}),
            "r2": quantity(fit.r2),
            "adjusted_r2": quantity(fit.adjusted_r2),
            "angle": quantity(np.degrees(np.arccos(cosine)), unit="°"),
            "cosine_squared": quantity(cosine**2),
            "orthogonality": quantity(np.abs(cosines).max()),
            "idempotence": quantity(np.abs(hat @ hat - hat).max()),
            "trace": quantity(np.trace(hat)),
            "columns": quantity(full.shape[1], unit="columns"),
            "leverage": quantity(np.diag(hat), "game"),
            "fitted": quantity(fit.fitted, "game"),
            "measured": quantity(design.y, "game"),
            "games": quantity(len(design.y), unit="games"),
            "doubling": quantity(100 * (2 ** fit.coefficients[1] - 1), unit="%"),
            "doubling_low": quantity(100 * (2 ** fit.low[1] - 1), unit="%"),
            "doubling_high": quantity(100 * (2 ** fit.high[1] - 1), unit="%"),
        },
        facts={"control": f"{tries} other points of the plane", "seed": seed},
    )


@analysis("sales.belt", version=1, libraries=LIBRARIES)
def belt(count: int, tables: int, *, seed: int) -> Result:
    """LASSO as a tightening belt: which coefficients reach zero, and whether that can be trusted.

    The columns, publisher included, have standard deviation one; strengths are scikit-learn's alpha, rising.
    Quantities: ``strength`` (step); ``path`` (predictor, step); ``gone_at`` (predictor), the first strength at which a
    coefficient stays zero; ``chosen``, by ten folds, and ``chosen_path`` (predictor).
    Control, since the truth is known: on ``tables`` other tables the strength is chosen and fitted again;
    ``dropped`` (predictor) says on how many of them a coefficient became zero, ``dropped_first`` on how many it was
    the first to go.

    Raises:
        UsageError: fewer than one other table.
    """
    _needs("tables", tables, 1)
    design = film_design(make_games(count, seed), WITH_PUBLISHER)
    X, y = _standard(design.X), design.y - design.y.mean()
    strengths = np.geomspace(np.abs(X.T @ y).max() / len(y), 1e-4, 60)
    path = lasso_path(X, y, alphas=strengths)[1]
    chosen = LassoCV(alphas=strengths, cv=10, random_state=seed).fit(X, y)
    dropped, first = np.zeros((2, len(design.names)), dtype=int)
    for other in range(1, tables + 1):
        again = film_design(make_games(count, seed + 1000 * other), WITH_PUBLISHER)
        X2, y2 = _standard(again.X), again.y - again.y.mean()
        dropped += LassoCV(alphas=strengths, cv=10).fit(X2, y2).coef_ == 0
        first[np.argmin(_gone_at(strengths, lasso_path(X2, y2, alphas=strengths)[1]))] += 1
    rising = slice(None, None, -1)
    of = {"predictor": design.names}
    return Result(
        {
            "strength": quantity(strengths[rising], "step"),
            "path": quantity(path[:, rising], "predictor", "step", labels=of),
            "gone_at": quantity(_gone_at(strengths, path), "predictor", labels=of),
            "chosen": quantity(chosen.alpha_),
            "chosen_path": quantity(chosen.coef_, "predictor", labels=of),
            "dropped": quantity(dropped, "predictor", unit="tables", labels=of),
            "dropped_first": quantity(first, "predictor", unit="tables", labels=of),
            "tables": quantity(tables, unit="tables"),
        },
        facts={"control": f"{tables} other tables of the same truth", "seed": seed},
    )


def _gone_at(strengths: np.ndarray, path: np.ndarray) -> np.ndarray:
    """(predictor): the least strength from which on a coefficient is zero; strengths fall along the path's steps."""
    alive = np.abs(path) > 0
    last = np.where(alive.any(axis=1), np.argmax(alive, axis=1), len(strengths))
    return np.array([strengths[max(place - 1, 0)] for place in last])


@analysis("sales.reversal", version=1, libraries=LIBRARIES)
def reversal(count: int, tables: int, *, seed: int) -> Result:
    """The same scores on two axes: as users gave them, and turned round.

    Quantities: ``coefficient``, ``low``, ``high`` (axis: reversed, plain) of the user score with talk and critic held;
    ``r2`` (axis); ``simple`` (axis), the correlation with sales alone; ``score`` and ``turned`` (rung), what the turn
    makes of scores from 1 to 10; ``critic_link``, correlation of user and critic score.
    Control, since the truth is known: of ``tables`` other tables, collected as this one is, ``planted_sign`` have the
    planted sign on the reversed axis, and ``shuffled_sign`` have it when the user scores are dealt anew among the
    games (half of them by chance).  That the sign flips with the axis is arithmetic, and is not counted.

    Raises:
        UsageError: fewer than one other table.
    """
    _needs("tables", tables, 1)
    generated = make_games(count, seed)
    names, units = ("reversed", "plain"), ("reversed log", "plain")
    fits, simple = [], []
    for unit in units:
        design = film_design(generated, _with_user_unit(unit))
        fits.append(least_squares(design))
        simple.append(np.corrcoef(design.X[:, 1], design.y)[0, 1])
    planted = shuffled = 0
    for other in range(1, tables + 1):
        fresh = film_design(make_games(count, seed + 1000 * other), _with_user_unit(units[0]))
        planted += least_squares(fresh).coefficients[2] * PLANTED["user"] > 0
        dealt = fresh.X.copy()
        dealt[:, 1] = np.random.default_rng([seed, other]).permutation(dealt[:, 1])
        again = least_squares(Design(dealt, fresh.y, fresh.names, fresh.kept, ()))
        shuffled += again.coefficients[2] * PLANTED["user"] > 0
    values, kept = generated.games.values, film_design(generated).kept
    scores = np.arange(1.0, 11.0)
    axis = {"axis": names}
    return Result(
        {
            "coefficient": quantity([fit.coefficients[2] for fit in fits], "axis", labels=axis),
            "low": quantity([fit.low[2] for fit in fits], "axis", labels=axis),
            "high": quantity([fit.high[2] for fit in fits], "axis", labels=axis),
            "r2": quantity([fit.r2 for fit in fits], "axis", labels=axis),
            "simple": quantity(simple, "axis", labels=axis),
            "score": quantity(scores, "rung", unit="points"),
            "turned": quantity(UNITS["reversed log"](scores, 10.0), "rung"),
            "critic_link": quantity(np.corrcoef(values["user_score"][kept], values["critic_score"][kept])[0, 1]),
            "planted_sign": quantity(planted, unit="tables"),
            "shuffled_sign": quantity(shuffled, unit="tables"),
            "tables": quantity(tables, unit="tables"),
        },
        facts={"control": f"{tables} other tables of the same truth, collected alike", "seed": seed},
    )


def _with_user_unit(unit: str) -> Columns:
    turned = (Column(c.name, c.column, unit, c.largest) if c.name == "user" else c for c in FILM.predictors)
    return Columns(FILM.sales, tuple(turned), FILM.title)
