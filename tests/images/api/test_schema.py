"""The description of /v2/ held to the running code by a foreign program, within bounds."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from tests.base import Cast, disc
from tests.images.api.steps import key_of, program

schemathesis = pytest.importorskip("schemathesis")

_EXAMPLES = 12


@pytest.mark.usefixtures("workers")
class TestDescription(Cast):
    @pytest.mark.parametrize("is_right", [True, False], ids=["as it says", "otherwise"])
    def test_schemathesis_finds_no_difference(self, is_right: bool, settings: Any) -> None:
        """Requests by the description get the answers by the description; wrong ones are refused by it."""
        settings.API_REQUESTS_PER_MINUTE = 1_000_000
        key = key_of("alice")
        sent = program(key).post(
            "/v2/photos", {"file": SimpleUploadedFile("a.png", disc())}, headers={"prefer": "wait=20"}
        )
        photo = sent.json()["id"]
        schema = schemathesis.openapi.from_wsgi("/v2/openapi.json", get_wsgi_application())
        mode = schemathesis.GenerationMode.POSITIVE if is_right else schemathesis.GenerationMode.NEGATIVE
        tried = 0
        for result in schema.get_all_operations():
            operation = result.ok()
            known = {"photo": photo} if "{photo}" in operation.path and operation.method != "delete" else None
            if not is_right and not (operation.body or operation.query):
                continue
            strategy = operation.as_strategy(mode, path_parameters=known)
            _try(strategy, key)
            tried += 1
        assert tried >= (5 if not is_right else 17)


def _try(strategy: Any, key: str) -> None:
    @given(case=strategy)
    @hypothesis_settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        case.headers.pop("Prefer", None)  # an answer for which nobody has to wait
        case.call_and_validate(headers={"X-API-Key": key})

    run()
