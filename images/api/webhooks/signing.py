"""The signature of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`."""

import base64
import hashlib
import hmac


def headers(message_id: str, timestamp: int, body: bytes, secrets: list[str]) -> dict[str, str]:
    """What goes along with a message. Each secret gives a signature; a receiver needs one that fits."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(signed, secret) for secret in secrets),
    }


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
