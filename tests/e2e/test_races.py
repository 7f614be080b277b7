"""Two things at the very same moment, against the running service."""

import copy
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor

pytestmark = pytest.mark.model


def test_six_clicks_at_once_of_a_first_time_visitor_are_one_photo(stack: Stack) -> None:
    visitor = Visitor(stack.address)
    form = visitor.filled_form(ball())
    with ThreadPoolExecutor(6) as clicks:
        # A request remembers what was done with it, so each click has its own.
        pages = set(clicks.map(visitor.send, [copy.copy(form) for _ in range(6)]))
    assert len(pages) == 1
    photos = set(re.findall(r"/photos/([0-9a-f-]{36})/", visitor.get("/photos/").decode()))
    assert [f"/photos/{photo}/" for photo in photos] == list(pages)
    assert visitor.result(pages.pop())
