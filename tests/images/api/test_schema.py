"""The description of /v2/ held to the running code by a foreign program, within bounds."""

from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from images.api import door
from tests.base import Cast, disc
from tests.images.api.serving import one_connection
from tests.images.api.steps import key_of, program

_EXAMPLES = 12


@pytest.mark.usefixtures("workers")
class TestDescription(Cast):
    @pytest.mark.parametrize("is_right", [True, False], ids=["as it says", "otherwise"])
    def test_schemathesis_finds_no_difference(
        self, is_right: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Requests by the description get the answers by the description; wrong ones are refused by it."""
        settings.API_REQUESTS_PER_MINUTE = 1_000_000
        monkeypatch.setattr(door, "_MISSES", 1_000_000)  # it tries wrong keys, too
        key = key_of("alice")
        sent = program(key).post(
            "/v2/photos", {"file": SimpleUploadedFile("a.png", disc())}, headers={"prefer": "wait=20"}
        )
        batch = program(key).post("/v2/batches", "{}", content_type="application/json").json()["id"]
        known = {"photo": sent.json()["id"], "batch": batch}
        with one_connection():
            schema = schemathesis.openapi.from_wsgi("/v2/openapi.json", get_wsgi_application())
        mode = schemathesis.GenerationMode.POSITIVE if is_right else schemathesis.GenerationMode.NEGATIVE
        tried = 0
        with one_connection():
            for result in schema.get_all_operations():
                operation = result.ok()
                lasts = operation.method != "delete" and not operation.path.endswith("/cancel")
                there = {name: pk for name, pk in known.items() if lasts and f"{{{name}}}" in operation.path}
                if not is_right and not (operation.body or operation.query):
                    continue
                _try(operation.as_strategy(mode, path_parameters=there or None), key)
                tried += 1
        assert tried >= (5 if not is_right else 32)


def _try(strategy: Any, key: str) -> None:
    @given(case=strategy)
    @hypothesis_settings(
        max_examples=_EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        # What a cursor, base64 or a recipe says beyond its form, only the server can judge.
        excluded = [positive_data_acceptance]
        if not _is_wrong_in_content(case):
            # A header that says nothing to us, and a second key beside a right one, are no fault.
            excluded.append(negative_data_rejection)
        case.call_and_validate(headers={"X-API-Key": key}, excluded_checks=excluded)

    run()


def _is_wrong_in_content(case: Any) -> bool:
    if case.media_type == "multipart/form-data":
        return False  # everything in a form is text, so “5” is a number there
    parts = case.meta.components if case.meta else {}
    return any(
        "negative" in str(about.mode).lower()
        for place, about in parts.items()
        if str(getattr(place, "value", place)).lower() in ("body", "query")
    )
