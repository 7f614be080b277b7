"""robots.txt, security.txt and the sitemap."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from bgbegone import env
from images.sharing.models import ShareLink
from tests.base import Cast, finished

pytestmark = pytest.mark.django_db


def _lines(path: str) -> list[str]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode().splitlines()


def _addresses() -> list[str]:
    root = ET.fromstring(Client().get("/sitemap.xml").content)  # noqa: S314 (our own)
    return [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


class TestRobots:
    @pytest.mark.parametrize("prefix", ["/r/", "/photos/", "/accounts/", "/admin/", "/opt-out/", "/leaving/"])
    def test_p14_what_is_not_published_is_not_crawled(self, prefix: str) -> None:
        assert f"Disallow: {prefix}" in _lines("/robots.txt")

    def test_it_names_the_sitemap(self) -> None:
        assert _lines("/robots.txt")[-1] == "Sitemap: http://localhost:8000/sitemap.xml"

    def test_it_closes_nothing_that_the_sitemap_names(self) -> None:
        closed = [line.removeprefix("Disallow: ") for line in _lines("/robots.txt") if "Disallow" in line]
        paths = [address.removeprefix("http://testserver") for address in _addresses()]
        assert not [path for path in paths if path.startswith(tuple(closed))]


class TestSecurity:
    def _fields(self) -> dict[str, str]:
        return dict(line.split(": ", 1) for line in _lines("/.well-known/security.txt"))

    def test_it_leads_to_the_contact_page_by_default(self) -> None:
        fields = self._fields()
        assert fields["Contact"] == f"http://localhost:8000{reverse('contact')}"
        assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"
        assert fields["Preferred-Languages"].startswith("en, ")

    @override_settings(SECURITY_CONTACT="mailto:safety@example.org")
    def test_or_to_whom_the_operator_names(self) -> None:
        assert self._fields()["Contact"] == "mailto:safety@example.org"

    def test_it_never_goes_stale(self) -> None:
        expires = datetime.strptime(self._fields()["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        assert timedelta(days=80) < expires - datetime.now(UTC) < timedelta(days=365)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("safety@example.org", "mailto:safety@example.org"),
            ("https://example.org/safety", "https://example.org/safety"),
        ],
    )
    def test_the_setting(self, value: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(env, "DECLARED", {})
        monkeypatch.setenv("SECURITY_CONTACT", value)
        assert env.contact("SECURITY_CONTACT", "", "") == expected

    @pytest.mark.parametrize("value", ["http://example.org", "nobody", "a@b\nContact: x@y", "a b@c"])
    def test_a_wrong_setting(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(env, "DECLARED", {})
        monkeypatch.setenv("SECURITY_CONTACT", value)
        with pytest.raises(SystemExit, match="must be an e-mail address or start with https://"):
            env.contact("SECURITY_CONTACT", "", "")


class TestSitemap(Cast):
    def test_it_names_the_public_pages(self) -> None:
        expected = [f"http://testserver{reverse(name)}" for name in ("home", "privacy", "cookies", "guides")]
        assert set(expected) <= set(_addresses())

    def test_every_page_in_it_answers(self) -> None:
        codes: dict[str, Any] = {address: Client().get(address).status_code for address in _addresses()}
        assert set(codes.values()) == {200}, codes

    def test_p14_no_result_is_ever_in_it(self) -> None:
        finished(self.guest)
        token = ShareLink.objects.get().token
        page = Client().get("/sitemap.xml").content.decode()
        assert token
        assert token not in page
        assert "/r/" not in page
        assert "/photos/" not in page

    def test_each_guide_is_there_once(self) -> None:
        guides = [address for address in _addresses() if "/guides/" in address]
        assert len(guides) == len(set(guides)) > 1
