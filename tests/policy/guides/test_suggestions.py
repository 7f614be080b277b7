"""“Read next”: what all readers together went on to (promise P9)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from policy import retention
from policy.guides.models import SMALLEST_GROUP, STEPS_KEPT
from policy.models import Guide, GuideStep, RetentionRun

pytestmark = pytest.mark.django_db

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
_EDITORIAL = ["cars", "marketplace-rules", "logos"]


def _read(slug: str, after: str = "", address: str = "192.0.2.1", **headers: str) -> list[str]:
    """Open a guide as a reader of another one does, and return what is suggested then."""
    if after:
        headers.setdefault("referer", f"http://testserver{after}")
    client = Client(headers={"user-agent": _BROWSER, **headers}, REMOTE_ADDR=address)
    page = client.get(f"/guides/{slug}/").content.decode()
    return re.findall(r'href="/guides/([\w-]+)/"', page[page.index("Read next") :])


def _steps() -> dict[tuple[str, str], int]:
    return {(step.from_slug, step.to_slug): step.count for step in GuideStep.objects.all()}


def _step(to_slug: str, count: int, days_ago: int = 0) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    GuideStep.objects.create(from_slug="pets", to_slug=to_slug, count=count, day=day)


class TestSuggestions:
    def test_without_readers_our_editors_decide(self) -> None:
        assert _read("pets") == _EDITORIAL

    def test_after_the_last_guide_comes_the_first(self) -> None:
        assert _read("logos") == ["product-photos", "portraits-and-hair", "pets"]

    def test_p09_what_readers_went_on_to_comes_first(self) -> None:
        _step("product-photos", 12)
        _step("logos", 30)
        assert _read("pets") == ["logos", "product-photos", "cars"]

    def test_p09_a_small_group_influences_nothing(self) -> None:
        _step("product-photos", SMALLEST_GROUP - 1)
        assert _read("pets") == _EDITORIAL

    def test_a_group_may_come_together_over_several_days(self) -> None:
        _step("logos", SMALLEST_GROUP // 2, days_ago=1)
        _step("logos", SMALLEST_GROUP // 2, days_ago=2)
        assert _read("pets")[0] == "logos"

    def test_what_is_long_ago_influences_nothing(self) -> None:
        _step("logos", 50, days_ago=STEPS_KEPT.days + 1)
        assert _read("pets") == _EDITORIAL

    def test_another_guide_has_suggestions_of_its_own(self) -> None:
        _step("logos", 50)
        assert _read("cars")[0] == "marketplace-rules"

    def test_a_guide_that_was_withdrawn_is_not_suggested(self) -> None:
        _step("product-photos", 50)
        Guide.objects.filter(slug="product-photos").update(is_published=False)
        assert _read("pets") == _EDITORIAL

    def test_p09_they_are_the_same_for_everybody(self) -> None:
        _step("logos", 50)
        assert _read("pets", after="/guides/logos/") == _read("pets", address="192.0.2.9")


class TestCounting:
    def test_a_step_from_guide_to_guide_counts(self) -> None:
        _read("logos", after="/guides/pets/")
        _read("logos", after="/guides/pets/", address="192.0.2.2")
        assert _steps() == {("pets", "logos"): 2}

    def test_one_reader_counts_once(self) -> None:
        for _ in range(SMALLEST_GROUP + 2):
            _read("logos", after="/guides/pets/")
        assert _steps() == {("pets", "logos"): 1}

    def test_p09_ten_readers_change_the_order(self) -> None:
        for number in range(SMALLEST_GROUP):
            assert _read("pets") == _EDITORIAL
            _read("logos", after="/guides/pets/", address=f"192.0.2.{number}")
        assert _read("pets")[0] == "logos"

    @pytest.mark.parametrize(
        "referrer",
        [
            "https://evil.example/guides/pets/",
            "http://testserver/guides/none/",
            "http://testserver/guides/",
            "http://testserver/nowhere/",
            "http://testserver/guides/logos/",
            "http://testserver:81/guides/pets/",
            "/guides/pets/",
            "http://[",
            "http://testserver/guides/%00/",
            "x" * 5000,
        ],
    )
    def test_only_another_guide_of_ours_counts_as_a_beginning(self, referrer: str) -> None:
        _read("logos", referer=referrer)
        assert _steps() == {}

    @pytest.mark.parametrize(
        "headers",
        [{"sec-gpc": "1"}, {"dnt": "1"}, {"sec-purpose": "prefetch"}, {"user-agent": "Googlebot/2.1"}],
    )
    def test_p08_who_said_no_and_programs_are_left_out(self, headers: dict[str, str]) -> None:
        _read("logos", after="/guides/pets/", **headers)
        assert _steps() == {}

    def test_p08_a_step_says_nothing_about_its_reader(self) -> None:
        names = {field.name for field in GuideStep._meta.get_fields()}
        assert names == {"id", "day", "from_slug", "to_slug", "count"}

    def test_old_steps_go(self) -> None:
        _step("logos", 1, days_ago=STEPS_KEPT.days + 1)
        _step("cars", 1, days_ago=STEPS_KEPT.days)
        RetentionRun.objects.all().delete()
        retention.delete_expired()
        assert _steps() == {("pets", "cars"): 1}
