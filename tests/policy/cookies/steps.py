"""Answers to the question about cookies, as browsers send them."""

from typing import Any

from django.test import Client

GPC = {"Sec-GPC": "1"}


def answer(client: Client, answer: str = "yes", **fields: Any) -> Any:
    headers = fields.pop("headers", {"Sec-Fetch-Site": "same-origin"})
    data = {"answer": answer, "how": "banner", **fields}
    return client.post("/cookies/choice/", data, headers=headers)


def visitor(says: str) -> Client:
    """A guest who has answered."""
    client = Client()
    assert answer(client, says).status_code == 302
    return client


def given(response: Any) -> dict[str, str]:
    """The cookies that an answer sets, without those that it deletes."""
    return {name: m.value for name, m in response.cookies.items() if m["max-age"] != 0}


def deleted(response: Any) -> list[str]:
    return [name for name, morsel in response.cookies.items() if morsel["max-age"] == 0]
