"""Nothing changes a published version: not the models' methods, and not SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from policy.models import PolicyText, PolicyVersion
from policy.versions import services
from policy.versions.models import Published
from tests.policy.versions.base import draft

pytestmark = pytest.mark.django_db

Versions, Texts = PolicyVersion.objects, PolicyText.objects


def _version() -> PolicyVersion:
    return Versions.get(number=1)


def _text(**changes: Any) -> PolicyText:
    text = Texts.get(version__number=1, language="en")
    for name, value in changes.items():
        setattr(text, name, value)
    return text


def _moved() -> None:
    text = draft().texts.get(language="en")
    text.version = _version()
    text.save()


WAYS: dict[str, Callable[[], Any]] = {
    "saving a version": lambda: _version().save(),
    "saving one field": lambda: _version().save(update_fields=["is_material"]),
    "deleting a version": lambda: _version().delete(),
    "updating versions": lambda: Versions.update(is_material=False),
    "updating one": lambda: Versions.filter(number=1).update(digest=""),
    "taking the number away": lambda: Versions.filter(pk=_version().pk).update(number=None),
    "deleting versions": lambda: Versions.all().delete(),
    "updating in bulk": lambda: Versions.bulk_update([_version()], ["is_material"]),
    "creating with a number": lambda: Versions.create(number=7),
    "creating in bulk with a number": lambda: Versions.bulk_create([PolicyVersion(number=7)]),
    "creating over it": lambda: Versions.bulk_create(
        [PolicyVersion(pk=_version().pk)],
        update_conflicts=True,
        update_fields=["digest"],
        unique_fields=["id"],
    ),
    "updating or creating": lambda: Versions.update_or_create(number=1, defaults={"is_material": False}),
    "saving a text": lambda: _text(body="x").save(),
    "deleting a text": lambda: _text().delete(),
    "updating texts": lambda: Texts.update(body="x"),
    "updating its texts": lambda: _version().texts.update(body="x"),
    "deleting its texts": lambda: _version().texts.all().delete(),
    "adding a text": lambda: _version().texts.create(language="fr", body="x"),
    "adding texts in bulk": lambda: Texts.bulk_create([PolicyText(version=_version(), language="fr")]),
    "moving a text into it": _moved,
    "moving texts into it": lambda: Texts.filter(version=draft()).update(version=_version()),
    "moving a text out of it": lambda: _text(version=draft()).save(),
}


@pytest.mark.parametrize("way", WAYS)
def test_p01_the_models_refuse(way: str) -> None:
    before = _state()
    with pytest.raises(Published), transaction.atomic():
        WAYS[way]()
    assert _state() == before


def test_a_stale_copy_of_the_draft_cannot_be_saved_over_the_version() -> None:
    stale = draft()
    services.publish(stale.pk)
    with pytest.raises(Published):
        stale.save()


STATEMENTS = [
    "UPDATE policy_policyversion SET is_material = NOT is_material WHERE number = 1",
    "UPDATE policy_policyversion SET number = NULL WHERE number = 1",
    "UPDATE policy_policyversion SET number = 9, digest = '' WHERE number = 1",
    "DELETE FROM policy_policyversion WHERE number = 1",
    "UPDATE policy_policytext SET body = 'x' WHERE version_id IN (SELECT version)",
    "UPDATE policy_policytext SET version_id = (SELECT version) WHERE version_id NOT IN (SELECT version)",
    "DELETE FROM policy_policytext WHERE version_id IN (SELECT version)",
    "INSERT INTO policy_policytext (version_id, language, body, changes) SELECT version, 'fr', 'x', ''",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_p01_the_database_refuses_what_goes_past_the_models(statement: str) -> None:
    draft()
    before = _state()
    statement = statement.replace("SELECT version", f"SELECT {_version().pk}")
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        connection.cursor().execute(statement)
    assert _state() == before


def test_a_draft_can_be_changed_by_the_same_means() -> None:
    begun = draft()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE policy_policytext SET body = 'x' WHERE version_id = %s", [begun.pk])
        cursor.execute(
            "UPDATE policy_policyversion SET is_material = NOT is_material WHERE id = %s", [begun.pk]
        )
    begun.delete()
    assert not Versions.drafts().exists()


def _state() -> object:
    """Everything that is published."""
    texts = Texts.filter(version__number=1).order_by("pk")
    return list(Versions.published().values()), list(texts.values())


class TestVerify:
    def test_genuine_versions_are_said_to_be_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("policy", "verify")
        assert "version 1: genuine" in capsys.readouterr().out

    def test_an_altered_text_is_found(self) -> None:
        _drop("policy_text_update", "policy_policytext")
        connection.cursor().execute("UPDATE policy_policytext SET body = body || ' And more.'")
        with pytest.raises(CommandError, match="version 1 are not those"):
            call_command("policy", "verify")

    def test_a_lost_guard_is_found(self) -> None:
        _drop("policy_text_delete", "policy_policytext")
        with pytest.raises(CommandError, match="policy_text_delete is missing"):
            call_command("policy", "verify")


def _drop(trigger: str, table: str) -> None:
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    connection.cursor().execute(f"DROP TRIGGER {trigger}{where}")
