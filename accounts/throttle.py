"""Slowing down whoever tries passwords (promise P4).

Three counters, each with an end of its own, none of which wrong passwords can prolong:

* one account, by its name or its address, from one address: what a person needs who mistypes;
* one address, whatever the account: lists of stolen passwords;
* one account from everywhere: many machines against one person. It is wide, a new password empties it, and
  a passkey passes by it, so that nobody can be kept out of their account by others.
"""

from django.http import HttpRequest

from accounts import names
from bgbegone.lib import ratelimit

_LOGIN = "login"
_Counter = tuple[str, str, int, int]


def _counters(request: HttpRequest, account: str, kind: str) -> list[_Counter]:
    name = names.canonical_email(account) if "@" in account else names.fold(account)
    client, name = ratelimit.client_of(request), ratelimit.keyed(name)
    return [
        (f"{kind}-pair", f"{client}:{name}", 5, 300),
        (f"{kind}-address", client, 30, 60),
        (f"{kind}-account", name, 100, 3600),
    ]


def is_over(request: HttpRequest, account: str, *, kind: str = _LOGIN) -> bool:
    """Count a try before it is made, so that many at once cannot slip through together.

    `kind` is what else has passwords, for which `account` is then the name of one. A try that one counter
    refuses is not made, and the next does not count it: one machine alone cannot use up what all have.
    """
    return any(ratelimit.is_over(*counter) for counter in _counters(request, account, kind))


def give_back(request: HttpRequest, account: str, *, kind: str = _LOGIN) -> None:
    """The password was right: this try does not count. Earlier wrong ones still do."""
    for scope, client, _limit, _seconds in _counters(request, account, kind):
        ratelimit.give_back(scope, client)


def forget(request: HttpRequest, account: str) -> None:
    """The owner has set a new password: what others tried against the old one is void."""
    for scope, client, _limit, _seconds in _counters(request, account, _LOGIN):
        if scope != f"{_LOGIN}-address":
            ratelimit.forget(scope, client)
