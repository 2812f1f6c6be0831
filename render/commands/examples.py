"""Examples below every ``--help``.  The tests type them: a command without one, or one that cannot be typed, fails."""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "adopt": ("adopt scenes.py", "adopt scenes.py my-film --title 'My film'"),
    "analyze": ("analyze linear-algebra", "analyze ./my-film --again", "analyze puppet-show --only nudges"),
    "check": ("check ./my-film", "check ./my-film --strict", "check ./my-film --voice recorded:takes"),
    "circuit": ("circuit --make ioi -n 64 -o ioi.json --model mini", "circuit ioi.json --model mini --out my-circuit"),
    "directions": ('directions --model puppet-64 --prompt "a puppet with red hair" --out mine',),
    "doctor": ("doctor", "doctor --warm"),
    "dub": ("dub linear-algebra es", "dub linear-algebra es --list", "dub ./my-film de --voice piper:thorsten.onnx"),
    "export": ("export odd-squares --to otio,edl --quality 720p30",
               "export ./my-film --codec ffv1 --alpha --quality 480p15",
               "export linear-algebra --to edl --rate 29.97"),
    "figures": ("figures linear-algebra --format pdf", "figures ./my-film --style my.mplstyle --width 85",
                "figures linear-algebra --format csv,xlsx", "figures odd-squares --lang de"),
    "friends": ("friends network.csv", "friends karate"),
    "gather": ("gather --plan plan.json --store /shared/films",),
    "list": ("list", "list --json"),
    "new": ("new my-film", 'new "my lecture" --template lecture', "new --from talk.md"),
    "overlap": ("overlap pairs.csv --model ./resnet-18 --layer layer3 --out mine", "overlap horses/ zebras/"),
    "package": ("package linear-algebra",),
    "page": ("page linear-algebra", "page ./my-film --film out/my-film/480p15/my-film.mp4 --out my-film.html"),
    "patterns": ("patterns toy 'who:animal -> home@Japan'", "patterns my.nt 'a:Person -> b:City' --json"),
    "plan": ("plan linear-algebra --store /shared/films -o plan.json",
             "plan --plan plan.json --simulate"),
    "preview": ("preview ./my-film --watch", "preview linear-algebra hook"),
    "publish": ("publish linear-algebra --dry-run",),
    "record": ("record ./my-film", "record ./my-film --list", "record ./my-film --only chart --from recorder/"),
    "render": ("render linear-algebra --quality 1080p60",
               "render ./my-film --only chart --strict", "render odd-squares --voice none",
               "render ./my-film --size 1080x1920", "render linear-algebra --burn-captions --caption-language de"),
    "sales": ("sales", "sales --data games.csv --columns c.toml"),
    "segment": ("segment --plan plan.json --store /shared/films --index 3",),
    "short": ("short linear-algebra --scenes hook", "short ./my-film --scenes chart,verdict --max 180 --end mine.org"),
    "sign-in": ("sign-in",),
    "slides": ("slides linear-algebra --to html", "slides ./my-film --to pptx --titles --numbers"),
    "speak": ("speak linear-algebra", "speak ./my-film --voice espeak"),
    "stills": ("stills ./my-film", "stills linear-algebra --only hook"),
    "store gc": ("store gc --dry-run",),
    "store ls": ("store ls",),
    "store verify": ("store verify",),
    "studio": ("studio ./my-film", "studio linear-algebra --no-browser --port 8008"),
    "tape apply": ("tape apply in.mov out.mp4 --preset worn --set luma.snr=36 --jobs 2",
                   "tape apply shots/ taped/ --as .mov"),
    "tape describe": ("tape describe worn --all",),
    "tape gui": ("tape gui cat.png clip.mp4", "tape gui clip.mp4 --presets my-tapes --no-browser"),
    "tape import": ("tape import theirs.json ours.json",),
    "tape list": ("tape list",),
    "tape measure": ("tape measure sp --against all",),
    "tape still": ("tape still in.png out.png --preset third-generation",),
    "train": ("train mini --seed 0 --out mine", "train puppet-64"),
    "verify circuits": ("verify circuits --model gpt2",),
}  # fmt: skip
"""By command: what one would type after ``tapehead``."""


def add_examples(app: typer.Typer, before: str = "") -> None:
    """Put the examples below the help of every command, those of groups included."""
    for command in app.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", "")).replace("_", "-")
        if examples := EXAMPLES.get(f"{before}{name}"):
            command.epilog = "Examples:\n\n" + "\n\n".join(f"  tapehead {each}" for each in examples)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_examples(group.typer_instance, f"{before}{group.name} ")
