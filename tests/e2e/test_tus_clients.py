"""Other people's tus clients, unchanged, against the running server: they are the judges of the protocol.

`tuspy` comes with the development tools; `tus-js-client` is fetched from npm into a cache folder.
"""

import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient

from tests.base import disc
from tests.parts import npm_package
from tests.stack import Stack, Visitor, wait_for

pytestmark = pytest.mark.model


class Sender:
    """A guest with a batch, and what has become of the files in it."""

    def __init__(self, stack: Stack) -> None:
        self.visitor, self.store = Visitor(stack.address), stack.data / "var" / "files"
        self.plan = self.visitor.begin([{"path": "announced.png", "size": 1, "modified": 0}])
        self.endpoint = stack.address + self.plan["uploads"]
        session = next(cookie for cookie in self.visitor.jar if cookie.name == "sessionid")
        self.headers = {"Cookie": f"sessionid={session.value}"}

    def page(self) -> str:
        return self.visitor.get(self.plan["page"]).decode()

    def has(self, data: bytes) -> bool:
        """Whether a photo of exactly these bytes is stored."""
        return any(file.read_bytes() == data for file in self.store.glob("photos/*/*.original"))

    def keeps_no_piece(self) -> bool:
        return not list(self.store.glob("uploads/*/*"))


@pytest.fixture
def sender(stack: Stack) -> Sender:
    return Sender(stack)


class TestTuspy:
    @pytest.fixture
    def client(self, sender: Sender) -> TusClient:
        return TusClient(sender.endpoint, headers=sender.headers)

    def _uploader(self, client: TusClient, data: bytes, **options: Any) -> Any:
        metadata = {"filename": "schöne Schuhe.png", "filetype": "image/png"}
        return client.uploader(file_stream=io.BytesIO(data), metadata=metadata, **options)

    def test_one_request(self, client: TusClient, sender: Sender) -> None:
        data = disc()
        self._uploader(client, data, chunk_size=10**6).upload()
        assert sender.has(data)
        assert "schöne Schuhe.png" in sender.page()

    def test_chunks_with_checksums(self, client: TusClient, sender: Sender) -> None:
        data = disc((400, 300))
        self._uploader(client, data, chunk_size=300, upload_checksum=True).upload()
        assert sender.has(data)

    def test_another_uploader_goes_on(self, client: TusClient, sender: Sender) -> None:
        data = disc((400, 300))
        first = self._uploader(client, data, chunk_size=300)
        first.upload_chunk()
        second = client.uploader(file_stream=io.BytesIO(data), url=first.url, chunk_size=10**6)
        assert second.offset == 300
        second.upload()
        assert sender.has(data)


_SCRIPT = """
import { Upload } from "tus-js-client";
import { readFileSync } from "node:fs";
const [endpoint, path, settings] = process.argv.slice(2);
const { abortAfter, terminate, ...options } = JSON.parse(settings);
const file = readFileSync(path);
const said = [];
const run = (url) => new Promise((resolve, reject) => {
    const upload = new Upload(file, {
        endpoint, retryDelays: [0, 100],
        metadata: { filename: "shoe.png", relativePath: "shoes/shoe.png" },
        ...options,
        ...(url ? { uploadUrl: url } : {}),
        onError: reject,
        onChunkComplete: async (size, accepted) => {
            said.push(accepted);
            if (!url && abortAfter && accepted >= abortAfter) {
                await upload.abort(Boolean(terminate));
                resolve(terminate ? null : upload.url);
            }
        },
        onSuccess: () => resolve(null),
    });
    upload.start();
});
const url = await run(null);
if (url) await run(url);
console.log(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def node() -> Iterator[Path]:
    """A folder in which Node finds tus-js-client."""
    package = npm_package("tus-js-client@4.3.1")
    if package is None and "node" not in os.environ.get("REQUIRE", ""):
        pytest.skip("npm or tus-js-client is not there")
    assert package, "npm or tus-js-client is not there"
    folder = Path(tempfile.mkdtemp(prefix="bgbegone-node-"))
    (folder / "node_modules").symlink_to(package / "node_modules")
    (folder / "upload.mjs").write_text(_SCRIPT)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.node
class TestTusJsClient:
    @pytest.fixture
    def send(self, node: Path, sender: Sender) -> Any:
        def send(data: bytes, **options: Any) -> list[int]:
            file = node / "photo.png"
            file.write_bytes(data)
            settings = json.dumps({"headers": sender.headers, **options})
            command = ["node", "upload.mjs", sender.endpoint, str(file), settings]
            done = subprocess.run(command, cwd=node, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            said: list[int] = json.loads(done.stdout)
            return said

        return send

    def test_one_request(self, send: Any, sender: Sender) -> None:
        data = disc()
        send(data)
        assert sender.has(data)
        assert "<bdi>shoes</bdi>" in sender.page()

    def test_bytes_with_the_creation(self, send: Any, sender: Sender) -> None:
        data = disc((400, 300))
        send(data, uploadDataDuringCreation=True, chunkSize=500)
        assert sender.has(data)

    def test_chunks(self, send: Any, sender: Sender) -> None:
        data = disc((400, 300))
        assert len(send(data, chunkSize=400)) > 2
        assert sender.has(data)

    def test_stopped_and_gone_on_with(self, send: Any, sender: Sender) -> None:
        data = disc((400, 300))
        send(data, chunkSize=400, abortAfter=400)
        assert sender.has(data)

    def test_ended_by_the_client(self, send: Any, sender: Sender) -> None:
        send(disc((400, 300)), chunkSize=400, abortAfter=400, terminate=True)
        wait_for(sender.keeps_no_piece, "a piece is left")
        assert "Left out" in sender.page()
