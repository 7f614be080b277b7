"""Settings from the environment: right values, wrong values, and README's table of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bgbegone import env

ROOT = Path(__file__).resolve().parents[2]


def _start(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from bgbegone import settings"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


WRONG = [
    ("PORT", "eighty", "PORT must be a whole number from 1 to 65535, not “eighty”."),
    ("PORT", "70000", "PORT must be a whole number from 1 to 65535, not “70000”."),
    ("DEBUG", "perhaps", "DEBUG must be yes or no, not “perhaps”."),
    ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of text, json, not “xml”."),
    ("SITE_URL", "example.org", "SITE_URL must be an address that starts with"),
    ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must be an address that starts with"),
    ("BROKER_URL", "amqp://x", "BROKER_URL must be an address that starts with"),
    ("STORAGE_URL", "ftp://x", "STORAGE_URL must look like s3://"),
    ("EMAIL_URL", "mail.example.org:25", "EMAIL_URL must look like smtp+tls://USER:PASSWORD@HOST:PORT"),
    ("MAIL_FROM", "nobody", "MAIL_FROM must be an e-mail address"),
    ("PHONE_REGION", "Germany", "PHONE_REGION must be the two letters of a country"),
    ("FETCH_NETWORKS", "10.1.0.0/99", "FETCH_NETWORKS must be networks such as 10.1.0.0/16"),
    ("TIME_ZONE", "Mars/Phobos", "TIME_ZONE must be a time zone such as Europe/Berlin"),
    ("BGBEGONE_MODELS", "/etc/passwd", "BGBEGONE_MODELS must name a folder"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_value_stops_the_start_with_one_sentence(name: str, value: str, sentence: str) -> None:
    started = _start(**{name: value})
    assert started.returncode == 1
    assert started.stderr.startswith("Wrong setting: " + sentence)
    assert len(started.stderr.strip().splitlines()) == 1


def test_an_empty_value_is_the_default(tmp_path: Path) -> None:
    assert _start(PORT="", BGBEGONE_DATA=str(tmp_path)).returncode == 0


def test_the_secrets_are_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    for _ in range(2):
        assert _start(BGBEGONE_DATA=str(tmp_path), SECRET_KEY="").returncode == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["api_key_pepper", "secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "secret_key").read_text()) >= 50


def test_two_first_starts_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from bgbegone import settings; print(settings.SECRET_KEY)"]
    environment = {**os.environ, "BGBEGONE_DATA": str(tmp_path), "SECRET_KEY": ""}
    started = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_readme_lists_every_setting_with_its_default_and_purpose() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", readme, re.MULTILINE)
    expected = [(s.name, s.default or "–", s.purpose) for s in env.DECLARED.values()]
    assert rows == expected


def test_s3_storage_is_described_in_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_URL", "s3://k:s%2Fe@Bucket/sub?endpoint=http://h:1&region=eu")
    options = env.storage("STORAGE_URL", Path("x"), "").get("OPTIONS", {})
    assert options["secret_key"] == "s/e"
    assert options["bucket_name"] == "Bucket"
    assert options["location"] == "sub"
    assert options["endpoint_url"] == "http://h:1"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        ("smtps://u:p%40ss@mail.example.org", ("mail.example.org", 465, "u", "p@ss", False, True)),
        ("smtp+tls://u%40x.org:p@10.0.0.1:2525", ("10.0.0.1", 2525, "u@x.org", "p", True, False)),
    ],
)
def test_a_mail_server_in_one_line(
    monkeypatch: pytest.MonkeyPatch, address: str, expected: tuple[object, ...]
) -> None:
    monkeypatch.setenv("EMAIL_URL", address)
    mail = env.mail("EMAIL_URL", "")
    assert mail["backend"] == "bgbegone.lib.mail.SmtpBackend"
    assert tuple(mail[key] for key in ("host", "port", "user", "password", "use_tls", "use_ssl")) == expected


def test_without_a_mail_server_mail_goes_into_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert env.mail("EMAIL_URL", "")["backend"] == "bgbegone.lib.mail.FileBackend"
