"""Limits: by megapixel, minute and day, exact for any number of threads; given back for what failed."""

import json
import os
import subprocess
import sys
import uuid
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from images.api.limits import services
from images.api.limits.models import ApiCharge, ApiUse
from images.photos.models import Photo
from images.work.models import Cutout
from tests import parts
from tests.base import disc
from tests.images.api.steps import key_of, program
from tests.images.api.v1_steps import Removing


def race(tmp_path: Any, **variables: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.images.api.racing"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


EXACT = {
    "limit": {"taken": 50, "refused": 46, "photos": 50, "meter": 50, "day": 50},
    "retries": {"taken": 50, "photos": 1, "jobs": 1, "day": 1},
}


class TestRaces:
    def test_exact_with_32_threads_on_sqlite(self, tmp_path: Any) -> None:
        assert race(tmp_path, DATABASE_URL="") == EXACT

    @pytest.mark.services
    def test_exact_with_32_threads_on_postgresql(self, tmp_path: Any) -> None:
        name = f"bgbegone_racing_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(parts.POSTGRES, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
            try:
                address = parts.POSTGRES.rpartition("/")[0] + f"/{name}"
                assert race(tmp_path, DATABASE_URL=address) == EXACT
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("size", "megapixels"), [((1, 1), 1), ((1000, 1000), 1), ((1000, 1001), 2), ((5000, 5000), 25)]
)
def test_megapixels_are_rounded_up(size: tuple[int, int], megapixels: int) -> None:
    assert services.megapixels_of(*size) == megapixels


class TestLimits(Removing):
    @pytest.fixture(autouse=True)
    def _one_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The clock stands still: no new minute begins within a test that does not say so."""
        now = services._minute()
        monkeypatch.setattr(services, "_minute", lambda: now)

    def test_beyond_it_the_answer_says_when_to_come_again(self) -> None:
        self.shop = program(key_of("alice", megapixels_per_minute=2))
        assert self.removed()["X-RateLimit-Remaining"] == "1"
        assert self.removed()["X-RateLimit-Remaining"] == "0"
        response = self.send()
        assert response.status_code == 429
        assert response.json()["errors"][0]["code"] == "rate_limit_exceeded"
        assert 1 <= int(response["Retry-After"]) <= 60
        assert Photo.objects.count() == 2
        assert ApiUse.objects.get().refusals == 1

    def test_a_retry_of_what_is_there_is_served_all_the_same(self) -> None:
        self.shop = program(key_of("alice", megapixels_per_minute=1))
        data = disc()
        self.removed(data)
        assert self.refused(429) == "rate_limit_exceeded"
        self.removed(data)

    def test_a_new_minute_begins_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop = program(key_of("alice", megapixels_per_minute=1))
        monkeypatch.setattr(services, "_minute", lambda: 100)
        self.removed()
        assert self.refused(429) == "rate_limit_exceeded"
        monkeypatch.setattr(services, "_minute", lambda: 101)
        self.removed()

    def test_one_picture_larger_than_the_limit_takes_a_whole_minute(self) -> None:
        self.shop = program(key_of("alice", megapixels_per_minute=1))
        self.removed(disc((1500, 1000)))
        assert self.refused(429) == "rate_limit_exceeded"

    def test_the_day(self) -> None:
        self.shop = program(key_of("alice", megapixels_per_day=1))
        self.removed()
        response = self.send()
        assert response.status_code == 429
        assert int(response["Retry-After"]) >= 1
        assert ApiCharge.objects.count() == 1

    def test_keys_do_not_use_up_each_others(self) -> None:
        self.shop = program(key_of("alice", megapixels_per_minute=1))
        self.removed()
        self.shop = program(key_of("alice", megapixels_per_minute=1))
        self.removed()

    def test_the_servers_limit_bounds_every_key(self) -> None:
        with override_settings(API_MEGAPIXELS_PER_MINUTE=1):
            self.removed()
            assert self.refused(429) == "rate_limit_exceeded"

    def test_ten_thousand_requests_in_a_minute(self) -> None:
        with override_settings(API_REQUESTS_PER_MINUTE=50):
            statuses = [self.shop.get("/v1.0/account").status_code for _ in range(60)]
            response = self.shop.get("/v2/account")
        assert statuses == [200] * 50 + [429] * 10
        assert response.json()["code"] == "too_many_requests"
        assert response["Retry-After"] == "60"

    def test_use_is_shown_by_day(self) -> None:
        self.removed()
        page = self.alice.get("/accounts/keys/").content.decode()
        assert "<td>1</td>" in page

    def test_one_person_keeps_only_a_few_places_in_front(self) -> None:
        """However many a program sends, whoever comes next waits for a few of them and not for all."""
        for _ in range(12):
            file = SimpleUploadedFile("a.png", disc())
            assert self.shop.post("/v2/photos", {"file": file}).status_code == 202
        self.shop = program(key_of("bob"))
        file = SimpleUploadedFile("b.png", disc())
        bobs = self.shop.post("/v2/photos", {"file": file}).json()["id"]
        order = [str(pk) for pk in Cutout.objects.waiting().values_list("photo", flat=True)]
        assert order.index(bobs) == 8
