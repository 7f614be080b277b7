"""The question about cookies and the language, as people meet them at the foot of a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Known, Watch

pytestmark = [pytest.mark.browser, pytest.mark.model]


def _question(page: Page) -> Locator:
    return page.get_by_role("region", name="May this site remember a little?")


def _answer(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def _names(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def test_p11_an_answer_in_place_loses_nothing_of_the_page(page: Page) -> None:
    steps.choose(page)
    _answer(page, "No, thank you")
    saved = page.get_by_role("region", name="Your choice is saved")
    expect(saved).to_be_focused()
    expect(page.locator(".chosen li")).to_have_count(1)
    assert "choice" in _names(page)
    page.goto("/guides/")
    expect(_question(page)).to_have_count(0)


def test_p11_the_answers_are_of_the_same_size(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/guides/")
    no, yes = (
        page.get_by_role("button", name=name).bounding_box() for name in ("No, thank you", "Yes, please")
    )
    assert no
    assert yes
    assert (no["width"], no["height"]) == (yes["width"], yes["height"])


def test_p11_without_javascript_it_leads_back_to_the_page(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/guides/?from=here")
    _answer(page, "Yes, please")
    assert page.url.endswith("/guides/?from=here")
    expect(_question(page)).to_have_count(0)
    assert _names(page) == {"choice"}


def test_the_second_press_of_tab_leads_to_it(page: Page) -> None:
    page.goto("/guides/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(_question(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="No, thank you")).to_be_focused()


def test_when_the_script_cannot_send_the_form_does(page: Page, watch: Watch) -> None:
    watch.expect("choice|CONNECTION_RESET")
    page.goto("/guides/")
    page.route("**/cookies/choice/", lambda route: route.abort("connectionreset"), times=1)
    with page.expect_navigation():
        _answer(page, "Yes, please")
    expect(_question(page)).to_have_count(0)


def test_p11_a_refusal_on_the_page_of_cookies_deletes_what_was_remembered(
    known: Known, new_page: Callable[..., Page]
) -> None:
    page = known.open(new_page)
    _answer(page, "Yes, please")
    expect(page.get_by_role("region", name="Your choice is saved")).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    assert "comforts" in _names(page)
    page.get_by_role("link", name="Cookies", exact=True).click()
    _answer(page, "No to both")
    expect(page.get_by_label("No", exact=True).first).to_be_checked()
    assert "comforts" not in _names(page)


def test_a_language_is_picked_on_a_page_that_sends_no_referrer(known: Known, page: Page) -> None:
    page.goto(known.link)
    _answer(page, "Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url == known.link
    assert _names(page) == {"language"}


def test_a_page_makes_no_markup_from_text(page: Page, watch: Watch) -> None:
    watch.expect("TrustedHTML|trusted-types|Trusted Type")
    page.goto("/guides/")
    written = """() => {
        try { document.body.innerHTML = "<b>x</b>"; } catch (error) { return error.name; }
        return "written";
    }"""
    assert page.evaluate(written) == "TypeError"


def test_the_browsers_signal_is_answer_enough(new_page: Callable[..., Page]) -> None:
    page = new_page(extra_http_headers={"Sec-GPC": "1"})
    page.goto("/guides/")
    expect(_question(page)).to_have_count(0)
    page.get_by_role("link", name="Cookies", exact=True).click()
    expect(page.get_by_text("Your browser says no for you")).to_be_visible()
    assert not _names(page)
