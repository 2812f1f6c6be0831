"""``tapehead store``: what is kept between runs, listed, checked and cleared."""

from __future__ import annotations

from typing import Annotated

import typer

from tapehead.render.commands.complaints import complain
from tapehead.render.commands.options import Json, answer
from tapehead.render.commands.quick import Commands

app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="What is kept between runs: results, spoken lines, drawn scenes."
)


@app.command("ls")
def store_ls(json: Json = False) -> None:
    """List the entries of the store."""
    from tapehead.analysis.store import Store

    store = Store(report=complain)
    used = store.referenced()
    entries = list(store.entries())
    if json:
        rows = [{"kind": e.kind, "key": e.key, "size": e.size, "used": (e.kind, e.key) in used} for e in entries]
        answer({"root": str(store.root), "entries": rows})
        return
    for entry in entries:
        facts = entry.record["facts"]
        label = " ".join(str(facts[name]) for name in ("episode", "scene", "analysis", "quality") if name in facts)
        mark = "*" if (entry.kind, entry.key) in used else " "
        typer.echo(f"{mark} {entry.kind:<8} {entry.key[:12]} {entry.size / 1e6:9.2f} MB  {label}")
    typer.echo(
        f"{len(entries)} entries, {sum(e.size for e in entries) / 1e6:.1f} MB in {store.root} (* used by a film)"
    )


@app.command("verify")
def store_verify(
    seal: Annotated[
        bool, typer.Option("--seal", help="Take over whole entries of an older tapehead, whose records have no seal.")
    ] = False,
    json: Json = False,
) -> None:
    """Read every entry and compare it with its digest; damaged ones are removed and will be made again."""
    from tapehead.analysis.store import Store

    damaged: list[str] = []
    store = Store(report=damaged.append)
    sealed = store.seal()[0] if seal else 0
    good, unsealed, unreadable = 0, [], []
    for found in list(store.survey(contents=True)):
        name = f"{found.kind} {found.key[:12]}"
        if found.entry is not None:
            good += 1
        elif found.unreadable:
            unreadable.append(found.fault)
        elif found.damaged:
            store.get(found.kind, found.key)  # reports and removes it
        else:
            unsealed.append(f"{name}: {found.fault}")
    if json:
        said = {"good": good, "damaged": damaged, "unreadable": unreadable, "unsealed": unsealed, "sealed": sealed}
        answer(said)
    else:
        for line in (*damaged, *unreadable):
            typer.echo(line)
        typer.echo(f"{good} entries are whole, {len(damaged)} were damaged")
        if sealed:
            typer.echo(f"{sealed} of an older tapehead were sealed")
        if unreadable:
            typer.echo(f"{len(unreadable)} cannot be read now and are left as they are")
        if unsealed:
            typer.echo(
                f"{len(unsealed)} are from an older tapehead, have no seal and are not used: "
                "`tapehead store verify --seal` takes over those that are whole, `tapehead store gc` removes them"
            )
    if damaged or unreadable:
        raise typer.Exit(1)


@app.command("gc")
def store_gc(
    everything: Annotated[bool, typer.Option("--all", help="Also what a film in out/ refers to.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    json: Json = False,
) -> None:
    """Remove entries that no film refers to any more and that no running render uses."""
    from tapehead.analysis.store import Store

    done = Store(report=complain).gc(everything=everything, dry_run=dry_run)
    if json:
        said = {"removed": done.removed, "bytes": done.size, "dry_run": dry_run}
        answer({**said, "in_use": done.in_use, "unreadable": done.unreadable})
        return
    typer.echo(f"{'would remove' if dry_run else 'removed'} {done.removed} entries, {done.size / 1e6:.1f} MB")
    if done.in_use:
        typer.echo(f"spared {done.in_use} entries that running renders or unfinished plans use")
    if done.unreadable:
        typer.echo(f"left {done.unreadable} entries that cannot be read now")
