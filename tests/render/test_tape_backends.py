"""The three back-ends carry out the same plan: equal integers of noise, pictures within one code value."""

import json
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch

from tapehead.render.assets import asset
from tapehead.render.tape import kernel, operators, reference, tape_named, tape_names
from tapehead.render.tape.kernel_lines import bells, fma, pairs, words
from tapehead.render.tape.noise import along, bell, key, pair
from tapehead.render.tape.plan import plan_frame
from tapehead.render.tape.settings import Settings

torch.set_num_threads(1)

EVERYTHING = {
    "luma.smear": 0.2,
    "luma.peak": 3.0,
    "luma.fractal": 1.0,
    "snow.rate": 0.0005,
    "chroma.bleed": 0.3,
    "chroma.delay_v": 1,
    "chroma.loss": 0.02,
    "composite.mode": "2H",
    "drop.rate": 12.0,
    "drop.doc": False,
    "track.error": 0.8,
    "jitter.frame": 0.5,
    "sync.tear": 2.0,
    "osd.mode": "PLAY",
    "osd.date": "NOV 22 1991",
    "osd.counter": 61.0,
    "out.scanlines": 0.3,
}
CASES = {name: {} for name in tape_names() if name != "clean"} | {
    "worn+everything": EVERYTHING,
    "pal-sp+everything": EVERYTHING,
    "sp+progressive": {"fields": "progressive", "composite.mode": "1H", "generations": 2},
    "sp+lower": {"fields": "lower", "composite.mode": "box", "chroma.comb": False},
    "sp+single": {"fields": "single", "sync.roll": 240.0, "out.filter": "lanczos"},
    "sp+silent": {"luma.snr": None, "chroma.noise": 0.0, "drop.rate": 0.0},
    "sp+pause": {"pause.at": [0.0, 9.0]},
    "sp+stop": {"transport": [{"kind": "stop", "from": 2.0, "to": 4.0}]},
}


def picture(height=270, width=482):
    """Colours, edges and noise."""
    rng = np.random.default_rng(3)
    frame = np.repeat(np.repeat(rng.integers(0, 256, (9, 16, 3)), height // 9 + 1, 0), width // 16 + 1, 1)
    frame = frame[:height, :width]
    return np.clip(frame + rng.normal(0, 6, frame.shape), 0, 255).astype(np.uint8)


def plan_of(case, frame, index=96, seed=7):
    name, _, _ = case.partition("+")
    settings = Settings(json.loads(asset(f"tapes/{name}.json").read_text())["settings"]).but(CASES[case])
    return plan_frame(settings, frame.shape[0], frame.shape[1], index, Fraction(30), seed)


def agree(one, two):
    difference = np.abs(one.astype(int) - two)
    assert (difference <= 1).mean() >= 0.999
    assert difference.max() <= 2
    assert difference.mean() < 0.01  # rounding apart they are the same picture


@pytest.mark.parametrize("case", CASES)
def test_compiled_and_reference_agree(case):
    frame = picture()
    plan = plan_of(case, frame)
    agree(kernel.treat(plan, frame), reference.treat(plan, frame))


@pytest.mark.parametrize("case", ["sp", "worn+everything", "pal-sp+everything", "third-generation", "sp+single"])
def test_torch_and_reference_agree(case):
    frame = picture()
    plan = plan_of(case, frame)
    agree(operators.treat_on("cpu", plan, frame), reference.treat(plan, frame))


def test_a_batch_is_its_frames():
    frame = picture()
    plans = [plan_of("worn+everything", frame, index) for index in (3, 99, 4)]
    batch = operators.treat(plans, torch.from_numpy(np.stack([frame] * 3)))
    for plan, made in zip(plans, batch, strict=True):
        agree(made.numpy(), reference.treat(plan, frame))


def test_back_ends_that_differ_are_noticed():
    frame = picture()
    one, two = reference.treat(plan_of("sp", frame), frame), kernel.treat(plan_of("sp", frame, seed=8), frame)
    with pytest.raises(AssertionError):
        agree(one, two)


SIZES = [(1, 1), (2, 3), (48, 64), (480, 754), (481, 755), (577, 923), (1080, 1920)]


@pytest.mark.parametrize(
    ("case", "size"),
    [
        pytest.param(case, size, marks=pytest.mark.long if case == "pal-sp" and size[0] > 500 else ())
        for case in ("worn", "pal-sp")
        for size in SIZES
    ],
)
def test_all_sizes(size, case):
    frame = picture(*size)
    plan = plan_of(case, frame)
    made = kernel.treat(plan, frame)
    assert made.shape == frame.shape
    agree(made, reference.treat(plan, frame))


def test_integer_noise_is_equal_everywhere():
    keys = key(5, "test", np.arange(40))
    wanted = along(keys, 300)
    for line in range(40):
        out = np.empty(300, np.uint32)
        words(keys[line], out)
        assert np.array_equal(out, wanted[line])
        one, two = np.empty(300, np.float32), np.empty(300, np.float32)
        bells(keys[line], 0, one)
        assert np.array_equal(one, bell(wanted)[line])
        pairs(keys[line], 0, one, two)
        assert np.array_equal(one, pair(wanted)[0][line]) and np.array_equal(two, pair(wanted)[1][line])
    wider = along(keys, 300, beside=20)
    assert np.array_equal(wider[:, 20:320], wanted)
    for line in range(40):
        one, two = np.empty(340, np.float32), np.empty(340, np.float32)
        bells(keys[line], -20, one)
        assert np.array_equal(one, bell(wider)[line])
        pairs(keys[line], -20, one, two)
        assert np.array_equal(one, pair(wider)[0][line]) and np.array_equal(two, pair(wider)[1][line])
    tensor = operators.along([keys], 300, torch.device("cpu"), beside=20)[0]
    assert np.array_equal(tensor.numpy().view(np.uint32), wider)
    tensor = operators.along([keys], 300, torch.device("cpu"))[0]
    assert np.array_equal(tensor.numpy().view(np.uint32), wanted)
    assert np.array_equal(operators.bell(tensor).numpy(), bell(wanted))
    assert np.array_equal(operators.pair(tensor)[1].numpy(), pair(wanted)[1])


def test_multiply_add_rounds_once():
    import numba

    @numba.njit
    def once(a, b, c):
        return fma(a, b, c)

    a = np.float32(1 + 2**-12)
    exact = float(a) * float(a) - 1.0
    assert once(a, a, np.float32(-1)) == np.float32(exact)
    assert np.float32(a * a) - np.float32(1) != np.float32(exact)


def test_another_process_gives_the_same_bytes():
    frame = picture()
    here = tape_named("worn").apply(frame, 12, 30, 5)
    program = (
        "import sys, hashlib, numpy as np\n"
        "from tapehead.render.tape import tape_named\n"
        "frame = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(270, 482, 3)\n"
        "print(hashlib.sha256(tape_named('worn').apply(frame, 12, 30, 5)).hexdigest())\n"
    )
    import hashlib

    done = subprocess.run([sys.executable, "-c", program], input=frame.tobytes(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == hashlib.sha256(here).hexdigest()


def test_the_frame_itself_is_left_alone():
    frame = picture()
    before = frame.copy()
    frame.setflags(write=False)
    tape_named("worn").apply(frame, 0, 30, 0)
    assert np.array_equal(frame, before)


def test_thirty_and_sixty_frames_a_second_show_the_same_tape():
    tape, frame = tape_named("worn"), picture()
    for k in (0, 1, 17, 300):
        first, second = (tape.apply(frame, at, 60, 3) for at in (2 * k, 2 * k + 1))
        assert np.array_equal(tape.apply(frame, k, 30, 3), first)
        assert np.array_equal(first, second), "a tape has thirty whole frames a second, whoever looks"
    assert not np.array_equal(tape.apply(frame, 2, 60, 3), tape.apply(frame, 0, 60, 3))


def test_the_back_end_is_part_of_the_identity():
    tape = tape_named("sp")
    identities = [tape.on(name).identity() for name in ("numba", "numpy", "torch-cpu", "torch-cuda")]
    assert len({json.dumps(x, sort_keys=True) for x in identities}) == 4
    assert tape.identity() == identities[0]
    assert tape.but({"luma.snr": 40.0}).identity() != tape.identity()
