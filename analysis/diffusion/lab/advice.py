"""What to try next where a run cannot tell its directions from random ones, from the run's own numbers.

What helps was measured on puppet-64 ("a puppet with red hair", t = 0.6, four directions, nine random sets).  The ratio
of the directions' effect to random ones' hardly changes with the reach (1.85, 1.7 and 1.5 at 19, 50 and 90 % of |x_t|),
but short walks hardly change the picture, and then the best of several random sets is a matter of the scorer's noise.
Guidance pulls what was edited back to the prompt.  With 19 sets one of them decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from tapehead.analysis.diffusion.lab.cautions import RARE
from tapehead.analysis.results import Result

PLAIN = 0.1
"""Change of pictures (0 to 1) from which more reach is no longer the first thing to try."""
FARTHER = 2.5
"""How many times farther is proposed."""
FARTHEST = 1.0
"""Share of |x_t| beyond which no walk is proposed: there x_t is more nudge than picture."""
MORE = 99


def advice(parts: Mapping[str, Result]) -> list[str]:
    """Sentences, each with the option to set; none where something was found, or where nothing scores the pictures."""
    test, walk, picture = parts["test"], parts["walk"], parts["picture"]
    if float(parts["cautions"]["found"]) or not float(test["scored"]) or float(parts["cautions"]["not_in_world"]):
        return []
    told = []
    change, reach = float(walk["largest_change"]), float(walk["reach"]) / 100
    farther = min(FARTHEST, FARTHER * reach)
    if change < PLAIN and farther > reach * 1.2:
        told.append(f"--reach {farther:.2g}: at {reach:.2g} the pictures change by {change:.3f} of 1 at most.")
    guidance = float(picture.facts["guidance"])
    if guidance > 1:
        told.append(f"--guidance 1: at {guidance:g} every step pulls the picture back to its prompt.")
    p, draws = float(test["p"]), int(test["draws"])
    if RARE < p <= 4 * RARE and draws < MORE:
        told.append(f"--draws {MORE}: with {draws} random sets p goes in steps of {1 / (1 + draws):.2g}.")
    if told:
        told.append("Each is another look: of n looks, hold the least p against 0.05 / n.")
    return told
