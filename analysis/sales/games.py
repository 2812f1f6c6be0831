"""A generated table of games whose truth is known: coefficients are planted, and so are the reasons for gaps.

    log sales = constant + talk · log(expected mentions) + user · log(11 − user score)
                + critic · log(1 + critic score) + publisher · log(1 + games of the publisher) + noise

Sales are in thousands of copies.  What a collector sees of it is less: a *count* of mentions instead of the expected
one (Poisson, so that many games have none), and user scores only where enough copies were sold for four people to
vote.  Some critic scores are missing by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tapehead.analysis.errors import UsageError
from tapehead.analysis.sales.tables import Column, Columns, Design, Games, measured

PLANTED = {"constant": -7.15, "talk": 0.4, "user": 0.9, "critic": 2.5, "publisher": 0.0}
"""The truth: per unit of each measure, in log sales."""
NOISE = 0.8
"""Standard deviation of what nothing in the table explains, in log sales."""
VOTES = 4
"""A user score is shown from so many votes on, as on Metacritic."""

FILM = Columns(
    Column("sales", "sales", "log"),
    (
        Column("talk", "mentions_before", "log"),
        Column("user", "user_score", "reversed log", 10.0),
        Column("critic", "critic_score", "log1p"),
    ),
    "name",
)
"""How the film measures the table: the published study's predictors in the published study's units."""
WITH_PUBLISHER = Columns(FILM.sales, (*FILM.predictors, Column("publisher", "publisher_games", "log1p")), FILM.title)
"""The same with the predictor that the study's LASSO dropped; its planted coefficient is zero."""


@dataclass(frozen=True)
class Generated:
    """A table as a collector sees it, and what only its maker knows.

    ``truth`` (games, 4) holds every game's true measures: talk (log expected mentions), user, critic, publisher in
    the units of :data:`WITH_PUBLISHER`; ``log_sales`` (games) is complete as well.
    """

    games: Games
    truth: np.ndarray
    log_sales: np.ndarray

    def everyone(self, predictors: int = 3) -> Design:
        """All games with their true measures: the regression that nobody outside can run."""
        count = len(self.games)
        return Design(
            self.truth[:, :predictors],
            self.log_sales,
            WITH_PUBLISHER.names[:predictors],
            np.arange(count),
            (("all", count),),
        )


def make_games(count: int, seed: int) -> Generated:
    """Make a table; the same seed makes the same games.

    Raises:
        UsageError: ``count`` is below 1.
    """
    if count < 1:
        raise UsageError(f"a table of games needs at least one game; asked for {count}")
    rng = np.random.default_rng([seed, 0x6A3E])
    hype, quality, taste, loud, rough = rng.normal(size=(5, count))
    critic = np.round(100 * expit(0.95 + 0.6 * (0.25 * hype + 0.97 * quality)))
    user = np.round(10 * expit(1.1 + 0.5 * (0.6 * quality + 0.8 * taste)), 1)
    talk = -0.45 + 2.0 * (0.85 * hype + 0.15 * quality + 0.5 * loud)
    before = rng.poisson(np.exp(talk))
    after = rng.poisson(np.exp(talk + 0.3 + 0.8 * rough))
    publisher = rng.geometric(0.08, count)
    truth = np.column_stack([talk, np.log(11 - user), np.log1p(critic), np.log1p(publisher)])
    weights = np.array([PLANTED[name] for name in WITH_PUBLISHER.names])
    log_sales = PLANTED["constant"] + truth @ weights + NOISE * rng.normal(size=count)
    votes = rng.poisson(0.045 * np.exp(log_sales))
    reviewed = rng.random(count) > 0.06
    values = {
        "sales": np.exp(log_sales),
        "mentions_before": before.astype(float),
        "mentions_after": after.astype(float),
        "user_score": np.where(votes >= VOTES, user, np.nan),
        "critic_score": np.where(reviewed, critic, np.nan),
        "publisher_games": publisher.astype(float),
    }
    return Generated(Games(tuple(f"title {n}" for n in range(1, count + 1)), values), truth, log_sales)


def film_design(generated: Generated, columns: Columns = FILM) -> Design:
    """The games of a generated table that the published study's rules keep, measured as it measured."""
    return measured(generated.games, columns, "the generated table")
