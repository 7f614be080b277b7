"""The store that speaks S3."""

import pytest
from botocore.loaders import JSONFileLoader

from bgbegone.lib.s3 import Storage

_OPTIONS = {
    "bucket_name": "pictures",
    "access_key": "key",
    "secret_key": "secret",
    "region_name": "us-east-1",
    "endpoint_url": "http://127.0.0.1:1",
}


def test_what_is_described_is_read_once_for_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Storage(**_OPTIONS).connection
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda *_: pytest.fail("read again"))
    second = Storage(**_OPTIONS).connection
    assert first is not second
    assert second.meta.client.meta.endpoint_url == _OPTIONS["endpoint_url"]
