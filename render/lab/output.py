"""Everything that a run of ``tapehead circuit`` leaves in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.language.lab.figures import FIGURES
from tapehead.analysis.results import Result
from tapehead.render.lab import report

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


def write_run(
    parts: Mapping[str, Result],
    folder: Path,
    settings: Mapping[str, Any],
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> list[Path]:
    """Results, tables, figures, page and notebook; the results come first, the page last.

    Raises:
        OutputError: the folder cannot be written.
    """

    def told() -> report.Report:
        title = f"{parts['prompts'].facts['task']} in {parts['prompts'].model}"
        return report.Report(
            title,
            parts["prompts"].model,
            HEADINGS,
            sentences(parts),
            verdict(parts),
            FIGURES,
            _notebook(title),
            passed=frozenset({"edges", "cross"}),
        )

    return report.write_run(parts, told, folder, settings, formats)


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


def _notebook(title: str) -> list[tuple[str, str]]:
    return [
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
    ]
