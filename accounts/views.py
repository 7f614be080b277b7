"""The account's own page. The other pages are allauth's views with our templates."""

from allauth.account import views as account
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import second_factor
from accounts import sessions as own_sessions
from accounts.forms import ProfileForm
from accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Allauth's; what the browser has kept, such as strokes that were not saved, goes with the session."""
    response: HttpResponse = account.logout(request)
    if request.method == "POST":  # a page of others can ask for this address, but not post to it
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """In place of allauth's view, which asks the database about each session of its own."""
    user = User.objects.get(pk=request.user.pk)
    if request.method == "POST":
        _end_sessions(request, user)
        return redirect("usersessions_list")
    context = {
        "sessions": list(own_sessions.named(own_sessions.open_ones(user))),
        "here": request.session.session_key,
    }
    return render(request, "usersessions/usersession_list.html", context)


def _end_sessions(request: HttpRequest, user: User) -> None:
    """One of them, or all but this one."""
    one = request.POST.get("session", "")
    if not one:
        own_sessions.end_others(user, request.session.session_key)
        messages.success(request, _("You are signed out everywhere else."))
    elif one.isascii() and one.isdigit() and len(one) < 19 and own_sessions.end_one(user, int(one)):
        messages.success(request, _("That session has ended."))
    else:
        messages.success(request, _("That session was over already."))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    # A row of its own: a form that is refused must not change the name that the page's head shows.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account_home")
    context = {
        "form": form,
        "has_second_factor": second_factor.is_set_up(user),
        "permissions": user.written_permissions.all(),
    }
    return render(request, "account/home.html", context, status=422 if form.errors else 200)
