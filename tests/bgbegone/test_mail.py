"""Mail as files, where no mail server is named."""

import email
import logging
from collections.abc import Iterator
from email.policy import default as modern
from pathlib import Path

import pytest
from django.core import mail
from django.test import override_settings


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var" / "mail"
    with override_settings(EMAIL_BACKEND="bgbegone.lib.mail.FileBackend", EMAIL_FILE_PATH=str(folder)):
        yield folder


def test_each_message_is_a_file_that_mail_programs_open(folder: Path) -> None:
    for number in range(2):
        mail.send_mail(f"Subject {number} – ä", "Body", None, ["alice@example.org"])
    messages = [email.message_from_bytes(file.read_bytes(), policy=modern) for file in folder.glob("*.eml")]
    assert sorted(message["Subject"] for message in messages) == ["Subject 0 – ä", "Subject 1 – ä"]


def test_only_the_service_can_read_it(folder: Path) -> None:
    mail.send_mail("Subject", "Body", None, ["alice@example.org"])
    (file,) = folder.iterdir()
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert oct(folder.stat().st_mode)[-3:] == "700"


def test_the_log_names_the_file_and_not_the_address(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        mail.send_mail("Subject", "Body", None, ["alice@example.org"])
    (record,) = [record for record in caplog.records if "mail written" in record.message]
    assert vars(record)["file"].parent == folder
    assert "alice" not in str(vars(record))
