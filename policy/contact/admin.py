"""Messages in the admin: read, answered, closed. Nothing here takes an address out of the house."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bgbegone.lib import masks
from policy.contact import services
from policy.models import ContactMail, ContactMessage


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    """What staff write back. Only a new message can be answered."""

    class Meta:
        model = ContactMessage
        fields = ["answer"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "answer" in self.fields:
            self.fields["answer"].required = True

    def clean(self) -> None:
        # The form's own row may be older than the first of two clicks.
        if not ContactMessage.objects.unanswered().filter(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This message has been answered or closed meanwhile."))

    def clean_answer(self) -> str:
        return str(self.cleaned_data["answer"]).replace("\r\n", "\n")


class MailFilter(admin.SimpleListFilter):
    """Finds what has not gone out."""

    title = _("e-mail")
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting")), ("given-up", _("Given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "waiting":
            return queryset.filter(mails__in=ContactMail.objects.waiting()).distinct()
        if self.value() == "given-up":
            return queryset.filter(mails__in=ContactMail.objects.given_up()).distinct()
        return queryset


_MESSAGE = ("topic", "name", "sender", "language", "received_at", "message")
_ANSWER = ("state", "answer", "answered_at", "answered_by", "mail")


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = AnswerForm
    change_form_template = "policy/contact/admin_form.html"
    list_display = ["__str__", "state", "received_at", "mail"]
    list_filter = ["state", "topic", MailFilter, "received_at"]
    # The whole address only: to find somebody's messages when that person asks for them.
    search_fields = ["=email"]
    search_help_text = _("A whole e-mail address")
    actions = ["close", "mail_again"]
    fieldsets = [(None, {"fields": _MESSAGE}), (_("Our answer"), {"fields": _ANSWER})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactMessage]:
        return super().get_queryset(request).prefetch_related("mails")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        is_open = obj is not None and obj.is_new
        return [name for name in _MESSAGE + _ANSWER if name != "answer" or not is_open]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Not by address: “?email__startswith=” would read it letter by letter."""
        return "email" not in lookup and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        close = self.admin_site.admin_view(require_POST(self.close_one))
        return [path("<int:pk>/close/", close, name="policy_contactmessage_close"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            services.answer(obj, form.cleaned_data["answer"], by=request.user)  # type: ignore[arg-type]
        except services.AnsweredAlready:
            sentence = _("Somebody else has answered or closed this message. Your answer was not sent.")
            self.message_user(request, sentence, messages.ERROR)
        else:
            self.message_user(request, _("The answer is kept and on its way."), messages.SUCCESS)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return redirect(request.path)  # without Django's own sentence, which knows nothing of the above

    def close_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = get_object_or_404(ContactMessage, pk=pk)
        if not self.has_change_permission(request, message):
            raise PermissionDenied
        self.close(request, ContactMessage.objects.filter(pk=message.pk))
        return redirect("admin:policy_contactmessage_change", message.pk)

    @admin.action(description=_("Close without (further) answer"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> None:
        closed = sum(message.close() for message in queryset)
        sentence = ngettext("%(count)s message closed.", "%(count)s messages closed.", closed)
        self.message_user(request, sentence % {"count": closed})

    @admin.action(description=_("Try e-mails again that have not gone out"), permissions=["change"])
    def mail_again(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> None:
        count = services.mail_again(ContactMail.objects.filter(message__in=queryset))
        sentence = ngettext("%(count)s e-mail is tried again.", "%(count)s e-mails are tried again.", count)
        self.message_user(request, sentence % {"count": count})

    @admin.display(description=_("e-mail address"))
    def sender(self, obj: ContactMessage) -> str:
        """Masked: an answer finds its way without anybody reading the address."""
        return masks.email(obj.email)

    @admin.display(description=_("e-mail"))
    def mail(self, obj: ContactMessage) -> str:
        return format_html_join("; ", "{}", ((_in_words(mail),) for mail in obj.mails.all()))


def _in_words(mail: ContactMail) -> str:
    """Where an e-mail stands, for staff."""
    facts = {"kind": mail.get_kind_display(), "tries": mail.attempts}
    if mail.mailed_at:
        return _("%(kind)s: sent on %(time)s") % {**facts, "time": _local(mail.mailed_at)}
    if mail.kind == ContactMail.Kind.NOTICE and not settings.CONTACT_EMAIL:
        return _("%(kind)s: kept here only, since CONTACT_EMAIL is empty") % facts
    if mail.is_given_up:
        return _("%(kind)s: given up after %(tries)s tries") % facts
    return _("%(kind)s: waiting, tries so far: %(tries)s, next on %(time)s") % {
        **facts,
        "time": _local(mail.due_at),
    }


def _local(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
