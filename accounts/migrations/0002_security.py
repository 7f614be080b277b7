"""Names that look alike are the same; written permissions; mail that waits to be sent."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

import accounts.fields
import accounts.names


def fold_names(apps, schema_editor):
    for user in apps.get_model("accounts", "User").objects.all():
        user.save(update_fields=["username_key"])


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.AddField(
            model_name="user",
            name="username_key",
            field=accounts.fields.FoldedField(default="", editable=False, max_length=300, source="username"),
            preserve_default=False,
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="user",
            name="username_key",
            field=accounts.fields.FoldedField(
                editable=False, max_length=300, source="username", unique=True
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="full_name",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[accounts.names.validate_full_name],
                verbose_name="full name",
            ),
        ),
        migrations.AddIndex(model_name="user", index=models.Index(fields=["email"], name="user_email")),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("sealed", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("try_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="WrittenPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "given_to",
                    models.CharField(
                        max_length=200,
                        validators=[accounts.names.validate_full_name],
                        verbose_name="may be used by",
                    ),
                ),
                (
                    "document",
                    models.CharField(
                        help_text="Where the signed paper is, for example a file number.",
                        max_length=200,
                        verbose_name="document",
                    ),
                ),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="recorded"
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="written_permissions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "written permission",
                "verbose_name_plural": "written permissions",
                "ordering": ["-recorded_at"],
            },
        ),
    ]
