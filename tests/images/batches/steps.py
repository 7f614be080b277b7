"""What the page's script, or any client that speaks tus, does first."""

import base64
import hashlib
import json
from typing import Any

from django.test import Client

from images.batches.models import Batch
from images.photos import guests
from tests.base import disc

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def entry(path: str, data: bytes, modified: int = 1_700_000_000_000) -> dict[str, Any]:
    return {"path": path, "size": len(data), "modified": modified}


def begin(client: Client, *entries: dict[str, Any], **fields: str) -> Any:
    """Announce files as the script on the first page does."""
    ticket = fields.pop("submission", None) or guests.ticket()
    data = {"submission": ticket, "manifest": json.dumps(entries), **fields}
    return client.post("/batches/begin/", data)


def begun(client: Client, *entries: dict[str, Any], **fields: str) -> tuple[Batch, dict[str, Any]]:
    response = begin(client, *entries, **fields)
    assert response.status_code in (200, 201), response.content
    plan = response.json()
    return Batch.objects.get(pk=plan["page"].split("/")[2]), plan


def encoded(**metadata: str) -> str:
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
    return ",".join(pairs)


def create(client: Client, batch: Batch, size: int, data: bytes | None = None, **metadata: str) -> Any:
    """POST: an upload, with its first bytes where there are some."""
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": encoded(**metadata)}
    kind = BYTES if data is not None else "text/plain"
    return client.post(f"/batches/{batch.pk}/uploads/", data or b"", content_type=kind, headers=headers)


def patch(client: Client, address: str, offset: int, data: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**TUS, "Upload-Offset": str(offset), **named}
    return client.patch(address, data, content_type=BYTES, headers=sent)


def head(client: Client, address: str) -> Any:
    return client.head(address, headers=TUS)


def checksum(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def sent(client: Client, batch: Batch, path: str = "disc.png", data: bytes | None = None) -> str:
    """A file that has arrived whole; the address of its upload."""
    data = disc() if data is None else data
    response = create(client, batch, len(data), data, filename=path)
    assert response.status_code == 201, response.content
    address: str = response["Location"]
    return address


def filled(client: Client, number: int, **fields: str) -> Batch:
    """A batch of so many photos that have arrived."""
    photos = [(f"shoes/{n}.png", disc()) for n in range(number)]
    batch, _plan = begun(client, *(entry(path, data) for path, data in photos), **fields)
    for path, data in photos:
        sent(client, batch, path, data)
    return batch
