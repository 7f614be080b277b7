"""Live figures about news by e-mail (promise P7)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.mailing.models import EmailConsentEvent, EmailPreference, SuppressedAddress
from policy.evidence import Figure, register

Kind = EmailConsentEvent.Kind


@register("P7")
def _news() -> Iterator[Figure]:
    events = EmailConsentEvent.objects.all()
    yield Figure(
        _("People who want news and have confirmed it"), EmailPreference.objects.subscribed().count()
    )
    yield Figure(_("Opt-outs recorded"), events.filter(kind=Kind.OPTED_OUT).count())
    one_click = events.filter(kind=Kind.OPTED_OUT, how=EmailConsentEvent.How.ONE_CLICK)
    yield Figure(_("Of these, by the mail program’s own button"), one_click.count())
    suppressed = SuppressedAddress.objects.all()
    returned, unwanted = (suppressed.filter(reason=reason).count() for reason in SuppressedAddress.Reason)
    yield Figure(_("Addresses without news because mail came back"), returned)
    yield Figure(_("Addresses without news because somebody reported them as unwanted"), unwanted)
