"""The text beside a figure: what it shows, how many, in which units, where the numbers come from, how to cite them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tapehead.analysis.figures import Figure
from tapehead.analysis.results import Origin
from tapehead.render.figures.pick import FigureResults, count_of

_ORIGINS = {
    Origin.COMPUTED: "computed for this figure",
    Origin.PUBLISHED: "published numbers",
    Origin.ILLUSTRATION: "an illustration: nothing was measured",
}


_LONG = 300
"""Letters of a fact beyond which it is no caption's business: prompts, lists for every task."""


def caption(figure: Figure, results: FigureResults, episode: str, facts: Mapping[str, Any], digest: str) -> str:
    """The whole text, one statement per line."""
    own = results.own
    lines = [figure.shows]
    if figure.control:
        lines.append(f"Control: {figure.control}")
    if count := count_of(results, figure):
        lines.append(f"{count}.")
    lines.append(f"Units: {_units(figure, results)}.")
    origin = _ORIGINS[own.origin] + (f", model {own.model}" if own.model else "")
    lines.append(f"Origin: {origin}.")
    parameters = ", ".join(f"{name} = {value}" for name, value in facts["parameters"].items()) or "none"
    lines.append(f"Analysis: {facts['analysis']} version {facts['version']}, seed {facts['seed']}, with {parameters}.")
    taken = sorted({source for series in figure.series for source in (series.source, series.x_source) if source})
    if taken:
        lines.append(f"Also from: {', '.join(taken)}.")
    for name, value in own.facts.items():
        if 0 < len(text := str(value)) <= _LONG:
            lines.append(f"{name}: {text}.")
    cited = [result.citation for result in (own, *(results.result(source) for source in taken)) if result.citation]
    lines += [f"Numbers from: {text}" for text in dict.fromkeys(cited)]
    lines.append(f"Cite as: tapehead, episode '{episode}', figure '{figure.name}', result {digest[:16]}.")
    return "\n".join(lines) + "\n"


def _units(figure: Figure, results: FigureResults) -> str:
    units = {}
    for series in figure.series:
        for name, source in ((series.y, series.source), (series.x, series.x_source or series.source)):
            if name:
                unit = results.quantity(name, source).unit
                units[name.rpartition("/")[2]] = unit if unit != "1" else "no unit"
    return ", ".join(f"{name} in {unit}" if unit != "no unit" else f"{name}: no unit" for name, unit in units.items())
