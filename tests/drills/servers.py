"""PostgreSQL, Redis and S3 stopped and started while people send, fetch and delete, and mail waits."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.drills import house
from tests.drills.outcome import Outcome
from tests.e2e.pictures import ball
from tests.mailserver import mail_server
from tests.parts import answers
from tests.relay import Relay
from tests.stack import Stack, Visitor, free_port, wait_for

_AWAY_SECONDS = 5


def drill(folder: Path, *, is_short: bool) -> Outcome:
    rounds = 1 if is_short else 4
    with ExitStack() as stack:
        postgres, database = stack.enter_context(house.postgresql(folder))
        redis, broker = stack.enter_context(house.redis(folder))
        line, bucket, store = stack.enter_context(_s3(folder))
        inbox, port = stack.enter_context(mail_server())
        running = stack.enter_context(
            house.house(
                folder,
                DATABASE_URL=database,
                BROKER_URL=f"{broker}/0",
                CACHE_URL=f"{broker}/1",
                STORAGE_URL=store,
                EMAIL_URL=f"smtp://127.0.0.1:{port}",
            )
        )
        visits = _Visits(running)
        photos = [ball() for _ in range(12 * rounds)]
        number = len(photos)
        crowd = house.Crowd(running, photos, visits.visit).start()
        mails = 0
        for _ in range(rounds):
            for stop, start in (
                (postgres.stop, postgres.start),
                (redis.stop, redis.start),
                (line.cut, line.mend),
            ):
                house.post_mails(running, range(mails, mails + 1))
                mails += 1
                stop()
                time.sleep(_AWAY_SECONDS)
                start()
                time.sleep(_AWAY_SECONDS)
        crowd.join()
        house.wait_until_idle(running)
        wait_for(lambda: len(set(inbox.recipients)) == mails, f"mail is missing: {running.log_file}")
        held = house.books(running)
        left = [key for photo in visits.deleted for key in _keys(bucket, photo.split("/")[2])]
    problems = [*crowd.problems[:3], *(f"{code}: {count}" for code, count in held["failures"].items())]
    return Outcome(
        done=visits.fetched,
        lost=number - visits.fetched + held["lost_files"] + len(crowd.problems),
        twice=held["twins"],
        strays=len(left) + held["strays"],
        note=f"{3 * rounds} outages; {len(visits.deleted)} deleted; {mails} mails; {problems}",
    )


class _Visits:
    """What a person does with a photo: waits for the result, fetches it, and deletes every second one."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.fetched = 0
        self.deleted: list[str] = []

    def visit(self, visitor: Visitor, path: str) -> None:
        house.insist(lambda: self._ready(visitor, path))
        picture = house.insist(lambda: visitor.get(f"{path}files/cutout.webp"))
        assert picture[8:12] == b"WEBP", picture[:20]
        self.fetched += 1
        if self.fetched % 2:
            house.insist(lambda: house.delete(visitor, path))
            self.deleted.append(path)

    @staticmethod
    def _ready(visitor: Visitor, path: str) -> None:
        if visitor.is_working(path):
            raise ValueError("still working")


@contextmanager
def _s3(folder: Path) -> Iterator[tuple[Relay, Any, str]]:
    """A line to an S3 that keeps everything in its memory: stopping it would be losing a data centre."""
    port = free_port()
    with (folder / "s3.log").open("wb") as log:
        moto = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
    line = Relay(port)
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys)
    try:
        wait_for(lambda: answers(port), "no S3")
        client.create_bucket(Bucket="drill")
        store = f"s3://key:secret@drill?endpoint=http://127.0.0.1:{line.port}&region=us-east-1"
        yield line, client, store
    finally:
        line.close()
        moto.kill()
        moto.wait()


def _keys(bucket: Any, photo: str) -> list[str]:
    listing = bucket.list_objects_v2(Bucket="drill", Prefix=f"photos/{photo}")
    return [item["Key"] for item in listing.get("Contents", [])]
