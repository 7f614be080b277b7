"""/api/docs/ for people and /v2/openapi.json for programs; both are open to everybody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from images.api.docs import reference
from images.api.door import for_programs
from images.api.v2.problems import TITLES


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    context = {
        "site": settings.SITE_URL,
        "groups": reference.groups(),
        "examples": reference.examples(settings.SITE_URL),
        "problems": TITLES.items(),
        "megapixels": settings.API_MEGAPIXELS_PER_MINUTE,
        "hours": settings.API_PHOTO_HOURS,
    }
    return render(request, "images/api/docs.html", context)


@for_programs
def openapi(request: HttpRequest) -> HttpResponseBase:
    response = JsonResponse(reference.document())
    response["Cache-Control"] = "public, max-age=300"
    return response
