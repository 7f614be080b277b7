"""POST /cookies/choice/: an answer is recorded, kept by the browser, and changed at any time."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from policy import evidence, retention
from policy.cookies import consent, registry
from policy.models import CookieConsent, DailyFigure, RetentionRun
from tests.policy.cookies.steps import GPC, answer, deleted, given, visitor

pytestmark = pytest.mark.django_db


def _record() -> tuple[bool, bool]:
    record = CookieConsent.objects.get()
    return record.convenience, record.statistics


@pytest.mark.parametrize(("says", "means"), [("yes", (True, True)), ("no", (False, False))])
def test_p11_one_click_answers_everything(says: str, means: tuple[bool, bool]) -> None:
    response = answer(Client(), says)
    assert _record() == means
    assert list(given(response)) == ["choice"]


def test_p11_each_category_can_have_its_own_answer() -> None:
    answer(Client(), "each", convenience="yes", statistics="no", how="page")
    assert _record() == (True, False)


def test_p11_the_record_says_which_list_when_and_where() -> None:
    response = answer(Client(), how="page")
    record = CookieConsent.objects.get()
    assert (record.version, record.how) == (registry.version(), "page")
    assert timezone.now() - record.given_at < timedelta(minutes=1)
    assert consent.read(given(response)["choice"]).receipt == record.pk


def test_the_cookie_lives_a_year_and_out_of_reach_of_scripts() -> None:
    morsel = answer(Client()).cookies["choice"]
    assert morsel["max-age"] == 365 * 24 * 3600
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert not morsel["domain"]


def test_p11_a_yes_can_be_taken_back() -> None:
    client = visitor("yes")
    client.cookies["comforts"] = "webp.."
    response = answer(client, "no")
    assert not consent.read(given(response)["choice"]).convenience
    assert deleted(response) == ["comforts"]


def test_a_new_answer_is_a_new_row_and_the_old_one_stays() -> None:
    client = visitor("yes")
    answer(client, "no")
    assert sorted(CookieConsent.objects.values_list("convenience", flat=True)) == [False, True]


def test_p11_nothing_is_recorded_against_the_browsers_signal() -> None:
    response = answer(Client(), headers=GPC)
    assert response.status_code == 302
    assert not CookieConsent.objects.exists()
    assert not response.cookies


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/guides/pets/?from=here", "/guides/pets/?from=here"),
        ("/", "/"),
        ("", "/cookies/"),
        ("https://example.org/", "/cookies/"),
        ("//example.org/", "/cookies/"),
        ("/\\example.org", "/cookies/"),
        ("javascript:alert(1)", "/cookies/"),
        ("x" * 3000, None),
    ],
)
def test_it_leads_back_to_the_page_and_never_to_another_site(path: str, expected: str | None) -> None:
    response = answer(Client(), next=path)
    assert response.headers.get("Location") == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "perhaps"},
        {"answer": ""},
        {"how": "by force"},
        {"answer": "each"},
        {"answer": "each", "convenience": "yes"},
        {"answer": "each", "convenience": "yes", "statistics": "1"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused(fields: dict[str, Any]) -> None:
    response = Client().post("/cookies/choice/", {"answer": "yes", "how": "banner", **fields})
    assert response.status_code == 400
    assert not CookieConsent.objects.exists()


def test_it_cannot_be_asked_for_by_get() -> None:
    assert Client().get("/cookies/choice/").status_code == 405


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}, {"Origin": "null"}]
)
def test_p11_another_site_cannot_answer_for_the_visitor(headers: dict[str, str]) -> None:
    response = answer(Client(), headers=headers)
    assert response.status_code == 403
    assert b"Nothing was saved" in response.content
    assert not response.cookies
    assert not CookieConsent.objects.exists()


def test_it_needs_no_token_so_that_readers_need_no_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    assert answer(client).status_code == 302


def test_a_flood_is_stopped() -> None:
    codes = [answer(Client()).status_code for _ in range(31)]
    assert codes == [302] * 30 + [429]
    assert CookieConsent.objects.count() == 30


def test_the_dashboard_learns_numbers_only() -> None:
    answer(Client(), "each", convenience="yes", statistics="no")
    figures = dict(DailyFigure.objects.values_list("key", "value"))
    assert figures == {"cookies.convenience.yes": 1, "cookies.statistics.no": 1}


def test_p11_evidence_counts_the_choices() -> None:
    answer(Client(), "yes")
    answer(Client(), "no")
    figures = [shown for shown in evidence.of("P11") if isinstance(shown, evidence.Figure)]
    values = {str(figure.label): figure.value for figure in figures}
    assert values["Choices recorded in the last twelve months"] == 2
    assert values["Of these, no to everything"] == 1


def test_p16_choices_go_after_a_year() -> None:
    old = CookieConsent.objects.create(
        version="x", convenience=True, statistics=True, given_at=timezone.now() - timedelta(days=366)
    )
    answer(Client())
    retention.delete_expired()
    assert not CookieConsent.objects.filter(pk=old.pk).exists()
    assert CookieConsent.objects.count() == 1
    assert RetentionRun.objects.get(rule="cookie-choices").deleted == 1


def test_a_receipt_cannot_be_guessed() -> None:
    answer(Client())
    assert CookieConsent.objects.get().pk.version == 4
    assert isinstance(CookieConsent.objects.get().pk, uuid.UUID)
