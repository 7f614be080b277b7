"""Live figures beside the clauses of the policy that accounts keep."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Campaign, User, WrittenPermission
from policy.evidence import Figure, register


@register("P4")
def _security() -> Iterator[Figure]:
    members = User.objects.filter(emailaddress__verified=True)
    yield Figure(_("Accounts with a confirmed e-mail address"), members.distinct().count())
    protected = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    yield Figure(_("Accounts with a second factor"), protected.values("user").distinct().count())
    staff = User.objects.filter(is_staff=True, is_active=True)
    without = staff.exclude(pk__in=protected.values("user")).count()
    yield Figure(_("Staff kept out of the admin for want of a second factor"), without)


@register("P5")
def _permissions() -> Iterator[Figure]:
    today = timezone.localdate()
    valid = WrittenPermission.objects.filter(ended_at__isnull=True, valid_until__gte=today)
    yield Figure(_("Written permissions in force"), valid.count())


@register("P3")
def _asked() -> Iterator[Figure]:
    words = {True: _("required"), False: _("may stay empty")}
    yield Figure(_("Full name"), words[settings.REQUIRE_FULL_NAME])
    yield Figure(_("Phone"), words[settings.REQUIRE_PHONE])


@register("P7")
def _news() -> Iterator[Figure]:
    sent = Campaign.objects.aggregate(last=Max("finished_at"))
    yield Figure(_("The last e-mail with news went out"), sent["last"])
