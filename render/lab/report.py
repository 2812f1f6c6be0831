"""``report.html``: one file that needs nothing else, and ``notebook.ipynb``, which loads the same results."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.results import Result
from tapehead.analysis.store import write_atomically
from tapehead.render.lab.pictures import Picture
from tapehead.render.lab.tables import tables_of

LONGEST = 60
"""Rows of a table that the page shows; longer ones are in the CSV files."""

HEADINGS = {
    "prompts": "The prompts",
    "baseline": "Does the model do the task?",
    "ablation": "What happens without a component",
    "patching": "What brings the answer back",
    "attribution": "What each part adds by itself",
    "lens": "Where the answer appears",
    "circuit": "The circuit, found on one half of the prompts",
    "held_out": "The same circuit on the other half",
    "control": "Random circuits of the same size",
    "stability": "The circuit, looked for in other ways",
    "edges": "Who reads whom",
    "cross": "Every circuit on every file",
}
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #14161F; background: #fff; margin: 0 auto;
  max-width: 58rem; padding: 2rem 1.2rem 5rem; }
h1, h2, th, nav, .verdict, figcaption { font-family: 'Helvetica Neue', Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .6rem; border-top: 1px solid #D5D8DF; padding-top: 1.2rem; }
.sub { color: #4A5060; margin: 0 0 1.4rem; }
.verdict { border-left: 4px solid #4A5060; background: #F3F4F7; padding: .8rem 1rem; }
.verdict.found { border-color: #0072B2; }
.note { border-left: 4px solid #D55E00; background: #FDF3EC; padding: .5rem 1rem; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .82rem; margin: .6rem 0; }
th, td { padding: .15rem .7rem .15rem 0; text-align: right; border-bottom: 1px solid #E7E9EE; }
th { color: #4A5060; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
figcaption { font-size: .8rem; color: #4A5060; white-space: pre-line; }
code { font-size: .88em; background: #F3F4F7; padding: 0 .25em; }
details { margin: .5rem 0; } summary { cursor: pointer; color: #4A5060; font-size: .88rem; }
.scroll { overflow-x: auto; }
"""


def sentences(parts: Mapping[str, Result]) -> dict[str, str]:
    """One sentence per part with its numbers and its control."""

    def read(part: str, name: str) -> float:
        return float(parts[part][name])

    said = {}
    prompts, base = parts["prompts"], parts["baseline"]
    said["prompts"] = (
        f"{read('prompts', 'prompts'):.0f} prompts in {read('prompts', 'groups'):.0f} group(s), "
        f"{_span(read('prompts', 'tokens_shortest'), read('prompts', 'tokens_longest'))} tokens long; "
        f"{read('prompts', 'found_on'):.0f} to find a circuit on, {read('prompts', 'scored_on'):.0f} to score it on. "
        f"The first one: “{prompts.facts['text']}” → “{prompts.facts['answer']}”, not “{prompts.facts['wrong']}”; "
        f"its corrupted partner: “{prompts.facts['corrupted']}”."
    )
    said["baseline"] = (
        f"Mean log odds of the answer {read('baseline', 'difference'):.2f} "
        f"(95 % {read('baseline', 'difference_low'):.2f} to {read('baseline', 'difference_high'):.2f}), the answer "
        f"ahead in {read('baseline', 'prefers'):.0f} % of the prompts. Control: {read('baseline', 'corrupted'):.2f} "
        f"on the corrupted prompts; {read('baseline', 'shuffled'):.2f} with answers dealt out to other prompts "
        f"(p = {float(base['p']):.2g})."
    )
    if float(parts["ablation"]["there"]):
        said["ablation"] = (
            f"Head {parts['ablation'].facts['best']} costs most: {read('ablation', 'best_drop'):.0f} points; "
            f"moved as far in a random direction it costs {read('ablation', 'best_control_drop'):.0f}. Of the MLPs "
            f"{parts['ablation'].facts['best_mlp']} costs most: {read('ablation', 'best_mlp_drop'):.0f} "
            f"(control {read('ablation', 'best_mlp_control_drop'):.0f}). "
            f"{read('ablation', 'spared'):.0f} heads can go alone with hardly a loss."
        )
    if float(parts["patching"]["there"]):
        said["patching"] = (
            f"The output of head {parts['patching'].facts['best']} brings back {100 * read('patching', 'best'):.0f} %"
        )
        if "best_value" in parts["patching"].quantities:
            said["patching"] += (
                f" (its values alone {100 * read('patching', 'best_value'):.0f} %, "
                f"its pattern alone {100 * read('patching', 'best_pattern'):.0f} %)"
            )
        control = read("patching", "best_control")
        said["patching"] += f"; taken from another prompt {100 * control:.0f} %." if control == control else "."
    if float(parts["attribution"]["there"]):
        said["attribution"] = (
            f"By itself head {parts['attribution'].facts['best']} adds most, {read('attribution', 'best'):.2f}, and "
            f"{parts['attribution'].facts['worst']} takes most away, {read('attribution', 'worst'):.2f}, "
            f"of {read('attribution', 'logit_difference'):.2f} in all."
        )
    if float(parts["lens"]["there"]):
        rows = parts["lens"]["difference"]
        said["lens"] = (
            f"The log odds go from {rows[0]:.2f} at the embedding to {rows[-1]:.2f}; from "
            f"{parts['lens'].facts['turn']} on they stay above half of that. Control, the same lens on "
            f"corrupted prompts: {parts['lens']['difference_corrupted'][-1]:.2f} at the end."
        )
    if float(parts["circuit"]["there"]):
        heads, mlps = parts["circuit"].facts["heads"], parts["circuit"].facts["mlps"]
        said["circuit"] = (
            f"{len(heads)} of {read('circuit', 'head_total'):.0f} heads and {len(mlps)} of "
            f"{read('circuit', 'mlp_total'):.0f} MLPs are left: {', '.join([*heads, *mlps]) or 'none'}. On the half "
            f"that they were found on they keep {read('circuit', 'score'):.0f} % "
            f"(threshold {read('circuit', 'threshold'):.0f} %)."
        )
        said["held_out"] = (
            f"{read('held_out', 'score'):.0f} % (95 % {read('held_out', 'score_low'):.0f} to "
            f"{read('held_out', 'score_high'):.0f}) on prompts that it was not found on. Controls: everything else "
            f"keeps {read('held_out', 'complement'):.0f} %, nothing at all {read('held_out', 'nothing'):.0f} %."
        )
        needed = parts["held_out"].facts["indispensable"]
        said["control"] = (
            f"{read('control', 'draws'):.0f} random circuits of the same size"
            + (f", all of them with {', '.join(needed)}," if needed else "")
            + f" keep {read('control', 'random_mean'):.0f} % on average and {read('control', 'random_best'):.0f} % "
            f"at best (p = {read('control', 'p'):.2g})."
        )
        said["stability"] = (
            f"Found in other ways it shares at least {100 * read('stability', 'overlap_least'):.0f} % of the "
            f"components; {read('stability', 'always'):.0f} heads are in every one."
        )
    if float(parts["edges"]["there"]):
        said["edges"] = (
            f"{read('edges', 'strong_count'):.0f} of {read('edges', 'edge_count'):.0f} edges cost at least 5 points "
            "when what is sent comes from the corrupted prompt."
        )
    return said


def _span(low: float, high: float) -> str:
    return f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"


def verdict(parts: Mapping[str, Result]) -> str:
    """Whether something was found, in one sentence."""
    notes = parts["cautions"]
    if float(notes["found"]):
        return (
            f"A circuit of {float(parts['circuit']['count']):.0f} components keeps "
            f"{float(parts['held_out']['score']):.0f} % of the log odds on prompts that it was not found on; the best "
            f"random circuit keeps {float(parts['control']['random_best']):.0f} %."
        )
    return "Nothing was found that stands up to its controls."


def write_report(
    parts: Mapping[str, Result], pictures: Sequence[Picture], path: Path, title: str, settings: Mapping[str, Any]
) -> None:
    """The page; pictures must have been made as SVG."""
    said = sentences(parts)
    body = []
    for part, heading in HEADINGS.items():
        if not float(parts[part]["there"]):
            if part not in ("edges", "cross"):
                body += absent(heading, parts[part])
            continue
        body += section(heading, said.get(part, ""), [one for one in pictures if one.part == part], parts[part])
    sub = f"model {parts['prompts'].model}, {', '.join(f'{k} = {v}' for k, v in settings.items())}"
    write_page(path, title, sub, verdict(parts), parts["cautions"], body)


def absent(heading: str, part: Result) -> list[str]:
    """What the page says of a part that was not computed."""
    return [f"<h2>{heading}</h2>", f"<p>Not computed: {html.escape(str(part.facts.get('why', '')))}</p>"]


def section(heading: str, said: str, pictures: Sequence[Picture], part: Result) -> list[str]:
    """A part on the page: its sentence, its figures, its tables."""
    body = [f"<h2>{heading}</h2>"]
    if said:
        body.append(f"<p>{html.escape(said)}</p>")
    for picture in pictures:
        data = base64.b64encode(picture.files["svg"].read_bytes()).decode()
        alt = html.escape(picture.caption.splitlines()[0], quote=True)
        body.append(
            f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
            f"<figcaption>{html.escape(picture.caption.strip())}</figcaption></figure>"
        )
    return [*body, *(_table(called, rows) for called, rows in tables_of(part).items())]


def write_page(path: Path, title: str, sub: str, told: str, cautions: Result, body: Sequence[str]) -> None:
    """The page itself: title, verdict, cautions, sections."""
    found = " found" if float(cautions["found"]) else ""
    lines = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="sub">{html.escape(sub)}</p>',
        f'<p class="verdict{found}">{html.escape(told)}</p>',
        *(f'<p class="note">{html.escape(text)}</p>' for text in cautions.facts.values()),
        *body,
    ]
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n" + "\n".join(lines)
    )
    write_atomically(path, page + "\n</body></html>\n")


def _table(called: str, rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    more = f" (the first {LONGEST} of {len(rest)} rows; all are in the CSV file)" if len(rest) > LONGEST else ""
    cells = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_short(cell))}</td>" for cell in row) + "</tr>" for row in rest[:LONGEST]
    )
    name = f"Table: {called.replace('-', ', ')}" if called else "All numbers"
    return (
        f"<details><summary>{html.escape(name + more)}</summary>"
        f'<div class="scroll"><table><tr>{cells}</tr>{lines}</table></div></details>'
    )


def _short(cell: str) -> str:
    """Four digits are enough to read."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    return cell if value.is_integer() else f"{value:.4g}"


def write_notebook(path: Path, title: str, texts: Sequence[tuple[str, str]] = ()) -> None:
    """A notebook beside the results: loads them, shows the verdict, draws two maps; or other cells ``texts``."""

    def cell(kind: str, text: str) -> dict[str, Any]:
        one: dict[str, Any] = {"cell_type": kind, "id": f"cell-{len(cells)}", "metadata": {}, "source": text}
        return one | ({"execution_count": None, "outputs": []} if kind == "code" else {})

    cells: list[dict[str, Any]] = []
    for kind, text in texts or (
        ("markdown", f"# {title}\nMade by `tapehead circuit`. The results lie beside this notebook."),
        (
            "code",
            "from pathlib import Path\n\nimport tapehead\n"
            "from tapehead.analysis.language.lab.results import load\n\n"
            'parts = load(Path("."))\n'
            'dict(parts["cautions"].facts) or "no cautions"',
        ),
        ("code", '{name: sorted(part.quantities) for name, part in parts.items() if part["there"]}'),
        (
            "code",
            "import matplotlib.pyplot as plt\n\n"
            'fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")\n'
            'for axes, part, name in ((left, "ablation", "heads_left"), (right, "circuit", "heads")):\n'
            "    image = axes.imshow(parts[part][name])\n"
            '    axes.set(title=f"{part}: {name}", xlabel="head", ylabel="layer")\n'
            "    fig.colorbar(image, ax=axes)",
        ),
        (
            "code",
            '# One number with its place, as the films read it:\nparts["held_out"].read("score"), '
            'parts["control"].read("random_best")',
        ),
    ):
        cells.append(cell(kind, text))
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write_atomically(path, json.dumps(book, indent=1, ensure_ascii=False) + "\n")
