"""Drafting and publishing in the admin."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from policy.models import PolicyVersion
from policy.versions import services
from tests.base import authenticator_app, member, show_second_factor, signed_in, staff
from tests.policy.versions.base import body, draft, published

LIST = "/admin/policy/policyversion/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def sara() -> Client:
    return staff()


def _form(begun: PolicyVersion, **changes: str) -> dict[str, Any]:
    """What the browser sends for a draft with all of its texts."""
    texts = list(begun.texts.order_by("language"))
    data: dict[str, Any] = {"texts-TOTAL_FORMS": len(texts), "texts-INITIAL_FORMS": len(texts)}
    for i, text in enumerate(texts):
        row = {"id": text.pk, "version": begun.pk, "body": text.body, "changes": text.changes}
        data |= {f"texts-{i}-{name}": value for name, value in row.items()}
    return data | changes


def _page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


def test_a_draft_is_begun_by_a_button(sara: Client) -> None:
    assert "copy of version 2" in _page(sara, f"{LIST}add/")
    assert not PolicyVersion.objects.drafts().exists()
    response = sara.post(f"{LIST}add/")
    begun = PolicyVersion.objects.drafts().get()
    assert response["Location"] == f"{LIST}{begun.pk}/change/"
    assert LogEntry.objects.filter(object_id=begun.pk).exists()


def test_a_draft_is_edited_language_by_language(sara: Client) -> None:
    begun = draft()
    assert "Markdown." in _page(sara, f"{LIST}{begun.pk}/change/")
    changes = {"is_material": "on", "texts-1-body": "Neue Worte.", "texts-2-changes": "All of it."}
    assert sara.post(f"{LIST}{begun.pk}/change/", _form(begun, **changes)).status_code == 302
    begun.refresh_from_db()
    assert begun.is_material
    assert begun.texts.get(language="de").body == "Neue Worte."
    assert begun.texts.get(language="en").changes == "All of it."


def test_changes_are_shown_beside_the_version_in_force(sara: Client) -> None:
    published("One two three.")
    page = _page(sara, f"{LIST}{draft('One four three.').pk}/compare/")
    assert page.count("[removed: </span>two") == 2 * 16
    assert page.count("[added: </span>four") == 2 * 16


@pytest.mark.parametrize(
    ("language", "words"), [("en", "How it is kept"), ("de", "P16"), ("xx", "This is a draft.")]
)
def test_the_preview_is_the_page(sara: Client, language: str, words: str) -> None:
    begun = draft("Words to come.")
    page = _page(sara, f"{LIST}{begun.pk}/preview/?language={language}")
    assert words in page
    assert "Words to come." in page
    assert 'content="noindex"' in page


def test_publishing_asks_first(sara: Client) -> None:
    begun = draft()
    page = _page(sara, f"{LIST}{begun.pk}/publish/")
    assert "This becomes version 3" in page
    assert "It is not material" in page
    assert not PolicyVersion.objects.filter(number=3).exists()


def test_publishing_twice_is_publishing_once(sara: Client) -> None:
    begun = draft()
    for _ in range(2):
        assert sara.post(f"{LIST}{begun.pk}/publish/").status_code == 302
    assert PolicyVersion.objects.published().count() == 3
    assert LogEntry.objects.filter(object_id=begun.pk).count() == 1


def test_p01_what_is_missing_is_named_and_nothing_is_published(sara: Client) -> None:
    begun = draft()
    begun.texts.filter(language="en").update(body=body(without="P6"))
    for answer in (sara.get(f"{LIST}{begun.pk}/publish/"), sara.post(f"{LIST}{begun.pk}/publish/")):
        assert "The text in English lacks P6" in answer.content.decode()
    assert answer.status_code == 422
    assert services.in_force() == PolicyVersion.objects.get(number=2)


class TestPublished:
    def _newest(self) -> PolicyVersion:
        return PolicyVersion.objects.get(number=2)

    def test_it_can_be_looked_at_and_not_changed(self, sara: Client) -> None:
        page = _page(sara, f"{LIST}{self._newest().pk}/change/")
        assert "It cannot be changed any more" in page
        assert "<textarea" not in page
        assert 'name="_save"' not in page

    def test_a_forged_form_changes_nothing(self, sara: Client) -> None:
        form = _form(self._newest(), **{"texts-0-body": "x"})
        sara.post(f"{LIST}{self._newest().pk}/change/", form)
        assert services.is_genuine(self._newest())

    def test_it_cannot_be_deleted(self, sara: Client) -> None:
        response = sara.post(f"{LIST}{self._newest().pk}/delete/", {"post": "yes"})
        assert response.status_code == 403
        action = {"action": "delete_selected", "_selected_action": [self._newest().pk], "post": "yes"}
        sara.post(LIST, action)
        assert services.in_force() == self._newest()

    def test_a_form_that_was_open_when_it_was_published_is_told_so(self, sara: Client) -> None:
        begun = draft()
        form = _form(begun, **{"texts-0-body": "Too late."})
        services.publish(begun.pk)
        response = sara.post(f"{LIST}{begun.pk}/change/", form)
        assert response.status_code in (302, 403)
        begun.refresh_from_db()
        assert services.is_genuine(begun)

    @pytest.mark.parametrize("name", ["compare", "preview", "publish"])
    def test_pages_of_a_draft_that_is_published_do_not_fail(self, sara: Client, name: str) -> None:
        path = f"{LIST}{self._newest().pk}/{name}/"
        assert sara.get(path).status_code in (200, 302, 403)


@pytest.mark.parametrize("name", ["compare", "preview", "publish"])
class TestOthers:
    def test_members_and_guests_see_nothing(self, name: str) -> None:
        begun = draft("Secret plans.")
        for client in (Client(), signed_in(member("alice"))):
            response = client.get(f"{LIST}{begun.pk}/{name}/")
            assert "Secret plans." not in response.content.decode()
            assert response.status_code in (302, 403, 404)

    def test_staff_who_may_only_look_cannot_publish(self, name: str) -> None:
        victor = User.objects.create_user("victor", "victor@example.org", "correct horse", is_staff=True)
        victor.user_permissions.add(Permission.objects.get(codename="view_policyversion"))
        client = signed_in(victor)
        show_second_factor(client, victor, authenticator_app(victor))
        begun = draft()
        assert client.get(f"{LIST}{begun.pk}/{name}/").status_code == (403 if name == "publish" else 200)
        assert client.post(f"{LIST}{begun.pk}/publish/").status_code == 403
        assert PolicyVersion.objects.published().count() == 2

    def test_a_draft_that_does_not_exist(self, name: str, sara: Client) -> None:
        assert sara.get(f"{LIST}999/{name}/").status_code == 404
