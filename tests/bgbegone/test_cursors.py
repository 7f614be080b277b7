"""Paging by cursors: every row once, in both directions, and no foreign cursor opens anything."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core import signing
from django.utils import timezone

from bgbegone.lib.cursors import Order, Slice, count_up_to
from images.work.models import Worker

pytestmark = pytest.mark.django_db

_ORDER = Order("pulse_at", "alice")
_START = timezone.now().replace(microsecond=123456)


def _rows(number: int, *, at_once: int = 1) -> None:
    """Rows of which so many bear the same moment."""
    Worker.objects.bulk_create(
        Worker(pulse_at=_START + timedelta(seconds=n // at_once), model=str(n)) for n in range(number)
    )


def _slice(cursor: str = "", size: int = 3, order: Order = _ORDER) -> Slice:
    return order.slice(Worker.objects.all(), cursor, size)


def _keys(page: Slice) -> list[UUID]:
    return [row.pk for row in page.rows]


def _expected() -> list[UUID]:
    return list(Worker.objects.order_by("-pulse_at", "-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("number", [0, 1, 3, 4, 6, 10])
@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_going_on_shows_every_row_once(number: int, at_once: int) -> None:
    _rows(number, at_once=at_once)
    page, seen = _slice(), []
    seen += _keys(page)
    while page.older:
        page = _slice(page.older)
        seen += _keys(page)
    assert seen == _expected()


@pytest.mark.parametrize("at_once", [1, 4])
def test_going_back_shows_what_was_before(at_once: int) -> None:
    _rows(9, at_once=at_once)
    pages = [_slice()]
    while pages[-1].older:
        pages.append(_slice(pages[-1].older))
    back = pages.pop()
    while back.newer:
        back = _slice(back.newer)
        assert _keys(back) == _keys(pages.pop())
    assert pages == []


def test_the_ends_lead_nowhere() -> None:
    _rows(6)
    first = _slice()
    last = _slice(first.older)
    assert (first.newer, last.older) == ("", "")
    assert first.has_others
    assert not _slice(size=6).has_others


def test_a_new_row_moves_nothing_on_the_page_after() -> None:
    _rows(6)
    older = _slice().older
    before = _keys(_slice(older))
    Worker.objects.create(pulse_at=_START + timedelta(days=1))
    assert _keys(_slice(older)) == before


def test_a_page_whose_rows_were_deleted_meanwhile_is_empty_and_leads_back() -> None:
    _rows(6)
    older = _slice().older
    Worker.objects.filter(pk__in=_expected()[3:]).delete()
    page = _slice(older)
    assert (page.rows, page.newer, page.older) == ([], "", "")


def test_going_back_to_a_beginning_that_was_deleted_shows_the_first_page() -> None:
    _rows(6)
    last = _slice(_slice().older)
    Worker.objects.filter(pk__in=_expected()[:2]).delete()
    assert _keys(_slice(last.newer)) == _expected()[:3]


def _forged() -> str:
    return signing.dumps(["o", 0, UUID(int=0).hex], salt="cursor:pulse_at:bob")


@pytest.mark.parametrize("cursor", ["x", "..", "\0", "é" * 30, "a" * 10_000])
def test_nonsense_opens_the_first_page(cursor: str) -> None:
    _rows(4)
    assert _keys(_slice(cursor)) == _expected()[:3]


def test_what_was_changed_or_is_anothers_opens_the_first_page() -> None:
    _rows(6)
    older = _slice().older
    others = _slice(order=Order("pulse_at", "bob")).older
    for cursor in (older[:-1], older[1:], older.upper(), others, _forged()):
        assert _keys(_slice(cursor)) == _expected()[:3]


def test_a_cursor_says_a_moment_to_the_microsecond() -> None:
    _rows(6)
    assert isinstance(_slice().rows[0].pulse_at, datetime)
    assert _keys(_slice(_slice().older))[0] == _expected()[3]


@pytest.mark.parametrize(("number", "counted"), [(0, 0), (3, 3), (4, 4), (9, 4)])
def test_counting_stops(number: int, counted: int) -> None:
    _rows(number)
    assert count_up_to(Worker.objects.all(), 3) == counted
