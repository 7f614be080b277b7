"""Security headers on every kind of answer."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from bgbegone.urls import handler400  # noqa: F401
from bgbegone.urls import urlpatterns as real
from tests.base import member, signed_in, staff

pytestmark = pytest.mark.django_db

_EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the inside")


def _with_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.csp_nonce))


urlpatterns = [*real, path("broken/", _broken), path("nonce/", _with_nonce)]


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def static_file() -> Iterator[str]:
    """WhiteNoise looks at its folder when the first request comes."""
    file = Path(settings.STATIC_ROOT) / "headers.css"
    file.write_text("a {}")
    yield "/static/headers.css"
    file.unlink()


def _get(address: str, client: Client | None = None, **extra: Any) -> Any:
    return (client or Client(raise_request_exception=False)).get(address, **extra)


_ANSWERS: dict[str, Callable[[], Any]] = {
    "page": lambda: _get("/"),
    "redirect": lambda: _get("/cookies"),
    "missing": lambda: _get("/nowhere/"),
    "capability": lambda: _get("/r/no-such-token/"),
    "bug": lambda: _get("/broken/"),
    "wrong host": lambda: _get("/", headers={"Host": "example.org"}),
    "wrong method": lambda: _get("/cookies/choice/"),
    "no token": lambda: Client(enforce_csrf_checks=True).post("/", {}),
    "health": lambda: _get("/healthz"),
    "robots": lambda: _get("/robots.txt"),
    "sitemap": lambda: _get("/sitemap.xml"),
    "admin": lambda: _get("/admin/", staff()),
    "member": lambda: _get("/photos/", signed_in(member("alice"))),
}


def _expect_headers(response: Any) -> None:
    for name, value in _EXPECTED.items():
        assert response.headers.get(name) == value, name
    assert response.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in response.headers["Permissions-Policy"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", _ANSWERS)
def test_p04_every_answer_is_locked_down(name: str) -> None:
    _expect_headers(_ANSWERS[name]())


def test_p04_static_files_too_and_no_other_site_reads_them(static_file: str) -> None:
    response = _get(static_file)
    assert response.status_code == 200
    _expect_headers(response)
    assert "Access-Control-Allow-Origin" not in response.headers


def _directives() -> dict[str, str]:
    policy = _get("/cookies/").headers["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


def test_p11_pages_may_load_from_here_and_nowhere_else() -> None:
    allowed = {source for sources in _directives().values() for source in sources.split()}
    assert allowed <= {"'self'", "'none'", "data:", "blob:", "'script'", "default"}


def test_nothing_is_reported_to_anybody() -> None:
    assert not {"report-uri", "report-to"} & _directives().keys()
    assert "Report-To" not in _get("/").headers


@pytest.mark.parametrize(
    ("directive", "sources"),
    [
        ("object-src", "'none'"),
        ("base-uri", "'none'"),
        ("script-src", "'self'"),
        ("script-src-attr", "'none'"),
        ("style-src-attr", "'none'"),
        ("form-action", "'self'"),
        ("require-trusted-types-for", "'script'"),
        ("trusted-types", "default"),
    ],
)
def test_a_directive(directive: str, sources: str) -> None:
    assert _directives()[directive] == sources


def test_a_nonce_is_there_for_who_asks_and_another_one_each_time() -> None:
    first, second = _get("/nonce/"), _get("/nonce/")
    assert f"'nonce-{first.content.decode()}'" in first.headers["Content-Security-Policy"]
    assert first.content != second.content


def test_only_the_copy_button_and_security_keys_have_a_power() -> None:
    policy = dict(part.split("=") for part in _get("/").headers["Permissions-Policy"].split(", "))
    granted = {power for power, who in policy.items() if who != "()"}
    assert granted == {"clipboard-write", "publickey-credentials-create", "publickey-credentials-get"}


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_SSL_REDIRECT=True)
def test_over_https_a_browser_never_comes_back_without_it() -> None:
    assert _get("/", secure=True).headers["Strict-Transport-Security"].startswith("max-age=31536000")
    redirected = _get("/")
    assert redirected.headers["Location"] == "https://testserver/"
    _expect_headers(redirected)


_COOKIES = """
import django; django.setup()
from django.test import Client
from policy.cookies import registry
client = Client(headers={"sec-fetch-site": "same-origin"})
client.post("/language/", {"language": "de"}, secure=True)
for cookie in client.cookies.values():
    assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"], cookie
listed = [cookie.name for kind in registry.Category for cookie in registry.of(kind)]
print(*client.cookies, "of", *sorted(listed))
"""


def test_over_https_no_other_host_can_plant_a_cookie() -> None:
    environment = {
        **os.environ,
        "SITE_URL": "https://testserver",
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
    }
    command = [sys.executable, "-c", _COOKIES]
    given, listed = subprocess.check_output(command, env=environment, text=True, timeout=120).split(" of ")
    assert given == "__Host-language"
    assert listed.split() == [
        *("__Host-choice", "__Host-comforts", "__Host-csrftoken", "__Host-language", "__Host-sessionid"),
        "__Secure-link",
    ]


@pytest.mark.parametrize(
    ("site", "expected"), [("https://cutouts.example", "True"), ("http://localhost", "False")]
)
def test_an_https_address_is_all_that_the_operator_has_to_name(site: str, expected: str) -> None:
    facts = (
        "[s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['upgrade-insecure-requests']]"
    )
    command = f"from bgbegone import settings as s; print({{*{facts}}})"
    environment = {**os.environ, "SITE_URL": site}
    printed = subprocess.check_output([sys.executable, "-c", command], env=environment, text=True, timeout=60)
    assert printed.strip() == f"{{{expected}}}"
