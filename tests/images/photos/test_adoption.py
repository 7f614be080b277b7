"""A guest's photos become theirs when they sign up or in."""

from datetime import timedelta
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from images.photos import adoption, guests
from images.photos.models import Photo
from tests.accounts.steps import link_in, sent, sign_in, sign_up
from tests.base import Cast, finished, upload, upload_file, uploaded


class TestAdoption(Cast):
    def _alice_signs_in(self) -> None:
        assert sign_in(self.guest).status_code == 302

    def test_signing_in_takes_the_photos_along(self) -> None:
        photo = uploaded(self.guest)
        self._alice_signs_in()
        photo.refresh_from_db()
        assert (photo.owner, photo.guest) == (User.objects.get(username="alice"), None)
        assert self.guest.get(f"/photos/{photo.pk}/").status_code == 200
        assert self.bob.get(f"/photos/{photo.pk}/").status_code == 404

    def test_signing_up_takes_them_along_once_the_address_is_confirmed(self) -> None:
        photo = uploaded(self.guest)
        sign_up(self.guest)
        photo.refresh_from_db()
        assert photo.owner is None
        self.guest.post(link_in(sent()[0]))
        photo.refresh_from_db()
        assert photo.owner == User.objects.get(username="dora")

    def test_p16_they_stay_as_long_as_a_members_photos(self) -> None:
        photo = uploaded(self.guest)
        self._alice_signs_in()
        photo.refresh_from_db()
        assert photo.expires_at == photo.created_at + timedelta(days=settings.MEMBER_PHOTO_DAYS)

    def test_p14_a_link_ends_when_its_maker_was_told(self) -> None:
        photo = finished(self.guest)
        link = photo.links.first() or photo.links.create(digest="x", expires_at=timezone.now())
        self._alice_signs_in()
        before = link.expires_at
        link.refresh_from_db()
        assert link.expires_at == before

    def test_what_has_expired_is_not_brought_back(self) -> None:
        photo = uploaded(self.guest)
        Photo.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
        self._alice_signs_in()
        photo.refresh_from_db()
        assert photo.owner is None

    def test_other_guests_keep_theirs(self) -> None:
        other = uploaded(Client())
        uploaded(self.guest)
        self._alice_signs_in()
        other.refresh_from_db()
        assert other.owner is None

    def test_an_upload_that_was_on_its_way_is_taken_along_too(self) -> None:
        """It began as a guest's, in another tab, and is saved after the signing in."""
        photo = uploaded(self.guest)
        guest = photo.guest
        self._alice_signs_in()
        Photo.objects.update(owner=None, guest=guest)
        self.guest.get("/photos/")
        photo.refresh_from_db()
        assert photo.owner == User.objects.get(username="alice")

    def test_after_a_while_nothing_is_on_its_way_any_more(self) -> None:
        uploaded(self.guest)
        self._alice_signs_in()
        with time_machine.travel(timezone.now() + timedelta(minutes=20)):
            self.guest.get("/photos/")
        assert guests.of(self.guest.get("/photos/").wsgi_request) is None

    def test_both_clicks_of_a_double_click_are_one_photo(self) -> None:
        """The first as a guest, the second signed in, and the first is saved last."""
        ticket, data = guests.ticket(), upload_file().read()
        upload(self.guest, upload_file(data), submission=ticket)
        photo = Photo.objects.get()
        Photo.objects.filter(pk=photo.pk).update(guest=None, owner=User.objects.get(username="alice"))
        photo.pk, photo.owner = None, None
        photo.guest = guests.read_ticket(ticket)[1]
        Photo.objects.bulk_create([photo])
        self._alice_signs_in()
        assert self.guest.get("/photos/").status_code == 200
        assert Photo.objects.filter(owner__username="alice").count() == 1

    def test_who_sent_nothing_costs_no_write(self) -> None:
        client = Client()
        with patch.object(adoption, "_adopt") as adopt:
            sign_in(client)
            client.get("/photos/")
        adopt.assert_not_called()

    def test_signing_out_leaves_no_guest_behind(self) -> None:
        uploaded(self.guest)
        self._alice_signs_in()
        self.guest.post("/accounts/logout/")
        assert guests.of(self.guest.get("/photos/").wsgi_request) is None
