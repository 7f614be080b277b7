"""The pictures that staff may choose from: those whose owners agree, and no others (promise P13).

The two small pictures of each are shown without a reason being asked for: that staff look at just these is a
part of what the owner has agreed to. Everything else about the photo is behind the usual door.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path

from accounts.disclosures.admin import ReadOnly
from images.gallery import pages
from images.gallery.models import GalleryEntry


@admin.register(GalleryEntry)
class GalleryEntryAdmin(ReadOnly):
    """A page of our own in place of the admin's list; there is nothing to add and no form to change a row."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/choose/", wrap(self._choose), name="images_galleryentry_choose"),
            path("<uuid:pk>/files/<str:name>", wrap(self._picture), name="images_galleryentry_picture"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return pages.choices(request, self)

    def change_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return redirect("admin:images_galleryentry_changelist")

    def _choose(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return pages.choose(request, self, pk)

    def _picture(self, request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
        return pages.picture(request, self, pk, name)
