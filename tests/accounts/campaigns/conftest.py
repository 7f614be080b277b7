"""Sending without its pauses, to a real mail server."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.mailserver import Inbox, mail_goes_to, mail_server


@pytest.fixture(autouse=True)
def _without_pause() -> Iterator[None]:
    with override_settings(MAIL_PER_MINUTE=1_000_000):
        yield


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as (arrived, port), mail_goes_to(port):
        yield arrived
