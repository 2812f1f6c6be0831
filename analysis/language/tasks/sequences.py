"""The ordered families of words (numerals, months, ...) and the subjects that sentences are about.

This module says what the corpus, the tokenizer and the tasks agree on, including what is kept out of the training
text: see :func:`held_out_starts`, :data:`STRICT_STARTS` and :data:`HELD_OUT_SUBJECTS`.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from tapehead.analysis.errors import UnknownNameError


@dataclass(frozen=True)
class Sequence:
    """Members in order; after the last one comes the first if ``cyclic``.

    ``core`` is how many of them (from the first) the tasks and random lists use.
    """

    name: str
    members: tuple[str, ...]
    cyclic: bool = False

    @property
    def core(self) -> int:
        """Twelve, as in the paper's tasks, or fewer if there are fewer."""
        return min(12, len(self.members))


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"

SEQUENCES: dict[str, Sequence] = {
    s.name: s
    for s in (
        Sequence("numerals", tuple(str(n) for n in range(1, 21))),
        Sequence("words", (*_listed(_UNITS), "eighteen", "nineteen", "twenty")),
        Sequence(
            "months",
            _listed("January February March April May June July August September October November December"),
            cyclic=True,
        ),
        Sequence("days", _listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"), cyclic=True),
        Sequence("letters", tuple(string.ascii_uppercase)),
        Sequence(
            "ordinals",
            _listed("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
        ),
    )
}

ALIASES = {"digits": "numerals", "numbers": "numerals", "number words": "words", "numwords": "words"}

PAPER_TYPES = ("numerals", "words", "months")
"""The three types of the paper."""

PAPER_VERBS = ("born", "lost", "done")
"""The verbs of the paper's three templates."""

OTHER_VERBS = ("found", "seen", "made")
STARTS = 8
"""How many first members a task has: four shown members and the answer fit into twelve."""

NAMES = _listed(
    """Aaron Adam Alan Albert Alex Alice Amy Andrew Andy Anna Anne Anthony Arthur Ben Bill Bob Brad Brian Bruce Carl
    Carol Charles Chris Christian Claire Clark Craig Dan Daniel David Dean Dennis Diana Don Donald Doug Douglas Ed
    Edward Elizabeth Emily Emma Eric Frank Fred Gary George Graham Grant Greg Harry Henry Howard Hugh Ian Jack Jacob
    James Jane Jason Jean Jeff Jennifer Jeremy Jessica Jim Joe John Jon Jordan Joseph Josh Julia Julian Justin Karen
    Keith Kelly Ken Kevin Kim Kyle Larry Laura Lee Leon Lewis Linda Lisa Louis Luke Marcus Maria Marie Mark Martin
    Mary Matt Matthew Max Michael Michelle Mike Neil Nick Oliver Oscar Patrick Paul Peter Phil Philip Rachel Ralph
    Ray Rich Richard Rob Robert Robin Roger Ron Rose Ross Roy Russell Ryan Sam Samuel Sarah Scott Sean Simon Stephen
    Steve Steven Stuart Sue Susan Ted Thomas Tim Todd Tom Tony Van Vincent Walter Warren Wayne William"""
)

NOUNS = _listed(
    """apple bag ball bank bed bell bike bird boat book bottle bowl box bread bridge brush bus cake camera candle car
    card chair clock coat coin cup desk dish door dress drum egg engine flag flower fork game gate glass glove gun hat
    house key kite knife lamp letter map match mirror orange paper pen phone piano picture plan plane plate ring road
    rock roof room rope shirt shoe spoon stone table task test ticket tool tower toy train tree truck wall watch wheel
    window work"""
)


def capital(noun: str) -> str:
    """The noun as it begins a sentence."""
    return noun[0].upper() + noun[1:]


SUBJECTS = (*NAMES, *(capital(n) for n in NOUNS))
"""Everything that a bare clause can begin with."""

HELD_OUT_SUBJECTS = _listed(
    "Alan Brian Claire Frank Jane Keith Maria Oliver Rachel Simon Thomas Warren Bell Coat Drum Key Plate Ticket"
)
"""Subjects that no clause of a list has in the training text; other sentences know them."""

STRICT_STARTS = {"numerals": 3, "words": 5, "months": 1}
"""Per type one start (place in the sequence, from 0) that no clause list shows, whatever its verb."""

WINDOW = 4
"""Shown members of a prompt: a run of this many from a held-out start is what must not occur."""


def held_out_starts(kind: str, verb: str) -> frozenset[int]:
    """Starts (from 0) whose run of four is never shown in clauses with this verb: two of eight per paper template."""
    if kind not in PAPER_TYPES or verb not in PAPER_VERBS:
        return frozenset()
    first = (3 * PAPER_TYPES.index(kind) + 2 * PAPER_VERBS.index(verb)) % STARTS
    return frozenset({first, (first + 4) % STARTS})


def sequence(name: str) -> Sequence:
    """A family by name or alias.

    Raises:
        UnknownNameError: there is none of that name.
    """
    try:
        return SEQUENCES[ALIASES.get(name, name)]
    except KeyError:
        raise UnknownNameError("kind of sequence", name, [*SEQUENCES, *ALIASES]) from None
