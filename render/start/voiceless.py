"""What of a file only served its voice: services, functions that make them, and names that are imported for them.

The imports of manim_voiceover go when a file is adopted, so whatever asks for one of their names when the module is
loaded, or before a scene's first line, would end the film there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from tapehead.render.start.modules_beside import VOICEOVER

_VOICED = "VoiceoverScene"
_TRANSLATOR = "get_gettext"
Change = tuple[ast.stmt | ast.expr, str]
Cannot = Callable[[ast.stmt | ast.expr, str], None]


class Voiceless:
    """Finds statements of a module that ask for what manim_voiceover brought; ``dropped`` is not in it any more.

    A class that derived from a scene with a voice derives from ``staged``.
    """

    def __init__(self, tree: ast.Module, dropped: Iterable[ast.AST], staged: str) -> None:
        self._tree, self._staged = tree, staged
        self._dropped = {id(each) for node in dropped for each in ast.walk(node)}
        self._gone: dict[str, str] = {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == VOICEOVER:
                self._gone |= {each.asname or each.name: each.name for each in node.names}
            elif isinstance(node, ast.Import):
                brought = [each for each in node.names if each.name.partition(".")[0] == VOICEOVER]
                self._gone |= {each.asname or each.name.partition(".")[0]: each.name for each in brought}
        self._gone.pop(_VOICED, None)
        self._functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    def changes(self, cannot: Cannot) -> Iterator[Change]:
        """Statements and names, each with what stands in its place; ``cannot`` is told what stays and will fail."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and node.id == _VOICED and id(node) not in self._dropped:
                yield node, self._staged
        for node in self._tree.body:
            if isinstance(node, ast.ClassDef) and not any(self._asks(base) for base in node.bases):
                for function in [each for each in node.body if isinstance(each, ast.FunctionDef)]:
                    yield from self._inside(function.body, dict(self._gone), cannot)
            elif not isinstance(node, ast.Import | ast.ImportFrom) and self._asks(node):
                yield from self._whole(node, self._gone, "", cannot)

    def _whole(self, node: ast.stmt, gone: dict[str, str], instead: str, cannot: Cannot) -> Iterator[Change]:
        """A statement that goes as a whole; what it gave a name to is gone from then on."""
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            gone[node.name] = node.name
            yield node, f"# {node.name} was left out: it served the voice, which is chosen when the film is rendered."
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(gone.get(_called(each)) == _TRANSLATOR for each in [node.value] if each is not None):
                yield node, f"{ast.unparse(targets[0])} = str  # `tapehead dub` speaks translations"
                return
            gone |= {each.id: each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
                     and isinstance(each.ctx, ast.Store)}  # fmt: skip
            yield node, instead
        elif isinstance(node, ast.Expr):
            yield node, instead
        else:
            names = ", ".join(f"'{each}'" for each in sorted(set(self._names(node, gone))))
            cannot(node, f"asks for {names} of {VOICEOVER}, which no episode has: take it out")

    def _inside(self, body: Iterable[ast.stmt], gone: dict[str, str], cannot: Cannot) -> Iterator[Change]:
        for node in body:
            inner = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            if any(inner):
                heads = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.withitem)]
                if any(self._names(head, gone) for head in heads):
                    names = ", ".join(sorted({each for head in heads for each in self._names(head, gone)}))
                    cannot(node, f"asks for '{names}' of {VOICEOVER}, which no episode has: take it out")
                for part in inner:
                    yield from self._inside(part, gone, cannot)
            elif self._names(node, gone):
                if not self._only_serves(node, gone):
                    names = ", ".join(f"'{each}'" for each in sorted(set(self._names(node, gone))))
                    cannot(
                        node, f"is left out, for it asks for {names}, which served the voice: write what else it did"
                    )
                yield from self._whole(node, gone, "pass  # it served the voice", cannot)

    def _only_serves(self, node: ast.stmt, gone: dict[str, str]) -> bool:
        """Whether a statement makes what speaks, or asks it for something, and surely does nothing else."""
        if isinstance(node, ast.Assign) and all(
            isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in gone
            for each in node.targets
        ):
            return True  # a setting of it
        given = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
        while isinstance(given, ast.Call | ast.Attribute):
            given = given.func if isinstance(given, ast.Call) else given.value
        return isinstance(given, ast.Name) and given.id in gone and given.id not in self._functions

    def _asks(self, node: ast.AST) -> bool:
        return bool(self._names(node, self._gone))

    def _names(self, node: ast.AST, gone: dict[str, str]) -> list[str]:
        return [
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id in gone
            and id(each) not in self._dropped
        ]  # fmt: skip


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
