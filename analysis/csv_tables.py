"""Tables that people save from their programs: named columns, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tapehead.analysis.errors import UsageError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""Between cells; where the comma is a decimal point, programs write semicolons."""


def rows_of(name: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by column of every row that is not empty.

    Args:
        name: of the file, for messages.
        text: what it holds.

    Raises:
        UsageError: two columns have one name, a row has more or fewer cells than there are columns, or it is no CSV.
    """
    top = text.partition("\n")[0]
    between = max(SEPARATORS, key=top.count)  # the comma, if none is there
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        if twice := sorted({cell for cell in head if head.count(cell) > 1}):
            raise UsageError(f"{name}: two columns are called '{twice[0]}'")
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(head):
                raise UsageError(
                    f"{name}, line {line}: {len(cells)} cells under {len(head)} columns; "
                    f"put text that holds {SEPARATORS[between]} into double quotes"
                )
            yield line, dict(zip(head, cells, strict=True))
    except csv.Error as error:
        raise UsageError(f"{name}, line {reader.line_num}: no CSV: {error}") from None
