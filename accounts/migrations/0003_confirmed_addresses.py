"""Until now the operator made every account, at the console, and vouched for its address."""

from django.db import migrations

from accounts import names


def confirm_addresses(apps, schema_editor):
    EmailAddress = apps.get_model("account", "EmailAddress")
    for user in apps.get_model("accounts", "User").objects.exclude(email=""):
        user.email = names.canonical_email(user.email)
        user.save(update_fields=["email"])
        EmailAddress.objects.get_or_create(
            user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
        )


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_security"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(confirm_addresses, migrations.RunPython.noop, elidable=True)]
