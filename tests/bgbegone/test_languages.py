"""What holds in every language: direction, dates, digits, and the reader's own choice."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from accounts import letters

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DIRECTIONS = {code: "rtl" if code == "ar" else "ltr" for code in LANGUAGES}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_and_where_it_begins(language: str) -> None:
    page = Client().get("/accounts/login/", headers={"accept-language": f"{language}-XX"}).content.decode()
    assert f'<html lang="{language}" dir="{DIRECTIONS[language]}">' in page


@pytest.mark.django_db
def test_every_language_is_offered_in_its_own_words() -> None:
    page = Client().get("/accounts/login/", headers={"accept-language": "ar"}).content.decode()
    for words in ("English", "Deutsch", "Español", "Français", "العربيّة"):
        assert f">{words}</" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_where_its_lines_begin(language: str) -> None:
    with translation.override(language):
        message = letters.write("account/email/password_changed", "alice@example.org", {})
    html = str(message.alternatives[0][0])
    assert f'<html lang="{language}" dir="{DIRECTIONS[language]}">' in html
    # Web mail throws <html> away.
    assert f'<table role="presentation" lang="{language}" dir="{DIRECTIONS[language]}"' in html


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "26 November 2026, 14:05"),
        ("de", "26. November 2026 14:05"),
        ("es", "26 de noviembre de 2026 a las 14:05"),
        ("fr", "26 novembre 2026 14:05"),
        ("ar", "26 نوفمبر 2026، 14:05"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language: str, written: str) -> None:
    moment = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    with translation.override(language):
        assert Template('{{ at|date:"DATETIME_FORMAT" }}').render(Context({"at": moment})) == written
