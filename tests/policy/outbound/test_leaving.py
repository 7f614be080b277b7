"""/leaving/: the page before another site (promise P12)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from policy import evidence, retention
from policy.models import OutboundLink, RetentionRun
from policy.outbound import links
from tests.base import staff

pytestmark = pytest.mark.django_db

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def _leave(url: str = "https://example.org/a?b=c", **headers: str) -> str:
    response = Client(headers={"user-agent": _BROWSER, **headers}).get(links.leaving_url(url))
    assert response.status_code == 200
    return response.content.decode()


class TestNotice:
    def test_p12_it_names_the_site_and_says_that_its_policy_differs(self) -> None:
        page = _leave()
        assert '<p class="leaving-host"><bdi dir="ltr">example.org</bdi></p>' in page
        assert "Its privacy policy is not ours" in page
        assert "It may set cookies of its own" in page

    def test_p12_the_way_on_is_a_plain_link_that_tells_nothing(self) -> None:
        page = _leave()
        assert 'href="https://example.org/a?b=c" rel="noopener noreferrer external"' in page
        assert 'referrerpolicy="no-referrer"' in page

    def test_p12_it_never_redirects(self) -> None:
        response = Client().get(links.leaving_url("https://example.org/"))
        assert response.status_code == 200
        assert "Location" not in response
        assert "Refresh" not in response
        assert "http-equiv" not in response.content.decode()

    def test_neither_caches_nor_indexes_nor_the_other_site_learn_of_it(self) -> None:
        response = Client().get(links.leaving_url("https://example.org/"))
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]

    def test_a_name_with_foreign_letters_is_shown_in_both_spellings(self) -> None:
        page = _leave("https://bücher.example/")
        assert ">bücher.example<" in page
        assert "<code>xn--bcher-kva.example</code>" in page

    def test_a_plain_name_needs_no_second_spelling(self) -> None:
        assert "To computers it is" not in _leave()

    def test_an_address_cannot_break_out_of_the_page(self) -> None:
        page = _leave("https://example.org/\"><script>alert('x')</script>")
        assert "<script>alert" not in page

    def test_p12_no_cookie_is_set(self) -> None:
        assert not Client().get(links.leaving_url("https://example.org/")).cookies


class TestWayBack:
    def test_it_leads_to_the_page_with_the_link(self) -> None:
        assert 'href="/guides/pets/">Stay here' in _leave(referer="http://testserver/guides/pets/")

    @pytest.mark.parametrize(
        "referrer",
        [
            "",
            "https://evil.example/guides/",
            "http://testserver//evil.example/",
            "javascript:x",
            "http://[",
            "x",
        ],
    )
    def test_or_else_to_the_first_page(self, referrer: str) -> None:
        assert 'href="/">Stay here' in _leave(referer=referrer)


class TestRefusal:
    @pytest.mark.parametrize(
        "query", ["", "?to=", "?to=https://example.org/", "?to=a:b:c", "?to=%00%0a", "?to=é"]
    )
    def test_p12_a_target_that_we_did_not_sign_gets_a_sentence(self, query: str) -> None:
        response = Client().get(f"/leaving/{query}")
        assert response.status_code == 400
        page = response.content.decode()
        assert "so it leads nowhere" in page
        assert 'href="https://example.org' not in page

    def test_p12_a_tampered_target_is_refused(self) -> None:
        address = links.leaving_url("https://example.org/")
        assert Client().get(address[:-1]).status_code == 400
        assert Client().get(address.replace("to=", "to=x")).status_code == 400

    def test_posting_is_not_a_way_in(self) -> None:
        assert Client().post("/leaving/").status_code == 405


class TestCounting:
    def test_each_opening_counts_by_site_and_day(self) -> None:
        for url in ("https://example.org/a", "https://example.org/b", "https://other.example/"):
            _leave(url)
        counted = OutboundLink.objects.values_list("host", "day", "notices")
        today = timezone.localdate()
        assert set(counted) == {("example.org", today, 2), ("other.example", today, 1)}

    @pytest.mark.parametrize(
        "headers",
        [{"sec-gpc": "1"}, {"dnt": "1"}, {"sec-purpose": "prefetch"}, {"user-agent": "Googlebot/2.1"}],
    )
    def test_p08_who_said_no_and_programs_are_left_out(self, headers: dict[str, str]) -> None:
        _leave(**headers)
        assert not OutboundLink.objects.exists()

    def test_a_refused_target_is_not_counted(self) -> None:
        Client(headers={"user-agent": _BROWSER}).get("/leaving/?to=x")
        assert not OutboundLink.objects.exists()

    def test_p12_the_policy_page_can_show_it(self) -> None:
        _leave()
        _leave()
        assert [figure.value for figure in evidence.of("P12")] == [1, 2]

    def test_old_counts_go(self) -> None:
        today = timezone.localdate()
        for days in (399, 402):
            OutboundLink.objects.create(day=today - timedelta(days=days), host="example.org")
        RetentionRun.objects.all().delete()
        retention.delete_expired()
        assert OutboundLink.objects.get().day == today - timedelta(days=399)

    def test_staff_see_it_and_cannot_change_it(self) -> None:
        _leave()
        client = staff()
        assert "<bdi>example.org</bdi>" in client.get("/admin/noted/?kind=links").content.decode()
        assert client.post("/admin/noted/?kind=links", {"host": "x"}).status_code == 405
