"""Files in a store that speaks S3."""

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import JSONFileLoader, Loader
from storages.backends.s3 import S3Storage


class _ReadOnce(JSONFileLoader):  # type: ignore[misc]
    """A description of Amazon's services, which takes a fifth of a second to read."""

    @cache  # noqa: B019 (there is one)
    def load_file(self, path: str) -> Any:
        return super().load_file(path)


_DESCRIPTIONS = _ReadOnce()


class Storage(S3Storage):  # type: ignore[misc]
    """Each thread has a connection of its own, and what is described once serves all of them."""

    def _create_session(self) -> boto3.Session:
        session = botocore.session.get_session()
        session.register_component("data_loader", Loader(file_loader=_DESCRIPTIONS))
        keys = self.access_key, self.secret_key, self.security_token
        return boto3.Session(*keys, botocore_session=session)
