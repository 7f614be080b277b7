"""Every language on every page of a visitor: it fits, runs in its direction, and nothing is cut off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.accessible import WIDTHS
from tests.e2e.conftest import Known

pytestmark = [pytest.mark.browser, pytest.mark.model]

_PAGES = (
    *("/", "/photos/", "/batches/", "/presets/", "/backgrounds/", "/gallery/", "/guides/", "/api/docs/"),
    *("/privacy/", "/privacy/transparency/", "/cookies/", "/contact/"),
    *("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"),
)
# What is wider than the page, and words of buttons, headings and labels that lie outside of their box.
_AMISS = """() => {
    const words = "main :is(h1, h2, h3, button, .button, label, legend, summary)";
    const width = document.documentElement.scrollWidth;
    const found = width > innerWidth ? [`${width} px wide`] : [];
    for (const element of document.querySelectorAll(words)) {
        const isShown = element.checkVisibility() && !element.closest(".visually-hidden, [inert]");
        if (isShown && element.clientWidth && element.scrollWidth > element.clientWidth + 1)
            found.push(`cut: ${element.innerText.slice(0, 40)}`);
    }
    return found;
}"""


@pytest.mark.parametrize("language", ["de", "es", "fr", "ar"])
def test_every_page_fits_in_every_language(
    known: Known, new_page: Callable[..., Page], language: str
) -> None:
    page = new_page(storage_state=known.cookies, locale=language)
    amiss = []
    for address in (*_PAGES, known.address, f"{known.address}studio/"):
        page.goto(address)
        root = page.locator("html")
        assert root.get_attribute("lang") == language
        assert root.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            amiss += [(address, width, what) for what in page.evaluate(_AMISS)]
    assert amiss == []
