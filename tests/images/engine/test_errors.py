import pickle
import re

import pytest

from images.engine import BadImage, EngineError, ImageTooLarge, ModelUnavailable, NoSubject
from images.engine.errors import SENTENCES, sentence


def test_message_fills_the_sentence() -> None:
    err = ImageTooLarge("too_many_bytes", {"megabytes": 40, "limit": 30})
    assert err.message.startswith("The file is 40 MB; at most 30 MB are allowed.")
    assert str(err) == err.message


def test_code_leads_to_the_sentence_that_gettext_translates() -> None:
    assert sentence("too_many_bytes") == SENTENCES["too_many_bytes"]


def test_error_survives_the_way_between_processes() -> None:
    err = pickle.loads(pickle.dumps(BadImage("unsupported_format", {"format": "GIMP"})))  # noqa: S301
    assert (type(err), err.code, err.params) == (BadImage, "unsupported_format", {"format": "GIMP"})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(BadImage, False), (ImageTooLarge, False), (NoSubject, False), (ModelUnavailable, True)],
)
def test_only_a_missing_model_is_worth_a_retry(kind: type[EngineError], expected: bool) -> None:
    assert kind.is_retryable is expected


_VERBS = "Choose|Leave|Copy|Open|Save|Make|Run|Set|Export|Free|Allow|connect|Begin|Correct|Delete|Draw|Take"


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_says_what_is_wrong_and_what_to_do(code: str) -> None:
    text = re.sub(r"%\(\w+\)s", "x", SENTENCES[code])
    assert "%" not in text
    is_told = re.search(rf"[.:] .*\b({_VERBS})\b", text)
    assert is_told or "has to be" in text
