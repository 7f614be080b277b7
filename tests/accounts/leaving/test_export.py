"""Everything that is held about somebody, to take along (promise P16)."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import belongings
from accounts.leaving import services
from accounts.leaving.models import SILENCE, AccountExport
from accounts.models import User
from policy import inventory, retention
from policy.models import RetentionRun
from tests.accounts.leaving.steps import confirmed_now, exported
from tests.accounts.mailing.steps import confirmed
from tests.base import Cast, body, finished, full_disk, staff


class TestThePackage(Cast):
    def _opened(self, name: str = "alice") -> zipfile.ZipFile:
        with default_storage.open(exported(name).file) as file:
            return zipfile.ZipFile(io.BytesIO(file.read()))

    def test_p16_it_holds_rows_pictures_and_a_page(self) -> None:
        photo = finished(self.alice)
        names = self._opened().namelist()
        assert {"data.json", "index.html"} <= set(names)
        assert sum(str(photo.pk) in name for name in names) == 2

    def test_p16_the_pictures_are_the_real_ones(self) -> None:
        photo = finished(self.alice)
        package = self._opened()
        (name,) = (name for name in package.namelist() if name.endswith("cutout.png"))
        with default_storage.open(photo.cutout.file) as file:
            assert package.read(name) == file.read()

    def test_p16_the_facts_are_the_persons_own(self) -> None:
        finished(self.bob)
        confirmed(User.objects.get(username="alice"))
        facts = json.loads(self._opened().read("data.json"))
        assert facts["accounts.User"][0]["email"] == "alice@example.org"
        assert [event["kind"] for event in facts["accounts.EmailConsentEvent"]] == ["asked", "confirmed"]
        assert "bob" not in json.dumps(facts)
        assert "images.Photo" not in facts

    def test_the_page_is_for_people(self) -> None:
        finished(self.alice)
        confirmed(User.objects.get(username="alice"))
        page = self._opened().read("index.html").decode()
        cells = re.findall(r"<t[dh][^>]*>([^<]*)<", page)
        assert {"Wants news", "no", "Last opened", "Private"} <= set(cells)
        assert not {"True", "False", "None", "created_at", "confirmed", "building", "[]", "{}"} & set(cells)
        assert not [cell for cell in cells if re.search(r"_at$|^\[|T\d\d:|noon|[ap]\.m\.", cell)]

    def test_nothing_in_it_opens_anything(self) -> None:
        finished(self.alice)
        text = self._opened().read("data.json").decode() + self._opened().read("index.html").decode()
        user = User.objects.get(username="alice")
        assert user.password not in text
        assert user.photos.get().links.get().token not in text

    @pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b", "C:evil", "\x01", "..", "x" * 200])
    def test_no_name_leads_out_of_the_folder(self, name: str) -> None:
        photo = finished(self.alice)
        type(photo).objects.update(name=name)
        for entry in self._opened().namelist():
            parts = entry.split("/")
            assert ".." not in parts
            assert not {"\\", ":", "\x01"} & set(entry)

    def test_a_photo_that_is_gone_does_not_spoil_it(self) -> None:
        photo = finished(self.alice)
        default_storage.delete(photo.file)
        assert any(name.endswith("cutout.png") for name in self._opened().namelist())

    def test_a_full_disk_is_said_and_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        finished(self.alice)
        export = services.ask_for_export(User.objects.get(username="alice"))
        full_disk(monkeypatch)
        services.build_exports()
        assert AccountExport.objects.get(pk=export.pk).state == "failed"
        assert "could not be made" in self.alice.get("/accounts/data/").content.decode()


class TestThePage(Cast):
    def test_p02_it_shows_what_is_held_and_why(self) -> None:
        finished(self.alice)
        page = self.alice.get("/accounts/data/").content.decode()
        assert "Signing in" in page
        assert "The photo that you sent" in page

    def test_two_clicks_are_one_package(self) -> None:
        for _ in range(2):
            confirmed_now(self.alice).post("/accounts/data/export/")
        assert AccountExport.objects.count() == 1

    def test_the_person_alone_gets_it(self) -> None:
        address = f"/accounts/data/export/{exported('alice').pk}/"
        answer = confirmed_now(self.alice).get(address)
        assert answer["Content-Type"] == "application/zip"
        assert zipfile.ZipFile(io.BytesIO(body(answer))).testzip() is None
        assert confirmed_now(self.bob).get(address).status_code == 404
        assert staff().get(address).status_code in (302, 404)
        assert self.guest.get(address).status_code == 302

    def test_a_browser_left_open_is_not_enough(self) -> None:
        address = f"/accounts/data/export/{exported('alice').pk}/"
        assert "reauthenticate" in self.alice.get(address)["Location"]

    def test_it_is_limited(self) -> None:
        client = confirmed_now(self.alice)
        answers = []
        for _ in range(6):
            answers.append(client.post("/accounts/data/export/").status_code)
            services.build_exports()
        assert answers == [302] * 5 + [429]

    def test_after_a_week_it_is_gone(self) -> None:
        export = exported("alice")
        AccountExport.objects.update(asked_at=timezone.now() - timedelta(days=8))
        RetentionRun.objects.all().delete()
        retention.delete_expired()
        assert not AccountExport.objects.exists()
        assert not default_storage.exists(export.file)


class TestAKilledPacker(Cast):
    def test_another_takes_over(self) -> None:
        export = services.ask_for_export(User.objects.get(username="alice"))
        assert export.claim()
        services.build_exports()
        export.refresh_from_db()
        assert export.state == "building", "the other one may be alive"
        AccountExport.objects.update(changed_at=timezone.now() - SILENCE * 2)
        services.build_exports()
        export.refresh_from_db()
        assert export.state == "ready"

    def test_only_one_packs(self) -> None:
        export = services.ask_for_export(User.objects.get(username="alice"))
        assert [export.claim(), export.claim()] == [True, False]


# Rows about people that do not belong to an account, and how they are found all the same.
_NO_ACCOUNT: dict[str, str] = {
    "policy.ContactMessage": "by its address, when the account is erased",
    "policy.AggregateReport": "names the member of staff who made it",
    "policy.ReportHandover": "names the member of staff who did it",
    "accounts.SealExtension": "names the member of staff who did it",
    "accounts.DisclosureConfirmation": "names the member of staff who did it",
    "policy.ContactMail": "with its message",
    "policy.CookieConsent": "a receipt of the browser; nothing says whose",
    "sessions.Session": "ended with the account",
    "accounts.OutgoingMail": "sealed; erased by its address",
    "accounts.SuppressedAddress": "a keyed fingerprint of an address",
    "admin.LogEntry": "erased by the account's number",
}


def test_p16_whatever_is_declared_personal_leads_to_a_person_or_says_why_not() -> None:
    models: dict[Any, None] = dict.fromkeys(entry.model for entry in inventory.entries())
    lost = {model._meta.label for model in models if not belongings.is_found(model)}
    assert lost <= _NO_ACCOUNT.keys(), lost - _NO_ACCOUNT.keys()
