"""Every sentence in the reader's language."""

import pytest
from django.test import Client

from tests.base import upload, upload_file

pytestmark = pytest.mark.django_db


def test_the_browsers_language_is_spoken() -> None:
    page = Client(headers={"Accept-Language": "de-CH,de;q=0.9"}).get("/").content.decode()
    assert '<html lang="de" dir="ltr">' in page
    assert "Hintergrund" in page


def test_also_by_the_engines_sentences() -> None:
    client = Client(headers={"Accept-Language": "de"})
    assert "Die Datei ist leer" in upload(client, upload_file(b"", "x.jpg")).content.decode()


def test_an_unknown_language_falls_back_to_english() -> None:
    page = Client(headers={"Accept-Language": "tlh"}).get("/").content.decode()
    assert '<html lang="en" dir="ltr">' in page
