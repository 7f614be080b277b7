"""Guides in the admin: written, looked at, published."""

from typing import Any

import pytest
from django.test import Client

from policy.models import Guide
from tests.base import member, signed_in, staff

pytestmark = pytest.mark.django_db

_FIELDS = {
    "slug": "plants",
    "language": "en",
    "title": "Plants",
    "summary": "Leaves and pots.",
    "body": "## Leaves\n\n[Other site](https://example.org/)",
    "order": "70",
}


def _add(**changes: str) -> Any:
    return staff().post("/admin/policy/guide/add/", {**_FIELDS, **changes})


def test_a_new_guide_is_a_draft() -> None:
    assert _add().status_code == 302
    assert not Guide.objects.get(slug="plants").is_published
    assert Client().get("/guides/plants/").status_code == 404


def test_a_published_one_can_be_read() -> None:
    _add(is_published="on")
    assert "<h1>Plants</h1>" in Client().get("/guides/plants/").content.decode()


@pytest.mark.parametrize(
    "body", ["[x](https://user:pass@example.org/)", "[x](https://exa\u200bmple.org/)", "# Title"]
)
def test_a_text_that_would_not_work_is_refused_with_a_sentence(body: str) -> None:
    page = _add(body=body).content.decode()
    assert "Nobody can be sent to this address" in page or "The title is the only heading" in page
    assert not Guide.objects.filter(slug="plants").exists()


def test_one_guide_for_each_language() -> None:
    assert "already exists" in _add(slug="pets").content.decode()


class TestPreview:
    path = "/admin/policy/guide/preview/"

    def test_it_shows_what_has_been_typed_and_saves_nothing(self) -> None:
        before = Guide.objects.count()
        page = staff().post(self.path, {**_FIELDS, "title": "Not saved"}).content.decode()
        assert "<h1>Not saved</h1>" in page
        assert "<h2>Leaves</h2>" in page
        assert Guide.objects.count() == before

    def test_an_empty_form_is_no_trouble(self) -> None:
        assert staff().post(self.path).status_code == 200

    @pytest.mark.parametrize("who", ["guest", "member"])
    def test_nobody_else_sees_it(self, who: str) -> None:
        client = signed_in(member("alice")) if who == "member" else Client()
        assert client.post(self.path, _FIELDS).status_code == 302

    def test_the_form_has_its_button(self) -> None:
        guide = Guide.objects.get(slug="pets", language="en")
        page = staff().get(f"/admin/policy/guide/{guide.pk}/change/").content.decode()
        assert f'formaction="{self.path}"' in page
