"""Figures of the analyses of sales."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "sales.table": (
        Figure(
            "who-is-left",
            "bars",
            "Games of the generated table that are left after each step.",
            (Series("funnel"),),
            Axis("step"),
            Axis("games", "funnel"),
        ),
        Figure(
            "chance",
            "histogram",
            "Mean log sales of as many games drawn by chance, beside the mean of the games that were kept.",
            (
                Series("chance_mean", label="drawn by chance"),
                Series("kept_mean", label="kept by the rules", style="mark"),
                Series("all_mean", label="all games", style="mark"),
            ),
            Axis("mean log sales", "chance_mean"),
            Axis("draws"),
            n="draw",
            control="As many games drawn by chance from all of them.",
        ),
    ),
    "sales.logs": (
        Figure(
            "skewness",
            "bars",
            "Skewness of sales and of talk, raw and as logs, with bootstrap intervals.",
            tuple(
                Series("skewness", label=unit, where={"unit": unit}, low="skewness_low", high="skewness_high")
                for unit in ("raw", "log")
            ),
            Axis("column"),
            Axis("skewness", "skewness"),
            n="games",
            control="Of normal samples of the same size, 95 % have a skewness within about a quarter of zero.",
        ),
    ),
    "sales.correlations": (
        Figure(
            "correlations",
            "matrix",
            "Correlations between all pairs of columns, in the units that are fitted.",
            (Series("r"),),
            n="games",
            value="r",
        ),
        Figure(
            "shuffled-sales",
            "histogram",
            "The largest correlation between sales and any column when sales are shuffled among the games.",
            (Series("null", label="shuffled sales"),),
            Axis("largest |r|", "null"),
            Axis("shuffles"),
            n="shuffle",
            control="Sales shuffled among the games.",
        ),
    ),
    "sales.projection": (
        Figure(
            "measured-and-fitted",
            "xy",
            "Log sales of every kept game over what the fit says of it.",
            (Series("measured", "fitted", "games"),),
            Axis("fitted log sales", "fitted"),
            Axis("measured log sales", "measured"),
            n="games",
        ),
        Figure(
            "coefficients",
            "bars",
            "Fitted coefficients with their 95 % intervals, beside the planted ones.",
            (Series("coefficients", label="fitted", low="low", high="high"), Series("planted", label="planted")),
            Axis("coefficient"),
            Axis("log sales per unit", "coefficients"),
            n="games",
            control="The planted coefficients are the truth; the thrown-out games bend the fitted ones.",
        ),
    ),
    "sales.belt": (
        Figure(
            "belt",
            "xy",
            "LASSO: every coefficient over the strength of the belt, all columns scaled to standard deviation one.",
            (Series("path", "strength", "", "line", over="predictor"),),
            Axis("strength", "strength", "log"),
            Axis("log sales per standard deviation", "path"),
        ),
        Figure(
            "dropped",
            "bars",
            "On how many other tables of the same truth a coefficient was dropped at the chosen strength, and was the "
            "first to go.",
            (Series("dropped", label="dropped"), Series("dropped_first", label="first to go")),
            Axis("predictor"),
            Axis("tables", "dropped"),
            n="tables",
            control="The publisher's planted coefficient is zero, the others are not.",
        ),
    ),
    "sales.reversal": (
        Figure(
            "turned-axis",
            "bars",
            "The user score's coefficient on the reversed axis and on its own, with 95 % intervals.",
            (Series("coefficient", low="low", high="high"),),
            Axis("axis"),
            Axis("log sales per unit", "coefficient"),
        ),
    ),
    "sales.luck": (
        Figure(
            "luck",
            "histogram",
            "R² on the games held out, over random splits of the same table.",
            (
                Series("score", label="splits"),
                Series("published", label="published test score", style="mark"),
                Series("truth", label="on new games", style="mark"),
            ),
            Axis("R² on games held out", "score"),
            Axis("splits"),
            n="split",
            control="The same fit on new games of the same generator.",
        ),
        Figure(
            "spread-by-size",
            "xy",
            "Spread of the test score over random splits, by the number of games held out.",
            (Series("spread_of_size", "sizes", "spread", "points"),),
            Axis("games held out", "sizes"),
            Axis("standard deviation of R²", "spread_of_size"),
        ),
    ),
    "sales.verdict": (
        Figure(
            "never-seen",
            "bars",
            "R² on games that the fit never saw, by predictors, with 95 % bootstrap intervals.",
            (Series("r2", label="cross-validated", low="low", high="high"), Series("null_high", label="shuffled")),
            Axis("predicted from"),
            Axis("R²", "r2"),
            n="games",
            control="Sales shuffled among the games: the 97.5 % quantile.",
        ),
    ),
    "sales.selection": (
        Figure(
            "coverage",
            "bars",
            "How often a 95 % interval for talk holds the planted coefficient, by which games were fitted.",
            (Series("coverage", low="coverage_low", high="coverage_high", where={"coefficient": "talk"}),),
            Axis("games that were fitted"),
            Axis("tables whose interval holds the truth", "coverage"),
            n="tables",
            control="As many games thrown out by chance.",
        ),
        Figure(
            "estimates",
            "dots",
            "Talk's coefficient on every table, by which games were fitted.",
            (Series("estimate", label="fitted", over="stage"),),
            Axis("games that were fitted"),
            Axis("log sales per log mention", "estimate"),
            n="table",
            control="As many games thrown out by chance.",
        ),
    ),
    "sales.published_study": (
        Figure(
            "published-funnel",
            "bars",
            "Games of the published study that were left after each step.",
            (Series("funnel"),),
            Axis("step"),
            Axis("games", "funnel"),
        ),
        Figure(
            "published-coefficients",
            "bars",
            "Coefficients as the study published them.",
            (Series("coefficients"),),
            Axis("coefficient"),
            Axis("per unit", "coefficients"),
            n="trained_on",
        ),
    ),
    "sales.reference_rerun": (
        Figure(
            "rerun-coefficients",
            "bars",
            "Coefficients of the reference re-run on the study's table.",
            (Series("coefficients"),),
            Axis("coefficient"),
            Axis("per unit", "coefficients"),
        ),
        Figure(
            "rerun-models",
            "bars",
            "Cross-validated R² of the reference re-run, by predictors.",
            (Series("cross_validated"),),
            Axis("predicted from"),
            Axis("R²", "cross_validated"),
        ),
    ),
}
