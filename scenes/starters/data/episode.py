"""What the film consists of: scenes in their order, and what is computed for them."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, Reference, SceneRef

EPISODE = Episode(
    title="A film of your own",
    # name, class, title, and the results that the scene may read.  A line's key in script.toml begins with the name.
    scenes=(
        SceneRef("chart", ".chart:Chart", "Years and distances", uses=("orbits",), chapter=False),
        SceneRef("verdict", ".verdict:Verdict", "Would chance do?", uses=("orbits",), chapter=False),
    ),
    analyses=(AnalysisCall("orbits", ".orbits:orbits", {"shuffles": 2000}),),
    description="How long a year lasts on other planets, and what it depends on.",
    tags=("data", "planets"),
    references=(
        Reference("NASA: Planetary Fact Sheet", "https://nssdc.gsfc.nasa.gov/planetary/factsheet/", "public domain"),
    ),
)
