"""`python -m images.api.client FOLDER`: cuts out every picture of a folder through the API.

The key comes from the environment (`BGBEGONE_API_KEY`), so that it stands in no list of processes. A run that
was broken off goes on where it was: what is there is not sent again, and what is sent again is done once.
"""

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".tif", ".tiff", ".bmp", ".gif"}
_TRIES, _WAIT_SECONDS = 8, 30


class Refused(Exception):
    """The server has said no, and why."""


class Api:
    """The few calls that a cut-out takes."""

    def __init__(self, site: str, key: str) -> None:
        self._site, self._key = site.rstrip("/"), key

    def cut_out(self, file: Path) -> bytes:
        """The cut-out as PNG. Raises Refused."""
        photo = self._send(file)
        while photo["status"] in ("queued", "running"):
            photo = self._json(photo["links"]["self"], Prefer=f"wait={_WAIT_SECONDS}")
        if photo["status"] != "done":
            raise Refused(photo["error"]["detail"])
        return self._call(photo["links"]["result"])

    def _send(self, file: Path) -> dict[str, Any]:
        data, boundary = file.read_bytes(), uuid.uuid4().hex
        disposition = f'form-data; name="file"; filename="{file.name.replace(chr(34), "")}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n"
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        # The same file gets the same word: a second try finds the first one's photo.
        name = hashlib.sha256(file.name.encode() + data).hexdigest()
        return self._json(
            f"{self._site}/v2/photos",
            body,
            **{"Content-Type": kind, "Idempotency-Key": name, "Prefer": f"wait={_WAIT_SECONDS}"},
        )

    def _json(self, address: str, body: bytes | None = None, **headers: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._call(address, body, **headers))
        return document

    def _call(self, address: str, body: bytes | None = None, **headers: str) -> bytes:
        """An answer's bytes; waits as long as the server asks for when there is too much to do."""
        request = urllib.request.Request(address, body, {"X-API-Key": self._key, **headers})  # noqa: S310
        for tries_left in reversed(range(_TRIES)):
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 (the user's own)
                    data: bytes = answer.read()
                    return data
            except urllib.error.HTTPError as err:
                if err.code not in (409, 429, 503) or not tries_left:
                    raise Refused(_reason(err)) from err
                time.sleep(int(err.headers.get("Retry-After") or 1))
        raise AssertionError  # the last try has answered or raised


def _reason(err: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(err.read())
    except ValueError:
        return f"the server answered {err.code}"
    return str(problem.get("detail") or problem.get("title"))


def _work(api: Api, file: Path, target: Path) -> str:
    """What became of one file, in a line; empty when it is done."""
    try:
        data = api.cut_out(file)
    except (Refused, OSError) as err:
        return f"{file.name}: {err}"
    draft = target.with_suffix(".part")
    draft.write_bytes(data)
    draft.replace(target)
    return ""


def main(arguments: list[str] | None = None) -> int:
    """0 when every picture was cut out, 1 when one was not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m images.api.client", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", default="http://localhost:8000", help="address of the service")
    parser.add_argument("--out", type=Path, help="where the results go; FOLDER/cutouts")
    parser.add_argument("--at-once", type=int, default=4, help="pictures on their way at once")
    chosen = parser.parse_args(arguments)
    key = os.environ.get("BGBEGONE_API_KEY", "")
    if not key or not chosen.folder.is_dir():
        parser.error("FOLDER must be a folder, and BGBEGONE_API_KEY must hold a key")
    out: Path = chosen.out or chosen.folder / "cutouts"
    out.mkdir(parents=True, exist_ok=True)
    files = sorted(file for file in chosen.folder.iterdir() if file.suffix.lower() in SUFFIXES)
    waiting = [(file, out / f"{file.name}.png") for file in files if not (out / f"{file.name}.png").exists()]
    api = Api(chosen.site, key)
    with ThreadPoolExecutor(max(1, chosen.at_once)) as pool:
        failures = [line for line in pool.map(lambda pair: _work(api, *pair), waiting) if line]
    sys.stdout.write(f"{len(waiting) - len(failures)} of {len(files)} cut out into {out}\n")
    sys.stderr.writelines(line + "\n" for line in failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
