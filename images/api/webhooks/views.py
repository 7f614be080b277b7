"""A member's own webhooks: named, tried, switched, and the log of what was sent."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.leaving.views import by_the_person_now
from accounts.models import User
from bgbegone.lib import ratelimit
from bgbegone.lib.sealing import Unreadable
from images.api.webhooks import services
from images.api.webhooks.forms import WebhookForm
from images.api.webhooks.models import Webhook, WebhookDelivery

_TESTS, _SECONDS = 20, 60


def _own(request: HttpRequest, pk: UUID) -> Webhook:
    return get_object_or_404(Webhook, owner=request.user.pk, pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = WebhookForm(request.POST or None, owner=person)
    if request.method == "POST" and form.is_valid():
        hook = form.chosen()
        hook.save(force_insert=True)
        messages.success(request, _("The webhook is ready. Send a test to see whether it arrives."))
        return redirect("webhook", hook.pk)
    context = {
        "form": form,
        "hooks": Webhook.objects.filter(owner=person),
        "is_off": not settings.FETCH_ADDRESSES,
    }
    return render(request, "images/api/webhooks.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def webhook(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _own(request, pk))


def _page(request: HttpRequest, hook: Webhook, *, secret: str = "") -> HttpResponse:
    context = {
        "hook": hook,
        "secret": secret,
        "page": Paginator(hook.deliveries.all(), 30).get_page(request.GET.get("page")),
    }
    return render(request, "images/api/webhook.html", context)


@never_cache
@require_POST
@by_the_person_now
def webhook_secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the secret, and only now: it is what tells our messages from anybody else's."""
    hook = _own(request, pk)
    try:
        return _page(request, hook, secret=hook.secret)
    except Unreadable:
        messages.error(request, _("The server's key has changed since. Please change the secret."))
        return redirect("webhook", pk)


def _move(act: Callable[[Webhook], object], message: str) -> Callable[..., HttpResponse]:
    @login_required
    @require_POST
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        act(_own(request, pk))
        messages.success(request, _(message))
        return redirect("webhook", pk)

    return view


def _switch(hook: Webhook) -> None:
    hook.switch(on=not hook.is_enabled, why=Webhook.Stopped.OWNER)


webhook_rotate = _move(
    Webhook.rotate,
    gettext_noop("The secret has changed. For 24 hours, messages are signed with the old one, too."),
)
webhook_switch = _move(_switch, gettext_noop("Saved."))


@login_required
@require_POST
def webhook_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    hook = _own(request, pk)
    if ratelimit.is_over("webhook-test", str(request.user.pk), _TESTS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    services.test(hook)
    messages.success(request, _("A test is on its way. Look at the log below in a moment."))
    return redirect("webhook", pk)


@login_required
@require_POST
def webhook_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk).delete()
    messages.success(request, _("The webhook has been deleted, with its log."))
    return redirect("webhooks")


@login_required
@require_POST
def delivery_replay(request: HttpRequest, pk: UUID, delivery_pk: UUID) -> HttpResponse:
    hook = _own(request, pk)
    if ratelimit.is_over("webhook-test", str(request.user.pk), _TESTS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    services.replay(get_object_or_404(WebhookDelivery, webhook=hook, pk=delivery_pk))
    messages.success(request, _("The message is sent once more, with the same id."))
    return redirect("webhook", pk)
