"""The register: grounds and their rules, and that nothing in it can be changed (promise P6)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.disclosures import services
from accounts.disclosures.services import Refused
from accounts.models import (
    Disclosure,
    DisclosureConfirmation,
    DisclosureConsent,
    DisclosureExport,
    SealExtension,
    User,
)
from policy import evidence, transparency
from tests.accounts.disclosures.steps import SHOP, agreed, disclosed, in_days, person, sale
from tests.base import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def sara() -> User:
    user: User = User.objects.create_superuser("sara", "sara@example.org", "x")
    return user


def _to_shop(alice: User, sara: User, **terms: Any) -> Disclosure:
    return disclosed(alice, sara, **{"ground": "a", "recipient": SHOP, "evidence": "", **terms})


class TestAgreement:
    def test_p06_without_it_a_disclosure_is_refused(self, alice: User, sara: User) -> None:
        with pytest.raises(Refused, match="has not agreed"):
            _to_shop(alice, sara)
        assert not Disclosure.objects.exists()

    def test_p06_with_it_the_agreement_is_the_proof(self, alice: User, sara: User) -> None:
        consent = agreed(alice)
        row = _to_shop(alice, sara)
        assert row.consent == consent
        assert str(consent.pk) in row.evidence

    def test_p06_another_recipient_is_refused(self, alice: User, sara: User) -> None:
        agreed(alice, "Somebody Else")
        with pytest.raises(Refused):
            _to_shop(alice, sara)

    def test_p06_one_field_more_is_refused(self, alice: User, sara: User) -> None:
        agreed(alice, SHOP, "email", "full_name")
        with pytest.raises(Refused):
            _to_shop(alice, sara, fields=["email", "phone"])

    def test_fewer_fields_and_another_spelling_are_fine(self, alice: User, sara: User) -> None:
        agreed(alice, SHOP, "email", "full_name")
        assert _to_shop(alice, sara, fields=["email"], recipient=f" {SHOP.upper()} ")

    def test_p06_somebody_elses_agreement_is_none(self, alice: User, sara: User) -> None:
        agreed(person("bob"))
        with pytest.raises(Refused):
            _to_shop(alice, sara)

    @pytest.mark.parametrize("say", ["asked", "refused", "withdrawn"])
    def test_p06_only_a_yes_that_holds_counts(self, alice: User, sara: User, say: str) -> None:
        agreed(alice)
        DisclosureConsent.objects.update(state=say)
        with pytest.raises(Refused):
            _to_shop(alice, sara)

    def test_p06_withdrawn_after_the_entry_there_is_no_file(self, alice: User, sara: User) -> None:
        consent = agreed(alice)
        row = _to_shop(alice, sara)
        assert consent.withdraw()
        with pytest.raises(Refused, match="withdrawn"):
            services.export(Disclosure.objects.get(pk=row.pk), by=sara, format="csv")
        assert not DisclosureExport.objects.exists()

    def test_an_answer_is_given_once(self, alice: User, sara: User) -> None:
        consent = agreed(alice)
        assert not consent.answer(agrees=False)
        assert [consent.withdraw(), consent.withdraw()] == [True, False]

    def test_a_question_that_waits_is_not_asked_twice(self, alice: User, sara: User) -> None:
        question: dict[str, Any] = {"recipient": SHOP, "fields": ["email"], "purpose": "A frame."}
        services.ask(alice, by=sara, **question)
        with pytest.raises(Refused, match="waits"):
            services.ask(alice, by=sara, **question)


class TestRules:
    @pytest.mark.parametrize("ground", ["b", "d"])
    def test_p06_a_proof_or_reason_is_needed(self, alice: User, sara: User, ground: str) -> None:
        with pytest.raises(Refused, match="proof"):
            disclosed(alice, sara, ground=ground, evidence=" ")

    @pytest.mark.parametrize("ground", ["a", "c"])
    def test_p06_only_law_and_protection_can_be_sealed(self, alice: User, sara: User, ground: str) -> None:
        agreed(alice)
        who = None if ground == "c" else alice
        with pytest.raises(Refused, match="sealed"):
            disclosed(who, sara, ground=ground, recipient=SHOP, sealed_until=in_days(5))

    @pytest.mark.parametrize("days", [-1, 0, 366])
    def test_p06_a_seal_ends_within_a_year(self, alice: User, sara: User, days: int) -> None:
        with pytest.raises(Refused, match="365"):
            disclosed(alice, sara, sealed_until=in_days(days))

    def test_a_sale_concerns_everybody_and_the_rest_one_person(self, alice: User, sara: User) -> None:
        for who, ground in ((alice, "c"), (None, "b")):
            with pytest.raises(Refused, match="everybody"):
                disclosed(who, sara, ground=ground)

    def test_nothing_is_no_disclosure(self, alice: User, sara: User) -> None:
        with pytest.raises(Refused, match="what is disclosed"):
            disclosed(alice, sara, fields=[])


class TestSeals:
    def test_only_a_seal_that_holds_is_renewed(self, alice: User, sara: User) -> None:
        row = disclosed(alice, sara)
        with pytest.raises(Refused, match="not sealed"):
            services.extend_seal(row, by=sara, until=in_days(9), reason="x")

    def test_p06_renewed_it_stays_hidden_longer(self, alice: User, sara: User, time_machine: Any) -> None:
        row = disclosed(alice, sara, sealed_until=in_days(5))
        services.extend_seal(row, by=sara, until=in_days(30), reason="The court says so.")
        time_machine.move_to(timezone.now())
        time_machine.shift(86400 * 6)
        assert not Disclosure.objects.shown_to(alice)
        time_machine.shift(86400 * 25)
        assert list(Disclosure.objects.shown_to(alice)) == [row]

    def test_it_is_not_made_shorter(self, alice: User, sara: User) -> None:
        row = disclosed(alice, sara, sealed_until=in_days(50))
        with pytest.raises(Refused, match="already"):
            services.extend_seal(row, by=sara, until=in_days(40), reason="x")


def _everything(alice: User, sara: User) -> None:
    row = disclosed(alice, sara, sealed_until=in_days(5))
    services.extend_seal(row, by=sara, until=in_days(9), reason="x")
    list(services.export(row, by=sara, format="json"))
    services.confirm(sale(sara), by=member("tom"))


_KINDS = [Disclosure, SealExtension, DisclosureExport, DisclosureConfirmation]


@pytest.mark.parametrize("kind", _KINDS)
class TestAppendOnly:
    def test_p06_python_refuses_changes(self, alice: User, sara: User, kind: Any) -> None:
        _everything(alice, sara)
        row = kind.objects.first()
        attempts: list[Callable[[], Any]] = [
            row.save,
            row.delete,
            kind.objects.all().delete,
            lambda: kind.objects.update(by=None),
            lambda: kind.objects.bulk_update([row], ["by"]),
        ]
        for attempt in attempts:
            with pytest.raises(TypeError, match="only ever added to"):
                attempt()

    @pytest.mark.parametrize("sql", ["UPDATE {} SET by_id = {}", "DELETE FROM {}"])
    def test_p06_so_does_the_database(self, alice: User, sara: User, kind: Any, sql: str) -> None:
        _everything(alice, sara)
        somebody = member("mallory").pk
        statement = sql.format(kind._meta.db_table, somebody)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    ["recipient = 'x'", "evidence = 'x'", "ground = 'd'", "sealed_until = '2040-01-01'", "digest = 'x'"],
)
def test_p06_no_fact_of_an_entry_changes(alice: User, sara: User, change: str) -> None:
    disclosed(alice, sara)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_disclosure SET {change}")  # noqa: S608


class TestTheChain:
    def _tamper(self, sql: str) -> None:
        """Like somebody who can do everything in the database."""
        with connection.cursor() as cursor:
            on = " ON accounts_disclosure" if connection.vendor == "postgresql" else ""
            for event in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER accounts_disclosure_{event}{on}")
            cursor.execute(sql)

    def test_p06_a_whole_register_is_said_to_be_whole(self, alice: User, sara: User, capsys: Any) -> None:
        disclosed(alice, sara)
        row = disclosed(alice, sara, sealed_until=in_days(3))
        call_command("disclosures", "verify")
        assert "2 disclosures, all genuine" in (said := capsys.readouterr().out)
        assert row.digest in said

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE accounts_disclosure SET recipient = 'Nobody' WHERE id = {first}",
            "UPDATE accounts_disclosure SET user_id = {other} WHERE id = {first}",
            "UPDATE accounts_disclosure SET by_id = {other} WHERE id = {first}",
            "DELETE FROM accounts_disclosure WHERE id = {first}",
        ],
    )
    def test_p06_what_was_tampered_with_is_found(self, alice: User, sara: User, sql: str) -> None:
        rows = [disclosed(alice, sara, recipient=name).pk for name in "XYZ"]
        User.objects.get(pk=alice.pk).disclosure_notices.all().delete()
        self._tamper(sql.format(first=rows[0], other=member("bob").pk))
        with pytest.raises(CommandError, match=r"missing[\s\S]*Row"):
            call_command("disclosures", "verify")

    def test_p06_it_stays_whole_when_people_are_erased(self, alice: User, sara: User) -> None:
        agreed(alice)
        _to_shop(alice, sara)
        disclosed(alice, sara)
        alice.delete()
        sara.delete()
        row = Disclosure.objects.first()
        assert (row.user, row.by) == (None, None)
        assert services.first_broken_row() is None

    def test_two_at_once_both_find_a_place(
        self, alice: User, sara: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        disclosed(alice, sara)
        old = [""]  # what the other one has followed in the meantime
        real = services._last_digest
        monkeypatch.setattr(services, "_last_digest", lambda: old.pop() if old else real())
        disclosed(alice, sara)
        assert Disclosure.objects.count() == 2
        assert services.first_broken_row() is None


class TestTheCounts:
    def test_p06_each_ground_counts_by_year_and_sealed_ones_too(self, alice: User, sara: User) -> None:
        agreed(alice)
        _to_shop(alice, sara)
        disclosed(alice, sara)
        disclosed(alice, sara, sealed_until=in_days(9))
        disclosed(alice, sara, ground="d")
        year = transparency.years(timezone.localdate().year)[0]
        assert [number for _label, number in year.disclosures] == [1, 2, 0, 1]

    def test_p06_a_sale_counts_when_it_is_confirmed(self, sara: User) -> None:
        row = sale(sara)
        assert transparency.years(timezone.localdate().year)[0].counts["disclosure.c"] == 0
        services.confirm(row, by=member("tom"))
        assert transparency.years(timezone.localdate().year)[0].counts["disclosure.c"] == 1

    def test_p06_they_stay_when_the_person_is_erased(self, alice: User, sara: User) -> None:
        disclosed(alice, sara)
        alice.delete()
        assert transparency.years(timezone.localdate().year)[0].counts["disclosure.b"] == 1

    def test_p06_the_policy_page_shows_them(self, alice: User, sara: User) -> None:
        row = disclosed(alice, sara, sealed_until=in_days(9))
        agreed(alice)
        figures = {str(figure.label): figure.value for figure in evidence.of("P6")}
        assert figures["Disclosures that are sealed at the moment"] == 1
        assert figures["Agreements in force"] == 1
        assert row.digest in figures.values()
