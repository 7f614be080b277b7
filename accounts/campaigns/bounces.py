"""Reads what mail servers send back: delivery reports (RFC 3464) and complaints (RFC 5965)."""

import email
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from accounts.campaigns import returns

# Reports quote the message that they are about, and ours are small.
MOST_BYTES = 5 << 20

NO_REPORT = "no report"
_ORIGINALS = {"message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers"}


def take(data: bytes) -> str:
    """Act on one message from the mailbox; returns what was done, in words without an address."""
    report = _parse(data)
    if report is None:
        return NO_REPORT
    delivery = next((found for name in _message_ids(report) if (found := returns.find(name))), None)
    if delivery is None:
        return "a report about nothing that we sent"
    if _is_complaint(report):
        returns.was_unwanted(delivery)
        return "a complaint"
    status = _status(report)
    if status is None:
        return "a report of no failure"
    returns.came_back(delivery, status)
    return f"came back: {status}"


def _parse(data: bytes) -> Message | None:
    """The message, when it is a report. Whatever else people and programs write here is none."""
    if len(data) > MOST_BYTES:
        return None
    try:
        message = email.message_from_bytes(data)
    except RecursionError:
        return None  # parts in parts in parts
    return message if message.get_content_type() == "multipart/report" else None


def _parts(report: Message, *types: str) -> Iterator[Message]:
    """The parts of the report itself. What lies deeper belongs to the message that it quotes."""
    parts = report.get_payload()
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message) and part.get_content_type() in types:
            yield part


def _blocks(part: Message) -> list[Message]:
    """The groups of fields in a part of a report, which Python reads as messages of their own."""
    blocks = part.get_payload()
    return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []


def _message_ids(report: Message) -> Iterator[str]:
    for part in _parts(report, *_ORIGINALS):
        originals = _blocks(part) or [HeaderParser().parsestr(str(part.get_payload()))]
        yield from (str(original.get("Message-ID", "")) for original in originals)


def _is_complaint(report: Message) -> bool:
    fields = [block for part in _parts(report, "message/feedback-report") for block in _blocks(part)]
    return any(str(block.get("Feedback-Type", "")).strip().lower() == "abuse" for block in fields)


def _status(report: Message) -> str | None:
    """The status of the recipient whom the message did not reach (ours have one each)."""
    for part in _parts(report, "message/delivery-status", "message/global-delivery-status"):
        for block in _blocks(part):
            if str(block.get("Action", "")).strip().lower() == "failed":
                # A comment may follow the code.
                return (str(block.get("Status", "")).split() or ["5.0.0"])[0]
    return None
