"""Firefox and WebKit, each spoken to in its own tongue: W3C's WebDriver, over HTTP or over a socket.

What geckodriver does, translating HTTP into Firefox's own protocol, is left out: the commands are the same.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from tests.parts import answers
from tests.stack import free_port, wait_for

# How W3C's standard names an element in JSON.
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_PATIENCE_SECONDS = 60
_MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


class Refused(Exception):
    """The browser did not do what it was asked; the text is its own."""


class Channel(Protocol):
    """One command; its name is that of Firefox, its parameters are those of the standard."""

    def send(self, command: str, **parameters: Any) -> Any: ...


class Marionette:
    """Firefox's socket: a length, a colon, and JSON."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS)
        self._file = self._socket.makefile("rwb")
        self._read()
        self._count = 0
        self.send("WebDriver:NewSession", capabilities={"alwaysMatch": {}})

    def send(self, command: str, **parameters: Any) -> Any:
        self._count += 1
        text = json.dumps([0, self._count, command, parameters]).encode()
        self._file.write(b"%d:%s" % (len(text), text))
        self._file.flush()
        _kind, _number, error, value = self._read()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return value.get("value") if isinstance(value, dict) else value

    def _read(self) -> Any:
        length = b""
        while (letter := self._file.read(1)) != b":":
            if not letter:
                raise ConnectionError("Firefox has ended")
            length += letter
        return json.loads(self._file.read(int(length)))


class OverHttp:
    """WebKit's driver. Only the commands that are used here."""

    _PATHS = {
        "WebDriver:Navigate": "/url",
        "WebDriver:FindElement": "/element",
        "WebDriver:ExecuteScript": "/execute/sync",
        "WebDriver:ElementClick": "/element/{id}/click",
        "WebDriver:ElementSendKeys": "/element/{id}/value",
        "WebDriver:SetWindowRect": "/window/rect",
    }

    def __init__(self, port: int, browser: str) -> None:
        self._address = f"http://127.0.0.1:{port}"
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._address += f"/session/{self._post('/session', wanted)['sessionId']}"

    def send(self, command: str, **parameters: Any) -> Any:
        return self._post(self._PATHS[command].format(**parameters), parameters)

    def _post(self, path: str, body: Any) -> Any:
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._address + path, json.dumps(body).encode(), kind)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as err:
            told = json.load(err)["value"]
            raise Refused(f"{told['error']}: {told['message']}") from err


class Driver:
    """A browser, in the few words that a walk through the site needs."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def open(self, address: str) -> None:
        self._channel.send("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        return self._channel.send("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def find(self, css: str, text: str = "") -> Any:
        """The first that can be seen, and whose words hold this text; waits for it."""
        return self._until_done(lambda: self.run(_FIND, css, text), f"{css} “{text}”")

    def click(self, css: str, text: str = "") -> None:
        def is_clicked() -> bool:
            element = self.run(_FIND, css, text)
            if element:
                self._channel.send("WebDriver:ElementClick", id=element[_ELEMENT])
            return bool(element)

        self._until_done(is_clicked, f"{css} “{text}” to click")

    def _until_done(self, step: Callable[[], Any], what: str) -> Any:
        """Again while the page is changing, and what was there a moment ago is gone."""
        done: list[Any] = []

        def is_done() -> bool:
            with contextlib.suppress(Refused):
                done[:] = [step()]
            return bool(done and done[0])

        wait_for(is_done, f"no {what}", _PATIENCE_SECONDS)
        return done[0]

    def type(self, css: str, text: str) -> None:
        self._channel.send("WebDriver:ElementSendKeys", id=self.find(css)[_ELEMENT], text=text)

    def choose(self, css: str, files: str) -> None:
        """Paths of files, for a field that only its label shows."""
        element = self.run("return document.querySelector(arguments[0])", css)
        self._channel.send("WebDriver:ElementSendKeys", id=element[_ELEMENT], text=files)

    @property
    def address(self) -> str:
        return str(self.run("return location.href"))


_FIND = """const [css, text] = arguments;
return [...document.querySelectorAll(css)].find((one) =>
    one.getClientRects().length && (one.textContent + (one.value || "")).includes(text)) || null;"""


def firefox_path() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit_path() -> str | None:
    """The small browser that comes with WebKitGTK; it needs its driver, and a screen to draw on."""
    found = sorted(Path("/").glob(_MINI_BROWSERS.lstrip("/")))
    has_all = shutil.which("WebKitWebDriver") and shutil.which("Xvfb")
    return str(found[-1]) if found and has_all else None


def are_there() -> bool:
    return bool(firefox_path() and webkit_path())


@contextlib.contextmanager
def firefox(*, with_script: bool = True) -> Iterator[Driver]:
    port = free_port()
    wishes = {"marionette.port": port, "javascript.enabled": with_script, "intl.accept_languages": "en-GB"}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wishes.items())
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as folder:
        Path(folder, "user.js").write_text("\n".join(lines))
        command = [str(firefox_path()), "--headless", "--marionette", "--no-remote", "--profile", folder]
        with _running(command):
            _wait_for_port(port)
            yield Driver(Marionette(port))


@contextlib.contextmanager
def webkit() -> Iterator[Driver]:
    port, screen = free_port(), f":{90 + os.getpid() % 900}"
    drawn = {"DISPLAY": screen, "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1", "LANG": "en_GB.UTF-8"}
    # Neither in a container: the first needs name spaces, the second a graphics card.
    drawn |= {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    with (
        _running(["Xvfb", screen, "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]),
        _running(["WebKitWebDriver", f"--port={port}"], drawn),
    ):
        _wait_for_port(port)
        yield Driver(OverHttp(port, str(webkit_path())))


def _wait_for_port(port: int) -> None:
    wait_for(lambda: answers(port), "the browser did not start")
    time.sleep(0.5)


@contextlib.contextmanager
def _running(command: list[str], variables: dict[str, str] | None = None) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, **(variables or {})}, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
