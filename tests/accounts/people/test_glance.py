"""How an account stands, in a few words."""

from typing import Any

import pytest

from accounts.leaving.services import close
from accounts.models import User
from accounts.people import glance
from accounts.people.glance import Glance
from bgbegone.lib import masks
from tests.accounts.mailing.steps import confirmed
from tests.base import Cast, authenticator_app, finished, member


def _glance(user: User) -> Glance:
    return glance.look_at([user])[user.pk]


@pytest.mark.django_db
class TestWords:
    def test_confirmed_and_second_factor(self) -> None:
        alice, bob = member("alice"), User.objects.create_user("bob", "bob@example.org", "x")
        authenticator_app(alice)
        assert (_glance(alice).is_confirmed, _glance(alice).has_second_factor) == (True, True)
        assert (_glance(bob).is_confirmed, _glance(bob).has_second_factor) == (False, False)

    def test_news_and_leaving(self) -> None:
        alice = member("alice")
        confirmed(alice)
        assert _glance(alice).words == ["gets news"]
        close(alice)
        closed, news = map(str, _glance(User.objects.get(pk=alice.pk)).words)
        assert closed.startswith("closed, erased on")
        assert news == "no news"

    def test_what_is_out_of_the_ordinary_comes_first(self) -> None:
        bob = User.objects.create_user("bob", "bob@example.org", "x", is_active=False, is_staff=True)
        assert _glance(bob).in_words(bob) == ["locked", "not confirmed", "staff"]

    @pytest.mark.parametrize("number", [1, 20])
    def test_many_cost_as_much_as_one(self, number: int, django_assert_num_queries: Any) -> None:
        people = [member(f"user{index}") for index in range(number)]
        with django_assert_num_queries(6):
            glance.look_at(people)


class TestPhotos(Cast):
    def test_they_are_counted(self) -> None:
        alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
        finished(self.alice)
        finished(self.alice)
        finished(self.guest)
        assert list(map(str, _glance(alice).words)) == ["2 photos"]
        assert _glance(bob).words == []


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masks.email, "alice@example.org", "a•••@e•••.org"),
        (masks.email, "a@b.museum", "a•••@b•••.museum"),
        (masks.email, "root@localhost", "r•••@l•••"),
        (masks.email, "", ""),
        (masks.phone, "+4930901820", "•••• 1820"),
        (masks.phone, "", ""),
        (masks.full_name, "Alice Archer", "A••• A•••"),
        (masks.full_name, "", ""),
        (masks.file_name, "Alice at home.JPG", "•••.JPG"),
        (masks.file_name, "Alice v1.of Bob", "•••"),
        (masks.file_name, "", ""),
    ],
)
def test_p06_masks_leave_too_little_to_write_or_call(mask: Any, value: str, shown: str) -> None:
    assert mask(value) == shown
