"""The first six guides, in English and German. Their files stay as they are; staff edit the rows."""

from pathlib import Path

from django.db import migrations

_TEXTS = Path(__file__).resolve().parent.parent / "guides" / "texts"
_SLUGS = ("product-photos", "portraits-and-hair", "pets", "cars", "marketplace-rules", "logos")
_LANGUAGES = ("en", "de")


def _read(slug, language):
    """A file begins with lines such as `title: …`, then an empty line, then Markdown."""
    head, _, body = (_TEXTS / f"{slug}.{language}.md").read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return {**fields, "order": int(fields["order"]), "slug": slug, "language": language, "body": body}


def add_guides(apps, schema_editor):
    guide = apps.get_model("policy", "Guide")
    for slug in _SLUGS:
        for language in _LANGUAGES:
            guide.objects.create(is_published=True, **_read(slug, language))


class Migration(migrations.Migration):

    dependencies = [
        ('policy', '0003_first_policy'),
    ]

    operations = [
        migrations.RunPython(add_guides, migrations.RunPython.noop),
    ]
