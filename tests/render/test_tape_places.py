"""Where the tape tool reads and writes: nothing of the user's is written over, nothing is left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.render.tape_tool.footage import probe
from tapehead.render.tape_tool.places import not_over, work_folder
from tests.faults.media import moving_picture, write


def gone(test, seconds=20.0):
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.05)
    return False


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_no_result_over_any_input(tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_text("{}")
    link = tmp_path / "out.png"
    link.symlink_to(preset)
    with pytest.raises(UsageError, match=r"out\.png is the preset itself; choose another name"):
        not_over(link, {"the picture": tmp_path / "in.png", "the preset": preset})
    not_over(tmp_path / "new.png", {"the preset": preset})
    for number in (1, 2):
        (tmp_path / f"s_{number}.png").write_text("-")
    with pytest.raises(UsageError, match=r"s_1\.png is the video itself"):
        not_over(tmp_path / "s_%d.png", {"the video": tmp_path / "s_%d.png"})
    with pytest.raises(UsageError, match=r"s_2\.png is the video itself"):
        not_over(tmp_path / "s_2.png", {"the video": tmp_path / "s_%d.png"})
    (tmp_path / "t_5.png").hardlink_to(tmp_path / "s_2.png")
    with pytest.raises(UsageError, match=r"t_5\.png is the video itself"):
        not_over(tmp_path / "t_%d.png", {"the video": tmp_path / "s_%d.png"})


def test_the_work_folder_goes_when_the_work_is_done_or_fails(tmp_path):
    with work_folder(tmp_path / "new" / "out.mp4") as folder:
        (folder / "piece").write_text("-")
        assert folder.parent == tmp_path / "new"
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(ValueError, match="x"), work_folder(tmp_path / "out.mp4") as folder:
        raise ValueError("x")
    assert not folder.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError), work_folder(tmp_path / "file" / "out.mp4"):
        pass


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_the_work_folder_goes_when_the_process_is_killed(tmp_path, number):
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom tapehead.render.tape_tool.places import work_folder\n"
        "with work_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'piece').write_text('-'); print(folder, flush=True); time.sleep(60)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "out.mp4")],
        stdout=subprocess.PIPE,
        # Under nohup the tests ignore SIGHUP, and children inherit that.
        preexec_fn=lambda: signal.signal(getattr(signal, number), signal.SIG_DFL) if number != "SIGKILL" else None,  # noqa: PLW1509
    )
    assert started.stdout is not None
    started.stdout.readline()
    assert len(list(tmp_path.iterdir())) == 1
    started.send_signal(getattr(signal, number))
    started.wait()
    started.stdout.close()
    assert gone(lambda: not list(tmp_path.iterdir()))


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks at processes by /proc")
def test_no_worker_and_no_folder_outlives_a_killed_command(tmp_path):
    source = write(tmp_path / "in.mkv", moving_picture(60, 25), codec="ffv1", pixels="bgr0")
    words = [sys.executable, "-m", "tapehead", "tape", "apply", str(source), str(tmp_path / "out.mp4"), "-j", "2", "-q"]
    started = subprocess.Popen(words)
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")

    def workers():
        try:
            return [int(pid) for pid in children.read_text().split()]
        except OSError:
            return []

    assert gone(lambda: len(workers()) >= 3 and any(p.name.startswith(".tapehead-") for p in tmp_path.iterdir()), 120)
    time.sleep(1)
    found = workers()
    started.kill()
    started.wait()
    assert gone(lambda: not any(alive(pid) for pid in found))
    assert gone(lambda: [p.name for p in tmp_path.iterdir()] == ["in.mkv"])


@pytest.mark.parametrize("odd", ["pipe", "device", "socket", "picture"])
@pytest.mark.timeout(20)
def test_what_is_no_file_is_not_waited_for(tmp_path, odd):
    """Opened, a pipe that nobody writes to is waited for, for ever."""
    path = tmp_path / "in.mp4"
    if odd == "pipe":
        os.mkfifo(path)
    elif odd == "device":
        path.symlink_to("/dev/zero")
    elif odd == "socket":
        with contextlib.chdir(tmp_path), socket.socket(socket.AF_UNIX) as made:
            made.bind("in.mp4")
    else:
        path = tmp_path / "in_%d.png"
        for number in (1, 3):
            Image.new("RGB", (16, 16)).save(tmp_path / f"in_{number}.png")
        os.mkfifo(tmp_path / "in_2.png")
    with pytest.raises(UsageError, match=r"in(_2)?\.(mp4|png) is a .* and not a file"):
        probe(path)
