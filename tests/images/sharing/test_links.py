"""/r/<token>/: links for whoever has them (promises P14 and P15)."""

import io
import logging
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from PIL import Image

from images.editing import delivery, services
from images.editing import jobs as renditions
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.sharing.forms import MOST_LINKS
from images.sharing.models import ShareLink, digest_of
from tests.base import Cast, body, disc, finished, upload_file
from tests.images.engine.pictures import is_near


def _link(photo: Photo) -> ShareLink:
    return photo.links.get()


def _path(photo: Photo) -> str:
    return f"/r/{_link(photo).token}/"


class TestOpening(Cast):
    def test_whoever_has_the_link_sees_the_result(self) -> None:
        path = _path(finished(self.alice))
        page = Client().get(path)
        assert page.status_code == 200
        assert "cutout.png" in page.content.decode()

    @pytest.mark.parametrize(
        "name", ["preview.webp", "cutout.png", "cutout.webp", "cutout.avif", "cutout.jpg"]
    )
    def test_its_files(self, name: str) -> None:
        response = Client().get(_path(finished(self.alice)) + name)
        image = Image.open(io.BytesIO(body(response)))
        assert image.size == (120, 80)

    def test_colour_and_alpha_as_a_zip(self) -> None:
        response = Client().get(_path(finished(self.alice)) + "cutout.zip")
        assert response["Content-Type"] == "application/zip"
        with ZipFile(io.BytesIO(body(response))) as archive:
            assert archive.namelist() == ["color.jpg", "alpha.png"]

    @pytest.mark.parametrize("name", ["cutout.exe", "other.png", "cutout", "cutout.png.exe"])
    def test_files_that_there_are_not(self, name: str) -> None:
        assert Client().get(_path(finished(self.alice)) + name).status_code == 404

    def test_it_tells_nothing_about_the_owner(self) -> None:
        page = Client().get(_path(finished(self.alice))).content.decode()
        assert "alice" not in page
        assert "disc" not in page

    def test_p14_nothing_of_it_is_kept_or_listed(self) -> None:
        path = _path(finished(self.alice))
        for address in (path, f"{path}cutout.png", f"{path}preview.webp", "/r/wrong/"):
            response = Client().get(address)
            assert response["Cache-Control"] == "no-store, private"
            assert response["Referrer-Policy"] == "no-referrer"
            assert "noindex" in response["X-Robots-Tag"]

    def test_p14_the_bytes_may_load_nothing(self) -> None:
        response = Client().get(_path(finished(self.alice)) + "cutout.png")
        assert response["Content-Security-Policy"].startswith("default-src 'none'")

    def test_p14_no_cookie_is_set(self) -> None:
        assert not Client().get(_path(finished(self.alice))).cookies


class TestSecrecy(Cast):
    def test_p14_the_token_has_128_random_bits_and_more(self) -> None:
        photo = finished(self.alice)
        assert len(bytes(_link(photo).seed)) * 8 >= 128
        assert len(_link(photo).token or "") * 6 >= 128

    def test_p14_the_database_does_not_reveal_the_token(self) -> None:
        token = _link(finished(self.alice)).token
        dump = io.StringIO()
        call_command("dumpdata", stdout=dump)
        assert token
        assert token not in dump.getvalue()

    @override_settings(SECRET_KEY="another")
    def test_p14_seed_and_digest_are_useless_without_the_servers_secret(self) -> None:
        with override_settings(SECRET_KEY="the server's"):
            photo = finished(self.alice)
            right = _link(photo).token
        assert _link(photo).token is None
        assert right
        assert digest_of(right) == _link(photo).digest

    def test_p14_the_logs_do_not_hold_the_token(self, caplog: pytest.LogCaptureFixture) -> None:
        photo = finished(self.alice)
        caplog.set_level(logging.DEBUG)
        Client().get(_path(photo))
        Client().get(f"/r/{_link(photo).token}x/")
        text = " ".join(str(vars(record)) for record in _written(caplog))
        assert "shared" in text
        assert str(_link(photo).token) not in text

    def test_guessing_is_slowed_down_and_locks_nobody_out(self) -> None:
        path = _path(finished(self.alice))
        answers = [self.guest.get(f"/r/guess{n}/").status_code for n in range(40)]
        assert answers[0] == 404
        assert answers[-1] == 429
        assert self.guest.get(path).status_code == 200


class TestClosing(Cast):
    """Wrong, expired, revoked, used up and deleted answer alike."""

    def _same_as_wrong(self, path: str) -> None:
        wrong, closed = Client().get("/r/wrong/"), Client().get(path)
        assert closed.status_code == wrong.status_code == 404
        assert closed.content == wrong.content
        assert Client().get(f"{path}cutout.png").status_code == 404

    def test_p14_expired(self) -> None:
        path = _path(finished(self.alice))
        ShareLink.objects.update(expires_at=timezone.now())
        self._same_as_wrong(path)

    def test_p14_revoked_means_the_next_request_fails(self) -> None:
        photo = finished(self.alice)
        path = _path(photo)
        self.alice.post(f"/photos/{photo.pk}/links/{_link(photo).pk}/revoke/")
        self._same_as_wrong(path)

    def test_p14_deleted(self) -> None:
        photo = finished(self.alice)
        path = _path(photo)
        self.alice.post(f"/photos/{photo.pk}/delete/")
        self._same_as_wrong(path)

    def test_p14_the_photos_time_is_over(self) -> None:
        photo = finished(self.alice)
        path = _path(photo)
        Photo.objects.update(expires_at=timezone.now())
        self._same_as_wrong(path)

    def test_p14_used_up(self) -> None:
        photo = finished(self.alice)
        path = _path(photo)
        ShareLink.objects.update(max_downloads=1)
        Client().get(path)
        body(Client().get(f"{path}preview.webp"))
        assert body(Client().get(f"{path}cutout.png"))
        self._same_as_wrong(path)

    @pytest.mark.parametrize("size", [(120, 80), (1400, 700)])
    def test_a_counted_link_shows_less_than_the_picture(self, size: tuple[int, int]) -> None:
        path = _path(finished(self.alice, file=upload_file(disc(size))))
        ShareLink.objects.update(max_downloads=1)
        shown = Image.open(io.BytesIO(body(Client().get(f"{path}preview.webp"))))
        assert max(shown.size) == min(480, max(size) // 2)
        assert shown.mode == "RGBA"

    def test_the_last_download_goes_to_one_of_two(self) -> None:
        link = _link(finished(self.alice))
        ShareLink.objects.update(max_downloads=1)
        assert [link.count_download(), link.count_download()] == [True, False]

    def test_only_the_owner_revokes(self) -> None:
        photo = finished(self.alice)
        revoke = f"/photos/{photo.pk}/links/{_link(photo).pk}/revoke/"
        assert self.bob.post(revoke).status_code == 404
        assert self.guest.get(_path(photo)).status_code == 200


class TestVersions(Cast):
    """A link shows what was shared, whatever is done to the photo afterwards."""

    def _edit(self, photo: Photo, colour: str, revision: int) -> None:
        recipe = recipes.parse({"version": 1, "ground": {"kind": "colour", "colour": colour}})
        services.save(photo, recipe, revision=revision)

    def _corner(self, path: str, name: str = "cutout.png") -> object:
        return Image.open(io.BytesIO(body(Client().get(path + name)))).convert("RGBA").getpixel((0, 0))

    def _new_link(self, photo: Photo) -> str:
        self.alice.post(f"/photos/{photo.pk}/links/", {"hours": 1})
        return f"/r/{photo.links.first().token}/"

    def test_what_is_done_later_stays_at_home(self) -> None:
        photo = finished(self.alice)
        first = _path(photo)
        self._edit(photo, "#ff0000", 0)
        red = self._new_link(photo)
        self._edit(photo, "#0000ff", 1)
        assert self._corner(first) == (0, 0, 0, 0)
        assert self._corner(red) == (255, 0, 0, 255)
        assert self._corner(self._new_link(photo)) == (0, 0, 255, 255)

    @pytest.mark.parametrize("name", ["cutout.webp", "cutout.jpg"])
    def test_of_sixteen_bits_in_a_format_of_eight(self, name: str) -> None:
        photo = finished(self.alice)
        services.save(photo, recipes.parse({"version": 1, "output": {"bits": 16}}), revision=0)
        assert Client().get(self._new_link(photo) + name).status_code == 200

    def test_nothing_on_a_ground_is_called_transparent(self) -> None:
        photo = finished(self.alice)
        assert "are transparent" in Client().get(_path(photo)).content.decode()
        self._edit(photo, "#ff0000", 0)
        assert "are transparent" not in Client().get(self._new_link(photo)).content.decode()

    def test_the_small_picture_is_of_the_same_version(self) -> None:
        photo = finished(self.alice)
        self._edit(photo, "#ff0000", 0)
        red = self._new_link(photo)
        assert 'http-equiv="refresh"' in Client().get(red).content.decode()
        renditions.process_next()
        assert 'http-equiv="refresh"' not in Client().get(red).content.decode()
        assert is_near(self._corner(red, "preview.webp"), (255, 0, 0, 255))  # type: ignore[arg-type]

    def test_a_download_counts_once_it_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        path = _path(finished(self.alice))
        ShareLink.objects.update(max_downloads=1)
        monkeypatch.setattr(delivery, "PATIENCE_SECONDS", 0)
        for _ in range(3):
            assert Client().get(f"{path}cutout.jpg").status_code == 202
        renditions.process_next()
        assert Client().get(f"{path}cutout.jpg").status_code == 200
        assert Client().get(f"{path}cutout.jpg").status_code == 404


class TestMaking(Cast):
    def test_guests_links_live_a_day_and_members_thirty(self) -> None:
        for client, life in ((self.guest, timedelta(days=1)), (self.alice, timedelta(days=30))):
            link = _link(finished(client))
            assert abs(link.expires_at - timezone.now() - life) < timedelta(minutes=1)

    def test_p15_private_makes_no_link(self) -> None:
        photo = finished(self.alice, visibility="private")
        assert not photo.links.exists()
        assert self.alice.get(f"/photos/{photo.pk}/").status_code == 200
        assert Client().get(f"/photos/{photo.pk}/").status_code == 404

    def test_p15_the_advice_stands_beside_the_upload_field(self) -> None:
        page = Client().get("/").content.decode()
        assert "use discretion in what you send" in page[page.index('type="file"') :]

    def test_p15_the_advice_stands_on_the_share_panel(self) -> None:
        page = self.alice.get(f"/photos/{finished(self.alice).pk}/").content.decode()
        assert "anyone who has" in page.lower()

    def test_one_more_link_with_its_own_limits(self) -> None:
        photo = finished(self.alice)
        self.alice.post(f"/photos/{photo.pk}/links/", {"hours": 1, "max_downloads": 3})
        link = photo.links.first()
        assert link.max_downloads == 3
        assert link.expires_at - timezone.now() <= timedelta(hours=1)

    def test_no_link_outlives_its_photo(self) -> None:
        photo = finished(self.alice)
        Photo.objects.update(expires_at=timezone.now() + timedelta(hours=2))
        self.alice.post(f"/photos/{photo.pk}/links/", {"hours": 24})
        photo.refresh_from_db()
        assert photo.links.first().expires_at == photo.expires_at

    def test_there_is_an_end_to_links(self) -> None:
        photo = finished(self.alice)
        for _ in range(MOST_LINKS + 3):
            page = self.alice.post(f"/photos/{photo.pk}/links/", {"hours": 1})
        assert photo.links.count() == MOST_LINKS
        assert "withdraw one of them first" in page.content.decode()

    @pytest.mark.parametrize("hours", ["720", "-1", "x", ""])
    def test_no_link_outlives_what_a_guest_may_give(self, hours: str) -> None:
        photo = finished(self.guest)
        page = self.guest.post(f"/photos/{photo.pk}/links/", {"hours": hours})
        assert page.status_code == 422
        assert "field-error" in page.content.decode()
        assert photo.links.count() == 1


def _written(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The records that the console's own filter lets through."""
    from bgbegone.lib.logs import WithoutPaths

    return [record for record in caplog.records if WithoutPaths().filter(record)]
