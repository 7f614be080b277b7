"""`manage.py backup` and `restore`: all comes back, and nothing that was deleted since (promise P16)."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from tests import migrated, parts
from tests.stack import ROOT, free_port


def _told(folder: Path, **variables: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(folder / "var"),
        "DATABASE_URL": "",
        "STORAGE_URL": "",
        "PORT": str(free_port()),
        **variables,
    }
    migrated.put_into(folder / "var")
    run = subprocess.run(
        [sys.executable, "-m", "tests.bgbegone.backups.story", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout


def test_p16_a_restored_backup_brings_back_everything_but_what_was_deleted(tmp_path: Path) -> None:
    assert _told(tmp_path) == "restored\n"


@pytest.fixture
def database() -> Iterator[str]:
    name = f"bgbegone_backups_{secrets.token_hex(4)}"
    with psycopg.connect(parts.POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(parts.POSTGRES)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket="backups")
    yield f"s3://key:secret@backups?endpoint={endpoint}&region=us-east-1"
    server.stop()


@pytest.mark.services
def test_p16_the_same_on_postgresql_and_s3(tmp_path: Path, database: str, bucket: str) -> None:
    assert _told(tmp_path, DATABASE_URL=database, STORAGE_URL=bucket) == "restored\n"
