"""A prompt file in a model's tokens: prompts of one shape together, positions aligned, halves kept apart.

Nothing is padded.  Prompts whose positions are labelled are aligned by these labels, whatever their lengths; all others
only with prompts of their own length.  A *cell* holds prompts that go through the network together: one group, one
length, one list of labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab.prompt_tables import Row
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task

NONE = -1
"""Instead of a token id where a prompt has fewer answers than another."""
SHOWN = 40
"""Tokens that a message lists."""
LEAST = 2
"""Prompts of a half: the mean over one is that prompt, and the interval over one has no width."""


@dataclass(frozen=True, eq=False)
class Cell:
    """Prompts of one shape: their tokens, their places in the file's order, labels of their positions."""

    task: Task
    rows: np.ndarray
    group: str
    labels: tuple[str, ...]
    """One per position if the file labels them, else nothing."""

    def keys_of_positions(self) -> list[tuple[str, ...]]:
        """What each position is averaged with: the same label in the same group, or the same place at one length."""
        length = self.task.tokens.shape[1]
        if self.labels:
            return [(self.group, label) for label in self.labels]
        return [(self.group, str(length), str(at)) for at in range(length)]


@dataclass(frozen=True, eq=False)
class PromptSet:
    """All prompts of a file, or a half of them; per-prompt arrays are in the order of the file.

    ``halves`` says of each prompt whether the file puts it on the finding (0) or the scoring (1) half; -1: it does not.
    """

    name: str
    cells: tuple[Cell, ...]
    groups: tuple[str, ...]
    halves: np.ndarray
    texts: tuple[str, ...]
    corrupted_texts: tuple[str, ...]
    answers: tuple[str, ...]
    wrong: tuple[str, ...]
    bos: bool
    unknown: int = 0

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Groups in the order of their first prompts."""
        return tuple(dict.fromkeys(self.groups))

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens of each prompt."""
        found = np.zeros(len(self), dtype=int)
        for cell in self.cells:
            found[cell.rows] = cell.task.tokens.shape[1]
        return tuple(int(n) for n in found)

    def gather(self, per_cell: Sequence[np.ndarray]) -> np.ndarray:
        """Arrays (prompts of a cell, …), one for each cell, as one array in the order of the file."""
        found = np.empty((len(self), *per_cell[0].shape[1:]), dtype=per_cell[0].dtype)
        for cell, values in zip(self.cells, per_cell, strict=True):
            found[cell.rows] = values
        return found

    def take(self, which: Sequence[int] | np.ndarray) -> PromptSet:
        """Some of the prompts, in the order of the file."""
        which = np.sort(np.asarray(which))
        place = {int(row): i for i, row in enumerate(which)}
        cells = []
        for cell in self.cells:
            inside = [i for i, row in enumerate(cell.rows) if int(row) in place]
            if inside:
                rows = np.array([place[int(cell.rows[i])] for i in inside])
                cells.append(replace(cell, task=cell.task.take(inside), rows=rows))
        if not cells:
            raise UsageError(f"no prompts of '{self.name}' are left")

        def some(values: Sequence[str]) -> tuple[str, ...]:
            return tuple(values[i] for i in which)

        return replace(
            self,
            cells=tuple(cells),
            groups=some(self.groups),
            halves=self.halves[which],
            texts=some(self.texts),
            corrupted_texts=some(self.corrupted_texts),
            answers=some(self.answers),
            wrong=some(self.wrong),
        )

    def split(self, seed: int = 0) -> tuple[PromptSet, PromptSet]:
        """Two halves, one to find a circuit on and one to score it on; each cell is shared between both.

        Where the file says which half a prompt belongs to, that holds.

        Raises:
            UsageError: a half would have fewer than :data:`LEAST`.
        """
        halves = self.halves.copy()
        rng = np.random.default_rng([seed, 0x5A1F])
        more = 0
        for cell in self.cells:
            free = rng.permutation(cell.rows[halves[cell.rows] < 0])
            # Of an odd number one half gets one more, and next time the other half does.
            first = (len(free) + more) // 2
            more = (more + len(free)) % 2
            halves[free[:first]], halves[free[first:]] = 0, 1
        sides = [np.flatnonzero(halves == side) for side in (0, 1)]
        if any(len(side) < LEAST for side in sides):
            raise UsageError(
                f"'{self.name}' has {len(sides[0])} prompt{'s' * (len(sides[0]) != 1)} to find a circuit on and "
                f"{len(sides[1])} to score it on. A mean over one prompt is that prompt, and its interval has no "
                f"width: each half needs {LEAST} at least, and with fewer than 16 in all hardly anything can be told"
            )
        return self.take(sides[0]), self.take(sides[1])

    def position_labels(self) -> tuple[str, ...]:
        """Names of positions for tables: the file's labels; for one length numbers from the front; else from the end.

        The last position is called ``last`` unless it has a label.
        """
        if all(cell.labels for cell in self.cells):
            return tuple(dict.fromkeys(label for cell in self.cells for label in cell.labels))
        longest, shortest = max(self.lengths), min(self.lengths)
        if longest == shortest:
            first = ("bos", *map(str, range(1, longest))) if self.bos else tuple(map(str, range(longest)))
            return (*first[:-1], "last")
        return (*(f"last-{back}" for back in range(shortest - 1, 0, -1)), "last")

    def places(self, cell: Cell) -> list[list[int]]:
        """For each of :meth:`position_labels` the positions of a cell's prompts that it names; perhaps none."""
        names = self.position_labels()
        length = cell.task.tokens.shape[1]
        if all(one.labels for one in self.cells):
            return [[at for at, label in enumerate(cell.labels) if label == name] for name in names]
        return [[length - len(names) + i] for i in range(len(names))]


# -- reading -------------------------------------------------------------------------------------------------------


def adds_bos(model: LanguageModel) -> bool:
    """Whether the model's tokenizer puts a first token before a text by itself."""
    bos = model.tokenizer.bos_token_id
    if bos is None:
        return False
    plain = model.tokenizer("a", add_special_tokens=False, verbose=False)["input_ids"]
    marked = model.tokenizer("a")["input_ids"]
    return len(marked) > len(plain) and marked[0] == bos


def prompt_set(
    model: LanguageModel, name: str, rows: Sequence[Row], *, bos: bool | None = None, source: str = ""
) -> PromptSet:
    """Rows as tokens.

    Args:
        model: whose tokenizer and context count.
        name: of the task.
        rows: from :func:`tapehead.analysis.language.lab.prompt_tables.read_table`.
        bos: whether prompts begin with the model's first token; as the tokenizer does by itself if not given.
        source: how messages name the file.

    Raises:
        UsageError: a prompt is too long, a pair differs in length or in no token, an answer is not one token, labels do
            not fit.
    """
    source = source or name
    first = adds_bos(model) if bos is None else bos
    spaced = any(text.startswith(" ") for row in rows for text in (*row.answer, *row.wrong))
    shapes: dict[tuple[Any, ...], list[int]] = {}
    read = []
    labelled = [bool(row.positions) for row in rows]
    if any(labelled) and not all(labelled):
        odd = rows[labelled.index(not labelled[0])]
        raise UsageError(f"{source}, {odd.where}: some rows have positions and some have none; label all or none")
    unknown = 0
    for i, row in enumerate(rows):
        where = f"{source}, {row.where}"
        clean, corrupted = _tokens(model, where, "clean", row.clean), _tokens(model, where, "corrupted", row.corrupted)
        longest = max(len(clean), len(corrupted)) + first
        if longest > model.context:
            raise UsageError(f"{where}: the prompt has {longest} tokens; '{model.name}' reads at most {model.context}")
        if len(clean) != len(corrupted):
            raise UsageError(
                f"{where}: clean has {len(clean)} tokens for '{model.name}' and corrupted {len(corrupted)}: "
                f"{_shown(model, clean)} / {_shown(model, corrupted)}; change a word so that both have the same number"
            )
        if clean == corrupted:
            raise UsageError(
                f"{where}: clean and corrupted are the same tokens for '{model.name}': {_shown(model, clean)}; change "
                "a word to another one that its tokenizer knows"
            )
        join = row.join if row.join is not None else ("" if spaced else " ")
        answer, wrong = (
            [_one_token(model, where, field, row.clean, clean, join + text) for text in texts]
            for field, texts in (("answer", row.answer), ("wrong", row.wrong))
        )
        if both := set(answer) & set(wrong):
            raise UsageError(
                f"{where}: an answer and a wrong answer are the same token, {_shown(model, [min(both)])}, "
                f"for '{model.name}'"
            )
        labels = _labels(model, where, row, clean) if row.positions else ()
        if labels and first:
            labels = ("bos", *labels)
        unk = model.tokenizer.unk_token_id
        if unk is not None and unk != model.tokenizer.bos_token_id:
            unknown += sum(t == unk for t in clean)
        read.append((clean, corrupted, answer, wrong))
        shapes.setdefault((row.group, len(clean), labels), []).append(i)

    most = [max(len(r[k]) for r in read) for k in (2, 3)]
    lead = [model.bos] if first else []
    cells = []
    for (group, _length, labels), which in shapes.items():
        answers, wrongs = (
            np.array([read[i][k] + [NONE] * (most[k - 2] - len(read[i][k])) for i in which]) for k in (2, 3)
        )
        if most == [1, 1]:
            answers, wrongs = answers[:, 0], wrongs[:, 0]
        cells.append(
            Cell(
                Task(
                    name,
                    np.array([lead + read[i][0] for i in which]),
                    np.array([lead + read[i][1] for i in which]),
                    answers,
                    wrongs,
                    (),
                    first,
                    tuple(rows[i].clean for i in which),
                    (group,) * len(which),
                ),
                np.array(which),
                group,
                labels,
            )
        )
    return PromptSet(
        name,
        tuple(cells),
        tuple(row.group for row in rows),
        np.array([{"": -1, "find": 0, "score": 1}[row.half] for row in rows]),
        tuple(row.clean for row in rows),
        tuple(row.corrupted for row in rows),
        tuple("|".join(row.answer) for row in rows),
        tuple("|".join(row.wrong) for row in rows),
        first,
        unknown,
    )


def _tokens(model: LanguageModel, where: str, field: str, text: str) -> list[int]:
    ids = [int(i) for i in model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]]
    if not ids:
        raise UsageError(f"{where}: {field} has no token for '{model.name}'")
    if max(ids) >= model.words:
        raise UsageError(f"{where}: {field} has a token that '{model.name}' has no word vector for")
    return ids


def _one_token(model: LanguageModel, where: str, field: str, prompt: str, before: list[int], after: str) -> int:
    """The token that ``after`` is where it follows the prompt."""
    whole = [int(i) for i in model.tokenizer(prompt + after, add_special_tokens=False, verbose=False)["input_ids"]]
    if whole[: len(before)] != before:
        raise UsageError(
            f"{where}: with the {field} '{after}' behind it the prompt is cut into other tokens by '{model.name}': "
            f"{_shown(model, whole)}; leave out a space at its end, or set join"
        )
    rest = whole[len(before) :]
    if len(rest) != 1:
        raise UsageError(
            f"{where}: the {field} '{after.strip()}' is {len(rest)} tokens for '{model.name}': {_shown(model, rest)}; "
            "an answer is one token, or a list of such"
        )
    if rest[0] == model.tokenizer.unk_token_id:
        raise UsageError(f"{where}: the {field} '{after.strip()}' is not in the vocabulary of '{model.name}'")
    return rest[0]


def _shown(model: LanguageModel, ids: Sequence[int]) -> str:
    more = f" | … {len(ids)} in all" if len(ids) > SHOWN else ""
    return (" | ".join(model.tokenizer.decode([i]) for i in ids[:SHOWN]) or "nothing") + more


def _labels(model: LanguageModel, where: str, row: Row, tokens: list[int]) -> tuple[str, ...]:
    """Labels by token; of a word of several tokens the later ones are called ``label+1`` and so on."""
    given, words = row.positions, row.clean.split()
    if len(given) == len(tokens):
        return given
    if len(given) != len(words):
        raise UsageError(
            f"{where}: {len(given)} positions for {len(words)} words and {len(tokens)} tokens "
            f"({_shown(model, tokens)}); give one label per word or per token"
        )
    ends, at = [], 0
    for word in words:
        at = row.clean.index(word, at) + len(word)
        ends.append(at)
    found: list[str] = []
    counts = [
        len(model.tokenizer(row.clean[:end], add_special_tokens=False, verbose=False)["input_ids"]) for end in ends
    ]
    if counts[-1] != len(tokens):
        counts[-1] = len(tokens)  # a point or space at the very end belongs to the last word
    for label, begin, end in zip(given, [0, *counts], counts, strict=False):
        if end <= begin:
            raise UsageError(f"{where}: the label '{label}' stands at a word without a token of its own")
        found += [label if k == 0 else f"{label}+{k}" for k in range(end - begin)]
    return tuple(found)
