"""Campaigns in the admin: write, look, try, send, watch, stop."""

import smtplib
from collections.abc import Callable
from email.header import decode_header, make_header
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from accounts.campaigns import links, outcome, services
from accounts.campaigns import messages as letters
from accounts.campaigns.forms import CampaignForm, ScheduleForm
from accounts.campaigns.models import Campaign, Delivery
from accounts.models import User
from bgbegone.lib import ratelimit
from policy.dashboard import charts

_MOVES: dict[str, Callable[[Campaign], bool]] = {
    "pause": services.pause,
    "resume": services.resume,
    "cancel": services.cancel,
    "draft": services.back_to_draft,
}
_TRIALS, _SECONDS = 20, 3600


# What readers' mail programs act on, and what staff should see.
_SHOWN_HEADERS = ("From", "To", "Subject", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")


class Campaigns(ChangeList):
    """Counts for the campaigns of one page together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        totals = outcome.totals(self.result_list)
        for campaign in self.result_list:
            campaign.returned, campaign.left = totals[campaign.pk]


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = CampaignForm
    list_display = ["subject", "state", "language", "progress", "returned", "left", "finished_at"]
    list_filter = ["state", "language"]
    search_fields = ["subject"]
    actions = None
    change_form_template = "accounts/campaigns/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return super().get_queryset(request).with_progress()  # type: ignore[attr-defined, no-any-return]

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[ChangeList]:
        return Campaigns

    @admin.display(description=_("Came back"))
    def returned(self, campaign: Any) -> SafeString:
        return _with_meter(campaign.returned, campaign, "look-warn")

    @admin.display(description=_("Opt-outs"))
    def left(self, campaign: Any) -> SafeString:
        return _with_meter(campaign.left, campaign, "look-c")

    @admin.display(description=_("sent, failed, left out"))
    def progress(self, campaign: Any) -> str:
        return f"{campaign.sent}, {campaign.failed}, {campaign.skipped}"

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponseBase]] = {
            "preview": self.preview,
            "message": self.message,
            "trial": require_POST(self.trial),
            "send": self.send,
            "unknown": require_POST(self.unknown),
        }
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"accounts_campaign_{name}")
            for name, view in views.items()
        ]
        move = self.admin_site.admin_view(require_POST(self.move))
        own.append(path("<int:pk>/move/<str:name>/", move, name="accounts_campaign_move"))
        return [*own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.can_be_edited)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """What has been sent stays: it says what people were told."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.can_be_edited)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        words = {name: form.cleaned_data[name] for name in form.Meta.fields}
        draft = Campaign.objects.filter(pk=obj.pk, state=Campaign.State.DRAFT)
        if not draft.update(**words):
            sentence = _("It was sent on its way while you were writing. Nothing has been changed.")
            self.message_user(request, sentence, messages.ERROR)

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: Any = None
    ) -> HttpResponse:
        return redirect("admin:accounts_campaign_preview", obj.pk)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole message: headers, as a mail program shows it wide and narrow, as text; and every link."""
        campaign = self._campaign(request, pk)
        language = _language(request, campaign)
        message = letters.to_staff(campaign, _user(request), language)
        headers = message.message()
        context = {
            "title": _("Preview"),
            "campaign": campaign,
            "language": language,
            "languages": [] if campaign.language else settings.LANGUAGES,
            "headers": [(name, str(make_header(decode_header(headers[name])))) for name in _SHOWN_HEADERS],
            "text": message.body,
            "links": links.try_all(campaign),
            "has_operator": bool(settings.OPERATOR_NAME and settings.OPERATOR_ADDRESS),
        }
        return self._page(request, "preview", context)

    @method_decorator([csp_replace({"frame-ancestors": [SELF]}), xframe_options_sameorigin])
    def message(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The message itself, for the frames of the preview."""
        campaign = self._campaign(request, pk)
        message = letters.to_staff(campaign, _user(request), _language(request, campaign))
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
        # The message brings its own style, which the site's policy has to let pass here.
        html = str(message.alternatives[0][0]).replace("<style>", f'<style nonce="{nonce}">', 1)
        return HttpResponse(html)

    def trial(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To the address of whoever asks, and to no other: this is no way to write to anybody."""
        campaign, user = self._campaign(request, pk), _user(request)
        if ratelimit.is_over("trial", str(user.pk), _TRIALS, _SECONDS):
            return ratelimit.too_many(request, _SECONDS)
        try:
            services.send_trial(campaign, user, _language(request, campaign))
        except (OSError, smtplib.SMTPException):
            self.message_user(
                request, _("The mail server did not take it. Nothing was sent."), messages.ERROR
            )
        else:
            self.message_user(request, _("A trial is on its way to your own address."), messages.SUCCESS)
        return redirect("admin:accounts_campaign_preview", pk)

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page that says to how many people; POST schedules."""
        campaign = self._changeable(request, pk)
        form = ScheduleForm(request.POST if request.method == "POST" else None)
        problems = services.problems_of(campaign)
        if request.method == "POST" and form.is_valid() and not problems:
            if services.schedule(campaign, form.cleaned_data["at"]):
                self.log_change(request, campaign, [{"changed": {"fields": ["state"]}}])
                self.message_user(request, _("It is on its way."), messages.SUCCESS)
            else:
                self._too_late(request)
            return redirect("admin:accounts_campaign_change", pk)
        people = campaign.audience().count()
        context = {
            "title": _("Send"),
            "campaign": campaign,
            "form": form,
            "problems": problems,
            "has_operator": bool(settings.OPERATOR_NAME and settings.OPERATOR_ADDRESS),
            "people": people,
            "minutes": -(-people // settings.MAIL_PER_MINUTE),
        }
        is_refused = request.method == "POST"
        return self._page(request, "send", context, 422 if is_refused else 200)

    def move(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        campaign = self._changeable(request, pk)
        if name in _MOVES and _MOVES[name](campaign):
            self.log_change(request, campaign, [{"changed": {"fields": ["state"]}}])
        else:
            self._too_late(request)
        return redirect("admin:accounts_campaign_change", pk)

    def unknown(self, request: HttpRequest, pk: int) -> HttpResponse:
        number = services.send_unknown_again(self._changeable(request, pk))
        words = ngettext("%(count)s e-mail is sent again.", "%(count)s e-mails are sent again.", number)
        self.message_user(request, words % {"count": number})
        return redirect("admin:accounts_campaign_change", pk)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        campaign = kwargs.get("obj")
        if campaign is not None:
            context["outcome"] = outcome.of(campaign)
            counts = ((state.label, getattr(campaign, state.name.lower())) for state in Delivery.State)
            context["deliveries"] = [(label, count) for label, count in counts if count]
            context["problems"] = sorted(
                campaign.deliveries.exclude(problem="").values_list("problem", flat=True).distinct()
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def _too_late(self, request: HttpRequest) -> None:
        sentence = _("Somebody else was faster, or it is over: nothing has been changed.")
        self.message_user(request, sentence, messages.WARNING)

    def _campaign(self, request: HttpRequest, pk: int) -> Campaign:
        campaign = get_object_or_404(Campaign, pk=pk)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return campaign

    def _changeable(self, request: HttpRequest, pk: int) -> Campaign:
        """For whoever may change campaigns, in whatever state this one is."""
        if not super().has_change_permission(request):
            raise PermissionDenied
        return self._campaign(request, pk)

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"accounts/campaigns/{name}.html", context, status=status)


def _user(request: HttpRequest) -> User:
    user: User = User.objects.get(pk=request.user.pk)
    return user


def _language(request: HttpRequest, campaign: Campaign) -> str:
    """In which its footer is shown: the campaign's own, the one asked for, or that of the page."""
    asked = request.GET.get("language", "") or request.POST.get("language", "")
    known = asked if asked in dict(settings.LANGUAGES) else get_language()
    return campaign.language or known or settings.LANGUAGE_CODE


def _with_meter(number: int, campaign: Any, look: str) -> SafeString:
    """A number, and its share of the copies that were handed over."""
    return format_html("{}{}", number, charts.meter(number, campaign.sent + campaign.bounced, look))
