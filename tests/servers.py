"""`python -m tests.servers`: the suite once more, on PostgreSQL, Redis and S3 instead of files.

With `--reach FOLDER`, of what a run on files has noted there, only as much as shows all of it once more
(`tests/reach.py`). Without the servers it says so and succeeds, unless REQUIRE names `services`.
"""

import logging
import os
import sys

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests import parts

_BUCKET = "bgbegone-tests"
# What depends on rows, files or the queue. The rest knows nothing of them.
_TESTS = ["tests/images", "tests/policy", "tests/accounts", "tests/bgbegone/test_health.py"]


def main() -> int:
    if not parts.has_servers():
        print("PostgreSQL or Redis does not answer: the suite ran on files only.")
        return 1 if "services" in os.environ.get("REQUIRE", "") else 0
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        os.environ.update(_addresses(server.get_host_and_port()[1]))
        wanted = ["--ignore=tests/images/engine", "-m", "not model and not browser", "--only-on-servers"]
        return pytest.main([*_TESTS, *wanted, *sys.argv[1:]])
    finally:
        server.stop()


def _addresses(s3_port: int) -> dict[str, str]:
    endpoint = f"http://127.0.0.1:{s3_port}"
    options = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **options).create_bucket(Bucket=_BUCKET)
    return {
        "DATABASE_URL": parts.POSTGRES,
        "BROKER_URL": parts.REDIS,
        "CACHE_URL": parts.REDIS,
        "STORAGE_URL": f"s3://key:secret@{_BUCKET}?endpoint={endpoint}&region=us-east-1",
    }


if __name__ == "__main__":
    sys.exit(main())
