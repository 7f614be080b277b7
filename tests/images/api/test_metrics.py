"""/metrics: figures for operators, behind a token, and nobody's name in them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from images.api.webhooks import services as webhooks
from images.api.webhooks.models import Webhook
from images.work.models import Worker
from tests.base import Cast, finished, uploaded
from tests.images.api.steps import key_of, program

TOKEN = "a long token"
DASHBOARD = Path("images/api/metrics/grafana.json")

ON_DISK = "FileSystemStorage" in settings.STORAGES["default"]["BACKEND"]


class TestMetrics(Cast):
    @pytest.fixture(autouse=True)
    def _token(self, settings: Any) -> None:
        settings.METRICS_TOKEN = TOKEN

    def figures(self) -> dict[str, float]:
        """Each sample by its name and labels."""
        response = Client(headers={"authorization": f"Bearer {TOKEN}"}).get("/metrics")
        assert response.status_code == 200
        found = {}
        for family in text_string_to_metric_families(response.content.decode()):
            for sample in family.samples:
                labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}"] = sample.value
        return found

    def test_without_a_token_in_the_settings_it_is_not_there(self) -> None:
        with override_settings(METRICS_TOKEN=""):
            assert Client(headers={"authorization": "Bearer "}).get("/metrics").status_code == 404

    @pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer"])
    def test_a_wrong_token(self, header: str) -> None:
        response = Client(headers={"authorization": header} if header else {}).get("/metrics")
        assert response.status_code == 401
        assert b"bgbegone" not in response.content

    def test_a_member_of_staff_is_not_prometheus(self) -> None:
        assert self.alice.get("/metrics").status_code == 401

    def test_the_queue(self) -> None:
        uploaded(self.alice)
        found = self.figures()
        assert found["bgbegone_jobs{kind=cutout,queue=interactive,status=queued}"] == 1
        assert found["bgbegone_job_oldest_wait_seconds{kind=cutout,queue=interactive}"] >= 0
        assert found["bgbegone_jobs{kind=rendition,queue=bulk,status=queued}"] == 0

    def test_what_was_done(self) -> None:
        before = self.figures()["bgbegone_jobs_done_total{}"]
        finished(self.alice)
        found = self.figures()
        assert found["bgbegone_jobs_done_total{}"] == before + 1
        assert found["bgbegone_stage_seconds{stage=predict}"] > 0

    def test_workers_and_their_memory(self) -> None:
        Worker.objects.create(model="m", memory=5_000_000)
        Worker.objects.create(problem="model_unavailable", memory=1_000_000)
        found = self.figures()
        assert found["bgbegone_workers{state=ready}"] == 1
        assert found["bgbegone_workers{state=not_ready}"] == 1
        assert found["bgbegone_worker_memory_bytes{}"] == 6_000_000

    def test_messages_that_wait(self) -> None:
        from accounts.models import User

        owner = User.objects.get(username="alice")
        webhooks.test(Webhook.objects.create(owner=owner, address="http://x.example/"))
        assert self.figures()["bgbegone_messages_waiting{kind=webhook}"] == 1

    @pytest.mark.skipif(not ON_DISK, reason="pictures lie in a store that tells nothing of its room")
    def test_disk_and_process(self) -> None:
        found = self.figures()
        assert found["bgbegone_storage_bytes{state=free}"] > 0
        assert found["bgbegone_web_process_resident_memory_bytes{}"] > 0

    def test_nobody_is_named(self) -> None:
        key = key_of("alice")
        program(key).get("/v2/account")
        photo = finished(self.alice)
        text = str(self.figures())
        for word in ("alice", "example.org", str(photo.pk), key[4:12]):
            assert word not in text

    @pytest.mark.skipif(not ON_DISK, reason="pictures lie in a store that tells nothing of its room")
    def test_the_dashboard_asks_for_what_there_is(self) -> None:
        uploaded(self.alice)
        names = {name.partition("{")[0] for name in self.figures()}
        names.add("bgbegone_recent_failures")  # appears with the first failure
        board: dict[str, Any] = json.loads(DASHBOARD.read_text())
        asked = {
            name
            for panel in board["panels"]
            for target in panel["targets"]
            for name in re.findall(r"bgbegone_\w+", target["expr"])
        }
        assert asked
        assert asked <= names
