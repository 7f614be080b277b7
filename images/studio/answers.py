"""Answers to the studio's script, and waiting for a worker for a moment."""

import io
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bgbegone.lib.http import picture
from bgbegone.lib.waiting import NotYet, Topic, was_asked
from images.engine.errors import EngineError
from images.photos.models import Photo
from images.studio import desk
from images.studio.models import Preparation
from images.work.failures import Failure
from images.work.job import Job

_PATIENCE_SECONDS = 6.0
_ACTIVE, _OVER = "active", "over"


def _look(preparations: Collection[UUID]) -> Mapping[UUID, str]:
    rows = Preparation.objects.filter(pk__in=preparations)
    return {row.pk: _ACTIVE if row.is_active else _OVER for row in rows}


_topic = Topic("preparations", _look)


def gone_with_its_photo(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """404 where the photo is deleted while the view is at it: its bytes go first, then its rows."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (Photo.DoesNotExist, FileNotFoundError):
            raise Http404 from None

    return answered


def patiently(request: HttpRequest, preparation: Preparation) -> HttpResponse | None:
    """The answer while it is being made: not yet, for a while. None when it is over, or takes too long."""
    if preparation.is_active and not was_asked(request):
        return NotYet(_topic, preparation.pk, seen=_ACTIVE, seconds=_PATIENCE_SECONDS)
    return None


def unready(job: Job) -> HttpResponse:
    """It is not there yet, or why it never will be."""
    if job.status == job.Status.FAILED:
        return sentence(Failure(job.error_code, job.error_params).sentence, 422)
    return JsonResponse({}, status=202)


def guarded(work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return work()
    except EngineError as err:
        return sentence(words(err), 422)
    except desk.Busy:
        return sentence(_("The server is busy with other photos. Please try again in a moment."), 503)
    except desk.Unfinished:
        return sentence(_("So many marks take a while to work out. Please try again in a moment."), 503)


def words(err: EngineError) -> str:
    return Failure(err.code, err.params).sentence


def sentence(words: str, status: int) -> HttpResponse:
    return JsonResponse({"sentence": words}, status=status)


def refused(form: forms.Form) -> HttpResponse:
    return sentence(sentence_of(form), 422)


def sentence_of(form: forms.Form) -> str:
    return " ".join(
        _said(form, name, error) for name, each in form.errors.as_data().items() for error in each
    )


def _said(form: forms.Form, name: str, error: forms.ValidationError) -> str:
    """Django's own sentences do not say which field they mean; ours, which have no code, do."""
    words = " ".join(error.messages)
    return f"{form[name].label}: {words}" if error.code and name in form.fields else words


def too_many(seconds: int) -> HttpResponse:
    response = sentence(_("Too many requests. Please wait a minute."), 429)
    response["Retry-After"] = str(seconds)
    return response


def bytes_of(data: bytes, mime: str) -> HttpResponseBase:
    response = picture(io.BytesIO(data), mime)
    response["Content-Length"] = str(len(data))
    return response


def packed(data: bytes) -> HttpResponseBase:
    """Bytes that are gzip already, which the browser takes off."""
    response = bytes_of(data, "application/octet-stream")
    response["Content-Encoding"] = "gzip"
    return response


def html(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A part of the page; 202 while its file is being made."""
    return render(request, template, context, status=202 if context["is_active"] else 200)
