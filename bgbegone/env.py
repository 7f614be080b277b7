"""The settings an operator can make: each one declared once, read from the environment.

`DECLARED` is the list that README's table is tested against. A wrong value stops the
start with one sentence instead of a traceback.
"""

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
import maxminddb
import phonenumbers
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting: `default` is the text shown to the operator, not always the value itself."""

    name: str
    default: str
    purpose: str


DECLARED: dict[str, Declared] = {}


def read(name: str, default: T, purpose: str, parse: Callable[[str], T], shown: str = "") -> T:
    """Declare a setting and return its value.

    An empty variable counts as absent: that is how shells and compose files unset one.
    """
    DECLARED[name] = Declared(name, shown or str(default), purpose)
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as err:
        stop(f"{name} {err}")


def stop(sentence: str) -> NoReturn:
    """End the program with a sentence for the operator."""
    raise SystemExit(f"Wrong setting: {sentence}")


def text(name: str, default: str, purpose: str, shown: str = "") -> str:
    return read(name, default, purpose, str, shown)


def choice(name: str, options: tuple[str, ...], purpose: str) -> str:
    """One of the options; the first is the default."""

    def parse(value: str) -> str:
        if value not in options:
            raise ValueError(f"must be one of {', '.join(options)}, not “{value}”.")
        return value

    return read(name, options[0], purpose, parse)


def boolean(name: str, default: bool, purpose: str) -> bool:
    def parse(value: str) -> bool:
        if value.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
            raise ValueError(f"must be yes or no, not “{value}”.")
        return value.lower() in environ.Env.BOOLEAN_TRUE_STRINGS

    return read(name, default, purpose, parse, "yes" if default else "no")


def number(name: str, default: int, purpose: str, least: int = 1, most: int = 1_000_000) -> int:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not “{value}”.")
        return int(value)

    return read(name, default, purpose, parse)


def words(name: str, default: list[str], purpose: str) -> list[str]:
    """A list whose members are separated by commas."""

    def parse(value: str) -> list[str]:
        return [word.strip() for word in value.split(",") if word.strip()]

    return read(name, default, purpose, parse, ",".join(default) or "none")


def networks(name: str, purpose: str) -> list[str]:
    """Networks in the form ADDRESS/BITS, separated by commas."""

    def parse(value: str) -> list[str]:
        words = [word.strip() for word in value.split(",") if word.strip()]
        try:
            return [str(ipaddress.ip_network(word)) for word in words]
        except ValueError:
            raise ValueError(f"must be networks such as 10.1.0.0/16, not “{value}”.") from None

    return read(name, [], purpose, parse, "none")


def time_zone(name: str, default: str, purpose: str) -> str:
    def parse(value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, OSError):
            raise ValueError(f"must be a time zone such as Europe/Berlin, not “{value}”.") from None

    return read(name, default, purpose, parse)


def country(name: str, purpose: str) -> str:
    """Two letters of a country that has a telephone network, or nothing."""

    def parse(value: str) -> str:
        if value.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"must be the two letters of a country, such as DE, not “{value}”.")
        return value.upper()

    return read(name, "", purpose, parse, "none")


def sender(name: str, default: str, purpose: str, shown: str = "") -> str:
    """An address, with or without a name before it."""

    def parse(value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError(f"must be an e-mail address, not “{value}”.")
        return value

    return read(name, default, purpose, parse, shown)


def mail(name: str, purpose: str) -> dict[str, Any]:
    """How mail is sent: `smtp://`, `smtps://` (TLS from the start) or `smtp+tls://` (STARTTLS)."""
    ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}

    def parse(value: str) -> dict[str, Any]:
        parts = urlsplit(value)
        if parts.scheme not in ports or not parts.hostname:
            raise ValueError("must look like smtp+tls://USER:PASSWORD@HOST:PORT.")
        return {
            "backend": "bgbegone.lib.mail.SmtpBackend",
            "host": parts.hostname,
            "port": parts.port or ports[parts.scheme],
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
        }

    default = {**parse("smtp://localhost"), "backend": "bgbegone.lib.mail.FileBackend"}
    return read(name, default, purpose, parse, "files in the data folder")


def signing_key(name: str, purpose: str) -> bytes | None:
    """An RSA key in a PEM file, in the form that dkimpy reads; None without one."""

    def parse(value: str) -> bytes:
        path = Path(value).expanduser().resolve()
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, TypeError, ValueError, UnsupportedAlgorithm):
            raise ValueError(
                f"must name a private key in PEM form without a password; {path} is none."
            ) from None
        # Shorter ones count as no signature (RFC 8301), other kinds are not understood everywhere.
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 1024:
            raise ValueError(f"must name an RSA key of 1024 bits or more; {path} is another.")
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

    return read(name, None, purpose, parse, "none")


def dns_name(name: str, default: str, purpose: str, shown: str = "") -> str:
    """Labels with dots between them, as they stand in the DNS."""

    def parse(value: str) -> str:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", value, re.IGNORECASE) or ".." in value:
            raise ValueError(f"must be a name such as mail.example.org, not “{value}”.")
        return value.lower()

    return read(name, default, purpose, parse, shown)


def folder(name: str, default: Path, purpose: str, shown: str) -> Path:
    def parse(value: str) -> Path:
        path = Path(value).expanduser().resolve()
        if path.exists() and not path.is_dir():
            raise ValueError(f"must name a folder; {path} is a file.")
        return path

    return read(name, default, purpose, parse, shown)


def country_database(name: str, purpose: str) -> Path | None:
    """A file that maxminddb can read, or None."""

    def parse(value: str) -> Path | None:
        path = Path(value).expanduser().resolve()
        try:
            maxminddb.open_database(path).close()
        except (OSError, maxminddb.InvalidDatabaseError):
            raise ValueError(f"must name a database in MaxMind's format; {path} is none.") from None
        return path

    return read(name, None, purpose, parse, "none")


def inks(name: str, purpose: str) -> bytes | None:
    """A profile that turns colours into inks; None without one."""

    def parse(value: str) -> bytes:
        path = Path(value).expanduser().resolve()
        try:
            icc = path.read_bytes()
        except OSError as err:
            raise ValueError(f"names a file that cannot be read ({path}: {err.strerror}).") from None
        # The signature of every profile, the inks, and a table from colours to inks.
        if icc[36:40] != b"acsp" or icc[16:20] != b"CMYK" or b"B2A0" not in icc[:4096]:
            raise ValueError(f"must name an ICC profile of a printer in CMYK; {path} is none.")
        return icc

    return read(name, None, purpose, parse, "none")


def contact(name: str, purpose: str, shown: str) -> str:
    """Where people can be told something: an e-mail address, or the https address of a page."""

    def parse(value: str) -> str:
        if value.isprintable() and " " not in value:
            if urlsplit(value).scheme == "https" and urlsplit(value).netloc:
                return value
            if re.fullmatch(r"[^@:/]+@[^@:/]+", value):
                return f"mailto:{value}"
        raise ValueError("must be an e-mail address or start with https://.")

    return read(name, "", purpose, parse, shown)


def address(name: str, default: str, purpose: str, schemes: tuple[str, ...], shown: str) -> str:
    """A URL of one of the schemes."""

    def parse(value: str) -> str:
        if urlsplit(value).scheme not in schemes or not urlsplit(value).netloc:
            starts = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"must be an address that starts with {starts}.")
        return value.rstrip("/")

    return read(name, default, purpose, parse, shown)


def database(name: str, sqlite_file: Path, purpose: str) -> dict[str, Any]:
    """Django's description of the database."""

    def parse(value: str) -> dict[str, Any]:
        if urlsplit(value).scheme not in ("postgres", "postgresql", "sqlite"):
            raise ValueError("must be an address that starts with postgres:// or sqlite://.")
        return {**environ.Env.db_url_config(value)}

    default = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file)}
    return read(name, default, purpose, parse, "SQLite in the data folder")


def storage(name: str, files: Path, purpose: str) -> dict[str, Any]:
    """Django's description of the place where pictures lie.

    `s3://KEY:SECRET@BUCKET/PREFIX?endpoint=https://…&region=…`; without key and secret the machine's own
    role is used, as boto3 finds it.
    """

    def parse(value: str) -> dict[str, Any]:
        parts = urlsplit(value)
        if parts.scheme != "s3" or not parts.hostname:
            raise ValueError("must look like s3://KEY:SECRET@BUCKET/PREFIX?endpoint=…&region=….")
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        options = {
            "access_key": unquote(parts.username) if parts.username else None,
            "secret_key": unquote(parts.password) if parts.password else None,
            # `hostname` would lower-case it, and bucket names may not be touched.
            "bucket_name": parts.netloc.rpartition("@")[2],
            "location": parts.path.strip("/"),
            "endpoint_url": query.get("endpoint"),
            "region_name": query.get("region"),
            "default_acl": "private",
            "file_overwrite": False,
        }
        return {"BACKEND": "bgbegone.lib.s3.Storage", "OPTIONS": options}

    default: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(files),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
    return read(name, default, purpose, parse, "files in the data folder")
