"""Rows as JSON."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from images.api.keys.models import ApiKey
from images.api.limits.models import ApiUse
from images.api.limits.services import day_limit_of, limit_of, standing_of
from images.editing.models import Rendition
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work.failures import Failure


def address(name: str, *args: object) -> str:
    return str(settings.SITE_URL + reverse(name, args=args))


def photo(row: Photo) -> dict[str, Any]:
    cutout = row.cutout
    return {
        "id": str(row.pk),
        "status": cutout.status,
        "name": row.name,
        "format": row.format,
        "width": row.width,
        "height": row.height,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "private": row.is_private,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "confidence": cutout.confidence,
        "needs_a_look": cutout.needs_a_look,
        "subject": cutout.subject,
        "model": cutout.model,
        "weights_sha256": cutout.weights_sha256,
        "seconds": cutout.seconds,
        "error": failure(cutout) if cutout.status == "failed" else None,
        "links": {
            "self": address("api_v2_photo", row.pk),
            "result": address("api_v2_result", row.pk),
            "original": address("api_v2_original", row.pk),
            "recipe": address("api_v2_recipe", row.pk),
            "renditions": address("api_v2_photo_renditions", row.pk),
            "shares": address("api_v2_links", row.pk),
            "page": address("photo", row.pk),
        },
    }


def failure(job: Any) -> dict[str, Any]:
    found = Failure(job.error_code or "internal", job.error_params)
    return {"code": found.code, "detail": found.sentence, "retryable": found.is_retryable}


def rendition(row: Rendition) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "status": row.status,
        "recipe": row.recipe,
        "digest": row.digest,
        "mime": row.mime,
        "width": row.width,
        "height": row.height,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "checks": row.checks,
        "error": failure(row) if row.status == "failed" else None,
        "links": {
            "self": address("api_v2_rendition", row.pk),
            "file": address("api_v2_rendition_file", row.pk),
            "photo": address("api_v2_photo", row.cutout.photo_id),
        },
    }


def link(row: ShareLink) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "url": row.url,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "downloads": row.downloads,
        "max_downloads": row.max_downloads,
    }


def account(key: ApiKey) -> dict[str, Any]:
    standing = standing_of(key)
    today = ApiUse.objects.filter(key=key, day=timezone.localdate()).first() or ApiUse()
    return {
        "key": {
            "name": key.name,
            "prefix": key.shown_prefix,
            "scopes": [scope.value for scope in key.scopes],
            "sandbox": key.is_sandbox,
            "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        },
        "limits": {
            "megapixels_per_minute": limit_of(key),
            "megapixels_per_day": day_limit_of(key),
            "remaining_this_minute": standing.remaining,
            "resets_at": standing.reset,
            "megabytes_per_photo": settings.MAX_UPLOAD_MB,
            "megapixels_per_photo": settings.MAX_MEGAPIXELS,
        },
        "today": {
            "calls": today.calls,
            "megapixels": today.megapixels,
            "refusals": today.refusals,
        },
    }
