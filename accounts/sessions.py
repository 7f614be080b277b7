"""What is kept of a session: since when, and a device in two words. No address (promise P8)."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models.signals import pre_save
from django.dispatch import receiver

from accounts import devices

# The column cannot be empty.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (nothing listens here)


@receiver(pre_save, sender=UserSession)
def _keep_little(instance: UserSession, **_kwargs: Any) -> None:
    """Allauth fills in the address and everything the browser says; no other hook lies before the saving."""
    instance.ip = NO_ADDRESS
    if "·" not in instance.user_agent:
        instance.user_agent = devices.label(instance.user_agent)
