"""The archived table of the dissertation on remembered patterns: published numbers, for what they are worth."""

from __future__ import annotations

import json
from typing import Any

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.shipped import shipped_file


def archived_table() -> dict[str, Any]:
    """The table as it lies in ``assets/published/graph-views.json``.

    Raises:
        ResultError: the file is not there, not readable, or its columns do not fit together.
    """
    place = shipped_file("published/graph-views.json")
    try:
        table: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        if len(table["covered"]) != len(table["candidates"]) or table["version"] != 1:
            raise ValueError("its columns differ in length, or it is another version")
    except (OSError, ValueError, KeyError) as error:
        raise ResultError(
            f"the archived table in {place} cannot be read: {error!r}; take it from the repository"
        ) from error
    return table


@analysis("graphs.archived")
def archived(*, seed: int) -> Result:
    """Candidates that were left with views on a growing share of one query.

    Quantities: ``candidates`` (covered), labelled by the share of the query in % ("12" to "100"); ``by_label`` and
    ``prefiltered`` without views; ``cap``, the tuples at which every row ended; ``seconds`` (row), of the two rows "25"
    and "38": the second is slower though more is covered.
    """
    table = archived_table()
    covered = {"covered": tuple(str(share) for share in table["covered"])}
    return Result(
        {
            "candidates": quantity(table["candidates"], "covered", unit="candidates", labels=covered),
            "by_label": quantity(table["by_label"], unit="candidates"),
            "prefiltered": quantity(table["prefiltered"], unit="candidates"),
            "cap": quantity(table["cap"], unit="tuples"),
            "seconds": quantity(
                list(table["seconds"].values()), "row", unit="s", labels={"row": tuple(table["seconds"])}
            ),
        },
        origin=Origin.PUBLISHED,
        citation=table["citation"],
        facts={"note": table["note"], "how": table["how"]},
    )
