"""/r/<token>/ and /b/<token>/ with a password of their own (promise P14)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.utils import timezone

from images.batches.links import BatchLink
from images.editing import services as edits
from images.editing.models import Ground
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.sharing import door
from images.sharing.models import ShareLink
from images.work import jobs
from tests.base import Cast, body, finished
from tests.images.batches.steps import filled

_WORDS = "violet harbour"


class _Locked(Cast):
    photo: Photo
    path: str

    @pytest.fixture(autouse=True)
    def _link(self, _cast: None) -> None:
        self.photo = finished(self.alice, visibility="private")
        self.alice.post(f"/photos/{self.photo.pk}/links/", {"hours": 1, "password": _WORDS})
        self.path = f"/r/{self.photo.links.get().token}/"

    def _try(self, client: Client, words: str = _WORDS, path: str = "") -> Any:
        return client.post(path or self.path, {"password": words})


class TestTheQuestion(_Locked):
    def test_p14_nothing_is_seen_before_the_password(self) -> None:
        page = Client().get(self.path)
        words = page.content.decode()
        assert "has a password" in words
        assert "120" not in words
        assert "cutout" not in words
        for name in ("preview.webp", "cutout.png", "cutout.zip", "nonsense"):
            answer = Client().get(self.path + name)
            assert (answer.status_code, answer["Location"]) == (302, self.path)

    def test_the_right_one_opens_this_link_in_this_browser(self) -> None:
        visitor = Client(enforce_csrf_checks=True)
        assert self._try(visitor, f" {_WORDS} ")["Location"] == self.path
        assert "cutout.png" in visitor.get(self.path).content.decode()
        assert body(visitor.get(f"{self.path}cutout.png"))[:4] == b"\x89PNG"
        assert "has a password" in Client().get(self.path).content.decode()

    def test_its_cookie_goes_nowhere_else_and_holds_no_secret(self) -> None:
        cookie = self._try(Client()).cookies["link"]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (self.path, True, "Lax")
        assert not cookie["max-age"]
        assert _WORDS not in cookie.value

    def test_the_cookie_of_one_link_opens_no_other(self) -> None:
        self.alice.post(f"/photos/{self.photo.pk}/links/", {"hours": 1, "password": _WORDS})
        other = f"/r/{self.photo.links.first().token}/"
        visitor = Client()
        visitor.cookies["link"] = self._try(Client()).cookies["link"].value
        assert "has a password" in visitor.get(other).content.decode()

    def test_after_some_hours_it_is_asked_for_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor = Client()
        self._try(visitor)
        monkeypatch.setattr(door, "_STAYS_OPEN", timedelta(seconds=-1))
        assert "has a password" in visitor.get(self.path).content.decode()

    def test_p14_only_a_hash_is_kept(self) -> None:
        assert hashers.check_password(_WORDS, ShareLink.objects.get().password)
        page = self.alice.get(f"/photos/{self.photo.pk}/").content.decode()
        assert "Asks for a password" in page
        assert _WORDS not in page

    @pytest.mark.parametrize("words", ["short", "x" * 101, " " * 12, "a\0nul byte"])
    def test_a_password_that_is_none(self, words: str) -> None:
        page = self.alice.post(f"/photos/{self.photo.pk}/links/", {"hours": 1, "password": words})
        assert page.status_code == 422
        assert ShareLink.objects.count() == 1


class TestGuessing(_Locked):
    def test_a_wrong_one_is_told_so(self) -> None:
        visitor = Client()
        page = self._try(visitor, "violet harbor")
        assert page.status_code == 422
        assert "not the password" in page.content.decode()
        assert not visitor.cookies

    def test_p14_right_wrong_and_no_link_cost_one_hash_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[str] = []
        encode = hashers.MD5PasswordHasher.encode

        def counted(self: Any, password: str, salt: str) -> str:
            made.append(password)
            return encode(self, password, salt)

        monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
        for words, path in ((_WORDS, ""), ("wrong", ""), ("wrong", "/r/wrong/")):
            self._try(Client(), words, path)
        assert made == [_WORDS, "wrong", "wrong"]

    def test_p14_a_withdrawn_link_answers_like_one_that_never_was(self) -> None:
        ShareLink.objects.get().revoke()
        for ask in (Client().get, self._by_post):
            assert ask(self.path).content == ask("/r/wrong/").content

    def _by_post(self, path: str) -> Any:
        return self._try(Client(), path=path)

    def test_p14_guessing_is_slowed_down_and_shuts_no_open_door(self) -> None:
        visitor = Client()
        self._try(visitor)
        answers = [self._try(self.guest, f"guess {n}").status_code for n in range(7)]
        assert answers == [422] * 5 + [429] * 2
        assert self._try(self.guest).status_code == 429
        assert "cutout.png" in visitor.get(self.path).content.decode()

    def test_p14_one_machine_alone_locks_nobody_out(self) -> None:
        for n in range(101):
            self._try(self.guest, f"guess {n}")
        assert self._try(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302

    def test_right_ones_do_not_count(self) -> None:
        assert {self._try(Client()).status_code for _ in range(8)} == {302}

    def test_a_password_for_a_link_that_has_none_changes_nothing(self) -> None:
        path = f"/r/{finished(self.alice).links.get().token}/"
        assert self._try(Client(), path=path)["Location"] == path


class TestLastOpened(_Locked):
    def _opened(self) -> Any:
        return ShareLink.objects.get().opened_at

    def test_its_owner_reads_when_and_not_by_whom(self) -> None:
        assert "Not opened yet" in self.alice.get(f"/photos/{self.photo.pk}/").content.decode()
        visitor = Client()
        self._try(visitor)
        visitor.get(self.path)
        assert timezone.now() - self._opened() < timedelta(minutes=1)
        assert "Last opened on" in self.alice.get(f"/photos/{self.photo.pk}/").content.decode()

    def test_the_question_for_the_password_is_no_opening(self) -> None:
        Client().get(self.path)
        Client().get(f"{self.path}cutout.png")
        self._try(Client(), "wrong")
        assert self._opened() is None

    def test_it_is_written_once_a_minute(
        self, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
    ) -> None:
        visitor = Client()
        self._try(visitor)
        visitor.get(self.path)
        with django_assert_num_queries(1):
            visitor.get(self.path)

    def test_neither_is_a_look_at_the_headers(self) -> None:
        visitor = Client()
        self._try(visitor)
        visitor.head(self.path)
        assert self._opened() is None


class TestOthers(Cast):
    def test_the_link_to_a_batch_can_have_one_too(self) -> None:
        batch = filled(self.alice, 2)
        while jobs.process_next():
            pass
        self.alice.post(f"/batches/{batch.pk}/links/", {"hours": 24, "password": _WORDS, "may_review": "on"})
        path = f"/b/{BatchLink.objects.get().token}/"
        for name in ("archive.zip", "1.webp", "99.webp"):
            assert Client().get(path + name)["Location"] == path
        assert Client().post(f"{path}1/", {"verdict": "accepted"})["Location"] == path
        visitor = Client()
        assert "has a password" in visitor.get(path).content.decode()
        visitor.post(path, {"password": _WORDS})
        assert visitor.get(path).content.decode().count('class="card proof"') == 2
        assert "Last opened on" in self.alice.get(f"/batches/{batch.pk}/").content.decode()

    def test_a_link_whose_background_was_deleted_opens_nothing(self) -> None:
        photo = finished(self.alice)
        ground = Ground.objects.create(
            owner=photo.owner, file="x", name="x", mime="image/png", width=9, height=9, bytes=9,
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        document = {"version": 1, "ground": {"kind": "picture", "picture": str(ground.pk)}}
        edits.save(photo, recipes.parse(document), revision=0)
        self.alice.post(f"/photos/{photo.pk}/links/", {"hours": 1})
        path = f"/r/{photo.links.first().token}/"
        ground.delete()
        for address in (path, f"{path}preview.webp"):
            assert Client().get(address).status_code == 404
