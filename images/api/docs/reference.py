"""The description of the API, in the pieces that its page shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "v2" / "openapi.json"
_EXAMPLES = Path(__file__).parent / "examples"
_LANGUAGES = (("curl", "curl"), ("python", "Python"), ("node", "Node"), ("php", "PHP"))
_METHODS = ("get", "post", "put", "patch", "delete")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    place: str
    kind: str
    text: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    text: str
    fields: list[Field]
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    text: str
    operations: list[Operation]


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    language: str
    code: str


@lru_cache(maxsize=1)
def document() -> Document:
    found: Document = json.loads(FILE.read_text())
    return found


def examples(site: str) -> list[Example]:
    """Ready to be copied: with the address of this server."""
    return [
        Example(name, label, (_EXAMPLES / f"{name}.txt").read_text().replace("SITE", site).strip())
        for name, label in _LANGUAGES
    ]


def groups() -> list[Group]:
    operations = list(_operations())
    return [
        Group(tag["name"], tag["description"], [shown for name, shown in operations if name == tag["name"]])
        for tag in document()["tags"]
    ]


def _operations() -> Iterator[tuple[str, Operation]]:
    base = document()["servers"][0]["url"]
    for path, item in document()["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                yield item[method]["tags"][0], _operation(base + path, method, item[method], shared)


def _operation(path: str, method: str, found: Document, shared: list[Document]) -> Operation:
    parameters = [_resolved(each) for each in [*shared, *found.get("parameters", [])]]
    answers = [
        Answer("4xx, 5xx" if status == "default" else status, _resolved(answer)["description"])
        for status, answer in found["responses"].items()
    ]
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        text=found.get("description", ""),
        fields=[*(_parameter(each) for each in parameters), *_body(found)],
        answers=answers,
    )


def _parameter(found: Document) -> Field:
    text, schema = found.get("description", ""), _resolved(found["schema"])
    return Field(found["name"], found["in"], _kind(schema), text, found.get("required", False))


def _body(found: Document) -> Iterator[Field]:
    """The fields of each kind of body, once."""
    seen: set[str] = set()
    for content in found.get("requestBody", {}).get("content", {}).values():
        schema = _resolved(content["schema"])
        for name, value in schema.get("properties", {}).items():
            if name not in seen:
                seen.add(name)
                about = _resolved(value)
                required = name in schema.get("required", [])
                yield Field(name, "body", _kind(about), about.get("description", ""), required)


def _kind(schema: Document) -> str:
    found = schema.get("type", "")
    name = " or ".join(found) if isinstance(found, list) else str(found)
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        return f"{name}, {schema['minimum']} to {schema['maximum']}"
    return {"binary": "file", "uuid": "id"}.get(schema.get("format", ""), name)


def _resolved(part: Document) -> Document:
    while "$ref" in part:
        found: Any = document()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part
