"""Everybody whom the service knows: `roles()` fills its database and says who may come in.

Each role has the cookies of somebody signed in, and the pages that no link leads to, such as those behind
mailed addresses. A page of a new kind needs a row here, so that the crawl finds it.
"""

import json
import time
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone

from accounts.campaigns import services as campaigns
from accounts.disclosures import services as disclosures
from accounts.leaving import services as leaving
from accounts.mailing import services as mailing
from accounts.mailing import tokens
from accounts.models import Campaign, Delivery, Disclosure, EmailPreference, User
from images.batches import services as batches
from images.batches.models import Batch
from images.editing import defaults
from images.engine.edits import recipe as recipes
from images.gallery import services as gallery
from images.models import Cutout, GalleryEntry, Photo, ShareLink
from images.photos.services import Sender
from policy.models import AggregateReport, ContactMessage, Guide, OutboundLink, PageSourceDaily, Partner
from policy.outbound import links
from policy.reports import services as reports
from policy.reports.tables import Request
from policy.versions import services as versions
from tests.accounts.disclosures.steps import agreed, disclosed, sale
from tests.base import agree, authenticator_app, member, signed_in
from tests.security import belongings

Role = dict[str, Any]
# What was shown “a moment ago” stays so while the crawl goes on.
_LATER = 3600
# Where members find what is theirs.
_OWN = ("/accounts/", "/photos/", "/batches/", "/presets/", "/backgrounds/")


def roles(guest: str) -> dict[str, Role]:
    """Everybody by what they are. The guest, whose session this is, has sent five photos, which are ready."""
    sara, alice = _sara(), _alice()
    rooms = _share_out(alice)
    work = _staff_work(sara, alice)
    again = _cookies(_vera(), later=-_LATER)
    return {
        "visitor": _role({}, [*_mailed_pages(), *rooms["visitor"]], "/"),
        "guest": _role({"sessionid": guest}, ["/photos/", *rooms["guest"]], "/photos/", "/batches/"),
        "member": _role(_cookies(alice), [*_member_pages(alice), *rooms["member"]], *_OWN),
        "member who is asked again": _role(again, _asking(), "/accounts/"),
        "member who is leaving": _role(_cookies(_lena()), ["/accounts/closing/"]),
        "member who is new": _role(_cookies(member("nell")), ["/accounts/security/totp/activate/"]),
        "member who has not agreed": _role(_cookies(_otto()), ["/privacy/accept/"]),
        "staff": _role(_cookies(sara), ["/admin/", *work], "/admin/"),
    }


def _role(cookies: dict[str, str], pages: list[str], *below: str) -> Role:
    """Links are followed to what lies below these addresses: the rest is the same for everybody."""
    return {"cookies": cookies, "pages": pages, "below": below}


def tell_staff() -> None:
    """Print a member of staff, and a page of each kind that staff work on. Needs a photo: the newest."""
    sara, alice = _sara(), _alice()
    newest = Photo.objects.latest("created_at").pk
    Photo.objects.filter(pk=newest).update(owner=alice, guest=None)
    Cutout.objects.filter(photo=newest).update(confidence=0.1)
    work = _staff_work(sara, alice)
    photo, report = alice.photos.first(), AggregateReport.objects.get()
    register, message = Disclosure.objects.earliest("pk"), ContactMessage.objects.earliest("pk")
    pages = [
        "/admin/",
        "/admin/dashboard/",
        "/admin/noted/",
        "/admin/noted/?kind=links",
        "/admin/accounts/campaign/",
        "/admin/accounts/campaign/add/",
        work[0],
        work[2],  # being sent
        work[-1],  # a draft of the policy
        work[0].replace("change", "preview"),
        work[0].replace("change", "send"),
        "/admin/accounts/user/",
        f"/admin/accounts/user/{alice.pk}/change/",
        "/admin/accounts/disclosure/",
        f"/admin/accounts/disclosure/{register.pk}/change/",
        f"/admin/accounts/disclosure/add/?person={alice.pk}",
        "/admin/accounts/writtenpermission/add/",
        "/admin/images/photo/",
        f"/admin/images/photo/{photo.pk}/change/",
        "/admin/images/galleryentry/",
        "/admin/policy/aggregatereport/",
        "/admin/policy/aggregatereport/add/",
        f"/admin/policy/aggregatereport/{report.pk}/change/",
        "/admin/policy/contactmessage/",
        f"/admin/policy/contactmessage/{message.pk}/change/",
        "/admin/policy/guide/add/",
        "/admin/auth/group/add/",
    ]
    print(json.dumps({"cookies": _cookies(sara), "pages": pages}))


def _cookies(user: User, later: float = _LATER) -> dict[str, str]:
    """Signed in, with everything shown that the person can show."""
    client = signed_in(user)
    session = client.session
    factors = Authenticator.objects.filter(user=user)
    shown = [{"method": "mfa", "at": time.time() + later, "id": row.pk, "type": row.type} for row in factors]
    password = {"method": "password", "at": time.time() + later, "reauthenticated": True}
    session["account_authentication_methods"] = [password, *shown]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return {"sessionid": client.cookies["sessionid"].value}


def _path(address: str | None) -> str:
    return urlsplit(str(address)).path


# Visitors


def _mailed_pages() -> list[str]:
    reader, asked, new = member("reader"), member("asked"), User.objects.create_user("new", "new@example.org")
    address = EmailAddress.objects.create(user=new, email=new.email, primary=True)
    mailing.ask(asked, how="account")
    mailing.ask(reader, how="account")
    mailing.confirm(reader.email_preference)
    reset = f"{user_pk_to_url_str(reader)}-{default_token_generator.make_token(reader)}"
    return [
        "/",
        "/nowhere/",
        _path(tokens.confirm_url(EmailPreference.objects.get(user=asked))),
        _path(tokens.opt_out_url(reader.email_preference)),
        f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/",
        "/accounts/confirm-email/forged/",
        f"/accounts/password/reset/{reset}/",
        "/accounts/password/reset/sent/",
        "/accounts/password/reset/done/",
        "/accounts/confirm-email/",
        "/accounts/inactive/",
        "/opt-out/forged/",
        "/accounts/news/confirm/forged/",
        "/receipt/forged/",
        f"/receipt/{leaving.close(member('gone'))}/",
        _path(Photo.objects.earliest("created_at").links.get().url),
        "/r/forged/",
        links.leaving_url("https://example.org/"),
        "/leaving/?to=forged",
        "/contact/thanks/",
    ]


# Members


def _alice() -> User:
    """Everything that an account can have."""
    alice = member("alice")
    User.objects.filter(pk=alice.pk).update(full_name="Alice Archer", phone="+4930901820")
    authenticator_app(alice)
    RecoveryCodes.activate(alice)
    EmailAddress.objects.create(user=alice, email="alice-2@example.org", primary=False)
    for _ in range(2):
        signed_in(alice)
    mailing.ask(alice, how="account")
    again: User = User.objects.get(pk=alice.pk)
    return again


def _member_pages(alice: User) -> list[str]:
    photos = [f"/photos/{photo.pk}/" for photo in alice.photos.all()]
    return ["/", "/photos/", "/accounts/", *photos]


def _share_out(alice: User) -> dict[str, list[str]]:
    """The first photo stays the guest's; of Alice's one has failed, one is private, one is in the gallery and
    one could be. Each has a batch, and everything that belongs to photos. The pages by who opens them."""
    first, *others = Photo.objects.order_by("created_at")
    Batch.objects.all().delete()
    Photo.objects.filter(pk__in=[photo.pk for photo in others]).update(owner=alice, guest=None)
    Cutout.objects.filter(photo=others[0]).update(status=Cutout.Status.FAILED, error_code="internal")
    ShareLink.objects.filter(photo=others[1]).delete()
    Photo.objects.filter(pk=others[1].pk).update(is_private=True)
    mine = Photo.objects.filter(owner=alice).order_by("created_at")
    paused = _batch(Sender(owner=alice), mine[3])
    batches.pause(paused)
    guests_batch = _batch(Sender(guest=first.guest), first)
    batch = _batch(Sender(owner=alice), *mine)
    belongings.edited(mine[2])
    for photo in (mine[1], mine[3]):
        gallery.agree(photo)
    GalleryEntry.objects.filter(photo=mine[1]).update(shown_at=timezone.now())
    belongings.ground(Sender(owner=alice))
    defaults.keep(alice, "Shop", recipes.parse({"version": 1}))
    belongings.key(alice)
    hook = belongings.webhook(alice)
    return {
        "visitor": [_path(batch.links.get().url)],
        "guest": [f"/photos/{first.pk}/studio/", f"/batches/{guests_batch.pk}/"],
        "member": [
            f"/photos/{mine[2].pk}/studio/",
            *_batch_pages(batch),
            f"/batches/{paused.pk}/",
            f"/accounts/webhooks/{hook.pk}/",
        ],
    }


def _batch(sender: Sender, *photos: Photo) -> Batch:
    item, _upload, _link = belongings.batch_of(sender, *photos)
    return item.batch


def _batch_pages(batch: Batch) -> list[str]:
    """Which buttons there are depends on what has become of the files."""
    page = f"/batches/{batch.pk}/"
    return [page, *(f"{page}review/?show={show}" for show in ("todo", "failed"))]


def _vera() -> User:
    vera = member("vera")
    authenticator_app(vera)
    return vera


def _asking() -> list[str]:
    ways = ("", "security/")
    return [f"/accounts/{way}reauthenticate/?{urlencode({'next': '/accounts/'})}" for way in ways]


def _lena() -> User:
    lena = member("lena")
    leaving.close(lena)
    return lena


def _otto() -> User:
    otto: User = User.objects.create_user("otto", "otto@example.org", "violet-harbour-93")
    EmailAddress.objects.create(user=otto, email=otto.email, verified=True, primary=True)
    return otto


# Staff


def _sara() -> User:
    sara = User.objects.create_superuser("sara", "sara@example.org", "violet-harbour-93")
    agree(sara)
    authenticator_app(sara)
    return sara


def _staff_work(sara: User, alice: User) -> list[str]:
    """One of everything that staff work on; the pages whose state no link of a list leads to."""
    Group.objects.create(name="Editors")
    Guide.objects.create(slug="plants", language="en", title="Plants", summary="Leaves.", body="Words.")
    OutboundLink.objects.create(day=timezone.localdate(), host="example.org", notices=3)
    message = {"name": "Dora", "email": "dora@example.org", "topic": "question", "message": "Hello?"}
    ContactMessage.objects.create(**message, language="en", submission=alice.photos.first().submission)
    alice.written_permissions.create(
        given_to="Bob", document="7/26", valid_until=timezone.localdate() + timedelta(days=30)
    )
    _register(sara, alice)
    _report(sara)
    told, report = ContactMessage.objects.earliest("pk"), AggregateReport.objects.get()
    return [
        *_campaigns(),
        *(f"/admin/accounts/disclosure/{row.pk}/change/" for row in Disclosure.objects.all()),
        f"/admin/policy/contactmessage/{told.pk}/delete/",
        f"/admin/policy/aggregatereport/{report.pk}/delete/",
        f"/admin/policy/policyversion/{versions.begin_draft().pk}/change/",
    ]


def _register(sara: User, alice: User) -> None:
    sealed = timezone.localdate() + timedelta(days=30)
    for until in (None, sealed):
        disclosed(alice, sara, sealed_until=until)
    disclosures.ask(alice, by=sara, recipient="Frames & Sons", fields=["email"], purpose="A frame.")
    agreed(alice, "Prints")
    sale(User.objects.create_superuser("tom", "tom@example.org", "violet-harbour-93"))


def _report(sara: User) -> None:
    Partner.objects.create(name="Press Example")
    day = timezone.localdate() - timedelta(days=3)
    for route in ("home", "guide/pets"):
        PageSourceDaily.objects.create(day=day, route=route, referrer_host="", country="", views=500)
    reports.make(Request(day, day, ("route",), 10), title="March", by=sara)


def _campaigns() -> list[str]:
    """One in each state."""
    pages = []
    reader = member("second-reader")
    for state in Campaign.State:
        made = Campaign.objects.create(subject=f"News, {state}", body="Hello.", state=state)
        pages.append(f"/admin/accounts/campaign/{made.pk}/change/")
    sent = Campaign.objects.get(state=Campaign.State.SENT)
    Delivery.objects.create(campaign=sent, user=reader, state=Delivery.State.UNKNOWN, claim=uuid.uuid4())
    Campaign.objects.filter(state=Campaign.State.SENDING).update(scheduled_at=timezone.now())
    campaigns.pause(Campaign.objects.get(state=Campaign.State.SENDING))
    return pages
