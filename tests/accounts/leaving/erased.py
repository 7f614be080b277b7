"""`python -m tests.accounts.leaving.erased`: a life in a database file, and its end.

Alice and Bob leave all that can be left; Alice's account is erased as the clock would do it. A process of its
own, since the database of the tests lies in memory. It stays until its input ends: the last one that closes a
database of SQLite would tidy up.
"""

import sys
import uuid

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from accounts.leaving import services
    from accounts.leaving.models import AccountClosing
    from policy import retention
    from policy.models import ContactMessage
    from tests.accounts.disclosures.steps import person
    from tests.accounts.leaving.steps import days_pass
    from tests.accounts.mailing.steps import confirmed

    bob, alice = person("bob"), person("alice")
    bob.full_name, bob.phone = "Bob Baker", "+4915112345678"
    bob.save()
    for user in (alice, bob):
        confirmed(user)
        words = {"name": user.full_name, "email": user.email, "topic": "privacy", "message": "Hello?"}
        ContactMessage.objects.create(**words, language="en", submission=uuid.uuid4())
    services.close(alice)
    days_pass()
    retention.delete_expired()
    assert not AccountClosing.objects.exists()
    print("erased", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
