"""Mail that outlasts a mail server which is down: first a row, then the sending."""

import json
import logging
import smtplib
from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from accounts.outbox.models import OutgoingMail
from bgbegone.lib import bell, sealing

logger = logging.getLogger(__name__)


def post(message: EmailMultiAlternatives) -> None:
    """Accept a message with one recipient. Costs one insert, whatever the mail server does."""
    content = {
        "subject": message.subject,
        "body": message.body,
        "from_email": message.from_email,
        "to": list(message.to),
        "headers": message.extra_headers,
        "alternatives": [[content, kind] for content, kind in message.alternatives],
    }
    mail = OutgoingMail.objects.create(sealed=sealing.seal(json.dumps(content, default=str)))
    transaction.on_commit(partial(_ring, mail))


def _ring(mail: OutgoingMail) -> None:
    bell.ring("accounts.tasks.deliver", str(mail.pk), queue="mail")


def deliver_due() -> int:
    """Try everything whose time has come; return how many were sent."""
    return sum(deliver(mail) for mail in list(OutgoingMail.objects.due()[:100]))


def deliver(mail: OutgoingMail) -> bool:
    """Send one message and forget it. False when another process has it, or when it has to wait."""
    if not mail.claim():
        return False
    try:
        _open(mail).send()
    except sealing.Unreadable:
        logger.error("mail dropped: it was sealed with another SECRET_KEY", extra={"mail": mail.pk})
    except (OSError, smtplib.SMTPException) as err:
        return _failed(mail, err)
    mail.delete()
    return True


def _failed(mail: OutgoingMail, err: Exception) -> bool:
    # The class and the code, never the text: it repeats the address.
    facts = {"mail": mail.pk, "error": type(err).__name__, "code": getattr(err, "smtp_code", None)}
    if _is_final(err):
        logger.warning("mail refused by the mail server", extra=facts)
        mail.delete()
    else:
        logger.warning("mail not sent; it will be tried again", extra=facts)
        mail.postpone()
    return False


def _is_final(err: Exception) -> bool:
    """The server has said no to this message, and would say so again."""
    if isinstance(err, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in err.recipients.values())
    is_about_message = isinstance(err, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
    return is_about_message and getattr(err, "smtp_code", 0) >= 500


def _open(mail: OutgoingMail) -> EmailMultiAlternatives:
    content = json.loads(sealing.unseal(mail.sealed))
    alternatives = content.pop("alternatives")
    message = EmailMultiAlternatives(**content)
    for text, kind in alternatives:
        message.attach_alternative(text, kind)
    return message
