"""Declaration of the gallery: an example of every chart, two to a scene."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, Reference, SceneRef

EPISODE = Episode(
    title="A gallery of charts",
    scenes=(
        SceneRef("curves", ".curves:Curves", "Lines and functions", uses=("dice", "sine")),
        SceneRef("points", ".points:Points", "Dates and error bars", uses=("daylight", "darts")),
        SceneRef("heaps", ".heaps:Heaps", "Bars and histograms", uses=("digits", "dice")),
        SceneRef("shares", ".shares:Shares", "Boxes and shares", uses=("dice", "primes")),
        SceneRef("columns", ".columns:Columns", "Columns and planes", uses=("runs", "walks")),
        SceneRef("grids", ".grids:Grids", "Heat maps and tables", uses=("swing", "primes")),
        SceneRef("webs", ".webs:Webs", "Pictures and networks", uses=("rules", "divisors")),
        SceneRef("layers", ".layers:Layers", "Rows and layers", uses=("heat", "counter")),
    ),
    analyses=(
        AnalysisCall("dice", ".simulations:dice", {"most": 256, "repeats": 100}),
        AnalysisCall("sine", ".numbers:sine", {"terms": 3}),
        AnalysisCall("daylight", ".numbers:daylight", {"year": 2027}),
        AnalysisCall("darts", ".simulations:darts", {"most": 1_000_000}),
        AnalysisCall("digits", ".numbers:digits", {"powers": 1000}),
        AnalysisCall("primes", ".numbers:primes", {"decades": 6}),
        AnalysisCall("swing", ".simulations:swing", {"steps": 8, "repeats": 2000, "turn": 0.8}),
        AnalysisCall("rules", ".numbers:rules", {"rows": 48}),
        AnalysisCall("divisors", ".numbers:divisors", {"number": 60}),
        AnalysisCall("runs", ".simulations:runs", {"fewest": 16, "repeats": 60}),
        AnalysisCall("walks", ".simulations:walks", {"steps": 100, "repeats": 2000}),
        AnalysisCall("heat", ".numbers:heat", {"side": 33}),
        AnalysisCall("counter", ".numbers:counter", {"inputs": 5}),
    ),
    description="Every chart that tapehead has ready-made, on results whose answers are known.",
    tags=("charts", "data", "manim"),
    references=(
        Reference(
            "P. I. Cooper: The absorption of radiation in solar stills, Solar Energy, 1969 (the Sun's declination)",
            licence="cited",
        ),
        Reference(
            "F. Benford: The law of anomalous numbers, Proceedings of the American Philosophical Society, 1938",
            licence="cited",
        ),
        Reference(
            "M. F. Schilling: The longest run of heads, The College Mathematics Journal, 1990",
            licence="cited",
        ),
    ),
)
