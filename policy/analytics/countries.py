"""The country of a request, when the operator gives a database. The address is looked up and thrown away."""

import functools

import maxminddb
from django.conf import settings
from django.http import HttpRequest

from bgbegone.lib import ratelimit


@functools.cache
def _reader(file: str) -> maxminddb.Reader:
    return maxminddb.open_database(file)


def country_of(request: HttpRequest) -> str:
    """Two letters, or nothing: without a database, and for an address that it does not know."""
    if not settings.COUNTRY_DATABASE:
        return ""
    try:
        found = _reader(str(settings.COUNTRY_DATABASE)).get(ratelimit.address_of(request))
    except (ValueError, maxminddb.InvalidDatabaseError):  # no address, as behind a Unix socket
        return ""
    country = found.get("country") if isinstance(found, dict) else None
    code = country.get("iso_code") if isinstance(country, dict) else country
    return code if isinstance(code, str) and len(code) == 2 and code.isalpha() else ""
