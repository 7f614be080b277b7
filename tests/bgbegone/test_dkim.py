"""Signed mail (RFC 6376), verified as the recipient's mail server would: from the bytes that arrived."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings

from accounts.outbox import services as outbox
from tests.accounts.campaigns.steps import campaign, sent, subscribers
from tests.mailserver import Inbox, mail_goes_to, mail_server
from tests.stack import ROOT

_KEY = rsa.generate_private_key(65537, 2048)
_PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    signed = override_settings(
        DKIM_KEY=_PEM, DKIM_SELECTOR="autumn", DKIM_DOMAIN="shop.example", MAIL_PER_MINUTE=1_000_000
    )
    with mail_server() as (arrived, port), mail_goes_to(port), signed:
        yield arrived


def _record(name: bytes, **_options: object) -> bytes:
    """What the DNS would answer."""
    assert name == b"autumn._domainkey.shop.example."
    public = _KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def is_genuine(content: bytes) -> bool:
    return bool(dkim.verify(content, dnsfunc=_record))


def signed_fields(content: bytes) -> list[str]:
    header = content.decode().split("\r\nFrom:", 1)[0]
    match = re.search(r"\bh=([^;]+);", header)
    assert match
    return [name.strip() for name in match[1].split(":")]


def _message(body: str = "Body") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives("Grüße", body, "Käse <no-reply@shop.example>", ["alice@example.org"])
    message.attach_alternative(f"<p>{body}</p>", "text/html")
    return message


@pytest.mark.django_db
class TestEveryMail:
    def test_news_are_signed(self, inbox: Inbox) -> None:
        subscribers("alice")
        sent(campaign(subject="Neues für alle", body="Süßes, " * 500))
        assert len(inbox.contents) == 2
        assert all(is_genuine(content) for content in inbox.contents)

    def test_p07_the_way_out_is_signed_as_rfc_8058_wants_it(self, inbox: Inbox) -> None:
        subscribers("alice")
        sent(campaign())
        fields = signed_fields(inbox.contents[-1])
        assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id"} <= set(fields)
        assert {"from", "to", "subject", "date", "mime-version", "content-type"} <= set(fields)

    def test_service_mail_is_signed(self, inbox: Inbox) -> None:
        outbox.post(_message())
        outbox.deliver_due()
        assert is_genuine(inbox.contents[0])

    def test_without_a_key_nothing_is_signed_and_mail_goes(self, inbox: Inbox) -> None:
        with override_settings(DKIM_KEY=None):
            _message().send()
        assert b"DKIM-Signature" not in inbox.contents[0]


class TestTheSignature:
    @pytest.mark.parametrize("body", ["Ä", ".\n..\n. dots", "x" * 2000, "", "a\r\n\r\n\r\n", "tab\t \n "])
    def test_it_holds_for_any_text(self, inbox: Inbox, body: str) -> None:
        _message(body).send()
        assert is_genuine(inbox.contents[0])

    def test_only_seven_bits_travel_so_that_no_relay_has_to_change_them(self, inbox: Inbox) -> None:
        _message("Süßes").send()
        assert inbox.contents[0].isascii()

    @pytest.mark.parametrize(
        "change",
        [
            lambda content: content.replace(b"Body", b"Bodies"),
            lambda content: content.replace(b"alice@", b"bob@"),
            lambda content: b"Subject: Another\r\n" + content,
            lambda content: b"From: eve@example.net\r\n" + content,
        ],
        ids=["body", "recipient", "second subject", "second sender"],
    )
    def test_it_breaks_when_somebody_changes_the_message(self, inbox: Inbox, change: object) -> None:
        _message().send()
        assert not is_genuine(change(inbox.contents[0]))  # type: ignore[operator]


def _start(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    code = "from bgbegone import settings; print(settings.DKIM_DOMAIN, settings.DKIM_KEY)"
    environment = {**os.environ, "BGBEGONE_DATA": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


class TestSettings:
    def _file(self, folder: Path, data: bytes) -> str:
        (folder / "key.pem").write_bytes(data)
        return str(folder / "key.pem")

    @pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
    def test_a_key_as_openssl_makes_it_is_read(self, tmp_path: Path, newline: bytes) -> None:
        pem = _KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._file(tmp_path, pem.replace(b"\n", newline))
        started = _start(tmp_path, DKIM_KEY_FILE=file, MAIL_FROM="Shop <news@shop.example>")
        assert started.stdout.strip() == f"shop.example {_PEM!r}"

    @pytest.mark.parametrize("data", [b"", b"hello", _PEM[:300], _PEM.replace(b"PRIVATE", b"PUBLIC")])
    def test_what_is_no_key_stops_the_start(self, tmp_path: Path, data: bytes) -> None:
        started = _start(tmp_path, DKIM_KEY_FILE=self._file(tmp_path, data))
        assert started.returncode == 1
        assert started.stderr.startswith("Wrong setting: DKIM_KEY_FILE must name a private key in PEM form")

    def test_so_does_a_key_of_another_kind(self, tmp_path: Path) -> None:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        started = _start(tmp_path, DKIM_KEY_FILE=self._file(tmp_path, pem))
        assert started.stderr.startswith("Wrong setting: DKIM_KEY_FILE must name an RSA key")

    @pytest.mark.parametrize("name", ["a b", "x;y", "-", "..", "a..b"])
    def test_so_does_a_name_that_no_dns_has(self, tmp_path: Path, name: str) -> None:
        started = _start(tmp_path, DKIM_SELECTOR=name)
        assert started.stderr.startswith("Wrong setting: DKIM_SELECTOR must be a name")
