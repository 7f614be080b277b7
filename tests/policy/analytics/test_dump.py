"""After people have looked around, the whole database is searched for them (promise P8)."""

import re
import time
from collections.abc import Iterator

import time_machine
from django.db import connection
from django.test import Client

from policy.analytics import rollup
from policy.analytics.buffer import page_views
from policy.models import PageView, PageViewDaily
from tests.base import Cast, finished, reader

ADDRESS = "203.0.113.77"
AGENT = "Mozilla/5.0 (X11; Quuxbian 7.3) Gecko/20100101 Firefox/140.0"
REFERRER = "https://alice:passw0rd@forum.example.net:8443/private/thread?user=alice"
# Where a member's own address and name belong: she gave them.
_HER_OWN = re.compile(r"accounts_user|account_emailaddress|accounts_emailpreference|accounts_emailconsent\w*")


def _browser(client: Client) -> Client:
    """The same person, recognisable in every way that a server could notice."""
    client.defaults |= {
        "REMOTE_ADDR": ADDRESS,
        "HTTP_X_FORWARDED_FOR": ADDRESS,
        "HTTP_USER_AGENT": AGENT,
        "HTTP_ACCEPT_LANGUAGE": "en-NZ,quux",
    }
    return client


def _dump() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, whether a model knows the table or not."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, repr(row)


def _found(needle: str, *, but: re.Pattern[str] | None = None) -> list[str]:
    return [t for t, row in _dump() if needle.lower() in row.lower() and not (but and but.fullmatch(t))]


class TestDump(Cast):
    def _browse(self, client: Client) -> list[str]:
        """Go everywhere and stay a while; return the secrets that this person came to know."""
        photo = finished(client)
        page = client.get(f"/photos/{photo.pk}/").content.decode()
        token = re.findall(r"/r/([\w-]{20,})/", page)[0]
        secrets = [token]
        paths = ["/", "/photos/", f"/photos/{photo.pk}/", f"/r/{token}/", f"/r/{token}x/", "/nowhere/"]
        for path in [*paths, "/privacy/", "/cookies/", "/contact/", "/guides/", "/accounts/login/"]:
            answer = client.get(path, headers={"referer": REFERRER})
            secrets += re.findall(r'<meta name="view" content="([^"]+)">', answer.content.decode())
        for view in secrets[1:]:
            with time_machine.travel(time.time() + 30):
                client.post("/beacon/", f"token={view}&ms=9000", content_type="text/plain")
        return secrets

    def test_p08_a_dump_holds_nobody(self) -> None:
        secrets = self._browse(_browser(reader())) + self._browse(_browser(self.alice))
        assert page_views.flush()
        rollup.roll_up_recent()
        for needle in [ADDRESS, "quuxbian", AGENT, "passw0rd", "thread?user", "en-NZ", *secrets]:
            assert _found(needle) == [], needle
        assert _found("alice", but=_HER_OWN) == []

    def test_the_search_finds_what_is_there(self) -> None:
        assert _found("alice@example.org") != []

    def test_p08_what_is_kept_is_pages_times_and_the_referring_site(self) -> None:
        self._browse(_browser(reader()))
        page_views.flush()
        rollup.roll_up_recent()
        kept = PageView.objects.filter(active_ms__gte=9000)
        assert {"home", "shared", "privacy", "unknown"} <= set(kept.values_list("route", flat=True))
        assert set(kept.values_list("referrer_host", flat=True)) == {"forum.example.net"}
        assert PageViewDaily.objects.get(route="shared").views == 2
