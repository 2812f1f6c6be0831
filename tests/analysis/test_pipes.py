"""Nothing waits for a named pipe that lies where a file of the user's was expected."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.friends.networks import read_network
from tapehead.analysis.graphs.graph_files import read_graph
from tapehead.analysis.graphs.views import view_patterns
from tapehead.analysis.language.lab.prompt_tables import read_table
from tapehead.analysis.outside_files import reading
from tapehead.analysis.sales.tables import Column, Columns, read_columns, read_games
from tapehead.render.cluster.plan_file import read_plan
from tapehead.render.commands.patterns import _pattern_from
from tapehead.render.tape.effects import tape_named
from tapehead.render.tape_tool.moves import read_script

READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "network": (".txt", read_network),
    "network in GraphML": (".graphml", read_network),
    "graph": (".txt", read_graph),
    "graph in GraphML": (".graphml", read_graph),
    "remembered patterns": (".pattern", lambda pipe: view_patterns(pipe.parent)),
    "query": (".pattern", lambda pipe: _pattern_from(str(pipe))),
    "prompts": (".json", read_table),
    "prompts in a table": (".csv", read_table),
    "columns": (".toml", read_columns),
    "games": (".csv", lambda pipe: read_games(pipe, Columns(Column("sales", "sold"), ()))),
    "plan": (".json", read_plan),
    "preset": (".json", lambda pipe: tape_named(str(pipe))),
    "moves": (".txt", read_script),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", READERS)
def test_a_pipe_is_one_line_at_once(name: str, tmp_path: Path) -> None:
    ending, read = READERS[name]
    pipe = tmp_path / f"it{ending}"
    os.mkfifo(pipe)
    with pytest.raises(TapeheadError) as caught:
        read(pipe)
    assert "\n" not in str(caught.value)


def test_a_file_of_any_length_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "it.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    with reading(path, newline="") as file:
        assert file.read() == "a,b\r\n1,2\r\n"
