"""What somebody with a scanner would try, over every address of the URL map that takes no argument."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve

from tests.base import Cast, finished
from tests.security.routes import every_route

_ROOT = Path(__file__).resolve().parents[2]
_ELSEWHERE = ("https://evil.example/", "//evil.example/", "\\\\evil.example", "https:evil.example")
# Forms without Django's token, and what protects them instead.
_WITHOUT_TOKEN = {
    "api": "a key in each request, and no cookie: `images.api.door`",
    "shared": "the address is the right, and no session is read",
    "opt_out": "the address is the right; mail programs post there (RFC 8058)",
    "mail_reports": "the provider's own password or signature",
    "beacon": "counts a visit, and reads no session",
    "batch_upload": "tus: a header that no other site's form can send, or the key of a program",
    "cookie_choice": "checked by where the browser says it comes from: `bgbegone.lib.origin`",
    "language": "checked by where the browser says it comes from: `bgbegone.lib.origin`",
}


def _plain() -> list[str]:
    """Each address without an argument, once; signing out is a way of its own."""
    paths = {f"/{route.path}" for route in every_route() if not route.arguments}
    return sorted(path for path in paths if not set(path) & set("^$(?\\*"))


def _sources() -> list[tuple[Path, ast.Module]]:
    files = [
        file for app in ("bgbegone", "policy", "accounts", "images") for file in (_ROOT / app).rglob("*.py")
    ]
    return [(file, ast.parse(file.read_text())) for file in files if "migrations" not in file.parts]


def _called(tree: ast.Module) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(call) for call in calls}


@pytest.mark.django_db
def test_every_page_has_the_headers() -> None:
    for path in _plain():
        answer = Client().get(path)
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in answer["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], path
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        assert "Server" not in answer, path
        kind = answer.get("Content-Type", "")
        assert "charset" in kind or not kind.startswith("text/html"), (path, kind)


@pytest.mark.django_db
def test_odd_methods_get_nothing() -> None:
    for path in _plain():
        for method in ("TRACE", "CONNECT", "PROPFIND", "TRACK"):
            answer = Client().generic(method, path, b"echo me", headers={"x-echo": "echo-me"})
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"echo" not in text, (method, path)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil"]
)
def test_another_host_is_refused_everywhere(host: str) -> None:
    for path in _plain():
        answer = Client().get(path, headers={"host": host})
        text = b"" if answer.streaming else answer.content
        assert b"evil.example" not in text + answer.get("Location", "").encode(), path
    assert Client().get("/", headers={"host": host}).status_code == 400


@pytest.mark.django_db
def test_no_header_of_a_proxy_changes_what_a_cache_would_keep() -> None:
    poison = {
        "x-forwarded-host": "evil.example",
        "x-host": "evil.example",
        "forwarded": "host=evil.example",
        "x-original-url": "/admin/",
        "x-rewrite-url": "/admin/",
        "x-http-method-override": "DELETE",
    }
    for path in _plain():
        plain, poisoned = Client().get(path), Client().get(path, headers=poison)
        assert plain.status_code == poisoned.status_code, path
        text = b"" if poisoned.streaming else poisoned.content
        assert b"evil.example" not in text + poisoned.get("Location", "").encode(), path


@pytest.mark.django_db
def test_no_address_sends_anybody_elsewhere() -> None:
    for path in _plain():
        for target in _ELSEWHERE:
            words = dict.fromkeys(("next", "url", "to", "redirect", "return_to", "continue"), target)
            for answer in (Client().get(path, words), Client().post(path, words)):
                where = answer.get("Location", "")
                assert not re.match(r"(https?:)?[/\\]{2}|https?:", where), (path, where)


class TestPaths(Cast):
    @pytest.mark.parametrize(
        "way", ["..%2f..%2fsecret_key", "%2e%2e/secret_key", "..\\secret_key", "%00", "x%00.png"]
    )
    def test_no_path_leads_out_of_its_folder(self, way: str) -> None:
        photo = finished(self.alice)
        for start in (f"/photos/{photo.pk}/files/", "/static/", "/r/x/", "/b/x/", "/gallery/", "/v2/"):
            answer = self.alice.get(start + way)
            assert answer.status_code in (301, 302, 400, 403, 404), (start, answer.status_code)

    def test_git_and_lists_are_not_served(self) -> None:
        for path in ("/.git/config", "/static/", "/static/js/", "/var/db.sqlite3", "/manage.py", "/.env"):
            assert self.alice.get(path).status_code == 404, path


@pytest.mark.django_db
def test_every_form_asks_for_its_token() -> None:
    """A view without Django's check is one of a reviewed list; all others refuse a form without a token."""
    exempt = _without_token()
    assert {name for name in exempt if not name.startswith(tuple(_WITHOUT_TOKEN))} == set()
    strict = Client(enforce_csrf_checks=True)
    for path in _plain():
        if resolve(path).view_name not in exempt and strict.get(path).status_code != 404:
            answer = strict.post(path, {"x": "y"})
            assert answer.status_code in (302, 403, 405), (path, answer.status_code)
            assert answer.status_code != 302 or "login" in answer["Location"], path


def _without_token() -> set[str]:
    """Names of the addresses whose view says that Django's check does not concern it."""
    return {name for name, view in _views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)}


def _views(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.name or "", pattern.callback


@pytest.mark.django_db
def test_cookies_are_kept_from_scripts_and_other_sites() -> None:
    client = Client()
    client.get("/accounts/login/")
    for path in _plain():
        for name, cookie in client.get(path).cookies.items():
            assert cookie["samesite"] == "Lax", name
            assert cookie["httponly"] or name in ("cookies", "language"), name


def test_nothing_of_a_request_starts_a_program() -> None:
    """No `eval`, no shell and no template of text; programs are started by commands of the operator only."""
    forbidden = {"eval", "exec", "os.system", "os.popen", "Template", "engines", "pickle.loads", "yaml.load"}
    found = {
        (str(file.relative_to(_ROOT)), name)
        for file, tree in _sources()
        for name in _called(tree) & forbidden
    }
    # A child process reads there what its own parent has written.
    assert found == {("images/weights/backends.py", "pickle.loads")}
    starts = {
        str(f.relative_to(_ROOT)) for f, tree in _sources() if any("subprocess." in c for c in _called(tree))
    }
    assert {
        name for name in starts if "/commands/" not in name and not name.startswith("images/weights/")
    } == set()


def test_no_query_is_made_of_text() -> None:
    """`raw` and `extra` are not used; what is executed as it stands is looked at by ruff (S608)."""
    for file, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".raw", ".extra", "RawSQL")):
                raise AssertionError(f"{file}:{node.lineno}")
