"""Writes small databases in MaxMind's format (maxmind.github.io/MaxMind-DB), for IPv4 addresses."""

import ipaddress
from pathlib import Path
from typing import Any

_MARK = b"\xab\xcd\xefMaxMind.com"
_TEXT, _UINT16, _UINT32, _MAP, _UINT64, _LIST = 2, 5, 6, 7, 9, 11
_BYTES = {_UINT16: 2, _UINT32: 4, _UINT64: 8}


def write(file: Path, entries: dict[str, Any]) -> Path:
    """`entries` maps networks (`203.0.113.0/24`) to what the database says of them."""
    nodes: list[list[int | None]] = [[None, None]]
    data, places = b"", {}
    for network, value in entries.items():
        places[_add(nodes, ipaddress.IPv4Network(network))] = len(data)
        data += _encode(value)
    # A record is the number of a node, or of nodes for “nothing”, or beyond that a place in the data.
    tree = b"".join(
        _record(record, (number, side), nodes, places).to_bytes(3, "big")
        for number, node in enumerate(nodes)
        for side, record in enumerate(node)
    )
    about = {
        "node_count": _number(_UINT32, len(nodes)),
        "record_size": _number(_UINT16, 24),
        "ip_version": _number(_UINT16, 4),
        "database_type": "Test",
        "languages": [],
        "binary_format_major_version": _number(_UINT16, 2),
        "binary_format_minor_version": _number(_UINT16, 0),
        "build_epoch": _number(_UINT64, 1),
        "description": {"en": "Test"},
    }
    file.write_bytes(tree + bytes(16) + data + _MARK + _encode(about))
    return file


def _add(nodes: list[list[int | None]], network: ipaddress.IPv4Network) -> tuple[int, int]:
    """Make the path of a network; its last node and side are where the data belongs."""
    bits = f"{int(network.network_address):032b}"[: network.prefixlen]
    node = 0
    for bit in bits[:-1]:
        following = nodes[node][int(bit)]
        if following is None:
            nodes.append([None, None])
            following = nodes[node][int(bit)] = len(nodes) - 1
        node = following
    return node, int(bits[-1])


def _record(
    record: int | None,
    place: tuple[int, int],
    nodes: list[list[int | None]],
    data: dict[tuple[int, int], int],
) -> int:
    if place in data:
        return len(nodes) + 16 + data[place]
    return len(nodes) if record is None else record


def _encode(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return _head(_TEXT, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(_encode(part) for pair in value.items() for part in pair)
    return _head(_LIST, len(value)) + b"".join(_encode(part) for part in value)


def _number(kind: int, value: int) -> bytes:
    return _head(kind, _BYTES[kind]) + value.to_bytes(_BYTES[kind], "big")


def _head(kind: int, size: int) -> bytes:
    """Kind and size in one byte; the later kinds need a second one."""
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])
