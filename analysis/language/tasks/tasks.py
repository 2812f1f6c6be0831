"""Sequence tasks: prompts whose next word follows from the members shown, and corrupted prompts beside them.

The paper's form is ``X1 born in m1. X2 born in m2. X3 born in m3. X4 born in m4. X5 born in``; the answer is the member
after ``m4``, the wrong answer ``m4`` itself.  A plain list is ``m1 m2 m3 m4``.  The corrupted prompt of a pair has the
same subjects and template and random members, of which the last two never follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import LanguageModel, single_token
from tapehead.analysis.language.tasks.sequences import NAMES, NOUNS, PAPER_VERBS, STARTS, WINDOW, capital, sequence
from tapehead.analysis.language.tasks.sequences import Sequence as Family

PLAIN = "plain"
TEMPLATES = (*PAPER_VERBS, PLAIN)
PATTERNS = ("up", "step 2", "down", "constant", "random")


@dataclass(frozen=True)
class Prompt:
    """One prompt: the members shown (places in the family, from 0), what should follow, what should not."""

    family: str
    template: str
    places: tuple[int, ...]
    answer: int
    wrong: int
    subjects: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """The members as words."""
        return tuple(sequence(self.family).members[p] for p in self.places)

    @property
    def text(self) -> str:
        """The prompt as it is given to the tokenizer."""
        if self.template == PLAIN:
            return " ".join(self.members)
        shown = [f"{s} {self.template} in {m}." for s, m in zip(self.subjects[:-1], self.members, strict=True)]
        return " ".join([*shown, f"{self.subjects[-1]} {self.template} in"])


@dataclass(frozen=True, eq=False)
class Task:
    """Prompts as tokens, all of one shape.

    ``tokens`` and ``corrupted`` are (prompts, positions), ``answers`` and ``wrong`` (prompts,): vocabulary ids.
    The lab has (prompts, how many count) where several tokens count, with -1 where there is none.
    ``member_positions`` are where m1..m4 stand; the last position is where the answer is read.  ``templates`` names
    each prompt's template.  ``unknown`` counts clean words, ``unknown_corrupted`` corrupted ones, that the tokenizer
    turned into its unknown word.
    """

    name: str
    tokens: np.ndarray
    corrupted: np.ndarray
    answers: np.ndarray
    wrong: np.ndarray
    member_positions: tuple[int, ...]
    bos: bool
    texts: tuple[str, ...]
    templates: tuple[str, ...]
    unknown: int = 0
    unknown_corrupted: int = 0

    def __post_init__(self) -> None:
        n, length = self.tokens.shape
        if self.corrupted.shape != (n, length) or {self.answers.shape[:1], self.wrong.shape[:1]} != {(n,)}:
            raise UsageError(f"task '{self.name}': clean prompts are {(n, length)}, corrupted {self.corrupted.shape}")
        for array in (self.tokens, self.corrupted, self.answers, self.wrong):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def last(self) -> int:
        """The position whose logits are read."""
        return int(self.tokens.shape[1]) - 1

    @property
    def position_labels(self) -> tuple[str, ...]:
        """A label per position: m1..m4, ``last`` (unless m4 is last), ``bos``, else the number."""
        labels = [str(i) for i in range(self.last + 1)]
        labels[self.last] = "last"
        for k, at in enumerate(self.member_positions):
            labels[at] = f"m{k + 1}"
        if self.bos:
            labels[0] = "bos"
        return tuple(labels)

    def take(self, which: Sequence[int] | np.ndarray | slice) -> Task:
        """The same task with some of its prompts; counts of unknown words stay those of the whole."""
        index = np.arange(len(self))[which if isinstance(which, slice) else np.asarray(which)]
        return replace(
            self,
            tokens=self.tokens[index].copy(),
            corrupted=self.corrupted[index].copy(),
            answers=self.answers[index].copy(),
            wrong=self.wrong[index].copy(),
            texts=tuple(self.texts[i] for i in index),
            templates=tuple(self.templates[i] for i in index),
        )


# -- making prompts ------------------------------------------------------------------------------------------------


def starts(family: Family, pattern: str = "up") -> tuple[int, ...]:
    """First members (places) whose list of four and answer lie in the family's core; a week may wrap around."""
    step = {"up": 1, "step 2": 2, "down": -1, "constant": 0, "random": 0}[pattern]
    reach = step * WINDOW
    inside = tuple(range(max(0, -reach), family.core - max(0, reach)))
    if family.cyclic and len(family.members) == family.core and len(inside) < min(STARTS, family.core):
        return tuple(range(family.core))
    return inside


def follow(family: Family, place: int) -> int | None:
    """The place after ``place`` within the core, around the end of a cyclic family; ``None`` after the last."""
    if place + 1 < family.core:
        return place + 1
    return 0 if family.cyclic else None


def random_places(family: Family, rng: np.random.Generator) -> tuple[int, ...]:
    """Four members drawn uniformly, the last two drawn again as a pair while they follow each other."""
    first, second = (int(v) for v in rng.integers(family.core, size=2))
    while True:
        third, fourth = (int(v) for v in rng.integers(family.core, size=2))
        if follow(family, third) != fourth:
            return first, second, third, fourth


def pattern_places(family: Family, pattern: str, start: int, rng: np.random.Generator) -> tuple[tuple[int, ...], int]:
    """Four shown members and the one that should come next; for random lists the last member's successor."""
    if pattern == "random":
        while True:
            places = random_places(family, rng)
            after = follow(family, places[-1])
            if after is not None:
                return places, after
    step = {"up": 1, "step 2": 2, "down": -1, "constant": 0}[pattern]
    run = [start + step * i for i in range(WINDOW + 1)]
    if family.cyclic:
        run = [p % family.core for p in run]
    return tuple(run[:WINDOW]), run[WINDOW]


def usable_subjects(model: LanguageModel, template: str) -> tuple[str, ...]:
    """Names for ``born``, things for the other templates: those that are one token wherever they stand."""
    candidates = NAMES if template == "born" else tuple(capital(n) for n in NOUNS)
    unknown = model.tokenizer.unk_token_id

    def whole(word: str) -> bool:
        ids = [model.tokenizer(w, add_special_tokens=False)["input_ids"] for w in (word, f" {word}")]
        return all(len(i) == 1 and i[0] != unknown for i in ids)

    return tuple(word for word in candidates if whole(word))


def sequence_task(
    model: LanguageModel,
    kind: str,
    count: int = 192,
    *,
    templates: Sequence[str] = PAPER_VERBS,
    pattern: str = "up",
    bos: bool = True,
    seed: int = 0,
    allowed: Callable[[str, int], bool] | None = None,
    subjects: Sequence[str] | None = None,
) -> Task:
    """A generated task: templates in turn, within each the starts in turn, subjects and corrupted members drawn.

    A task with more prompts of the same seed begins with the same prompts.

    Args:
        model: whose tokenizer reads the prompts.
        kind: numerals, words, months, days, letters or ordinals.
        count: number of prompts; a multiple of templates times starts (24 in the paper's tasks) is balanced.
        templates: ``born``, ``lost``, ``done`` or ``plain``.
        pattern: how the members go on; see :data:`PATTERNS`.
        bos: whether prompts begin with the model's first token.
        seed: of the random draws.
        allowed: tells which (template, start) to use, all if not given.
        subjects: draw from these only.

    Raises:
        UsageError: an unknown kind, template or pattern, no prompts, a member that is not one known token.
    """
    family = sequence(kind)
    if pattern not in PATTERNS:
        raise UsageError(f"unknown pattern '{pattern}'; there is {', '.join(PATTERNS)}")
    if count < 1:
        raise UsageError(f"a task needs at least one prompt; asked for {count}")
    if bad := [t for t in templates if t not in TEMPLATES] or not templates:
        raise UsageError(f"unknown template {bad}; there is {', '.join(TEMPLATES)}")
    cells = {t: [s for s in starts(family, pattern) if allowed is None or allowed(t, s)] for t in templates}
    pools = {t: _pool(model, t, subjects) for t in templates if t != PLAIN}
    if empty := [t for t in templates if not cells[t]]:
        raise UsageError(f"no start of {kind} is left for template '{empty[0]}'")
    rng = np.random.default_rng([seed, 3104])
    prompts, corrupted = [], []
    for i in range(count):
        template = templates[i % len(templates)]
        start = cells[template][i // len(templates) % len(cells[template])]
        places, answer = pattern_places(family, pattern, start, rng)
        drawn: tuple[str, ...] = ()
        if template != PLAIN:
            drawn = tuple(str(w) for w in rng.choice(pools[template], WINDOW + 1, replace=False))
        prompt = Prompt(family.name, template, places, answer, places[-1], drawn)
        prompts.append(prompt)
        corrupted.append(replace(prompt, places=random_places(family, rng)))
    return task_of(model, f"{family.name}, {pattern}" if pattern != "up" else family.name, prompts, corrupted, bos)


def _pool(model: LanguageModel, template: str, subjects: Sequence[str] | None) -> list[str]:
    usable = usable_subjects(model, template)
    pool = [w for w in usable if subjects is None or w in set(subjects)]
    if len(pool) <= WINDOW:
        raise UsageError(
            f"only {len(pool)} subjects for template '{template}' are one token for '{model.name}'; "
            f"{WINDOW + 1} different ones are needed"
        )
    return pool


def task_of(
    model: LanguageModel, name: str, clean: Sequence[Prompt], corrupted: Sequence[Prompt], bos: bool = True
) -> Task:
    """Tokenise prompts and their corrupted partners, and check that members stand where they should."""
    tokens = encode(model, [p.text for p in clean], bos)
    other = encode(model, [p.text for p in corrupted], bos)
    per = 1 if clean[0].template == PLAIN else 5  # a clause: subject, verb, in, member, point
    positions = tuple(bos + per * k + (0 if per == 1 else 3) for k in range(WINDOW))
    wanted = positions[-1] + 1 if per == 1 else 4 * per + 3 + bos
    for rows, prompts in ((tokens, clean), (other, corrupted)):
        if rows.shape[1] != wanted:
            raise UsageError(f"prompts of '{name}' have {rows.shape[1]} tokens for '{model.name}', not {wanted}")
        check_members(model, rows, positions, [p.members for p in prompts])
    ids = {m: single_token(model, m, "member") for m in sequence(clean[0].family).members[: _highest(clean) + 1]}
    members = sequence(clean[0].family).members
    return Task(
        name,
        tokens,
        other,
        np.array([ids[members[p.answer]] for p in clean]),
        np.array([ids[members[p.wrong]] for p in clean]),
        positions,
        bos,
        tuple(p.text for p in clean),
        tuple(p.template for p in clean),
        *(count_unknown(model, rows, bos) for rows in (tokens, other)),
    )


def _highest(prompts: Sequence[Prompt]) -> int:
    return max(max((*p.places, p.answer, p.wrong)) for p in prompts)


# -- tokens --------------------------------------------------------------------------------------------------------


def encode(model: LanguageModel, texts: Sequence[str], bos: bool) -> np.ndarray:
    """Token ids (prompts, positions) of texts that must all have the same number of tokens.

    The first token is put there by us, for tokenizers disagree about doing it themselves.

    Raises:
        UsageError: no text, different lengths, or more tokens than the model's context.
    """
    rows = [list(ids) for ids in model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]] if texts else []
    if not rows:
        raise UsageError("no prompts were given")
    length = len(rows[0])
    for i, ids in enumerate(rows):
        if len(ids) != length:
            shown = " | ".join(model.tokenizer.convert_ids_to_tokens(ids))
            raise UsageError(
                f"prompt {i} has {len(ids)} tokens for '{model.name}', the first one {length}: {shown}; "
                "a word in it is not one token"
            )
    if bos:
        rows = [[model.bos, *ids] for ids in rows]
    if length + bos > model.context:
        raise UsageError(f"prompts have {length + bos} tokens; '{model.name}' reads at most {model.context}")
    return np.array(rows, dtype=np.int64)


def check_members(
    model: LanguageModel, tokens: np.ndarray, positions: Sequence[int], members: Sequence[Sequence[str]]
) -> None:
    """Raise ``UsageError`` unless each prompt has its members, as one known token each, at ``positions``."""
    unknown = model.tokenizer.unk_token_id
    for row, words in zip(tokens, members, strict=True):
        for at, word in zip(positions, words, strict=True):
            if row[at] == unknown:
                raise UsageError(f"the tokenizer of '{model.name}' does not know the member '{word}'")
            if model.tokenizer.decode([int(row[at])]).strip() != word:
                found = model.tokenizer.convert_ids_to_tokens([int(row[at])])[0]
                raise UsageError(f"position {at} should hold the member '{word}' and holds '{found}'")


def count_unknown(model: LanguageModel, tokens: np.ndarray, bos: bool) -> int:
    """How many words became the unknown word; the first token (which GPT-2 uses for both) is not counted."""
    unknown = model.tokenizer.unk_token_id
    return 0 if unknown is None else int((tokens[:, int(bos) :] == unknown).sum())
