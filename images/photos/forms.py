"""Every rule about what people send."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from images.engine import Facts, errors, probe
from images.photos import guests
from images.photos.receiving import ReceivedPhoto
from images.work.failures import Failure
from images.work.limits import MEGABYTE, limits


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that looks like a photo."""

    file: ReceivedPhoto
    facts: Facts


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was refused, and why."""

    name: str
    failure: Failure

    @property
    def reason(self) -> str:
        return self.failure.sentence


def refusal_of(file: ReceivedPhoto) -> Failure | None:
    """What already went wrong while the file came in."""
    if file.refusal == "too_many_bytes":
        megabytes = math.ceil(file.length / MEGABYTE)
        return Failure(file.refusal, {"megabytes": megabytes, "limit": settings.MAX_UPLOAD_MB})
    return Failure(file.refusal, {}) if file.refusal else None


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.Field):
    """Several files of one name; what is wrong with one of them does not spoil the others."""

    widget = PhotosInput

    def to_python(self, value: Any) -> list[ReceivedPhoto]:
        return list(value or [])


class UploadForm(forms.Form):
    """One or several photos. After `is_valid`, see `candidates` and `rejected`."""

    # Before the photos, which are looked at in the light of it.
    first_frame = forms.BooleanField(required=False)
    photos = PhotosField(error_messages={"required": _("No photo arrived. Please choose at least one.")})
    visibility = forms.ChoiceField(
        choices=[("link", _("Unlisted link")), ("private", _("Private"))],
        initial="link",
        required=False,
    )
    submission = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = guests.ticket
        self.candidates: list[Candidate] = []
        self.rejected: list[Rejected] = []

    def clean_submission(self) -> tuple[Any, Any]:
        try:
            return guests.read_ticket(self.cleaned_data["submission"])
        except (signing.BadSignature, ValueError, TypeError):
            message = _("This page has been open for too long. Please choose your photo once more.")
            raise forms.ValidationError(message) from None

    def clean_photos(self) -> Sequence[Candidate]:
        files: list[ReceivedPhoto] = self.cleaned_data["photos"]
        most = settings.MAX_FILES_PER_UPLOAD
        if len(files) > most:
            message = ngettext_lazy(
                "Please send at most %(most)s photo at once.",
                "Please send at most %(most)s photos at once.",
                most,
            )
            raise forms.ValidationError(message, params={"most": most})
        for file in files:
            self._look_at(file)
        return self.candidates

    def _look_at(self, file: ReceivedPhoto) -> None:
        failure = refusal_of(file)
        if failure:
            self.rejected.append(Rejected(file.label, failure))
            return
        try:
            takes_first = bool(self.cleaned_data.get("first_frame"))
            facts = probe(file.content, limits(), first_frame=takes_first)
            self.candidates.append(Candidate(file, facts))
        except errors.EngineError as err:
            self.rejected.append(Rejected(file.label, Failure(err.code, err.params)))

    @property
    def has_animation(self) -> bool:
        """Whether a file was refused that would be taken with `first_frame`."""
        return any(each.failure.code == "animated" for each in self.rejected)

    @property
    def is_private(self) -> bool:
        return bool(self.cleaned_data.get("visibility") == "private")
