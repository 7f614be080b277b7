"""Nobody lays hands on what is somebody else's: every address, with ids that are right and not one's own.

The addresses come from the URL map. A new one with an id in it fails until `belongings` knows whose it is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db import transaction
from django.test import Client

from accounts.models import User
from images.editing import jobs as renditions
from images.photos.models import Photo
from images.studio.services import can_choose
from tests.accounts.steps import confirm_again
from tests.base import Cast, finished, member
from tests.images.api.steps import key_of, program
from tests.images.studio.steps import prepared
from tests.security.belongings import Things, everything_of
from tests.security.routes import Route, every_route

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PUBLIC = "opened by its address alone: test_links, test_leaving, test_opt_out"
# Arguments that name nothing of a person's, or that are themselves the right to what they open.
_NOT_OWNED = {
    **dict.fromkeys(("shared", "shared_file"), _PUBLIC),
    **dict.fromkeys(
        ("shared_batch", "shared_batch_archive", "shared_batch_picture", "shared_batch_remark"), _PUBLIC
    ),
    **dict.fromkeys(("account_confirm_email", "account_reset_password_from_key"), _PUBLIC),
    **dict.fromkeys(("deletion_receipt", "news_confirm", "opt_out"), _PUBLIC),
    "gallery_picture": "shown to everybody once it was agreed to and chosen: tests/images/gallery",
    "guide": "published",
    **dict.fromkeys(("policy_version", "policy_changes", "policy_text"), "published"),
}
# Whatever a form calls the things that are chosen in it, and what a program says of them.
_CHOICES = ("photo", "item", "batch", "picture", "preset", "background", "ground.picture", "own")
# Where somebody is asked who they are.
_DOORS = (
    "/accounts/login/",
    "/accounts/reauthenticate/",
    "/accounts/security/reauthenticate/",
    "/admin/login/",
)
_SHUT = {401, 403, 404, 405}
_REFUSED = {302, 400, 401, 403, 404, 405, 409, 410, 412, 415, 422, 428}


def owned_routes() -> list[Route]:
    """Those with an id of somebody's thing in them; staff's have a test of their own."""
    routes = [route for route in every_route() if route.arguments and route.name not in _NOT_OWNED]
    return [route for route in routes if not route.path.startswith("admin/")]


@dataclass
class Try:
    """What one request brought."""

    what: str
    status: int
    text: str
    location: str


def _sent(client: Client, method: str, address: str, **fields: Any) -> Try:
    response = client.post(address, fields) if method == "POST" else client.generic(method, address)
    data = b"".join(response.streaming_content) if response.streaming else response.content
    text = data.decode("utf-8", "replace")
    return Try(f"{method} {address}", response.status_code, text, response.get("Location", ""))


def _everything() -> str:
    """All rows, but for what every visit may write: sessions, counters and the like."""
    ours = [model for model in apps.get_models() if model._meta.app_label in ("accounts", "images")]
    rows = [row for model in ours for row in model._default_manager.order_by("pk")]
    return str(serializers.serialize("json", rows))


@pytest.mark.django_db
class TestStrangers(Cast):
    @pytest.fixture(autouse=True)
    def _belongings(self, _cast: None) -> None:
        self.photo = finished(self.alice)
        self.owner = User.objects.get(username="alice")
        self.things: Things = everything_of(self.owner, self.photo, asker=member("asker"))
        assert renditions.process_next()
        assert self.alice.get(f"/photos/{self.photo.pk}/studio/").status_code == 200
        prepared()

    def _addresses(self) -> Iterator[tuple[Route, str]]:
        for route in owned_routes():
            yield route, route.filled(self.things.of(route.path))

    def _strangers(self) -> dict[str, Client]:
        """A member who owns as much, a guest with a photo, somebody who was never here, a program."""
        everything_of(User.objects.get(username="bob"), finished(self.bob), asker=member("another"))
        confirm_again(self.bob)
        finished(self.guest)
        shop = program(key_of("bob"))
        assert shop.get("/v2/account").status_code == 200
        return {"member": self.bob, "guest": self.guest, "nobody": Client(), "program": shop}

    def test_p04_every_address_with_an_id_is_known(self) -> None:
        """Fails for a new address, until `belongings.py` has what it is about, or `_NOT_OWNED` a reason."""
        assert len(list(self._addresses())) > 60

    def test_p04_nobody_reads_or_changes_what_is_anothers(self) -> None:
        strangers, before = self._strangers(), _everything()
        chosen = {name: self._ids() for name in _CHOICES}
        for who, client in strangers.items():
            for _route, address in self._addresses():
                for method in _METHODS:
                    tried = _sent(client, method, address, **chosen, do="delete", verdict="accepted")
                    self._is_refused(who, tried)
        assert _everything() == before

    def _ids(self) -> list[str]:
        values = [value for places in self.things.values.values() for value in places.values()]
        return [str(value) for value in values]

    def _is_refused(self, who: str, tried: Try) -> None:
        is_cors = tried.what.startswith("OPTIONS") and tried.status in (200, 204)
        assert tried.status in _REFUSED or is_cors, (who, tried.what, tried.status)
        if tried.status == 302:
            assert tried.location.startswith(_DOORS), (who, tried)
        assert not [secret for secret in self.things.secrets if secret in tried.text], (who, tried)

    def test_p04_the_owner_comes_in_by_the_same_addresses(self) -> None:
        """Else the test above would be content with addresses that lead nowhere."""
        confirm_again(self.alice)
        mine = {False: self.alice, True: program(key_of("alice"))}
        outside = {route.name for route, _address in self._addresses()}
        if not can_choose(settings.BGBEGONE_MODELS):
            outside.discard("studio_choose")  # there is no such page without the network for clicks
        # What is only read first: bytes that were deleted do not come back with their rows.
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
            for route, address in self._addresses():
                if route.name in outside:
                    with transaction.atomic():
                        tried = _sent(mine[route.path.startswith("v2/")], method, address)
                        transaction.set_rollback(True)
                    if tried.status not in _SHUT and not tried.location.startswith(_DOORS):
                        outside.remove(route.name)
        assert outside == set()

    @pytest.mark.parametrize("address", ["/photos/chosen/", "/presets/", "/backgrounds/", "/v2/photos"])
    @pytest.mark.parametrize("do", ["delete", "download", "move"])
    def test_p04_ids_in_a_form_are_no_way_in_either(self, address: str, do: str) -> None:
        before = _everything()
        chosen = {name: self._ids() for name in _CHOICES}
        for client in (self.bob, self.guest, Client()):
            tried = _sent(client, "POST", address, **chosen, do=do, name="x", recipe=json.dumps({}))
            assert not [secret for secret in self.things.secrets if secret in tried.text], tried
        mine = {row["pk"]: row for row in json.loads(before)}
        after = {row["pk"]: row for row in json.loads(_everything())}
        assert {pk: after.get(pk) for pk in mine} == mine

    def test_p04_another_persons_ground_stands_behind_no_photo(self) -> None:
        theirs = finished(self.bob)
        wall = self.things.values["backgrounds/"]["pk"]
        tried = _sent(self.bob, "GET", f"/photos/{theirs.pk}/download/?ground=picture&picture={wall}")
        assert tried.status in (400, 404, 422), tried


@pytest.mark.django_db
def test_p04_what_is_for_staff_opens_for_no_member() -> None:
    """By its URL map, too: every address of the admin sends a member, and a visitor, to its door."""
    bob = Client()
    bob.force_login(member("bob"))
    for route in every_route():
        if not route.path.startswith("admin/") or "^" in route.path or "(?P" in route.path:
            continue
        address = route.filled(dict.fromkeys(route.arguments, "1") | {"pk": _key_for(route)})
        for client in (bob, Client()):
            for method in ("GET", "POST"):
                tried = _sent(client, method, address)
                assert tried.status in (302, 403, 404, 405), (tried.what, tried.status)
                assert "password" not in tried.text or "/login/" in tried.location


def _key_for(route: Route) -> str:
    return str(Photo().pk) if "<uuid:pk>" in route.path else "1"
