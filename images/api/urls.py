from django.urls import include, path, re_path

from images.api.docs import views as docs
from images.api.keys import views as keys
from images.api.metrics import views as metrics
from images.api.v1 import views as v1
from images.api.webhooks import views as hooks

urlpatterns = [
    path("accounts/keys/", keys.keys, name="api_keys"),
    path("accounts/keys/new/", keys.key_create, name="api_key_create"),
    path("accounts/keys/<uuid:pk>/withdraw/", keys.key_revoke, name="api_key_revoke"),
    path("accounts/webhooks/", hooks.webhooks, name="webhooks"),
    path("accounts/webhooks/<uuid:pk>/", hooks.webhook, name="webhook"),
    path("accounts/webhooks/<uuid:pk>/secret/", hooks.webhook_secret, name="webhook_secret"),
    path("accounts/webhooks/<uuid:pk>/rotate/", hooks.webhook_rotate, name="webhook_rotate"),
    path("accounts/webhooks/<uuid:pk>/switch/", hooks.webhook_switch, name="webhook_switch"),
    path("accounts/webhooks/<uuid:pk>/test/", hooks.webhook_test, name="webhook_test"),
    path("accounts/webhooks/<uuid:pk>/delete/", hooks.webhook_delete, name="webhook_delete"),
    path(
        "accounts/webhooks/<uuid:pk>/messages/<uuid:delivery_pk>/replay/",
        hooks.delivery_replay,
        name="webhook_replay",
    ),
    path("api/docs/", docs.docs, name="api_docs"),
    path("metrics", metrics.metrics, name="metrics"),
    path("v1.0/removebg", v1.removebg, name="api_v1_removebg"),
    path("v1.0/account", v1.account, name="api_v1_account"),
    path("v1.0/improve", v1.improve, name="api_v1_improve"),
    re_path(r"^v1\.0/.*$", v1.nothing, name="api_v1_nothing"),
    path("v2/openapi.json", docs.openapi, name="api_openapi"),
    path("v2/", include("images.api.v2.urls")),
]
