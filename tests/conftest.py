"""Markers for parts that a machine may lack, and the fixtures that every test file shares."""

import os
import shutil
import uuid
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from images import weights
from images.engine import Network, errors
from images.engine.networks import catalogue
from images.work import worker
from policy.analytics import floods
from policy.analytics.buffer import page_views
from tests import leaks, migrated, parts, reach
from tests.e2e import drivers

# The same cases on every machine, however slow it is; `--hypothesis-profile=default` looks for others.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same")

REQUIRED = {part.strip() for part in os.environ.get("REQUIRE", "").split(",") if part.strip()}


def _has_model() -> bool:
    try:
        weights.locate(settings.BGBEGONE_MODELS, catalogue.choose(settings.MODEL))
    except errors.ModelUnavailable:
        return False
    return True


_PRESENT = {
    "model": (_has_model, "the model is not installed (manage.py models fetch)"),
    "browser": (lambda: parts.chromium() is not None, "Chromium is not installed"),
    "browsers": (drivers.are_there, "Firefox or WebKit is not installed"),
    "node": (lambda: shutil.which("node") is not None, "Node is not installed"),
    "imagemagick": (lambda: parts.imagemagick() is not None, "ImageMagick is not installed"),
    "services": (parts.has_servers, "PostgreSQL or Redis does not answer"),
}


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are numbered: compressed ones hold the time, and parallel processes must agree on names."""
    return argname if isinstance(val, bytes) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-on-servers", action="store_true", help="leave out what touches no database")
    parser.addoption("--note-reach", type=Path, metavar="FOLDER", help="note what tests do to the servers")
    parser.addoption("--reach", type=Path, metavar="FOLDER", help="repeat only what shows something of it")


def pytest_configure(config: pytest.Config) -> None:
    leaks.learn_from_tests()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        kept = ExitStack()
        kept.enter_context(migrated.kept_for_this_run())
        config.add_cleanup(kept.close)
    if folder := config.getoption("note_reach"):
        _note_reach(config, folder)


def _note_reach(config: pytest.Config, folder: Path) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    if worker or not config.getoption("numprocesses", None):
        config.pluginmanager.register(reach.Notes(folder.resolve(), worker or "alone"))


def pytest_xdist_auto_num_workers() -> int:
    """Twice the cores: a good part of the tests waits for a browser or for a process of its own."""
    return min(4, 2 * (os.cpu_count() or 1))


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups when it is asked the same
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--only-on-servers"):
        items[:] = [item for item in items if _touches_the_database(item)]
    if folder := config.getoption("reach"):
        items[:] = reach.chosen(items, folder)
    _skip_what_is_not_there(items)
    if config.getoption("numprocesses", None) or "PYTEST_XDIST_WORKER" in os.environ:
        # The longest first, or all others would have ended when it begins.
        items.sort(key=lambda item: not (_is_apart(item) or _shares_the_service(item)))
    for item in items:
        if not _is_apart(item):
            item.add_marker(pytest.mark.xdist_group(_group_of(item)))


def _touches_the_database(item: pytest.Item) -> bool:
    uses = {"db", "transactional_db"} & set(vars(item).get("fixturenames", ()))
    return bool(uses) or item.get_closest_marker("django_db") is not None


def _is_apart(item: pytest.Item) -> bool:
    """Whether its file names the group in which it runs."""
    return item.get_closest_marker("xdist_group") is not None


def _shares_the_service(item: pytest.Item) -> bool:
    uses = "stack" in vars(item).get("fixturenames", ())
    return uses and Path(__file__).parent / "e2e" in item.path.parents


def _group_of(item: pytest.Item) -> str:
    """What one process runs: a file, whose fixtures are then made once, or half of what shares a service."""
    if _shares_the_service(item):
        return f"service {zlib.crc32(item.path.name.encode()) % 2}"
    return item.nodeid.partition("::")[0]


def _skip_what_is_not_there(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, unless REQUIRE says that it must."""
    for part, (is_present, reason) in _PRESENT.items():
        marked = [item for item in items if item.get_closest_marker(part)]
        if marked and part not in REQUIRED and not is_present():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Asked by pytest-django, before it makes the database."""
    migrated.fill_the_first_in_memory()


@pytest.fixture(autouse=True)
def _logs_tell_nothing() -> Iterator[None]:
    """Neither this process nor a service that a test has started logs secrets or personal data."""
    yield
    leaked = leaks.found()
    assert not leaked, "\n".join(leaked)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path) -> Iterator[None]:
    """Each test has a store of its own, and an empty cache."""
    default = settings.STORAGES["default"]
    is_local = "FileSystemStorage" in default["BACKEND"]
    location = str(tmp_path / "files") if is_local else uuid.uuid4().hex
    default = {**default, "OPTIONS": {**default["OPTIONS"], "location": location}}
    cache.clear()
    with override_settings(STORAGES={**settings.STORAGES, "default": default}):
        yield


@pytest.fixture(autouse=True)
def _page_views_wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread writes page views beside a test's own transaction; who wants them there calls `flush`."""
    page_views.forget()
    floods._counts.clear()
    monkeypatch.setattr(page_views, "_start", lambda: None)
    yield
    page_views.forget()


@pytest.fixture
def cache_in_memory() -> Iterator[None]:
    """For tests that turn the clock or look into the cache: Redis has a clock of its own."""
    memory = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with override_settings(CACHES=memory):
        cache.clear()
        yield


@pytest.fixture(scope="session")
def small_network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A real ONNX network of a few weights: bright things are the subject."""
    from tests.images.engine.tiny import tiny_network

    return tiny_network(tmp_path_factory.mktemp("network"))


@pytest.fixture
def engine(small_network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """A worker process whose engine is ready, with the small network."""
    monkeypatch.setattr(worker._process, "network", small_network)
    return small_network
