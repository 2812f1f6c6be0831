"""Tasks: prompts, corrupted partners and positions."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import HELD_OUT_SUBJECTS, PAPER_TYPES, SEQUENCES, sequence
from tapehead.analysis.language.tasks.tasks import (
    PATTERNS,
    TEMPLATES,
    Prompt,
    follow,
    pattern_places,
    random_places,
    sequence_task,
    starts,
    task_of,
    usable_subjects,
)

KINDS = st.sampled_from(sorted(SEQUENCES))
SHARED = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def words(model: LanguageModel, tokens: np.ndarray) -> list[list[str]]:
    return [model.tokenizer.convert_ids_to_tokens(row.tolist()) for row in tokens]


@pytest.mark.parametrize("kind", PAPER_TYPES)
@pytest.mark.parametrize(("bos", "length", "positions"), [(True, 24, (4, 9, 14, 19)), (False, 23, (3, 8, 13, 18))])
def test_the_papers_form(
    random_model: LanguageModel, kind: str, bos: bool, length: int, positions: tuple[int, ...]
) -> None:
    task = sequence_task(random_model, kind, 48, bos=bos)
    assert task.tokens.shape == task.corrupted.shape == (48, length)
    assert task.member_positions == positions
    assert task.last == length - 1
    assert (task.tokens[:, 0] == random_model.bos).all() == bos
    assert set(task.templates) == {"born", "lost", "done"}
    assert len({tuple(t) for t in task.tokens[:, list(positions)].tolist()}) == 8
    members = SEQUENCES[kind].members
    known = random_model.tokenizer.convert_tokens_to_ids(list(members))
    shown = [[known.index(t) for t in row] for row in task.tokens[:, list(positions)].tolist()]
    for places, answer, wrong in zip(shown, task.answers, task.wrong, strict=True):
        assert [p - places[0] for p in places] == [0, 1, 2, 3]
        assert known.index(answer) == places[3] + 1
        assert known.index(wrong) == places[3]


def test_the_tokenizer_that_works_as_gpt2s(pieces_model: LanguageModel) -> None:
    task = sequence_task(pieces_model, "words", 24)
    assert task.tokens.shape == (24, 24)
    assert task.unknown == 0, "the first token is GPT-2's unknown word as well and does not count"
    assert pieces_model.tokenizer.decode([int(task.answers[0])]) == " five"
    plain = sequence_task(pieces_model, "numerals", 8, templates=("plain",), bos=False)
    assert plain.tokens.shape == (8, 4)
    first = pieces_model.tokenizer.convert_ids_to_tokens(plain.tokens[0].tolist())
    assert first == ["1", "Ġ2", "Ġ3", "Ġ4"], "the text begins without a space"


def test_members_of_several_tokens_are_refused(pieces_model: LanguageModel) -> None:
    with pytest.raises(UsageError, match=r"tokens for 'pieces'"):
        sequence_task(pieces_model, "months", 24)
    with pytest.raises(UsageError, match=r"tokens for 'pieces'"):
        sequence_task(pieces_model, "ordinals", 4, templates=("plain",))


@SHARED
@given(kind=KINDS, template=st.sampled_from(TEMPLATES), bos=st.booleans(), seed=st.integers(0, 2**32), data=st.data())
def test_corrupted_prompts_differ_in_their_members_only(
    random_model: LanguageModel, kind: str, template: str, bos: bool, seed: int, data: st.DataObject
) -> None:
    pattern = data.draw(st.sampled_from([p for p in PATTERNS if starts(SEQUENCES[kind], p)]))
    task = sequence_task(random_model, kind, 16, templates=(template,), pattern=pattern, bos=bos, seed=seed)
    at = list(task.member_positions)
    rest = [i for i in range(task.last + 1) if i not in at]
    assert (task.tokens[:, rest] == task.corrupted[:, rest]).all()
    family = SEQUENCES[kind]
    ids = random_model.tokenizer.convert_tokens_to_ids(list(family.members[: family.core]))
    for row in task.corrupted[:, at].tolist():
        places = [ids.index(t) for t in row]
        assert follow(family, places[2]) != places[3]
    clean = task.tokens[:, at].tolist()
    assert all(ids.index(t) < family.core for row in clean for t in row)


@given(kind=KINDS, seed=st.integers(0, 2**32))
def test_random_members_are_in_the_core(kind: str, seed: int) -> None:
    family = SEQUENCES[kind]
    places = random_places(family, np.random.default_rng(seed))
    assert len(places) == 4
    assert all(0 <= p < family.core for p in places)
    assert follow(family, places[2]) != places[3]


def test_random_members_are_uniform() -> None:
    """m1 and m2 over twelve; (m3, m4) over the pairs that do not follow each other: 144 less 11, months less 12."""
    for kind, pairs in (("numerals", 133), ("months", 132)):
        rng = np.random.default_rng(0)
        drawn = [random_places(SEQUENCES[kind], rng) for _ in range(12000)]
        first = np.bincount([d[0] for d in drawn], minlength=12)
        assert (abs(first - 1000) < 150).all()
        counts = np.unique([d[2] * 12 + d[3] for d in drawn], return_counts=True)[1]
        assert len(counts) == pairs
        assert (abs(counts - 12000 / pairs) < 50).all()


@given(kind=KINDS, pattern=st.sampled_from(PATTERNS), data=st.data())
def test_patterns(kind: str, pattern: str, data: st.DataObject) -> None:
    family = SEQUENCES[kind]
    if not starts(family, pattern):
        return
    start = data.draw(st.sampled_from(starts(family, pattern)))
    places, answer = pattern_places(family, pattern, start, np.random.default_rng(start))
    run = [*places, answer]
    assert all(0 <= p < family.core for p in run)
    step = {"up": 1, "step 2": 2, "down": -1, "constant": 0}.get(pattern)
    if step is None:
        assert answer == follow(family, places[-1])
    else:
        size = len(family.members)
        assert {(b - a) % size for a, b in itertools.pairwise(run)} == {step % size}


def test_starts() -> None:
    assert [len(starts(SEQUENCES[k])) for k in PAPER_TYPES] == [8, 8, 8]
    assert starts(SEQUENCES["days"]) == tuple(range(7)), "a week wraps around"
    assert starts(SEQUENCES["numerals"], "down") == tuple(range(4, 12))
    assert starts(SEQUENCES["numerals"], "step 2") == (0, 1, 2, 3)


def test_more_prompts_begin_with_the_same_ones(random_model: LanguageModel) -> None:
    few, many = (sequence_task(random_model, "months", n, seed=3) for n in (7, 50))
    assert (few.tokens == many.tokens[:7]).all()
    assert (few.corrupted == many.corrupted[:7]).all()
    other = sequence_task(random_model, "months", 7, seed=4)
    assert (few.tokens != other.tokens).any()


def test_subjects_within_a_prompt_are_different_and_fit_the_template(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "numerals", 30)
    for row, template in zip(words(random_model, task.tokens), task.templates, strict=True):
        subjects = row[1::5]
        assert len(set(subjects)) == 5
        assert set(subjects) <= set(usable_subjects(random_model, template))


def test_held_out_subjects_only(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "numerals", 9, subjects=HELD_OUT_SUBJECTS)
    assert {w for row in words(random_model, task.tokens) for w in row[1::5]} <= set(HELD_OUT_SUBJECTS)
    with pytest.raises(UsageError, match="only 1 subjects"):
        sequence_task(random_model, "numerals", 9, subjects=("Alan", "Nobody"), templates=("born",))


def test_labels_and_taking_prompts(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "digits", 10, templates=("plain",))
    assert task.position_labels == ("bos", "m1", "m2", "m3", "m4")
    assert sequence_task(random_model, "digits", 1).position_labels[-4:] == ("20", "21", "22", "last")
    some = task.take([3, 1])
    assert len(some) == 2
    assert some.texts == (task.texts[3], task.texts[1])
    assert (some.answers == task.answers[[3, 1]]).all()
    assert len(task.take(slice(2, 6))) == 4
    with pytest.raises(ValueError, match="read-only"):
        task.tokens[0, 0] = 1


def test_members_must_stand_where_they_should(random_model: LanguageModel) -> None:
    good = Prompt("numerals", "born", (0, 1, 2, 3), 4, 3, ("Kim", "Van", "Bob", "Amy", "Tom"))
    assert good.text == "Kim born in 1. Van born in 2. Bob born in 3. Amy born in 4. Tom born in"
    longer = Prompt("numerals", "born", (0, 1, 2, 3), 4, 3, ("Kim Van", "Van", "Bob", "Amy", "Tom"))
    with pytest.raises(UsageError, match="prompt 1 has 24 tokens"):
        task_of(random_model, "x", [good, longer], [good, good])
    with pytest.raises(UsageError, match="25 tokens"):
        task_of(random_model, "x", [longer], [longer])


def test_bad_orders(random_model: LanguageModel) -> None:
    with pytest.raises(UnknownNameError, match="month"):
        sequence_task(random_model, "month")
    with pytest.raises(UsageError, match="pattern 'upward'"):
        sequence_task(random_model, "days", pattern="upward")
    with pytest.raises(UsageError, match="at least one prompt"):
        sequence_task(random_model, "days", 0)
    with pytest.raises(UsageError, match="template"):
        sequence_task(random_model, "days", templates=("eaten",))
    with pytest.raises(UsageError, match="no start"):
        sequence_task(random_model, "days", allowed=lambda _t, _s: False)
    assert sequence("digits") is SEQUENCES["numerals"]
