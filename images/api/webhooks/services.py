"""Writing messages down, and delivering them until the receiver has them."""

import json
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from bgbegone.lib import bell, sealing
from images.api.fetching.services import Answer, NotFetched, post
from images.api.webhooks import signing
from images.api.webhooks.models import TEST, Webhook, WebhookDelivery
from policy import figures

logger = logging.getLogger(__name__)

_MINUTE, _HOUR = 60, 3600
# Seconds after each try that failed: a receiver that is down for three days misses nothing.
PAUSES = (
    5,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
_JITTER = 0.1
_LONGEST_WAIT = 24 * _HOUR
_GONE = 410
_AT_ONCE, _IN_A_ROUND = 8, 40


def announce(owner_id: int, event: str, data: dict[str, Any]) -> int:
    """Write a message down for each of somebody's webhooks that wants it; return how many."""
    hooks = [hook for hook in Webhook.objects.open().filter(owner=owner_id) if event in hook.events]
    for hook in hooks:
        write(hook, event, data)
    return len(hooks)


def write(hook: Webhook, event: str, data: dict[str, Any]) -> WebhookDelivery:
    """One message; it is sent when the transaction has ended well."""
    document = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    text = json.dumps(document, separators=(",", ":"))
    delivery = WebhookDelivery.objects.create(webhook=hook, event=event, body=text)
    transaction.on_commit(partial(_ring))
    return delivery


def test(hook: Webhook) -> WebhookDelivery:
    return write(hook, TEST, {"webhook": str(hook.pk)})


def replay(delivery: WebhookDelivery) -> None:
    delivery.replay()
    transaction.on_commit(partial(_ring))


def _ring() -> None:
    bell.ring("images.api.webhooks.tasks.deliver_due", queue="mail", expires=60)


def deliver_due() -> int:
    """Try what is due, a few at once; return how many arrived.

    One message of a webhook at a time, so that a slow receiver keeps nobody else's waiting.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(_deliver_in_thread, _one_of_each()))


def _one_of_each() -> list[WebhookDelivery]:
    """The oldest message of each webhook that has one, for so many as fit into a round.

    Those whose last tries failed come after all others, and none of them before the others for ever.
    """
    due = WebhookDelivery.objects.due()
    oldest = due.filter(webhook=OuterRef("pk")).order_by("try_at", "created_at").values("pk")[:1]
    failed = WebhookDelivery.objects.filter(
        webhook=OuterRef("pk"), state=WebhookDelivery.State.WAITING, attempts__gt=0
    )
    hooks = Webhook.objects.filter(pk__in=due.values("webhook")).order_by(Exists(failed), "?")
    chosen = list(hooks.values_list(Subquery(oldest), flat=True)[:_IN_A_ROUND])
    found = WebhookDelivery.objects.select_related("webhook").in_bulk(chosen)
    return [found[pk] for pk in chosen if pk in found]


def _deliver_in_thread(delivery: WebhookDelivery) -> bool:
    try:
        return deliver(delivery)
    except Exception:
        logger.exception("webhook not delivered", extra={"delivery": delivery.pk})
        return False
    finally:
        connection.close()


def deliver(delivery: WebhookDelivery) -> bool:
    """One try. False when another process has it, or when it has to wait."""
    if not delivery.claim():
        return False
    delivery.refresh_from_db(fields=["attempts"])
    try:
        answer = _send(delivery)
    except NotFetched as err:
        return _failed(delivery, error=err.code)
    except sealing.Unreadable:
        # Signed with another SECRET_KEY: only its owner can help, with a new secret.
        return _failed(delivery, error="secret")
    facts = {"status": answer.status, "error": "", "milliseconds": round(answer.seconds * 1000)}
    if answer.status == _GONE:
        delivery.webhook.switch(on=False, why=Webhook.Stopped.GONE)
    if not 200 <= answer.status < 300:
        return _failed(delivery, retry_after=answer.retry_after, **facts)
    delivery.note(state=WebhookDelivery.State.DELIVERED, delivered_at=timezone.now(), **facts)
    figures.add("webhooks.delivered")
    return True


def _send(delivery: WebhookDelivery) -> Answer:
    body = delivery.body.encode()
    headers = signing.headers(delivery.message_id, int(time.time()), body, delivery.webhook.secrets)
    return post(delivery.webhook.address, body, headers)


def _failed(delivery: WebhookDelivery, *, retry_after: str = "", **facts: Any) -> bool:
    """Try again later, or give it up. The log says neither where nor what."""
    logger.info("webhook not delivered", extra={"delivery": delivery.pk, "attempt": delivery.attempts})
    pause = pause_after(delivery.attempts, retry_after)
    if pause is None:
        delivery.note(state=WebhookDelivery.State.GIVEN_UP, **facts)
        figures.add("webhooks.given_up")
    else:
        delivery.note(try_at=timezone.now() + timedelta(seconds=pause), **facts)
    return False


def pause_after(attempts: int, retry_after: str = "") -> float | None:
    """Seconds until the next try; None when there have been enough."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (spreads load)
    wanted = min(int(retry_after), _LONGEST_WAIT) if retry_after.isdigit() else 0
    return max(pause, wanted)
