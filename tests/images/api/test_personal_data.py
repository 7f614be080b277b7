"""Keys, calls and webhooks are somebody's: taken along, and gone with the account (P2, P16)."""

import json
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import belongings
from accounts.leaving import services as leaving
from accounts.leaving.models import AccountClosing
from accounts.models import User
from images.api import retention
from images.api.calls.models import ApiCall
from images.api.keys.models import ApiKey
from images.api.limits.models import ApiCharge, ApiMeter, ApiUse
from images.api.webhooks import services as webhooks
from images.api.webhooks.models import Webhook, WebhookDelivery
from tests.base import Cast, disc, staff
from tests.images.api.steps import key_of, program

MODELS = (ApiKey, ApiUse, ApiMeter, ApiCharge, ApiCall, Webhook, WebhookDelivery)


class TestPersonalData(Cast):
    def used(self) -> str:
        """Alice has one row of everything."""
        key = key_of("alice", name="my shop")
        file = SimpleUploadedFile("a.png", disc())
        program(key).post("/v2/photos", {"file": file}, headers={"idempotency-key": "one"})
        owner = User.objects.get(username="alice")
        webhooks.test(Webhook.objects.create(owner=owner, address="https://shop.example/hook"))
        assert all(model._default_manager.exists() for model in MODELS)
        return key

    def test_p16_all_of_it_is_taken_along_and_no_secret(self) -> None:
        key = self.used()
        owner = User.objects.get(username="alice")
        taken = {rows.model: rows.facts() for rows in belongings.rows_of(owner)}
        assert all(taken[model] for model in MODELS)
        text = json.dumps({str(model): facts for model, facts in taken.items()}, default=str)
        assert "my shop" in text
        assert "https://shop.example/hook" in text
        row = ApiKey.objects.get()
        assert key not in text
        assert row.digest not in text
        assert Webhook.objects.get().sealed not in text

    def test_p16_all_of_it_goes_with_the_account(self) -> None:
        self.used()
        leaving.close(User.objects.get(username="alice"))
        AccountClosing.objects.update(erase_at=timezone.now())
        assert leaving.erase_due() == 1
        assert not any(model._default_manager.exists() for model in MODELS)

    def test_what_is_over_is_deleted_in_time(self) -> None:
        self.used()
        long_ago = timezone.now() - timedelta(days=500)
        ApiCall.objects.update(created_at=long_ago)
        WebhookDelivery.objects.update(created_at=long_ago)
        ApiUse.objects.update(day=long_ago.date())
        ApiKey.objects.update(revoked_at=long_ago)
        retention._delete_calls()
        retention._delete_messages()
        retention._delete_figures()
        retention._delete_keys()
        assert not any(m._default_manager.exists() for m in (ApiCall, WebhookDelivery, ApiUse, ApiKey))

    def test_staff_see_how_many_and_never_which(self) -> None:
        key = self.used()
        page = staff().get("/admin/accounts/user/").content.decode()
        assert "1 API key" in page
        assert key[4:12] not in page
        assert "my shop" not in page
