"""What is sent to the processes of a run in parallel."""

import os

import pytest


def test_a_file_is_run_by_one_process(request: pytest.FixtureRequest) -> None:
    """Otherwise each of them makes every fixture of it, and starts every service."""
    group = "@tests/test_groups.py" if "PYTEST_XDIST_WORKER" in os.environ else ""
    assert request.node.nodeid == f"tests/test_groups.py::test_a_file_is_run_by_one_process{group}"
