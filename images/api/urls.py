from django.urls import include, path, re_path

from images.api.keys import views as keys
from images.api.v1 import views as v1

urlpatterns = [
    path("accounts/keys/", keys.keys, name="api_keys"),
    path("accounts/keys/new/", keys.key_create, name="api_key_create"),
    path("accounts/keys/<uuid:pk>/withdraw/", keys.key_revoke, name="api_key_revoke"),
    path("v1.0/removebg", v1.removebg, name="api_v1_removebg"),
    path("v1.0/account", v1.account, name="api_v1_account"),
    path("v1.0/improve", v1.improve, name="api_v1_improve"),
    re_path(r"^v1\.0/.*$", v1.nothing, name="api_v1_nothing"),
    path("v2/", include("images.api.v2.urls")),
]
