"""Keeping, mailing and answering messages."""

import logging
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bgbegone.lib import bell
from policy import figures
from policy.contact import letters
from policy.contact.forms import ContactForm
from policy.contact.models import ContactMailQuerySet
from policy.models import ContactMail, ContactMessage

logger = logging.getLogger(__name__)

# A mail server that is away costs a time-out for each try.
_PATIENCE = 3


class AnsweredAlready(Exception):
    """Somebody else, or the first of two clicks, has answered or closed this message."""


@transaction.atomic
def receive(form: ContactForm, *, language: str) -> ContactMessage:
    """Keep a message and have it mailed to us. The second click of a double click changes nothing."""
    words = {name: form.cleaned_data[name] for name in ("name", "email", "topic", "message")}
    message, is_new = ContactMessage.objects.get_or_create(
        submission=form.submission, defaults={**words, "name": words["name"].strip(), "language": language}
    )
    if is_new:
        figures.add("contact.received")
        _post(message, ContactMail.Kind.NOTICE)
    return message


@transaction.atomic
def answer(message: ContactMessage, text: str, *, by: AbstractBaseUser) -> None:
    """Keep the answer and have it mailed, once. Raises AnsweredAlready."""
    won = ContactMessage.objects.filter(pk=message.pk, state=ContactMessage.State.NEW).update(
        state=ContactMessage.State.ANSWERED, answer=text, answered_at=timezone.now(), answered_by=by.pk
    )
    if not won:
        raise AnsweredAlready
    figures.add("contact.answered")
    _post(message, ContactMail.Kind.ANSWER)


def _post(message: ContactMessage, kind: str) -> None:
    mail = message.mails.create(kind=kind)
    transaction.on_commit(partial(_ring, mail.pk))


def _ring(pk: int) -> None:
    """Have an e-mail sent now. A bell that is not heard is rung again by the clock."""
    bell.ring("policy.contact.tasks.send", pk, queue="mail")


def send(pk: int) -> bool:
    """Try to send an e-mail that is due; False when it was not, or when the mail server did not take it."""
    mail = _sendable().filter(pk=pk).select_related("message").first()
    if mail is None or not mail.claim():
        return False
    try:
        letters.write(mail).send()
    except OSError as err:  # what smtplib raises descends from it too
        logger.warning("contact mail not sent", extra={"mail": pk, "error": type(err).__name__})
        return False
    mail.mark_mailed()
    return True


def send_due() -> None:
    """Whatever a mail server that was down, or a queue that was away, has left behind."""
    failures = 0
    for pk in list(_sendable().order_by("due_at").values_list("pk", flat=True)):
        failures += not send(pk)
        if failures == _PATIENCE:
            return  # each of them waits for its turn, and the rest for the next tick


def mail_again(mails: QuerySet[ContactMail]) -> int:
    """Start over with those that have not gone out, and say how many they are."""
    again = [mail.pk for mail in mails if mail.try_again()]
    for pk in again:
        transaction.on_commit(partial(_ring, pk))
    return len(again)


def _sendable() -> ContactMailQuerySet:
    """Without an address of ours messages are only kept; one that was dealt with needs no notice."""
    wanted = Q(kind=ContactMail.Kind.ANSWER)
    if settings.CONTACT_EMAIL:
        wanted |= Q(kind=ContactMail.Kind.NOTICE, message__state=ContactMessage.State.NEW)
    return ContactMail.objects.due().filter(wanted)
