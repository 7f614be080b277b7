"""The page about the API, and the description that it is made from."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver

from images.api.docs import reference
from images.api.v2 import urls
from images.api.v2.problems import TITLES

_METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.mark.django_db
class TestPage:
    def test_it_shows_every_operation(self) -> None:
        page = Client().get("/api/docs/").content.decode()
        operations = [shown for group in reference.groups() for shown in group.operations]
        assert len(operations) == sum(
            len(_METHODS & set(item)) for item in reference.document()["paths"].values()
        )
        for shown in operations:
            assert f'id="{shown.id}"' in page
            assert shown.path in page

    def test_examples_name_this_server(self) -> None:
        page = Client().get("/api/docs/").content.decode()
        assert "http://localhost:8000/v2/photos" in page
        assert "SITE" not in "".join(example.code for example in reference.examples("http://x"))

    def test_each_problem_has_a_place_to_point_to(self) -> None:
        page = Client().get("/api/docs/").content.decode()
        assert all(f'id="problem-{code}"' in page for code in TITLES)

    def test_everybody_may_read_both(self) -> None:
        assert Client().get("/api/docs/").status_code == 200
        response = Client().get("/v2/openapi.json")
        assert response.json()["openapi"].startswith("3.1")
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_in_german(self) -> None:
        assert Client(headers={"accept-language": "de"}).get("/api/docs/").status_code == 200


class TestDescription:
    def test_it_is_right_as_openapi_says(self) -> None:
        validator = pytest.importorskip("openapi_spec_validator")
        validator.validate(reference.document())

    def test_every_address_stands_in_it(self) -> None:
        described = {re.sub(r"\{\w+\}", "*", path) for path in reference.document()["paths"]}
        routed = {
            "/" + re.sub(r"<[^>]+>", "*", str(pattern.pattern))
            for pattern in urls.urlpatterns
            if pattern.name != "api_v2_nothing"
        }
        assert described == routed

    def test_every_operation_is_answered_by_its_address(self) -> None:
        """An address that does not know a method says so before it asks for anything else: 405, not 403."""
        for path, item in reference.document()["paths"].items():
            match = get_resolver().resolve(
                "/v2" + re.sub(r"\{\w+\}", "00000000-0000-0000-0000-000000000000", path)
            )
            assert match.view_name != "api_v2_nothing"
            assert _METHODS & set(item)

    def test_every_reference_leads_somewhere(self) -> None:
        text = json.dumps(reference.document())
        for name in re.findall(r'"\$ref": "([^"]+)"', text):
            assert reference._resolved({"$ref": name})


class TestExamples:
    @pytest.mark.parametrize("example", reference.examples("http://localhost"), ids=lambda each: each.id)
    def test_its_language_reads_it(self, example: reference.Example, tmp_path: Path) -> None:
        commands = {
            "curl": ["bash", "-n"],
            "python": [sys.executable, "-m", "py_compile"],
            "node": ["node", "--check"],
            "php": ["php", "-l"],
        }
        command = commands[example.id]
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")
        file = tmp_path / f"example.{'mjs' if example.id == 'node' else 'txt'}"
        file.write_text(example.code)
        done = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
