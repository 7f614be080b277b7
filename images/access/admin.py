"""Photos in the admin: facts to read, no pictures, nothing to change."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.disclosures.admin import ReadOnly
from images.access import facts, pages
from images.access.newest import NewestFirst
from images.photos.models import Photo


class StateFilter(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("state")


@admin.register(Photo)
class PhotoAdmin(ReadOnly):
    """The admin's own list, with a page of our own for one photo."""

    list_display = [
        "key",
        "whose",
        "standing",
        "sent",
        "pixels",
        "weight",
        "format",
        "ends",
        "work",
        "confidence",
        "engine",
    ]
    list_select_related = ["owner", "cutout"]
    list_filter = [("cutout__status", StateFilter)]
    list_per_page = 50
    sortable_by = ()  # newest first: by anything else the database would sort them all
    change_list_template = "images/access/change_list.html"
    search_fields = ["id"]  # so that there is a box; what it finds is said below
    search_help_text = _("The whole key of a photo, or a whole user name")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every row

    class Media:
        css = {"all": ["css/access.css"]}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/look/", wrap(self._look), name="images_photo_look"),
            path("<uuid:pk>/look/<str:key>/<str:name>", wrap(self._pixels), name="images_photo_pixels"),
        ]
        return [*own, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NewestFirst

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return pages.show(request, self, unquote(object_id))

    def _look(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return pages.look(request, self, pk)

    def _pixels(self, request: HttpRequest, pk: UUID, key: str, name: str) -> HttpResponseBase:
        return pages.pixels(request, self, pk, key, name)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Photo], search_term: str
    ) -> tuple[QuerySet[Photo], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        if "\0" in words:  # databases disagree about what that is a part of
            return queryset.none(), False
        try:
            return queryset.filter(pk=UUID(words)), False
        except ValueError:
            return queryset.filter(owner__username_key=names.fold(words)), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Filters of the list and no others: “?name__startswith=” would read file names letter by letter."""
        return lookup == "cutout__status__exact" and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description=_("photo"))
    def key(self, photo: Photo) -> str:
        return f"{photo.pk!s:.8}…"

    @admin.display(description=_("owner"))
    def whose(self, photo: Photo) -> str:
        return facts.whose(photo)

    @admin.display(description=_("state"))
    def standing(self, photo: Photo) -> str:
        """What a person should look at stands out."""
        has_failed = photo.cutout.status == photo.cutout.Status.FAILED
        look = "failed" if has_failed else "doubtful" if facts.is_doubtful(photo) else ""
        words = facts.standing(photo)
        return format_html('<span class="photo-{}">{}</span>', look, words) if look else words

    @admin.display(description=_("pixels"))
    def pixels(self, photo: Photo) -> str:
        return facts.pixels(photo)

    @admin.display(description=_("bytes"))
    def weight(self, photo: Photo) -> str:
        return facts.weight(photo)

    @admin.display(description=_("sent"))
    def sent(self, photo: Photo) -> str:
        return facts.moment(photo.created_at)

    @admin.display(description=_("deleted at the latest"))
    def ends(self, photo: Photo) -> str:
        return facts.moment(photo.expires_at)

    @admin.display(description=_("work"))
    def work(self, photo: Photo) -> str:
        return facts.seconds(photo)

    @admin.display(description=_("confidence"))
    def confidence(self, photo: Photo) -> str:
        return facts.confidence(photo)

    @admin.display(description=_("model"))
    def engine(self, photo: Photo) -> str:
        return facts.engine(photo)
