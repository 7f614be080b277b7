"""Messages go after twelve months, with their answers and e-mails."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from policy import retention
from policy.models import ContactMessage


@retention.register("contact-messages", every=timedelta(hours=6), what=_("Messages to us"))
def _delete_old_messages() -> int:
    return ContactMessage.objects.expired().delete()[1].get("policy.ContactMessage", 0)
