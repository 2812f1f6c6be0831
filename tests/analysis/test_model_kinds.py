"""Models that are handed to the wrong command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapehead.analysis.model_files import ModelError
from tapehead.analysis.model_kinds import kind_of_model, refuse_other_kind

CONFIGS = {
    "language": {"architectures": ["LlamaForCausalLM"]},
    "classifier": {"architectures": ["ResNetForImageClassification"]},
    "diffusion": {"_class_name": "UNet2DModel"},
}


def test_the_models_that_come_along_are_told_apart() -> None:
    for name, wanted in (("mini", "language"), ("puppet-64", "diffusion")):
        refuse_other_kind(name, wanted)
    with pytest.raises(ModelError, match="'puppet-64' is a diffusion pipeline, which `tapehead directions` takes"):
        refuse_other_kind("puppet-64", "language")
    with pytest.raises(ModelError, match=r"'mini' is a language model, .*; `tapehead directions` takes a diffusion"):
        refuse_other_kind("mini", "diffusion")
    for name in ("looker", "xor"):
        with pytest.raises(ModelError, match=f"'{name}' is a small network of the films about seeing; `tapehead circ"):
            refuse_other_kind(name, "language")
    for unknown in ("gpt2", "EleutherAI/pythia-70m", "", "..", "nowhere/../mini"):
        refuse_other_kind(unknown, "diffusion")


@pytest.mark.parametrize("kind", CONFIGS)
def test_directories_are_told_apart_by_their_files(kind: str, tmp_path: Path) -> None:
    assert kind_of_model(tmp_path) == ""
    (tmp_path / "config.json").write_text("{broken")
    assert kind_of_model(tmp_path) == ""
    (tmp_path / "config.json").write_text(json.dumps(CONFIGS[kind]))
    assert kind_of_model(tmp_path) == kind
    for wanted in CONFIGS:
        if wanted == kind:
            refuse_other_kind(str(tmp_path), wanted)
        else:
            with pytest.raises(ModelError, match=str(tmp_path)):
                refuse_other_kind(str(tmp_path), wanted)
