"""Who is told of a disclosure, and when (promise P6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.disclosures import services
from accounts.disclosures.services import Refused
from accounts.leaving.services import close
from accounts.mailing.services import How, opt_out
from accounts.models import Disclosure, DisclosureNotice, User
from accounts.tasks import tell_people
from tests.accounts.disclosures.steps import agreed, disclosed, in_days, person, sale
from tests.accounts.mailing.steps import confirmed
from tests.accounts.steps import sent
from tests.base import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def sara() -> User:
    user: User = User.objects.create_superuser("sara", "sara@example.org", "x")
    return user


def _letters() -> list[tuple[str, str]]:
    return [(letter.to[0], str(letter.subject)) for letter in sent()]


def test_p06_the_person_is_told_at_once(sara: User) -> None:
    disclosed(person(), sara)
    assert _letters() == [("alice@example.org", "We have disclosed something about you")]


def test_p06_the_letter_says_what_and_to_whom_but_no_value(sara: User) -> None:
    disclosed(person(), sara, recipient="Court 7", fields=["phone"])
    text = str(sent()[0].body)
    assert "Court 7" in text
    assert "Phone number" in text
    assert "4930901820" not in text
    assert "/accounts/disclosures/" in text


def test_p06_a_sealed_one_is_told_when_the_seal_ends_and_once(sara: User, time_machine: Any) -> None:
    disclosed(person(), sara, sealed_until=in_days(3))
    tell_people()
    assert not _letters()
    time_machine.move_to(timezone.now() + timedelta(days=3))
    tell_people()
    tell_people()
    assert len(_letters()) == 1
    assert "had to stay sealed" in str(sent()[0].body)


def test_p06_the_question_is_a_letter_too() -> None:
    agreed(person())
    assert ("alice@example.org", "May we pass something about you on?") in _letters()


def test_whoever_is_erased_before_the_seal_ends_is_not_written_to(sara: User, time_machine: Any) -> None:
    alice = person()
    disclosed(alice, sara, sealed_until=in_days(3))
    alice.delete()
    time_machine.move_to(timezone.now() + timedelta(days=3))
    tell_people()
    assert not _letters()


class TestASale:
    @pytest.fixture
    def row(self, sara: User) -> Disclosure:
        return sale(sara)

    @pytest.fixture
    def tom(self) -> User:
        tom = member("tom")
        tom.user_permissions.set(Permission.objects.filter(codename="add_disclosureconfirmation"))
        return tom

    def _export(self, row: Disclosure, by: User) -> list[dict[str, Any]]:
        return list(services.export(Disclosure.objects.get(pk=row.pk), by=by, format="csv"))

    def test_p06_nobody_confirms_their_own(self, row: Disclosure, sara: User) -> None:
        with pytest.raises(Refused, match="Somebody else"):
            services.confirm(row, by=sara)

    def test_p06_before_it_is_confirmed_nobody_is_told_and_there_is_no_file(
        self, row: Disclosure, sara: User
    ) -> None:
        tell_people()
        assert not _letters()
        with pytest.raises(Refused, match="second member"):
            self._export(row, sara)

    def test_confirming_twice_is_said(self, row: Disclosure, tom: User) -> None:
        services.confirm(row, by=tom)
        with pytest.raises(Refused, match="already"):
            services.confirm(row, by=tom)

    def test_p06_every_member_is_told_also_who_wants_no_news(self, row: Disclosure, tom: User) -> None:
        bob = member("bob")
        opt_out(confirmed(bob).pk, how=How.ACCOUNT)
        User.objects.create_user("nobody", "nobody@example.org", "x")  # has not confirmed the address
        services.confirm(row, by=tom)
        before = len(_letters())
        tell_people()
        tell_people()
        told = {address for address, _subject in _letters()[before:]}
        assert told == {"sara@example.org", "tom@example.org", "bob@example.org"}
        assert DisclosureNotice.objects.count() == 3

    def test_it_goes_out_as_fast_as_mail_may(self, row: Disclosure, tom: User, settings: Any) -> None:
        settings.MAIL_PER_MINUTE = 1
        services.confirm(row, by=tom)
        for number in (1, 2, 2):
            tell_people()
            assert DisclosureNotice.objects.count() == number

    def test_p06_the_file_waits_for_thirty_days(
        self, row: Disclosure, sara: User, tom: User, time_machine: Any
    ) -> None:
        services.confirm(row, by=tom)
        tell_people()
        time_machine.move_to(timezone.now() + timedelta(days=29))
        with pytest.raises(Refused, match="30 days"):
            self._export(row, sara)
        time_machine.move_to(timezone.now() + timedelta(days=2))
        assert {row["email"] for row in self._export(row, sara)} == {"sara@example.org", "tom@example.org"}

    def test_p06_who_leaves_in_that_time_is_not_in_it(
        self, row: Disclosure, sara: User, tom: User, time_machine: Any
    ) -> None:
        services.confirm(row, by=tom)
        tell_people()
        time_machine.move_to(timezone.now() + timedelta(days=31))
        close(tom)
        assert [row["email"] for row in self._export(row, sara)] == ["sara@example.org"]

    def test_p06_who_joins_later_is_not_in_it(
        self, row: Disclosure, sara: User, tom: User, time_machine: Any
    ) -> None:
        services.confirm(row, by=tom)
        member("late")
        tell_people()
        time_machine.move_to(timezone.now() + timedelta(days=31))
        assert len(self._export(row, sara)) == 2
