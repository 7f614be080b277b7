"""Closing an account, coming back, and being erased everywhere (promise P16)."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import mail
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from accounts.leaving import services
from accounts.leaving.models import AccountClosing, DeletionReceipt
from accounts.mailing.models import EmailPreference
from accounts.models import User
from accounts.outbox.services import deliver_due
from images.photos.models import Photo
from images.sharing.models import ShareLink
from policy.models import ContactMessage
from tests.accounts.leaving.steps import closed, confirmed_now, days_pass, erased, exported
from tests.accounts.mailing.steps import confirmed
from tests.accounts.steps import sign_in
from tests.base import Cast, finished, staff


class TestClosing(Cast):
    def test_looking_at_the_page_closes_nothing(self) -> None:
        assert confirmed_now(self.alice).get("/accounts/close/").status_code == 200
        assert not AccountClosing.objects.exists()

    def test_a_browser_left_open_is_not_enough(self) -> None:
        assert "reauthenticate" in self.alice.post("/accounts/close/")["Location"]
        assert not AccountClosing.objects.exists()

    def test_p14_links_stop_at_once(self) -> None:
        photo = finished(self.alice)
        path = f"/r/{photo.links.get().token}/"
        assert Client().get(path).status_code == 200
        confirmed_now(self.alice).post("/accounts/close/")
        assert Client().get(path).status_code == 404

    def test_p07_so_do_news(self) -> None:
        confirmed(User.objects.get(username="alice"))
        closed("alice")
        assert not EmailPreference.objects.subscribed().exists()

    def test_every_session_ends(self) -> None:
        phone = Client()
        sign_in(phone)
        assert phone.get("/accounts/").status_code == 200
        confirmed_now(self.alice).post("/accounts/close/")
        assert phone.get("/accounts/").status_code == 302

    def test_two_at_once_are_one(self) -> None:
        closed("alice")
        assert services.close(User.objects.get(username="alice")) is None
        assert (AccountClosing.objects.count(), DeletionReceipt.objects.count()) == (1, 1)

    def test_the_receipt_is_mailed(self) -> None:
        code = closed("alice")
        deliver_due()
        assert f"/receipt/{code}/" in str(mail.outbox[-1].body)

    def test_the_last_one_who_manages_the_site_is_held_back(self) -> None:
        sara = staff()
        confirmed_again = sara.post("/accounts/close/")
        assert confirmed_again.status_code in (302, 409)
        assert not AccountClosing.objects.exists()


class TestComingBack(Cast):
    @pytest.fixture
    def back(self) -> Client:
        """Alice, who has closed her account, regrets it and signs in again."""
        finished(self.alice)
        closed("alice")
        client = Client()
        sign_in(client)
        return client

    @pytest.mark.parametrize("page", ["/", "/photos/", "/accounts/", "/accounts/news/"])
    def test_every_page_leads_to_the_question(self, back: Client, page: str) -> None:
        assert back.get(page)["Location"] == "/accounts/closing/"

    @pytest.mark.parametrize("page", ["/privacy/", "/contact/", "/accounts/data/"])
    def test_but_for_those_that_help_to_leave(self, back: Client, page: str) -> None:
        assert back.get(page).status_code == 200

    def test_looking_keeps_nothing(self, back: Client) -> None:
        back.get("/accounts/closing/")
        assert AccountClosing.objects.exists()

    def test_one_click_keeps_everything(self, back: Client) -> None:
        back.post("/accounts/closing/")
        assert not AccountClosing.objects.exists()
        assert back.get("/accounts/").status_code == 200
        assert Photo.objects.count() == 1
        days_pass()
        assert services.erase_due() == 0

    def test_not_when_the_days_are_over(self, back: Client) -> None:
        days_pass()
        back.post("/accounts/closing/")
        assert services.erase_due() == 1


class TestErasing(Cast):
    # Found nowhere else in the code or the data of the tests.
    _TRACES = ("quillon", "vantongeren", "+31201234567", "quillon@")

    @pytest.fixture
    def traces(self) -> User:
        """Somebody who has used everything there is."""
        user: User = User.objects.get(username="alice")
        User.objects.filter(pk=user.pk).update(
            username="quillon", email="quillon@example.org", full_name="Q. Vantongeren", phone="+31201234567"
        )
        user.refresh_from_db()
        user.emailaddress_set.update(email=user.email)
        finished(self.alice, name="quillon.png")
        confirmed(user)
        exported("quillon")
        message = {"topic": "other", "message": "It is me, Quillon.", "language": "en"}
        ContactMessage.objects.create(email="Quillon@Example.org", submission=uuid4(), **message)
        sara = User.objects.get(pk=staff().session["_auth_user_id"])
        LogEntry.objects.log_actions(sara.pk, [user], CHANGE)
        assert str(user) in LogEntry.objects.get().object_repr
        return user

    def test_p16_a_search_finds_nothing_afterwards(self, traces: User) -> None:
        photo = Photo.objects.get()
        with default_storage.open(photo.file) as file:
            pixels = file.read()[100:160]
        assert self._found(pixels), "the search finds what is there"
        erased("quillon")
        deliver_due()
        assert not self._found(pixels)

    def test_p16_others_keep_everything(self, traces: User) -> None:
        photo = finished(self.bob)
        erased("quillon")
        assert User.objects.filter(username="bob").exists()
        assert default_storage.exists(photo.file)

    def test_an_address_that_is_not_proved_takes_nobodys_messages_along(self) -> None:
        words = {"topic": "other", "message": "Hello.", "language": "en", "submission": uuid4()}
        ContactMessage.objects.create(email="victim@example.org", **words)
        alice = User.objects.get(username="alice")
        EmailAddress.objects.create(user=alice, email="victim@example.org", verified=False)
        erased("alice")
        assert ContactMessage.objects.exists()

    def _found(self, pixels: bytes) -> list[str]:
        """Where the person still is: in a table, in the store, or in the folder of mail files."""
        dump = io.StringIO()
        call_command("dumpdata", "--all", stdout=dump)
        found = [f"rows: {trace}" for trace in self._TRACES if trace in dump.getvalue().casefold()]
        return found + [f"file: {name}" for name, data in _stored() if self._shows(data, pixels)]

    def _shows(self, data: bytes, pixels: bytes) -> bool:
        text = data.decode("latin-1").casefold()
        return pixels in data or any(trace in text for trace in self._TRACES)

    def test_not_before_its_time(self) -> None:
        closed("alice")
        assert services.erase_due() == 0
        assert User.objects.filter(username="alice").exists()

    def test_one_that_fails_stops_no_other_and_is_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        closed("alice")
        closed("bob")
        days_pass()
        erase = services._erase

        def half_broken(closing: AccountClosing) -> None:
            if closing.user.username == "alice":
                raise OSError("read-only")
            erase(closing)

        monkeypatch.setattr(services, "_erase", half_broken)
        with pytest.raises(OSError, match="1 accounts"):
            services.erase_due()
        assert set(User.objects.values_list("username", flat=True)) == {"alice"}
        monkeypatch.undo()
        assert services.erase_due() == 1

    def test_broken_off_in_the_middle_it_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        finished(self.alice)
        closed("alice")
        days_pass()
        monkeypatch.setattr(User, "delete", _fail)
        with pytest.raises(OSError, match="accounts"):
            services.erase_due()
        monkeypatch.undo()
        assert services.erase_due() == 1
        assert not ShareLink.objects.exists()

    def test_the_receipt_says_what_went_and_not_whose(self) -> None:
        finished(self.alice)
        code = erased("alice")
        page = Client().get(f"/receipt/{code}/").content.decode()
        assert "Erased on" in page
        assert "Photos, with their results and links: 1" in page
        assert "alice" not in page

    @pytest.mark.parametrize("code", ["x", "../", "%00", "a" * 500])
    def test_a_wrong_code_gets_a_sentence(self, code: str) -> None:
        assert Client().get(f"/receipt/{code}/").status_code == 404


def _fail(*_: object, **__: object) -> None:
    raise OSError("the database went away")


def _stored() -> Iterator[tuple[str, bytes]]:
    """Every file of the store, wherever it is, and of the mail folder."""
    folders = [""]
    while folders:
        folder = folders.pop()
        inner, names = default_storage.listdir(folder)
        folders += [f"{folder}{name}/" for name in inner if name]
        for name in names:
            with default_storage.open(f"{folder}{name}") as file:
                yield f"{folder}{name}", file.read()
    for letter in Path(settings.EMAIL_FILE_PATH).glob("*"):
        yield letter.name, letter.read_bytes()
