"""How fast the tape is: `python -m tests.benchmarks.tape`; the last line is JSON.

Frames lie in memory, no codec.  The preset is `worn` with every per-line and per-sample effect above zero.  Times are
processor time of the treating thread (plan included), so that other work on the machine counts less; frames per second
are by the clock.
"""

import json
import multiprocessing
import os
import resource
import time
from fractions import Fraction

import numpy as np

from tapehead.render.tape import tape_named

EVERYTHING = {
    "luma.peak": 1.0,
    "luma.smear": 0.15,
    "luma.fractal": 0.5,
    "snow.rate": 0.0002,
    "chroma.bleed": 0.1,
    "chroma.delay_v": 1,
    "chroma.hue": 1.0,
    "composite.mode": "2H",
    "drop.rate": 5.0,
    "track.error": 0.5,
    "jitter.frame": 0.1,
    "osd.mode": "PLAY",
    "osd.counter": 0.0,
    "osd.date": "NOV 22 1991",
}
SEED = 7


def frames(height, width, count=4):
    """Text-like blocks, lines and ramps."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:] = (np.arange(width) * 255 // width)[None, :, None]
        for _ in range(300):
            y, x = rng.integers(0, height - 60), rng.integers(0, width - 90)
            frame[y : y + rng.integers(2, 60), x : x + rng.integers(2, 90)] = rng.integers(0, 256, 3)
        made.append(frame)
    return made


def tape():
    return tape_named("worn").but(EVERYTHING)


def cpu_ms(stage, pictures, count):
    """Median processor time of a frame, after warm-up."""
    for k in range(3):
        stage.apply(pictures[k % len(pictures)], k, 30, SEED)
    times = []
    for k in range(count):
        began = time.thread_time()
        stage.apply(pictures[k % len(pictures)], k, 30, SEED)
        times.append(time.thread_time() - began)
    return 1000 * float(np.median(times))


def memcpy_ms(pictures, count=40):
    """Median processor time of copying a frame in and out."""
    inside, outside = np.empty_like(pictures[0]), np.empty_like(pictures[0])
    times = []
    for k in range(count):
        began = time.thread_time()
        np.copyto(inside, pictures[k % len(pictures)])
        np.copyto(outside, inside)
        times.append(time.thread_time() - began)
    return 1000 * float(np.median(times))


def _work(barrier, count, answers):
    stage, pictures = tape(), frames(1080, 1920)
    stage.apply(pictures[0], 0, 30, SEED)
    barrier.wait()
    began = time.perf_counter()
    for k in range(count):
        stage.apply(pictures[k % len(pictures)], k, 30, SEED)
    answers.put((began, time.perf_counter()))


def fps(processes, count=120):
    """Frames per second of all processes together, over the time in which all of them work."""
    method = multiprocessing.get_context("spawn")
    barrier, answers = method.Barrier(processes), method.Queue()
    running = [method.Process(target=_work, args=(barrier, count, answers)) for _ in range(processes)]
    for process in running:
        process.start()
    spans = [answers.get() for _ in running]
    for process in running:
        process.join()
    return processes * count / (max(end for _, end in spans) - min(begin for begin, _ in spans))


def cuda_fps(batch=32, rounds=12):
    """Frames per second with frames already on the card; plans are made beforehand, as other processes would."""
    import torch

    if not torch.cuda.is_available():
        return None
    from tapehead.render.tape.operators import treat
    from tapehead.render.tape.plan import plan_frame

    settings, pictures = tape().settings, frames(1080, 1920)
    on_card = torch.from_numpy(np.stack([pictures[k % len(pictures)] for k in range(batch)])).cuda()
    plans = [
        [plan_frame(settings, 1080, 1920, n * batch + k, Fraction(30), SEED) for k in range(batch)]
        for n in range(rounds)
    ]
    for n in range(2):
        treat(plans[n], on_card)
    torch.cuda.synchronize()
    began = time.perf_counter()
    for planned in plans:
        treat(planned, on_card)
    torch.cuda.synchronize()
    return round(batch * rounds / (time.perf_counter() - began), 1)


def main():
    stage = tape()
    full, ultra = frames(1080, 1920), frames(2160, 3840, 2)
    one = cpu_ms(stage, full, 60)
    copy = memcpy_ms(full)
    reference = cpu_ms(stage.on("numpy"), full, 3)
    found = {
        "preset": "worn",
        "cpu_ms_1080p": round(one, 2),
        "cpu_ms_2160p": round(cpu_ms(stage, ultra, 20), 2),
        "fps_1080p_1proc": round(fps(1), 1),
        "fps_1080p_2proc": round(fps(2), 1),
        "times_memcpy_1080p": round(one / copy, 1),
        "reference_ratio": round(reference / one, 1),
        "cuda_fps_1080p": cuda_fps(),
        "memcpy_ms_1080p": round(copy, 3),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load_average": os.getloadavg()[0],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
