"""Going, up to the moment when everything is erased."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.leaving import services
from accounts.leaving.models import AccountClosing, AccountExport
from accounts.models import User
from tests.accounts.steps import confirm_again


def confirmed_now(client: Client) -> Client:
    """Somebody who has just shown again that it is them."""
    confirm_again(client)
    return client


def closed(name: str) -> str:
    """Close somebody's account; the receipt's code."""
    code = services.close(User.objects.get(username=name))
    assert code
    return code


def days_pass() -> None:
    AccountClosing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))


def erased(name: str) -> str:
    """Close somebody's account and let the days pass; the receipt's code."""
    code = closed(name)
    days_pass()
    assert services.erase_due() == 1
    return code


def exported(name: str) -> AccountExport:
    """Have somebody's package made."""
    export = services.ask_for_export(User.objects.get(username=name))
    services.build_exports()
    export.refresh_from_db()
    assert export.state == AccountExport.State.READY
    return export
