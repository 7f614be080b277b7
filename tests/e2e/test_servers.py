"""The same way on PostgreSQL, Redis and S3: outgrowing one machine is configuration only."""

import base64
import io
import json
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
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
from tests.stack import ROOT, Stack, Visitor, free_port, serving, wait_for

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


@dataclass
class Second:
    address: str
    worker_log: Path
    database: str

    def is_ready(self) -> bool:
        """It answers, and both workers have loaded their network."""
        try:
            urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
        except OSError:
            return False
        with psycopg.connect(self.database) as connection:
            ready = connection.execute("SELECT count(*) FROM images_worker WHERE backend <> ''").fetchone()
        return bool(ready and ready[0] >= 2)


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
def shared(database: str, broker: str, cache: str, bucket: Bucket) -> dict[str, str]:
    """What every machine of one service has in common."""
    return {
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "CACHE_URL": cache,
        "STORAGE_URL": bucket.address,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "API_KEY_PEPPER": secrets.token_urlsafe(50),
        "WEB_PROCESSES": "2",
        "COMPANION": "no",
    }


@pytest.fixture(scope="module")
def large_stack(tmp_path_factory: pytest.TempPathFactory, shared: dict[str, str]) -> Iterator[Stack]:
    with serving(tmp_path_factory.mktemp("large"), **shared) as running:
        running.wait_until("database", "broker", "storage", "worker", "model")
        yield running


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, large_stack: Stack) -> Iterator[Second]:
    """A machine that was added: a web server and a worker by the commands that README gives."""
    folder, port = tmp_path_factory.mktemp("second"), free_port()
    environment = {**large_stack.environment, "BGBEGONE_DATA": str(folder / "var"), "PORT": str(port)}
    commands = {
        "web": "-m gunicorn bgbegone.asgi --config bgbegone/gunicorn.py",
        "worker": "-m celery --app bgbegone worker --queues interactive,bulk --loglevel WARNING",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, check=True, timeout=120, cwd=ROOT, env=environment)
    with ExitStack() as stack:
        for name, command in commands.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            words = [sys.executable, *command.split()]
            process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
            stack.callback(_end, process)
        machine = Second(f"http://localhost:{port}", folder / "worker.log", environment["DATABASE_URL"])
        wait_for(machine.is_ready, f"the second machine is not ready: {folder}")
        yield machine


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=60)


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


def test_two_machines_are_one_service(large_stack: Stack, second: Second) -> None:
    """What is sent to one is shown by the other; both cut out, and each photo is cut out once."""
    here = Visitor(large_stack.address)
    there = Visitor(second.address, here.jar)
    photos: list[str] = []
    while len(photos) < 60 and min(done := _done(large_stack, second)) == 0:
        photos += [visitor.upload(ball()) for visitor in (here, there, here, there)]
        for photo in photos[-4:]:
            here.result(photo)
    assert min(done) > 0
    for n, photo in enumerate(photos):
        assert (there, here)[n % 2].get(f"{photo}files/cutout.webp").startswith(b"RIFF")
    worked = re.findall(r"cut-out done.*?cutout=(\S+)", large_stack.log + second.worker_log.read_text())
    assert len(worked) == len(set(worked)) >= len(photos)


def _done(large_stack: Stack, second: Second) -> tuple[int, int]:
    mark = "cut-out done"
    return large_stack.log.count(mark), second.worker_log.read_text().count(mark)


def test_a_key_and_its_limit_are_the_same_everywhere(large_stack: Stack, second: Second) -> None:
    key = large_stack.api_key("--megapixels-per-day", "2")
    sites = (large_stack.address, second.address) * 2
    assert [_removed(site, key, ball()) for site in sites] == [200, 200, 429, 429]


def _removed(site: str, key: str, photo: bytes) -> int:
    body = json.dumps({"image_file_b64": base64.b64encode(photo).decode()}).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{site}/v1.0/removebg", body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as err:
        return err.code
