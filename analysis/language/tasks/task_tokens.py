"""What the prompts of a task show: their members as words, the family these belong to, the ids of a word.

A task made from files does not say which family it is about; its tokens do.
"""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import SEQUENCES
from tapehead.analysis.language.tasks.sequences import Sequence as Family
from tapehead.analysis.language.tasks.tasks import Task


def word_of(model: LanguageModel, token: int) -> str:
    """A token as text, without its space."""
    return str(model.tokenizer.decode([int(token)])).strip()


def words_of(model: LanguageModel, tokens: np.ndarray) -> np.ndarray:
    """Words of an array of ids, same shape."""
    found, inverse = np.unique(tokens, return_inverse=True)
    return np.array([word_of(model, t) for t in found], dtype=object)[inverse].reshape(np.shape(tokens))


def forms(model: LanguageModel, word: str) -> tuple[int, ...]:
    """Ids of ``word`` with and without a space before it, as far as each is one known token; perhaps none."""
    ids = []
    for text in (f" {word}", word):
        found = model.tokenizer(text, add_special_tokens=False)["input_ids"]
        if len(found) == 1 and word_of(model, found[0]) == word and found[0] not in ids:
            ids.append(int(found[0]))
    return tuple(ids)


def shown_members(model: LanguageModel, task: Task) -> np.ndarray:
    """Members m1..m4 of every clean prompt as words, (prompts, 4)."""
    return words_of(model, task.tokens[:, list(task.member_positions)])


def answer_words(model: LanguageModel, task: Task) -> np.ndarray:
    """The answer of every prompt as a word, (prompts,)."""
    return words_of(model, task.answers)


def family_of(model: LanguageModel, task: Task) -> Family:
    """The family that all members and answers of a task belong to.

    Numerals go as far as the task needs, and one further: the paper's longest list of them ends at 100.

    Raises:
        UsageError: they belong to no one family.
    """
    words = {str(w) for w in [*shown_members(model, task).ravel(), *answer_words(model, task)]}
    for family in SEQUENCES.values():
        if words <= set(family.members):
            return family
    if all(w.isascii() and w.isdigit() and not w.startswith("0") for w in words):
        return Family("numerals", tuple(str(n) for n in range(1, max(map(int, words)) + 2)))
    raise UsageError(f"the members of task '{task.name}' belong to no one family: {', '.join(sorted(words)[:8])}")
