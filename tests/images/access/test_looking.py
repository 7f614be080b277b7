"""/admin/images/photo/…/look/: pixels for a reason, which is noted and read by the owner (promise P13)."""

import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from images.access import services
from images.access.models import ImageAccess
from images.batches.services import discard_photos
from images.photos.models import Photo
from policy import evidence, figures, transparency
from policy.retention import rules
from tests.accounts.disclosures.steps import colleague
from tests.accounts.leaving.steps import erased, exported
from tests.accounts.steps import sign_in
from tests.base import Cast, body, finished, staff, uploaded
from tests.images.access.steps import addresses, look, page_of

_MINE = "/accounts/disclosures/"


class Looking(Cast):
    @pytest.fixture(autouse=True)
    def _photo(self, _cast: None) -> None:
        self.photo = finished(self.alice)
        self.client = staff()
        self.sara = User.objects.get(username="sara")


class TestLooking(Looking):
    def test_p13_for_a_reason_it_is_shown_and_noted(self) -> None:
        page = look(self.client, self.photo)
        noted = ImageAccess.objects.get()
        assert (noted.by, noted.user, noted.photo) == (self.sara, self.photo.owner, self.photo.pk)
        assert (noted.reason, noted.note) == ("fault", "Hair is missing")
        assert "no-store" in page["Cache-Control"]
        for address in addresses(page):
            answer = self.client.get(address)
            assert body(answer)[8:12] == b"WEBP"
            assert "no-store" in answer["Cache-Control"]
            assert "sandbox" in answer["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "fields", [{"reason": ""}, {"reason": "curious"}, {"reason": "other", "note": " "}]
    )
    def test_p13_without_a_reason_it_is_not(self, fields: dict[str, str]) -> None:
        page = look(self.client, self.photo, **fields)
        assert page.status_code == 422
        assert ".webp" not in page.content.decode()
        assert not ImageAccess.objects.exists()

    def test_the_page_of_one_that_was_just_deleted_opens(self) -> None:
        photo = uploaded(self.alice)
        discard_photos(Photo.objects.filter(pk=photo.pk))
        assert self.client.get(page_of(photo)).status_code == 200

    def test_p13_the_address_alone_opens_nothing(self) -> None:
        assert self.client.get(f"/admin/images/photo/{self.photo.pk}/look/").status_code == 405

    def test_p13_only_who_may(self) -> None:
        _clara, clerk = colleague("clara", "view_photo")
        assert "Note and look" not in clerk.get(page_of(self.photo)).content.decode()
        assert look(clerk, self.photo).status_code == 403
        address = addresses(look(self.client, self.photo))[0]
        assert clerk.get(address).status_code == 403
        assert look(self.bob, self.photo).status_code in (302, 403)
        assert ImageAccess.objects.count() == 1

    def test_p13_the_second_factor_is_asked_for_again(self) -> None:
        session = self.client.session
        session["account_authentication_methods"][0]["at"] -= 3600
        session.save()
        assert "reauthenticate" in look(self.client, self.photo)["Location"]
        assert not ImageAccess.objects.exists()

    def test_p13_not_more_than_sixty_in_an_hour(self) -> None:
        answers = [look(self.client, self.photo).status_code for _ in range(61)]
        assert answers[-2:] == [200, 429]
        assert ImageAccess.objects.count() == 60

    def test_p13_a_private_photo_says_so(self) -> None:
        Photo.objects.update(is_private=True)
        for page in (self.client.get(page_of(self.photo)), look(self.client, self.photo)):
            assert "This photo is private" in page.content.decode()

    def test_without_small_pictures_there_is_nothing_to_look_at(self) -> None:
        photo = uploaded(self.alice)
        Photo.objects.filter(pk=photo.pk).update(preview="")
        assert "nothing to look at" in look(self.client, photo).content.decode()
        assert not ImageAccess.objects.exists()

    def test_a_photo_that_goes_at_this_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def go(*_args: Any, **_kwargs: Any) -> bool:
            Photo.objects.all().delete()
            return False

        monkeypatch.setattr("images.access.pages.ratelimit.is_over", go)
        assert look(self.client, self.photo)["Location"] == "/admin/images/photo/"
        assert not ImageAccess.objects.exists()

    def test_p13_what_cannot_be_noted_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_key: str) -> None:
            raise OSError("no room")

        monkeypatch.setattr(services.figures, "add", fail)
        with pytest.raises(OSError, match="no room"), transaction.atomic():
            look(self.client, self.photo)
        assert not ImageAccess.objects.exists()


class TestAddress(Looking):
    @pytest.fixture(autouse=True)
    def _opened(self, _photo: None) -> None:
        self.address = addresses(look(self.client, self.photo))[0]

    def test_p13_it_is_for_this_member_of_staff(self) -> None:
        tom = staff("tom")
        assert tom.get(self.address).status_code == 404
        assert Client().get(self.address).status_code == 302
        assert self.alice.get(self.address).status_code in (302, 403)

    def test_p13_it_is_for_this_photo(self) -> None:
        other = finished(self.bob)
        assert self.client.get(self.address.replace(str(self.photo.pk), str(other.pk))).status_code == 404

    def test_p13_it_is_for_five_minutes(self, time_machine: Any) -> None:
        now = timezone.now()
        time_machine.move_to(now + timedelta(minutes=4))
        assert self.client.get(self.address).status_code == 200
        time_machine.move_to(now + timedelta(minutes=6))
        assert self.client.get(self.address).status_code == 404

    def test_p13_a_forged_one_opens_nothing(self) -> None:
        base = f"/admin/images/photo/{self.photo.pk}/look/"
        key = self.address.removeprefix(base).partition("/")[0]
        for wrong in (f"{key[:-1]}x/original.webp", "x/original.webp", f"{key}/cutout.png", f"{key}/.."):
            assert self.client.get(base + wrong).status_code == 404

    def test_p13_it_opens_nothing_of_a_deleted_photo(self) -> None:
        self.alice.post(f"/photos/{self.photo.pk}/delete/")
        assert self.client.get(self.address).status_code == 404


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every path below, as it is written."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def _filled(route: str, photo: Photo, name: str) -> str:
    """The route as an address, with this photo wherever a key stands."""
    values = {"pk": str(photo.pk), "object_id": str(photo.pk), "name": name}

    def value(argument: "re.Match[str]") -> str:
        kind, called = argument.groups()
        return "1" if kind == "int" else values.get(called, "x")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route)


def _addresses_for(photo: Photo) -> set[str]:
    """Each address of the admin and of pictures, under every name that a file has."""
    names = ("original.webp", "cutout.webp", "cutout.png", "x")
    made = {_filled(route, photo, name) for route in _routes(get_resolver().url_patterns) for name in names}
    places = ("/admin/", "/photos/", "/r/")
    return {address for address in made if address.startswith(places) and not set("^(") & set(address)}


class TestNoOtherWay(Looking):
    def test_p13_no_address_gives_staff_a_picture_without_a_look(self) -> None:
        addresses = _addresses_for(self.photo)
        assert f"/admin/images/photo/{self.photo.pk}/look/x/original.webp" in addresses
        assert f"/photos/{self.photo.pk}/files/cutout.webp" in addresses
        for address in sorted(addresses - {"/admin/logout/"}):
            answer = self.client.get(address)
            assert not answer.get("Content-Type", "").startswith("image/"), address
            text = b"" if answer.streaming else answer.content
            assert str(self.photo.preview).encode() not in text, address
            assert b"original.webp" not in text.replace(address.encode(), b""), address
        assert self.client.get("/admin/").status_code == 200
        assert not ImageAccess.objects.exists()

    def test_p13_no_model_of_pictures_is_in_the_admin_but_read_only(self) -> None:
        ours = [found for model, found in admin.site._registry.items() if model._meta.app_label == "images"]
        assert {type(found).__name__ for found in ours} == {"PhotoAdmin", "GalleryEntryAdmin"}
        assert not [found for found in ours if found.inlines or found.readonly_fields]

    def test_p13_the_log_is_read_and_never_edited(self) -> None:
        look(self.client, self.photo)
        noted = ImageAccess.objects.get()
        text = self.client.get("/admin/noted/?kind=pictures").content.decode()
        assert "Hair is missing" in text
        assert self.client.post("/admin/noted/?kind=pictures", {"note": "x"}).status_code == 405
        for attempt in (noted.save, noted.delete, ImageAccess.objects.all().delete):
            with pytest.raises(TypeError):
                attempt()


class TestOwner(Looking):
    def test_p13_a_member_reads_every_look(self) -> None:
        look(self.client, self.photo)
        text = self.alice.get(_MINE).content.decode()
        assert "The owner told us of a fault: Hair is missing" in text
        assert f'href="/photos/{self.photo.pk}/"' in text
        assert "sara" not in text
        assert "Hair is missing" not in self.bob.get(_MINE).content.decode()

    def test_p13_also_when_the_photo_is_gone(self) -> None:
        look(self.client, self.photo)
        self.alice.post(f"/photos/{self.photo.pk}/delete/")
        text = self.alice.get(_MINE).content.decode()
        assert "A photo that has been deleted" in text
        assert "Hair is missing" in text

    def test_p13_it_stands_on_the_page_of_the_photo(self) -> None:
        page = f"/photos/{self.photo.pk}/"
        assert "our staff looked" not in self.alice.get(page).content.decode()
        look(self.client, self.photo)
        assert (
            "our staff looked at this picture. Reason: The owner told us"
            in self.alice.get(page).content.decode()
        )

    def test_p13_a_guest_reads_it_there_too(self) -> None:
        photo = finished(self.guest)
        look(self.client, photo)
        assert "Hair is missing" in self.guest.get(f"/photos/{photo.pk}/").content.decode()
        assert ImageAccess.objects.get().user is None

    def test_p13_a_guest_who_signs_in_takes_it_along(self) -> None:
        look(self.client, finished(self.guest))
        look(self.client, finished(Client()))
        sign_in(self.guest)
        assert self.alice.get(_MINE).content.decode().count("Hair is missing") == 1
        assert ImageAccess.objects.filter(user=None).count() == 1

    def test_p13_a_reason_is_text_and_no_markup(self) -> None:
        look(self.client, self.photo, note="<b>x</b>")
        for address in (_MINE, f"/photos/{self.photo.pk}/"):
            assert "<b>x</b>" not in self.alice.get(address).content.decode()

    def test_many_looks_cost_as_much_as_one(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(20):
            services.look(self.photo.pk, by=self.sara, reason="fault")
        with django_assert_max_num_queries(14):
            assert self.alice.get(_MINE).content.decode().count("told us of a fault") == 20


class TestKeeping(Looking):
    def test_p13_it_comes_along_with_somebodys_data(self) -> None:
        look(self.client, self.photo)
        with default_storage.open(exported("alice").file) as file, zipfile.ZipFile(file) as package:
            text = package.read("data.json").decode()
        assert "Hair is missing" in text

    def test_p16_it_goes_with_the_account(self) -> None:
        look(self.client, self.photo)
        erased("alice")
        assert not ImageAccess.objects.exists()

    def test_p13_it_stays_when_the_member_of_staff_goes(self) -> None:
        look(self.client, self.photo)
        self.sara.delete()
        assert ImageAccess.objects.get().by is None

    def test_p16_about_a_guest_it_stays_a_year(self, time_machine: Any) -> None:
        look(self.client, self.photo)
        look(self.client, finished(self.guest))
        rule = next(rule for rule in rules() if rule.name == "looks-at-guests-photos")
        assert rule.delete() == 0
        time_machine.move_to(timezone.now() + timedelta(days=366))
        assert rule.delete() == 1
        assert ImageAccess.objects.get().user == self.photo.owner

    def test_p13_it_is_counted_in_public(self) -> None:
        look(self.client, self.photo)
        shown = {str(found.label): found for found in evidence.of("P13") if hasattr(found, "value")}
        label = "Times that our staff looked at somebody's picture in the last year"
        assert shown[label].value == 1
        assert figures.total(services.LOOKED_AT) == 1
        erased("alice")
        year = transparency.years(timezone.localdate().year)[0]
        assert year.counts[services.LOOKED_AT] == 1
