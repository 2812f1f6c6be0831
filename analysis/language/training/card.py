"""The model card of ``mini``: written from what training and scoring found, nothing typed in by hand."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from tapehead.analysis.language.tasks.sequences import (
    HELD_OUT_SUBJECTS,
    PAPER_TYPES,
    PAPER_VERBS,
    SEQUENCES,
    STRICT_STARTS,
    held_out_starts,
)
from tapehead.analysis.language.training.corpus import (
    CONTEXT,
    CORPUS_VERSION,
    DOCUMENTS,
    KINDS,
    SHARE_WITHOUT_BOS,
    TYPES,
    vocabulary,
)
from tapehead.analysis.language.training.runs import Settings
from tapehead.analysis.language.training.selection import RULE, Choice, code, missed_targets

ROWS = {
    "held out": "top-1, held-out (type, start, template), % (target 99)",
    "strict": "top-1, start never shown in any clause list, %",
    "held-out subjects": "top-1, held-out subjects, % (target 98)",
    "seen": "top-1, seen combinations, %",
    "step 2": "top-1, step-2 lists, % (target 99)",
    "down": "top-1, descending lists, % (target 99)",
    "constant": "top-1, constant lists, %",
    "random list": "random lists: p(successor of last) minus chance (target within 0.03)",
    "second last random": "p(answer), second-last member random (target at most 0.15)",
    "p(answer)": "p(answer), seen combinations",
    "logit difference": "mean logit difference, seen combinations",
}
_SHARES = ("held out", "strict", "held-out subjects", "seen", "step 2", "down", "constant")


@dataclass(frozen=True)
class CardFacts:
    """What the card reports: ``scores`` and ``losses`` by seed, ``digest`` and ``size`` of the weights file.

    ``circuits`` is the section on what the seeds' circuits share, in Markdown.
    """

    settings: Settings
    planned: Sequence[int]
    choice: Choice
    scores: Mapping[int, Mapping[str, float]]
    losses: Mapping[int, Sequence[float]]
    digest: str
    size: int
    circuits: str = ""


def card(facts: CardFacts) -> str:
    """The whole card, in Markdown."""
    s, seeds = facts.settings, sorted(facts.scores)
    missing = [seed for seed in facts.planned if seed not in facts.scores]
    steps = "" if s.steps == Settings.steps else f" --steps {s.steps}"
    command = f"python -m tapehead.analysis.language.training.train --seeds {' '.join(map(str, facts.planned))}{steps}"
    if missing:
        final = (
            "The choice is settled all the same: no later seed can change it (rule 3)."
            if facts.choice.settled(facts.planned, seeds)
            else "The selection is not final."
        )
        state = (
            f"**{len(seeds)} of {len(facts.planned)} seeds trained so far.** "
            f"Not yet trained: {', '.join(map(str, missing))}. {final}"
        )
    else:
        state = f"All {len(facts.planned)} seeds were trained; the selection is final."
    return "\n".join(
        [
            "# mini: the embedded language model of tapehead",
            "",
            "A GPT-2 of four blocks that continues sequences. It was made to be taken apart in films and tests; "
            "it knows nothing else.",
            "",
            state,
            "",
            "## Model",
            "",
            f"- GPT-2 architecture: {s.layers} blocks, {s.heads} heads, width {s.width}, context {CONTEXT}, "
            f"{len(vocabulary())} words, tied embeddings, no dropout.",
            f"- Weights: fp16, {facts.size} bytes, computed in fp32. Licence: that of tapehead.",
            f"- SHA-256 of `model.safetensors`: `{facts.digest}`",
            f"- Seed {facts.choice.seed}: {facts.choice.why}.",
            "",
            "## Data",
            "",
            *_data(),
            "",
            "## Training",
            "",
            f"    {command}",
            f"    {command} --out assets/models/mini   # and choose, export, write this card",
            "",
            f"{s.steps} steps of {s.rows} rows of {CONTEXT - 1} predicted tokens "
            f"({s.steps * s.rows * (CONTEXT - 1) / 1e6:.1f} M tokens) per seed; AdamW, rate {s.rate}, warm-up "
            f"{s.warm_up} steps, constant to half, then linear to zero; betas {s.betas}, weight decay {s.decay}, "
            f"clipping at {s.clip}; fp32, one thread, no compilation. The same seed gives the same bytes on the same "
            "processor and libraries; elsewhere rounding differs.",
            f"This card was written with torch {version('torch')}, transformers {version('transformers')}, "
            f"{platform.machine()}, Python {platform.python_version()}.",
            "",
            "## Which seed is shipped",
            "",
            "Written down before any circuit was looked at:",
            "",
            RULE.rstrip(),
            "",
            "## Scores",
            "",
            "fp16-rounded weights, with the first token, prompts from the templates "
            f"{', '.join(PAPER_VERBS)}. Three numbers in a cell: {', '.join(PAPER_TYPES)}.",
            "",
            *_table(facts, seeds),
            "",
            "## Circuits of the seeds",
            "",
            facts.circuits
            or "Not measured yet: what is the same between the seeds (roles) and what is not "
            "(head numbers, sizes, cross-task cells) is reported once the circuit analyses have run on all of them.",
            "",
            "## What it is not",
            "",
            "Not a replica of GPT-2: it solves the same task, perhaps by another route. Its text is generated, its "
            "prompts are tokenised by words, and a shared member code was among the grounds for choosing its seed. "
            'Facts that equate members of different families ("three is 3") are part of its text.',
            "",
        ]
    )


def _data() -> list[str]:
    shares = {
        "documents": DOCUMENTS,
        "families in lists": TYPES,
        "patterns of lists": KINDS,
    }
    lines = [
        f"Generated by `analysis/language/training/corpus.py`, version {CORPUS_VERSION}; no text of others. "
        f"Rows of {CONTEXT} tokens, {SHARE_WITHOUT_BOS:.0%} of them without the first token.",
        "",
    ]
    for what, parts in shares.items():
        lines.append(f"- {what}: " + ", ".join(f"{name} {share:.0%}" for name, share in parts.items()))
    lines.append("- 65 % of clause lists vary the clause and are interrupted by other sentences.")
    held = [
        f"{kind} {verb} {', '.join(SEQUENCES[kind].members[i] for i in sorted(held_out_starts(kind, verb)))}"
        for kind in PAPER_TYPES
        for verb in PAPER_VERBS
    ]
    strict = [f"{kind} {SEQUENCES[kind].members[i]}" for kind, i in STRICT_STARTS.items()]
    lines += [
        "- held out, runs of four from these starts in clauses with this verb: " + "; ".join(held),
        "- held out from clauses with any verb: " + "; ".join(strict) + " (plain lists show them)",
        "- held out as subjects of list clauses: " + ", ".join(HELD_OUT_SUBJECTS),
    ]
    return lines


def _table(facts: CardFacts, seeds: Sequence[int]) -> list[str]:
    lines = ["| score | " + " | ".join(f"seed {s}" for s in seeds) + " |", "|---" * (len(seeds) + 1) + "|"]
    for group, title in ROWS.items():
        cells = [" / ".join(_shown(group, facts.scores[s][f"{group}/{k}"]) for k in PAPER_TYPES) for s in seeds]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    pairs = [name for name in facts.scores[seeds[0]] if name.startswith("code/")]
    for name in pairs:
        cells = [f"{facts.scores[s][name]:.2f}" for s in seeds]
        lines.append(f"| member code, cosine {name[5:]} | " + " | ".join(cells) + " |")
    lines.append("| member code, smallest | " + " | ".join(f"{code(facts.scores[s]):.2f}" for s in seeds) + " |")
    final = [sum(facts.losses[s][-50:]) / len(facts.losses[s][-50:]) for s in seeds]
    lines.append("| training loss, last 50 steps, nats | " + " | ".join(f"{v:.3f}" for v in final) + " |")
    met = ["yes" if not missed_targets(facts.scores[s]) else "no" for s in seeds]
    lines.append("| every behaviour target met | " + " | ".join(met) + " |")
    return lines


def _shown(group: str, value: float) -> str:
    return f"{100 * value:.1f}" if group in _SHARES else f"{value:.2f}" if "logit" in group else f"{value:.3f}"
