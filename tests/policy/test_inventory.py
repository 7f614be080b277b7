"""Every stored field that could tell something about a person is declared (promise P2)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import translation

from accounts.models import User
from images.photos.models import Photo
from policy import inventory
from policy.inventory import Personal
from policy.models import DailyFigure


def test_p02_every_stored_field_is_declared() -> None:
    missing = list(inventory.undeclared())
    assert not missing, f"Declare these in the `privacy` module of their app: {', '.join(missing)}"


_PREFIX = "policy.Undeclared."


@contextmanager
def _model(**fields: models.Field) -> Iterator[type[models.Model]]:  # type: ignore[type-arg]
    """A model that nobody has declared, for as long as the test looks."""
    meta = type("Meta", (), {"app_label": "policy"})
    model = type("Undeclared", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    try:
        yield model
    finally:
        del apps.all_models["policy"]["undeclared"]
        apps.clear_cache()


def _missing() -> set[str]:
    """Fields of that model."""
    return {name.removeprefix(_PREFIX) for name in inventory.undeclared() if name.startswith(_PREFIX)}


def _owner() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=9),
        models.TextField(),
        models.EmailField(),
        models.JSONField(),
        models.BinaryField(),
        models.FileField(),
        models.GenericIPAddressField(),
        models.UUIDField(),
        models.SlugField(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_p02_a_field_that_nobody_declared_is_found(field: models.Field) -> None:  # type: ignore[type-arg]
    with _model(said=field):
        assert _missing() == {"said"}


def test_p02_in_a_row_that_belongs_to_somebody_every_field_counts() -> None:
    chosen = models.CharField(max_length=1, choices=[("a", "A")])
    with _model(owner=_owner(), born=models.DateField(), is_ill=models.BooleanField(), kind=chosen):
        assert _missing() == {"owner", "born", "is_ill", "kind"}


def test_numbers_dates_and_choices_alone_tell_nothing_about_anybody() -> None:
    chosen = models.CharField(max_length=1, choices=[("a", "A")])
    with _model(day=models.DateField(), count=models.IntegerField(), kind=chosen):
        assert _missing() == set()


def test_a_table_that_joins_people_to_something_counts_too() -> None:
    assert inventory.is_about_a_person(User.groups.through)


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "_personal", [])
    monkeypatch.setattr(inventory, "_impersonal", set())


def test_without_the_declarations_everything_is_missing(emptied: None) -> None:
    missing = set(inventory.undeclared())
    for name in ("accounts.User.email", "images.Photo.guest", "sessions.Session.session_data"):
        assert name in missing


def test_what_is_declared_either_way_is_not_missing(emptied: None) -> None:
    inventory.personal(User, "email", purpose="x", kept="y")
    inventory.impersonal(DailyFigure, "key")
    missing = set(inventory.undeclared())
    assert "accounts.User.email" not in missing
    assert "policy.DailyFigure.key" not in missing


def test_a_field_that_does_not_exist_cannot_be_declared(emptied: None) -> None:
    with pytest.raises(FieldDoesNotExist):
        inventory.personal(Photo, "shoe_size", purpose="x", kept="y")
    with pytest.raises(FieldDoesNotExist):
        inventory.impersonal(Photo, "shoe_size")


def test_p02_each_entry_says_what_for_and_how_long() -> None:
    with translation.override("en"):
        for entry in inventory.entries():
            assert entry.fields
            for words in (entry.label, entry.purpose, entry.kept):
                assert len(str(words)) > 3, entry


def test_nothing_is_declared_in_both_ways() -> None:
    personal = {(entry.model, name) for entry in inventory.entries() for name in entry.fields}
    assert not personal & inventory._impersonal


def test_without_words_of_its_own_an_entry_names_its_fields() -> None:
    with translation.override("en"):
        assert Personal(User, ("full_name", "phone"), "x", "y").label == "Full name, phone"
