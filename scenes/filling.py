"""A script as its results have it: variants chosen, fields filled in, for the ear and for the eye.

This happens once, when a film is planned: everything after it (voice, captions, scenes, keys) sees only words.  What
was read is kept with each line, so that provenance and translations have it without the results.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from tapehead.analysis.errors import EpisodeError, ResultError, TapeheadError
from tapehead.analysis.results import Result
from tapehead.scenes.fields import Field, Found, value_of
from tapehead.scenes.loading import nearest
from tapehead.scenes.number_words import in_digits, rounded, spelled
from tapehead.scenes.script import Line, Script, SpokenNumber
from tapehead.scenes.spoken_numbers import read
from tapehead.scenes.templates import Placeholder, Template

Results = Callable[[str], Result]


def undeclared(script: Script, declared: Collection[str]) -> Iterator[str]:
    """One complaint for each place of a script that names a result which the episode does not declare.

    This needs no result: it is known before anything is computed.
    """
    for line, field, written in _fields(script):
        if field.result not in declared:
            near = nearest(field.result, declared) or f"; declared are {', '.join(sorted(declared)) or 'none'}"
            yield f"{script.where(line, written)}: '{field.result}' of '{field}' is no result of the episode{near}"


def misfits(script: Script, results: Results) -> Iterator[str]:
    """One complaint for each field that its result does not have, and for each format that does not fit it.

    Variants that are not said now are checked as well: with other results they will be.  Only what a condition compares
    with what, and whether a number is finite, is known when it is asked for.  A result that says of itself that it is
    not there (a quantity ``there`` of 0) has no fields to be checked: it is for conditions to ask, and whoever speaks
    it all the same is told when the words are filled in.
    """
    for line, field, written in _fields(script):
        if _absent(results(field.result)):
            continue
        try:
            found = value_of(field, results)
            for placeholder in Template.of(written).placeholders:
                _shown(placeholder, found, "en", aloud=False)
        except EpisodeError as error:
            yield f"{script.where(line, written)}: '{written}': {error}"
        except ResultError:
            continue


def filled(script: Script, results: Results) -> Script:
    """The script with one variant for each line, and with words and digits for its fields.

    Raises:
        EpisodeError: a field, a format or a condition does not fit its result; one complaint a line, all together.
    """
    complaints = list(dict.fromkeys(misfits(script, results)))
    lines = []
    for line in script.lines if not complaints else ():
        taken = line
        try:
            taken = _taken(line, results)
            lines.append(_filled(taken, script.language, results))
        except TapeheadError as error:
            complaints.append(f"{script.where(taken)}: {error}")
    if complaints:
        raise EpisodeError("\n".join(complaints))
    return replace(script, lines=tuple(lines))


def caption(text: str, numbers: Collection[SpokenNumber], language: str) -> str:
    """A translation's words for a line that was filled: what they need was read when the film was planned.

    Raises:
        EpisodeError: the text asks for a field that the line does not speak.
    """
    known = {_field(number.written): number for number in numbers}

    def shown(placeholder: Placeholder) -> str:
        number = known.get(str(placeholder.field))
        if number is None:
            raise EpisodeError(
                f"'{text}' asks for {placeholder.field}, and said are only: {', '.join(known) or 'none'}"
            )
        return _shown(placeholder, Found(number.value, number.source), language, aloud=False)

    return Template.of(text).filled(shown).text


def without_results(script: Script) -> Script:
    """The lines that say the same whatever the results are."""
    asked = {line.key for line, _field, _written in _fields(script)}
    return replace(script, lines=tuple(line for line in script.lines if line.key not in asked))


def fields_of(text: str) -> set[str]:
    """The fields that a text speaks, as they are written.

    Raises:
        EpisodeError: see :meth:`Template.of`.
    """
    return {str(placeholder.field) for placeholder in Template.of(text).placeholders}


def _taken(line: Line, results: Results) -> Line:
    for variant in line.variants:
        if variant.when.holds(lambda field: value_of(field, results).value):
            return variant.line
    return replace(line, variants=())


def _filled(line: Line, language: str, results: Results) -> Line:
    text = Template.of(line.text)
    found = {placeholder.field: value_of(placeholder.field, results) for placeholder in text.placeholders}
    numbers = [
        SpokenNumber(
            line.text[each.start : each.end],
            _shown(each, found[each.field], language, aloud=False),
            found[each.field].source,
            _plain(found[each.field]),
        )
        for each in text.placeholders
    ]
    for phrase, source in line.said.items():
        reading, _ = read(source, results)
        numbers.append(SpokenNumber(phrase, phrase, reading.source, float(reading)))
    if line.say or text.placeholders:
        say = Template.of(line.say or line.text)
        found |= {each.field: value_of(each.field, results) for each in say.placeholders}
        aloud = say.filled(lambda each: _shown(each, found[each.field], language, aloud=True)).text
    else:
        aloud = ""
    shown = text.filled(lambda each: _shown(each, found[each.field], language, aloud=False))
    places = {name: shown.place(text.occurrences(phrase)[0]) for name, phrase in line.marks.items()}
    return replace(
        line,
        text=shown.text,
        say="" if aloud == shown.text else aloud,
        places=places,
        numbers=tuple(dict.fromkeys(numbers)),
    )


def _shown(placeholder: Placeholder, found: Found, language: str, aloud: bool) -> str:
    if isinstance(found.value, bool):
        raise EpisodeError("it is yes or no; choose words with a variant: when = …")
    if isinstance(found.value, str):
        if placeholder.form:
            raise EpisodeError(f"format '{placeholder.form}' is for numbers, and this is the text '{found.value[:40]}'")
        return found.value
    number = rounded(found.value, placeholder.form)
    if not aloud:
        return in_digits(number, language)
    words = spelled(number, language)
    return words[0].upper() + words[1:] if placeholder.opens else words


def _absent(result: Result) -> bool:
    return "there" in result.quantities and not result["there"].any()


def _plain(found: Found) -> float | str:
    return found.value if isinstance(found.value, str) else float(found.value)


def _field(written: str) -> str:
    return written.strip("{}").partition(":")[0].strip()


def _fields(script: Script) -> Iterator[tuple[Line, Field, str]]:
    """Every field that a script asks for, said now or not, with its line and how it is written there."""
    for line in script.lines:
        for each in (line, *(variant.line for variant in line.variants)):
            for text in (each.text, each.say):
                try:
                    found = Template.of(text).placeholders
                except EpisodeError:
                    continue  # of what is left of a script that was refused: its reader said what is wrong, and where
                for placeholder in found:
                    yield each, placeholder.field, text[placeholder.start : placeholder.end]
        for variant in line.variants:
            yield from ((variant.line, field, str(field)) for field in variant.when.fields)
