"""Batches, their photos and their links as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from images.api.v2.shapes import address
from images.batches import presenting, setting
from images.batches.links import BatchLink
from images.batches.models import Batch, Item

_COUNTED = ("photos", *Item.Fate.values, *(verdict for verdict in Item.Verdict.values if verdict))


def batches(rows: Sequence[Batch]) -> list[dict[str, Any]]:
    """Three queries for the figures of all of them."""
    counts, coming = presenting.counts_of(rows), presenting.files_to_come(rows)
    return [_batch(row, counts[row.pk], coming[row.pk]) for row in rows]


def _batch(row: Batch, counts: Counter[str], coming: int) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "status": _status(row, counts, coming),
        "private": row.is_private,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "counts": {**{name: counts[name] for name in _COUNTED}, "files_to_come": coming},
        "setting": {"preset": setting.word_of(row) or None, "recipe": row.recipe or None, "names": row.names},
        "links": {
            "self": address("api_v2_batch", row.pk),
            "photos": address("api_v2_batch_photos", row.pk),
            "archive": address("api_v2_batch_archive", row.pk),
            "shares": address("api_v2_batch_links", row.pk),
            "page": address("batch", row.pk),
        },
    }


def _status(row: Batch, counts: Counter[str], coming: int) -> str:
    if row.is_cancelled:
        return "cancelled"
    if row.is_paused:
        return "paused"
    return "working" if coming or any(counts[fate] for fate in Item.OPEN) else "done"


def item(row: Item) -> dict[str, Any]:
    failure, photo = row.failure, row.photo_id
    return {
        "number": row.number,
        "path": row.path,
        "status": row.fate,
        "verdict": row.verdict or None,
        "confidence": row.confidence,
        "photo": str(photo) if photo else None,
        "error": {"code": failure.code, "detail": failure.sentence, "retryable": failure.is_retryable}
        if failure
        else None,
        "links": {"photo": address("api_v2_photo", photo), "result": address("api_v2_result", photo)}
        if photo
        else {},
    }


def link(row: BatchLink) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "url": row.url,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "may_review": row.may_review,
    }
