"""Which command a model is for, told by the files of its directory, so that the wrong one can name the right one."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.model_files import ModelError, read_table

_KINDS = {
    "language": ("a language model", "tapehead circuit"),
    "diffusion": ("a diffusion pipeline", "tapehead directions"),
    "classifier": ("an image classifier", "tapehead overlap"),
    "own": ("a small network of the films about seeing", ""),
}
"""What a directory can hold, and the command that looks into it."""


def shipped(name: str) -> Path | None:
    """The directory of a model that comes with the installation, if there is one of this name."""
    from importlib.resources import files

    if not name or not all(one.isalnum() or one == "-" for one in name):
        return None
    path = Path(str(files("tapehead.assets"))) / "models" / name
    return path if path.is_dir() else None


def kind_of_model(directory: Path) -> str:
    """One of ``language``, ``diffusion``, ``classifier`` and ``own``, or nothing where the files do not tell."""
    if (directory / "model_index.json").is_file():
        return "diffusion"
    try:
        config = read_table(directory / "config.json")
    except (FileNotFoundError, ModelError):
        return ""
    built = config.get("architectures")
    names = [str(one) for one in built] if isinstance(built, list) else []
    if any(one.endswith(("ForCausalLM", "LMHeadModel")) for one in names):
        return "language"
    # timm's configurations name an architecture and how many answers it has.
    if any(one.endswith("ForImageClassification") for one in names) or isinstance(config.get("architecture"), str):
        return "classifier"
    if str(config.get("_class_name", "")).startswith("UNet"):
        return "diffusion"
    return "own" if {"side", "channels", "outputs"} <= set(config) or {"networks", "decay"} <= set(config) else ""


def refuse_other_kind(name: str, wanted: str) -> None:
    """Say which command takes a model, where it is not this one.

    Args:
        name: a directory, or the name of a model that comes along; others are on a hub and not looked at.
        wanted: one of the kinds.

    Raises:
        ModelError: it is of another kind.
    """
    path = Path(name).expanduser()
    place = path if name.strip() and path.is_dir() else shipped(name)
    kind = kind_of_model(place) if place is not None else ""
    if kind in ("", wanted):
        return
    what, command = _KINDS[kind]
    there = f", which `{command}` takes" if command else ""
    raise ModelError(f"'{name}' is {what}{there}; `{_KINDS[wanted][1]}` takes {_KINDS[wanted][0]}")
