"""A real headless Chromium (Debian's packages ``chromium`` and ``chromium-driver``), over plain WebDriver."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any


def missing() -> str:
    """Why no browser can be driven here; empty if one can."""
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install chromium-driver)"
    return ""


class Browser:
    """One window.  It has no network but this machine: every host name leads nowhere."""

    def __init__(self, profile: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{port}"
        self.wait(lambda: self.ask("GET", "/status")["ready"])
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=1280,760",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}",
        ]
        wanted = {"goog:chromeOptions": {"args": options}, "goog:loggingPrefs": {"browser": "ALL"}}
        made = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{made['sessionId']}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())["value"]

    def wait(self, condition: Any, seconds: float = 60) -> Any:
        """Wait until something holds: how long a browser takes is not what is tested."""
        end = time.monotonic() + seconds
        while True:
            try:
                if found := condition():
                    return found
            except OSError:
                pass
            if time.monotonic() > end:
                raise AssertionError(f"did not come true within {seconds} s")
            time.sleep(0.1)

    def open(self, path: Path) -> None:
        self.ask("POST", f"{self.session}/url", {"url": path.as_uri()})

    def run(self, script: str) -> Any:
        return self.ask("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def key(self, key: str) -> None:
        down = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.ask("POST", f"{self.session}/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": down}]})

    def picture(self, path: Path) -> Path:
        path.write_bytes(base64.b64decode(self.ask("GET", f"{self.session}/screenshot")))
        return path

    def complaints(self) -> list[str]:
        """What the page's console has against it."""
        entries = self.ask("POST", f"{self.session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def close(self) -> None:
        try:
            self.ask("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(10)
