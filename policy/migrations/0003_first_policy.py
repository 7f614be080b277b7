"""The first version of the policy, and triggers that keep every published version as it is.

The texts beside `policy/versions` belong to this migration and are frozen with it: a change of words is a
new version, drafted in the admin.
"""

import hashlib
from pathlib import Path

from django.db import migrations
from django.utils import timezone

_TEXTS = Path(__file__).resolve().parents[1] / "versions" / "texts"
_LANGUAGES = ("de", "en")

_SENTENCE = "a published version of the policy cannot be changed"
_VERSION, _TEXT = "policy_policyversion", "policy_policytext"

# What may not happen: name, table, event, and whose version makes it wrong.
_GUARDS = (
    ("policy_version_update", _VERSION, "UPDATE", ("OLD.id",)),
    ("policy_version_delete", _VERSION, "DELETE", ("OLD.id",)),
    ("policy_text_insert", _TEXT, "INSERT", ("NEW.version_id",)),
    ("policy_text_update", _TEXT, "UPDATE", ("OLD.version_id", "NEW.version_id")),
    ("policy_text_delete", _TEXT, "DELETE", ("OLD.version_id",)),
)


def publish_first(apps, schema_editor):
    version = apps.get_model("policy", "PolicyVersion").objects.create(is_material=True)
    text = apps.get_model("policy", "PolicyText")
    plain = "Background Be Gone: privacy policy, version 1\n"
    for language in _LANGUAGES:
        body = (_TEXTS / f"1.{language}.md").read_text(encoding="utf-8").strip()
        text.objects.create(version=version, language=language, body=body)
        plain += f"\n[{language}]\n\n{body}\n"
    version.number = 1
    version.published_at = timezone.now()
    version.digest = hashlib.sha256(plain.encode()).hexdigest()
    version.save()


def create_triggers(apps, schema_editor):
    create = {"sqlite": _sqlite, "postgresql": _postgresql}[schema_editor.connection.vendor]
    for guard in _GUARDS:
        for statement in create(*guard):
            schema_editor.execute(statement)


def _sqlite(name, table, event, ids):
    yield f"""
        CREATE TRIGGER {name} BEFORE {event} ON {table}
        WHEN EXISTS (SELECT 1 FROM {_VERSION} WHERE id IN ({", ".join(ids)}) AND number IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"""


def _postgresql(name, table, event, ids):
    row = f"FROM {_VERSION} WHERE id IN ({', '.join(ids)})"
    # Waits for a publication under way; only the statement after it sees what came of that.
    wait = f"PERFORM 1 {row} FOR SHARE;" if table == _TEXT else ""
    result = "OLD" if event == "DELETE" else "NEW"
    yield f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {wait}
            PERFORM 1 {row} AND number IS NOT NULL;
            IF FOUND THEN
                RAISE EXCEPTION '{_SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {result};
        END $$"""
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def drop_triggers(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, table, _event, _ids in _GUARDS:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if is_postgresql else ""))
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_ledger")]

    operations = [
        migrations.RunPython(publish_first, migrations.RunPython.noop),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
