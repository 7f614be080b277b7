"""A campaign, and people who want it."""

from accounts.campaigns import sending, services
from accounts.campaigns.models import Campaign, Delivery
from accounts.mailing.models import EmailPreference
from accounts.models import User
from tests.accounts.mailing.steps import confirmed
from tests.base import member

ENOUGH_SECONDS = 60


def subscribers(*names: str) -> list[EmailPreference]:
    """People who have confirmed that they want news."""
    return [confirmed(member(name)) for name in names]


def many_subscribers(number: int) -> None:
    """As many people as it takes, without the steps that made each of them a subscriber."""
    users = User.objects.bulk_create(
        User(username=f"reader{n}", email=f"reader{n}@example.org", password="!") for n in range(number)
    )
    EmailPreference.objects.bulk_create(
        EmailPreference(user=user, state=EmailPreference.State.CONFIRMED, address=user.email, language="en")
        for user in users
    )


def campaign(**fields: str) -> Campaign:
    """A campaign whose time has come."""
    words = {"subject": "New: holes in rings stay open", "body": "Hello,\n\nthere is **news**.", **fields}
    made = Campaign.objects.create(**words)
    assert services.schedule(made)
    return made


def sent(made: Campaign) -> Campaign:
    """The campaign after all that one tick, and the look whether anybody is left, can do."""
    sending.tick(ENOUGH_SECONDS)
    sending.tick(ENOUGH_SECONDS)
    made.refresh_from_db()
    return made


def states(made: Campaign) -> dict[str, str]:
    """What became of whose delivery."""
    rows = Delivery.objects.filter(campaign=made)
    return dict(rows.values_list("user__username", "state"))
