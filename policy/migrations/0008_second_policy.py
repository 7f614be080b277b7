"""The second version of the policy, which names the gallery and the passwords of links.

Published only where our first version is in force as it was: an operator who has published a text of their own
decides alone what comes after it. Frozen, as the first one is.
"""

import hashlib
from pathlib import Path

from django.db import migrations
from django.utils import timezone

_TEXTS = Path(__file__).resolve().parents[1] / "versions" / "texts"
_LANGUAGES = ("de", "en")


def _read(name):
    return (_TEXTS / f"{name}.md").read_text(encoding="utf-8").strip()


def publish_second(apps, schema_editor):
    versions = apps.get_model("policy", "PolicyVersion").objects
    published = versions.filter(number__isnull=False).order_by("-number")
    first = published.first()
    ours = {language: _read(f"1.{language}") for language in _LANGUAGES}
    if first is None or first.number != 1 or dict(first.texts.values_list("language", "body")) != ours:
        return
    version = versions.create(is_material=False, based_on=1)
    text = apps.get_model("policy", "PolicyText")
    plain = "Background Be Gone: privacy policy, version 2\n"
    for language in _LANGUAGES:
        body, changes = _read(f"2.{language}"), _read(f"2.changes.{language}")
        text.objects.create(version=version, language=language, body=body, changes=changes)
        plain += f"\n[{language}]\n\n{body}\n\n[{language}: changes]\n\n{changes}\n"
    version.number = 2
    version.published_at = timezone.now()
    version.digest = hashlib.sha256(plain.encode()).hexdigest()
    version.save()


class Migration(migrations.Migration):
    dependencies = [("policy", "0007_languages")]

    operations = [migrations.RunPython(publish_second, migrations.RunPython.noop)]
