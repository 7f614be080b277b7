"""Goes through every page that one role can reach, and sends every form and presses every button it meets.

The database is put back after each, so that nothing that was sent stands in the way of what comes next.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, Error, Page, Request, Response, expect

from tests.e2e import steps

# In the page: every form with its buttons, and every button that stands alone.
_FIND = """() => {
    const words = (one) => (one.textContent.trim() || one.value || one.name).replace(/\\s+/g, " ");
    const place = (node) => node.closest("main, #content") ? "main" : "edge";
    const unseen = ["hidden", "fieldset"];
    const sendable = (form) => [...form.elements].some((field) => !unseen.includes(field.type));
    const forms = [...document.forms].flatMap((form, number) => {
        if (!sendable(form)) return []; // what staff may only look at
        const buttons = [...form.elements].filter((field) => field.type === "submit");
        return (buttons.length ? buttons : [null]).map((button, order) => ({
            number, place: place(form), button: button ? order : -1,
            words: button ? words(button) : "", method: form.method,
            action: button?.getAttribute("formaction") ? button.formAction
                : form.getAttribute("action") ? form.action : location.href,
        }));
    });
    const alone = [...document.querySelectorAll("button")].filter((one) => one.type === "button");
    const told = (one, number) => ({ number, place: place(one), words: words(one), action: "" });
    // What a script shows later has a test of its own: here is what a person can press now.
    const canBePressed = ({ number }) => alone[number].checkVisibility()
        && !alone[number].disabled && !alone[number].closest("[inert]");
    return { forms, buttons: alone.map(told).filter(canBePressed) };
}"""
# Where photos go that this form sends: a field may stand within another form and belong to this one.
_FILES = """(number) => [...document.forms[number].elements].filter((field) =>
    field.matches("input[type=file]:enabled:not([webkitdirectory], [capture])"))"""
# Fills in what is empty, as the browser asks for; returns the names of what it would still refuse.
_FILL = """([number, values]) => {
    const form = document.forms[number];
    const usual = { email: "someone@example.org", password: "violet-harbour-93", url: "https://example.org/",
        date: "2031-05-01", time: "12:00", "datetime-local": "2031-05-01T12:00", number: "20", text: "words",
        textarea: "Words.", search: "words", tel: "+49 30 901820" };
    for (const field of form.elements) {
        if (field.name in values) field.value = values[field.name];
        else if (["checkbox", "radio"].includes(field.type)) field.checked ||= field.required;
        else if (field.tagName === "SELECT") {
            if (!field.value) field.value = [...field.options].find((option) => option.value)?.value ?? "";
        } else if (!field.value && usual[field.type] && (field.required || field.type === "textarea")) {
            field.value = usual[field.type];
        }
    }
    const refused = [...form.elements].filter((field) => field.willValidate && !field.checkValidity());
    return refused.map((field) => field.name);
}"""
_SEND = """([number, button]) => {
    const form = document.forms[number];
    if (button < 0) form.requestSubmit();
    else [...form.elements].filter((field) => field.type === "submit")[button].click();
}"""
# Nothing waits longer than it must, except what fails.
_PATIENCE_MS = 20_000
# What a form leads to is looked at where it loads at once; a file and a new window never come.
_ARRIVAL_MS = 2_000
# An answer that a form may have: done, begun, or “this is not filled in right”.
_ANSWERS = {200, 201, 202, 204, 409, 422}
_REDIRECTS = {301, 302, 303, 307, 308}


class Sent(NamedTuple):
    """What makes one form, or one button, another than the next."""

    role: str  # empty where it is the same for everybody
    page: str  # name of its route; for what stands on every page, how the page tells where it is
    action: str
    words: str

    def __str__(self) -> str:
        return f"{self.page}: {self.action} “{self.words}” {self.role}".strip()


@dataclass
class Crawl:
    """One run. `found` and `sent` are to be the same in the end; what is left out has been reviewed."""

    data: Path
    not_followed: set[str]
    values: dict[str, str]
    is_left_out: Callable[[Sent], bool]
    apart: set[str]  # roles for whom the same forms do something else
    found: set[Sent] = field(default_factory=set)
    sent: set[Sent] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._before = sqlite3.connect(":memory:")
        with sqlite3.connect(self.data / "db.sqlite3") as live:
            live.backup(self._before)
        self._files = self.data.parent / "files-before"
        shutil.copytree(self.data / "files", self._files, dirs_exist_ok=True)
        self._photo = steps.file()

    def put_back(self) -> None:
        with sqlite3.connect(self.data / "db.sqlite3", timeout=20) as live:
            self._before.backup(live)
        shutil.copytree(
            self._files, self.data / "files", dirs_exist_ok=True, copy_function=_copy_what_is_gone
        )

    def walk(self, role: str, page: Page, cookies: Any, start: list[str], below: tuple[str, ...]) -> None:
        """Every page of `start`, and what is linked and lies below these addresses: each route once."""
        waiting, known = list(start), set()
        page.context.add_cookies(cookies)
        page.on("dialog", lambda dialog: dialog.accept())
        while waiting:
            path = waiting.pop(0)
            status = _open(page, path)
            if status not in {200, 202, 400, 404, 409}:
                self.faults.append(f"{role}: {path} answers {status}")
                continue
            route = _route(page.url)
            known.add(route)
            self.routes.add(route)
            waiting += [link for link in self._links(page) if link.startswith(below) and _new(link, known)]
            self._try_all(role, page, route, path, cookies)
        # Chromium may never close a page to which what the last form led is still coming in.
        _open(page, "about:blank")
        page.close()
        # What a pressed button has changed is nothing that others of this service know of.
        self.put_back()

    def _links(self, page: Page) -> list[str]:
        own = "{}://{}".format(*urlsplit(page.url)[:2])
        links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map((a) => a.href)")
        paths = [link.removeprefix(own).partition("#")[0] for link in links if link.startswith(own + "/")]
        # A list's filters and pages are the list; where a query is the page itself, a start names it.
        return [path.partition("?")[0] for path in paths if _route(path) not in self.not_followed]

    def _try_all(self, role: str, page: Page, route: str, path: str, cookies: Any) -> None:
        _settle(page)
        found = page.evaluate(_FIND)
        policy = _referrer_policy(page)

        def named(control: dict[str, Any]) -> Sent:
            if control["place"] == "edge":
                return Sent("", policy, _route(control["action"]), control["words"])
            return Sent(
                role if role in self.apart else "", route, _route(control["action"]), control["words"]
            )

        due = [(form, what) for form in found["forms"] if self._is_due(what := named(form))]
        for number, (form, what) in enumerate(due):
            if number:
                _open(page, path)
            self._send(page, form, what)
            if form["method"] == "post":
                self.put_back()
                _reset(page.context, cookies)
        buttons = {one["number"]: named(one) for one in found["buttons"]}
        self._press(page, path, {number: what for number, what in buttons.items() if self._is_due(what)})

    def _is_due(self, what: Sent) -> bool:
        if what in self.found or self.is_left_out(what):
            return False
        self.found.add(what)
        return True

    def _send(self, page: Page, form: dict[str, Any], what: Sent) -> None:
        files = page.evaluate_handle(_FILES, form["number"]).get_properties().values()
        for element in filter(None, (each.as_element() for each in files)):
            element.set_input_files(self._photo)
        refused = page.evaluate(_FILL, [form["number"], self.values])
        if refused:
            self.faults.append(f"{what}: not filled in: {', '.join(refused)}")
            return

        def is_it(request: Request) -> bool:
            # By its route: some addresses are signed anew each time.
            return request.method.lower() == form["method"] and _route(request.url) == what.action

        try:
            # Of the whole browser: a form may open a window of its own.
            with page.context.expect_event("request", is_it, timeout=_PATIENCE_MS) as sent:
                page.evaluate(_SEND, [form["number"], form["button"]])
        except Error:
            self.faults.append(f"{what}: the browser sent nothing")
            return
        last = _last(page, sent.value)
        status = _status_of(last)
        if not (last.redirected_from and _route(last.url) in self.routes):
            _arrive(page, last)
        for other in page.context.pages:
            if other != page:
                other.close()
        if status in _ANSWERS:
            self.sent.add(what)
            self.routes |= {what.action, _route(last.url)}
        else:
            self.faults.append(f"{what}: answered with {status}")

    def _press(self, page: Page, path: str, buttons: dict[int, Sent]) -> None:
        """A button of a script does its work, or at least breaks nothing: the console is watched."""
        if buttons:
            _open(page, path)
            _settle(page)
        for number, what in buttons.items():
            page.locator("button[type=button]").nth(number).dispatch_event("click")
            self.sent.add(what)


def _copy_what_is_gone(kept: str, place: str) -> None:
    """No file of a photo ever changes, and one of them may just be read."""
    if not Path(place).exists():
        shutil.copy(kept, place)


def _reset(context: BrowserContext, cookies: Any) -> None:
    """Only what has changed: the page that is left may just be saying something to the server."""
    wanted = {one["name"]: one["value"] for one in cookies}
    if wanted != {one["name"]: one["value"] for one in context.cookies() if one["name"] != "csrftoken"}:
        context.clear_cookies()
        context.add_cookies(cookies)


def _open(page: Page, path: str) -> int:
    """The status with which it answers; none where it does not."""
    for _ in range(5):
        try:
            return _status(page.goto(path, timeout=_PATIENCE_MS, wait_until="domcontentloaded"))
        except Error:
            # What the form before led to is still coming in, and is in the way.
            page.wait_for_timeout(50)
    return 0


def _settle(page: Page) -> None:
    """Wait until the page's scripts let a person in everywhere."""
    expect(page.locator("[data-tools][inert]")).to_have_count(0)


def _path(address: str) -> str:
    return unquote(urlsplit(address).path)


def _route(address: str) -> str:
    try:
        return str(resolve(_path(address)).view_name)
    except Resolver404:
        return "nowhere"


def _new(path: str, known: set[str]) -> bool:
    """Once for each route; a link that is asked for counts as known."""
    route = _route(path)
    if route in known or route == "nowhere":
        return False
    known.add(route)
    return True


def _status(response: Response | None) -> int:
    return response.status if response else 0


def _last(page: Page, request: Request) -> Request:
    """What a form leads to in the end."""
    for _ in range(10):
        if _status_of(request) not in _REDIRECTS:
            break
        request = _next(page, request)
    return request


def _status_of(request: Request) -> int:
    response = request.response()
    if response is None and request.resource_type == "fetch":
        # A script that wants to see a redirect without following it: another answer would show itself.
        return 200
    return _status(response)


def _arrive(page: Page, last: Request) -> None:
    """Let the page load that a form led to, so that what is wrong on it is seen."""

    def is_it(address: str) -> bool:
        return address.partition("#")[0] == last.url.partition("#")[0]

    if last.is_navigation_request():
        with suppress(Error):
            page.wait_for_url(is_it, timeout=_ARRIVAL_MS, wait_until="domcontentloaded")
            if len(page.frames) > 1:  # or a frame would ask for what is no longer there
                page.wait_for_load_state("load", timeout=_ARRIVAL_MS)


def _next(page: Page, request: Request) -> Request:
    for _ in range(_PATIENCE_MS // 10):
        if request.redirected_to:
            break
        page.wait_for_timeout(10)
    return request.redirected_to or request


def _referrer_policy(page: Page) -> str:
    named = page.locator("meta[name=referrer]")
    return f"any page, {named.get_attribute('content') if named.count() else 'same-origin'}"
