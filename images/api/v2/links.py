"""Links to a result for whoever gets them; and what the key itself may do."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from images.api.keys.models import Scope
from images.api.v2 import pages, shapes
from images.api.v2.photos import check_that_done, own
from images.api.v2.problems import Problem
from images.api.v2.resources import Call, Method, answer, resource
from images.sharing.forms import MOST_LINKS
from images.sharing.models import ShareLink


def _create(call: Call, pk: UUID) -> HttpResponseBase:
    if call.key.is_sandbox:  # a link would show the result without its watermark
        raise Problem("not_allowed", 403)
    photo = own(call.key, pk)
    longest = int(photo.link_lifetime.total_seconds() // 3600)
    fields = call.fields
    hours = fields.number("hours", 1, longest, longest)
    most = fields.number("max_downloads", 1, 100_000)
    fields.done()
    check_that_done(photo.cutout)
    if photo.links.open().count() >= MOST_LINKS:
        sentence = _("This photo has %(most)s links already. Please withdraw one of them first.")
        raise Problem("invalid", 422, sentence % {"most": MOST_LINKS})
    link = ShareLink.issue(photo, timedelta(hours=hours or longest), most)
    link.save(force_insert=True)
    return answer(shapes.link(link), 201, Location=shapes.address("api_v2_link", photo.pk, link.pk))


def _list(call: Call, pk: UUID) -> HttpResponseBase:
    found, cursor = pages.piece(own(call.key, pk).links.open(), call.query)
    return answer({"data": [shapes.link(row) for row in found], "next": cursor})


def _own_link(call: Call, pk: UUID, link_pk: UUID) -> ShareLink:
    link: ShareLink | None = own(call.key, pk).links.open().filter(pk=link_pk).first()
    if link is None:
        raise Problem("not_found", 404)
    return link


def _read(call: Call, pk: UUID, link_pk: UUID) -> HttpResponseBase:
    return answer(shapes.link(_own_link(call, pk, link_pk)))


def _withdraw(call: Call, pk: UUID, link_pk: UUID) -> HttpResponseBase:
    _own_link(call, pk, link_pk).revoke()
    return HttpResponse(status=204)


def _account(call: Call) -> HttpResponseBase:
    return answer(shapes.account(call.key))


of_photo = resource(GET=Method(Scope.READ, _list), POST=Method(Scope.CUT_OUT, _create))
link = resource(GET=Method(Scope.READ, _read), DELETE=Method(Scope.DELETE, _withdraw))
account = resource(GET=Method(Scope.READ, _account))
