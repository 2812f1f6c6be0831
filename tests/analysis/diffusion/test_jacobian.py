"""Products of the Jacobian against the matrix, PyTorch's own differentiation and differences; and bad input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel, UNet2DModel
from torch import Tensor

from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import jacobian as module
from tapehead.analysis.diffusion.pullback.jacobian import Jacobian, bottleneck, jacobian_at, layers_of
from tapehead.analysis.diffusion.pullback.pushforward import NoRule, linearise
from tapehead.analysis.diffusion.pullback.torch_modes import forward_mode
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import ModelError


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small products on several threads wait for each other, on a busy machine for minutes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pixel_model(**settings: Any) -> DiffusionModel:
    torch.manual_seed(0)
    unet: Any = UNet2DModel(
        **{
            "sample_size": 8,
            "block_out_channels": (8, 16),
            "layers_per_block": 1,
            "norm_num_groups": 4,
            "attention_head_dim": 8,
            "down_block_types": ("DownBlock2D", "AttnDownBlock2D"),
            "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
        }
        | settings
    )
    return DiffusionModel("tiny", "-", Path(), unet.eval().requires_grad_(False), DDIMScheduler())


class Words(DiffusionModel):
    """Reads captions without a text encoder: states that depend on the caption's length."""

    def read(self, prompts: Any) -> Tensor:
        return torch.stack([torch.randn(5, 12, generator=torch.Generator().manual_seed(len(p))) for p in prompts])


def stable_diffusion_like() -> DiffusionModel:
    """SD 1.x's layer types: cross-attention at the outer levels, none at the innermost."""
    torch.manual_seed(1)
    unet: Any = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=12,
        attention_head_dim=2,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    )
    return Words("tiny sd", "-", Path(), unet.eval().requires_grad_(False), DDIMScheduler())


MODELS = {"pixels": pixel_model, "words": stable_diffusion_like}


def point(model: DiffusionModel, seed: int = 0) -> Tensor:
    return torch.randn(model.shape, generator=torch.Generator().manual_seed(seed))


def by_hand(model: DiffusionModel, x: Tensor, t: int, states: Tensor | None) -> Tensor:
    """The whole matrix from reverse mode, row by row, through the whole U-Net and a plain hook."""
    seen: list[Tensor] = []
    hook = model.unet.mid_block.register_forward_hook(lambda _m, _i, out: seen.append(out))
    point = x[None].clone().requires_grad_(True)
    model.unet(point, t) if states is None else model.unet(point, t, states)
    hook.remove()
    h = seen[0].flatten()
    rows = [torch.autograd.grad(h[i], point, retain_graph=True)[0].flatten() for i in range(len(h))]
    return torch.stack(rows)


@pytest.mark.parametrize("kind", MODELS)
def test_products_are_those_of_the_matrix(kind: str) -> None:
    model = MODELS[kind]()
    x, caption = point(model), None if kind == "pixels" else "seven"
    j = jacobian_at(model, x, 300, caption)
    wanted = by_hand(model, x, 300, None if caption is None else model.read([caption]))
    assert (j.rows, j.columns) == tuple(wanted.shape)
    v, u = torch.randn(5, j.columns), torch.randn(3, j.rows)
    # fp32: sums of a few hundred products
    torch.testing.assert_close(j.apply(v), v @ wanted.T, rtol=1e-4, atol=1e-5)
    # Few rows go one by one, more of them together.
    torch.testing.assert_close(j.transpose(u), u @ wanted, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(j.transpose(torch.cat([u, u])), torch.cat([u, u]) @ wanted, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(j.dense(), wanted, rtol=1e-4, atol=1e-5)
    assert j.n_vjp >= 3 and j.n_jvp >= 5 and j.mode == "forward" and not j.notes


@pytest.mark.parametrize("kind", MODELS)
def test_rules_torch_and_differences_agree(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS[kind]()
    x = point(model)
    v = torch.randn(4, x.numel())
    ours = jacobian_at(model, x, 500)
    assert ours._linear is not None, "these layers all have rules"
    found = ours.apply(v)

    def no_rule(*_: Any) -> Any:
        raise NoRule("none today")

    monkeypatch.setattr("tapehead.analysis.diffusion.pullback.pushforward.linearise", no_rule)
    slow = jacobian_at(model, x, 500)
    assert slow._linear is None
    torch.testing.assert_close(slow.apply(v), found, rtol=1e-4, atol=1e-5)
    # central differences in fp32 are good for about three digits
    differences = jacobian_at(model, x, 500, mode="differences")
    error = (differences.apply(v) - found).norm() / found.norm()
    assert 1e-7 < error < 3e-3 and differences.mode == "differences"


def test_attention_in_parts_is_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    model = stable_diffusion_like()
    v = torch.randn(3, 4 * 64)
    whole = jacobian_at(model, point(model), 200).apply(v)
    monkeypatch.setattr("tapehead.analysis.diffusion.pullback.pushforward.ATTENTION_NUMBERS", 1000)
    torch.testing.assert_close(jacobian_at(model, point(model), 200).apply(v), whole, rtol=1e-4, atol=1e-5)


def test_the_decoder_never_runs_and_no_hook_stays() -> None:
    model = pixel_model()
    model.unet.up_blocks[0].register_forward_hook(lambda *_: pytest.fail("the decoder ran"))
    j = jacobian_at(model, point(model), 100)
    j.transpose(j.apply(torch.randn(2, j.columns)))
    assert not model.unet.mid_block._forward_hooks


@pytest.mark.parametrize("layer", ["down-1", "down-2", "mid"])
def test_layers(layer: str) -> None:
    model = pixel_model()
    assert layers_of(model) == ["down-1", "down-2", "mid"]
    x = torch.stack([point(model, 0), point(model, 1)])
    h = bottleneck(model, x, 100, layer=layer, block=1)
    j = jacobian_at(model, x[1], 100, layer=layer)
    torch.testing.assert_close(h[1], j.h, rtol=1e-5, atol=1e-5)
    assert j.adjoint_error(3) < 1e-4


def test_adjoint_error_sees_a_wrong_product(monkeypatch: pytest.MonkeyPatch) -> None:
    j = jacobian_at(pixel_model(), point(pixel_model()), 100)
    assert j.adjoint_error() < 1e-4
    right = Jacobian._reverse
    monkeypatch.setattr(Jacobian, "_reverse", lambda self, u: 1.01 * right(self, u))
    assert j.adjoint_error() > 1e-4


def test_words_and_time_change_the_matrix() -> None:
    model = stable_diffusion_like()
    v = torch.randn(1, 4 * 64)
    found = [jacobian_at(model, point(model), t, p).apply(v) for t, p in ((100, None), (100, "one"), (900, None))]
    assert (found[0] - found[1]).norm() > 1e-4 * found[0].norm()
    assert (found[0] - found[2]).norm() > 1e-4 * found[0].norm()


def test_bf16_is_near_and_leaves_the_model_alone() -> None:
    model = pixel_model()
    v = torch.randn(4, 3 * 64)
    exact, short = (jacobian_at(model, point(model), 100, policy=p).apply(v) for p in ("fp32", "bf16"))
    # eight bits of mantissa: a percent or so
    assert 1e-4 < (short - exact).norm() / exact.norm() < 0.05
    assert short.dtype == torch.float32 and model.unet.dtype == torch.float32


def test_memory_that_runs_out_halves_the_chunk_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pixel_model()
    j = jacobian_at(model, point(model), 100)
    v = torch.randn(10, j.columns)
    wanted = j.apply(v)
    right = Jacobian._forward

    def narrow(self: Jacobian, rows: Tensor) -> Tensor:
        if len(rows) > 3:
            raise torch.OutOfMemoryError("out of memory. Tried to allocate 20.00 GiB")
        return right(self, rows)

    monkeypatch.setattr(Jacobian, "_forward", narrow)
    j.chunk = 10
    with pytest.warns(RuntimeWarning, match="with 5 rows at a time; going on with 2"):
        torch.testing.assert_close(j.apply(v), wanted, rtol=1e-4, atol=1e-5)
    assert j.chunk == 2 and len(j.notes) == 2 and j.mode == "forward"

    def none(self: Jacobian, rows: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(Jacobian, "_forward", none)
    with pytest.warns(RuntimeWarning), pytest.raises(ModelError, match="even one row of J v"):
        j.apply(v)


def test_little_memory_means_small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pixel_model()
    monkeypatch.setattr(module, "free_memory", lambda _: 200_000)
    assert 1 <= jacobian_at(model, point(model), 100).chunk < module.CHUNK


def test_forward_mode_that_fails_becomes_differences_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pixel_model()
    j = jacobian_at(model, point(model), 100)
    v = torch.randn(2, j.columns)
    wanted = j.apply(v)

    def fused(self: Jacobian, rows: Tensor) -> Tensor:
        raise NotImplementedError("Trying to use forward AD with _some_kernel")

    monkeypatch.setattr(Jacobian, "_forward", fused)
    with pytest.warns(RuntimeWarning, match="central differences"):
        found = j.apply(v)
    assert j.mode == "differences" and "_some_kernel" in j.notes[0]
    assert (found - wanted).norm() < 3e-3 * wanted.norm()


def test_nan_in_a_product_is_named() -> None:
    model = pixel_model()
    j = jacobian_at(model, point(model), 100)
    v = torch.randn(3, j.columns)
    v[1, 5] = float("nan")
    with pytest.raises(ModelError, match=r"J v of 'tiny' at t=100: row 1 holds .* not finite"):
        j.apply(v)


def test_a_function_without_a_rule_is_named() -> None:
    with pytest.raises(NoRule, match="cumsum"):
        linearise(lambda x: x.cumsum(1), torch.randn(1, 3))
    with forward_mode():
        pass


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": torch.zeros(3, 8, 9)}, r"shape \(3, 8, 8\); this is \(3, 8, 9\)"),
        ({"x": torch.zeros(2, 3, 8, 8)}, "one x"),
        ({"x": torch.full((3, 8, 8), float("nan"))}, "not finite"),
        ({"x": torch.zeros(3, 8, 8, dtype=torch.int64)}, "int64"),
        ({"t": 1000}, "0 to 999; asked for 1000"),
        ({"layer": "down-7"}, "down-7"),
        ({"policy": "fp8"}, "fp8"),
        ({"mode": "guess"}, "guess"),
        ({"prompt": "a puppet"}, "takes no captions"),
    ],
)
def test_bad_input_is_named(changes: dict[str, Any], message: str) -> None:
    model = pixel_model()
    given: dict[str, Any] = {"x": point(model), "t": 100}
    with pytest.raises(UsageError, match=message):
        jacobian_at(model, **(given | changes))


def test_unets_that_do_not_fit() -> None:
    x = torch.zeros(3, 8, 8)
    with pytest.raises(ModelError, match=r"no mid block.*down-1, down-2"):
        jacobian_at(pixel_model(mid_block_type=None), x, 100)
    half = pixel_model()
    half.unet.half()
    with pytest.raises(UsageError, match="float16"):
        jacobian_at(half, x, 100)
    with pytest.raises(UsageError, match="on cpu, the model on meta"):
        jacobian_at(replace(pixel_model(), device="meta"), torch.zeros(3, 8, 8), 100)
    with pytest.raises(ModelError, match="class_labels"):
        jacobian_at(pixel_model(num_class_embeds=3), x, 100)
    with pytest.raises(UsageError, match=r"\(b, 192\)"):
        jacobian_at(pixel_model(), x, 100).apply(torch.zeros(2, 191))


def test_a_pipeline_that_was_saved(latent_directory: Path) -> None:
    """Stable Diffusion's parts, from files: captions go through its own tokenizer and text encoder."""
    model = load_model(str(latent_directory))
    x = point(model)
    j = jacobian_at(model, x, 700, "an old puppet")
    assert j.adjoint_error() < 1e-4 and j._linear is not None
    other = jacobian_at(model, x, 700)
    v = torch.randn(1, j.columns)
    assert (j.apply(v) - other.apply(v)).norm() > 0
    with pytest.raises(UsageError, match="tokens"):
        jacobian_at(model, x, 700, "puppet " * 100)


@pytest.mark.parametrize("moving", ["q", "k", "v", "qk", "qv", "kv", "qkv"])
@pytest.mark.parametrize(("queries", "keys", "width"), [(40, 40, 4), (12, 5, 24), (12, 64, 8)])
def test_attention_is_that_of_forward_mode(
    moving: str, queries: int, keys: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Narrow heads and wide ones, of the picture itself and of words, in blocks of rows and of queries."""
    draw = torch.Generator().manual_seed(5)
    still = {
        "q": torch.randn(1, 2, queries, width, generator=draw),
        "k": torch.randn(1, 2, keys, width, generator=draw) + 3,
        "v": torch.randn(1, 2, keys, width, generator=draw) - 2,
    }
    mixed = {name: torch.randn(still[name].numel(), 7, generator=draw) / 3 for name in moving}

    def attended(x: Tensor) -> Tensor:
        parts = {name: torch.nn.functional.linear(x, mixed[name]).reshape(still[name].shape) for name in moving}
        given = {name: still[name] + parts[name] if name in parts else still[name] for name in still}
        return torch.nn.functional.scaled_dot_product_attention(given["q"], given["k"], given["v"])

    x, rows = torch.randn(7, generator=draw), torch.randn(9, 7, generator=draw)
    with forward_mode():
        wanted = torch.stack([torch.func.jvp(attended, (x,), (row,))[1] for row in rows])
    for cached in (2**18, 1, 4 * 2 * keys * queries):
        monkeypatch.setattr("tapehead.analysis.diffusion.pullback.pushforward.ATTENTION_CACHED", cached)
        linear, y = linearise(attended, x)
        torch.testing.assert_close(y, attended(x), rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(linear(rows), wanted, rtol=1e-4, atol=2e-5)
        torch.testing.assert_close(linear(rows[:2]), wanted[:2], rtol=1e-4, atol=2e-5)
