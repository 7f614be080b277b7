"""/healthz and /readyz."""

import pytest
from django.core.files.storage import storages
from django.test import Client

from images.work.models import Worker

pytestmark = pytest.mark.django_db


def test_alive() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_not_ready_without_a_worker() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 503
    parts = response.json()
    assert parts["worker"] == "no worker process is running"
    assert parts["database"] == parts["storage"] == parts["broker"] == "ready"


def test_not_ready_without_a_model() -> None:
    Worker.objects.create(problem="model_unavailable")
    parts = Client().get("/readyz").json()
    assert parts["worker"] == "ready"
    assert "models fetch" in parts["model"]


def test_ready() -> None:
    Worker.objects.create(model="isnet-general-use")
    assert Client().get("/readyz").status_code == 200


def test_a_store_that_fails_is_named_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("s3://key:password@host")

    monkeypatch.setattr(type(storages["default"]), "_save", fail)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert "does not answer (OSError)" in response.json()["storage"]
    assert b"password" not in response.content
