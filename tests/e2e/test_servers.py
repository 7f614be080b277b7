"""The same way on PostgreSQL, Redis and S3: outgrowing one machine is configuration only."""

import io
import re
import secrets
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import psycopg
import pytest
import redis
from moto.server import ThreadedMotoServer
from PIL import Image

from tests import parts
from tests.e2e.pictures import SIZE, ball
from tests.stack import Stack, Visitor, serving, wait_for

pytestmark = [pytest.mark.services, pytest.mark.model]

_BUCKET = "bgbegone-e2e"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database of its own."""
    name = f"bgbegone_e2e_{secrets.token_hex(4)}"
    with psycopg.connect(parts.POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(parts.POSTGRES)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _redis_database(number: int) -> Iterator[str]:
    address = urlsplit(parts.REDIS)._replace(path=f"/{number}").geturl()
    yield address
    with redis.Redis.from_url(address) as connection:
        connection.flushdb()


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    yield from _redis_database(15)


@pytest.fixture(scope="module")
def cache() -> Iterator[str]:
    yield from _redis_database(14)


@dataclass
class Bucket:
    client: Any
    endpoint: str

    @property
    def address(self) -> str:
        return f"s3://key:secret@{_BUCKET}?endpoint={self.endpoint}&region=us-east-1"

    def keys_of(self, photo: str) -> list[str]:
        listing = self.client.list_objects_v2(Bucket=_BUCKET, Prefix=f"photos/{photo}")
        return [item["Key"] for item in listing.get("Contents", [])]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket=_BUCKET)
    yield Bucket(client, endpoint)
    server.stop()


@pytest.fixture(scope="module")
def large_stack(
    tmp_path_factory: pytest.TempPathFactory, database: str, broker: str, cache: str, bucket: Bucket
) -> Iterator[Stack]:
    addresses = {"DATABASE_URL": database, "BROKER_URL": broker, "CACHE_URL": cache}
    with serving(tmp_path_factory.mktemp("large"), **addresses, STORAGE_URL=bucket.address) as running:
        running.wait_until("database", "broker", "storage", "worker", "model")
        yield running


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, f"no {pattern}"
    return match[1]


def _post(visitor: Visitor, path: str, page: str) -> None:
    token = _found('name="csrfmiddlewaretoken" value="([^"]+)"', page)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(visitor.jar))
    data = urlencode({"csrfmiddlewaretoken": token}).encode()
    opener.open(visitor.address + path, data, timeout=60).close()


def test_a_photo_is_cut_out_shown_by_its_link_and_deleted_without_a_trace(
    large_stack: Stack, bucket: Bucket
) -> None:
    visitor, other = Visitor(large_stack.address), Visitor(large_stack.address)
    photo = visitor.upload(ball())
    wait_for(lambda: not visitor.is_working(photo), f"no result; the log is in {large_stack.log_file}")
    page = visitor.get(photo).decode()
    link = _found('value="http://[^/]+(/r/[^"]+)"', page)

    picture = Image.open(io.BytesIO(other.get(f"{link}cutout.png")))
    assert (picture.mode, picture.size) == ("RGBA", SIZE)
    assert "A cut-out for you" in other.get(link).decode()

    number = photo.split("/")[2]
    assert len(bucket.keys_of(number)) == 4
    _post(visitor, f"{photo}delete/", page)
    assert bucket.keys_of(number) == []
    assert not (large_stack.data / "var" / "files").exists()
