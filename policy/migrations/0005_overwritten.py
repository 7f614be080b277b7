from typing import Any

from django.db import migrations


def write_anew(_apps: Any, editor: Any) -> None:
    """What was deleted before still lies between the rows; a database that is written anew has none of it."""
    if editor.connection.vendor == "sqlite":
        editor.execute("VACUUM")


class Migration(migrations.Migration):
    # SQLite does this outside of a transaction only.
    atomic = False
    dependencies = [("policy", "0004_first_guides")]
    operations = [migrations.RunPython(write_anew, migrations.RunPython.noop)]
