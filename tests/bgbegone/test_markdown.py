"""Markdown: words come through, and nothing that could act does."""

import pytest
from django.utils.safestring import SafeString

from bgbegone.lib import markdown


def test_words_come_through() -> None:
    html = markdown.render("A *word*, a **loud** one.\n\n* one\n* two")
    assert "<em>word</em>" in html
    assert "<strong>loud</strong>" in html
    assert html.count("<li>") == 2
    assert isinstance(html, SafeString)


def test_tables_come_through() -> None:
    assert "<td>7</td>" in markdown.render("| a |\n|---|\n| 7 |")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<style>*{}</style>"]
)
def test_tags_are_shown_as_text(text: str) -> None:
    html = markdown.render(text)
    assert "&lt;" in html
    assert not any(tag in html for tag in ("<script", "<img", "<style"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/%5Celsewhere.example",
    ],
)
def test_a_link_that_is_not_allowed_is_text(url: str) -> None:
    for text in (f"[x]({url})", f"[x](<{url}>)", f"<{url}>", f"[x][y]\n\n[y]: {url}"):
        assert "<a " not in markdown.render(text)


def test_a_broken_address_is_no_trace() -> None:
    assert "broken" in markdown.render("[x](http://[broken) <http://[broken>")
    assert not markdown.is_allowed("http://[broken")


@pytest.mark.parametrize("url", ["/contact/", "#P6", "guides/pets/", "mailto:a@example.org", "?page=2"])
def test_links_within_the_site_and_mail_stay_as_they_are(url: str) -> None:
    html = markdown.render(f"[x]({url})", leave=lambda _: "/wrong/")
    assert html == f'<p><a href="{url}">x</a></p>\n'


def test_p12_other_sites_learn_nothing_of_the_page() -> None:
    html = markdown.render("[x](https://example.org/)")
    assert html == '<p><a href="https://example.org/" rel="noopener noreferrer">x</a></p>\n'


def test_p12_links_to_other_sites_go_where_the_caller_says() -> None:
    html = markdown.render("<https://example.org/?a=1&b=2>", leave=lambda url: f"/leaving/?to={len(url)}")
    assert 'href="/leaving/?to=28"' in html
    assert "rel=" not in html, "a page of ours may know the way back"


def test_an_address_in_an_attribute_cannot_break_out() -> None:
    html = markdown.render(
        '[x](https://e.example/"onclick="x) ![a"b](/img/x.png)', leave=lambda url: f'"{url}'
    )
    assert '"onclick' not in html
    assert '""' not in html.replace('alt=""', "")


def test_p11_a_picture_from_elsewhere_is_its_words() -> None:
    html = markdown.render("![A cup](https://example.org/cup.png) ![A cat](/static/cat.png)")
    assert "example.org" not in html
    assert "A cup" in html
    assert '<img src="/static/cat.png" alt="A cat"' in html


def test_a_heading_may_bring_its_anchor() -> None:
    assert markdown.render("## What we *keep* {#P2}") == '<h2 id="P2">What we <em>keep</em></h2>\n'
    assert markdown.render("Not here {#P2}") == "<p>Not here {#P2}</p>\n"


def test_a_text_is_cut_at_its_headings() -> None:
    parts = markdown.sections("Hello.\n\n## One {#P1}\n\nA.\n\n### Deeper\n\nB.\n\n## Two\n\nC.")
    assert [(part.anchor, part.title) for part in parts] == [("", ""), ("P1", "One"), ("", "Two")]
    assert "<h3>Deeper</h3>" in parts[1].body
    assert parts[2].body == "<p>C.</p>\n"


def test_a_heading_within_code_cuts_nothing() -> None:
    assert len(markdown.sections("```\n## One {#P1}\n```")) == 1


def test_an_empty_text_is_empty() -> None:
    assert markdown.render("") == ""
    assert markdown.sections("") == []


def test_a_deep_nest_is_no_hang() -> None:
    assert markdown.render("[" * 5000 + "> " * 5000)


class TestInAnEmail:
    BASE = "https://shop.example"

    def test_links_to_this_site_begin_with_its_address(self) -> None:
        html = markdown.render("[a](/guides/) [b](guides/pets/) [c](https://e.org/)", base=self.BASE)
        assert 'href="https://shop.example/guides/"' in html
        assert 'href="https://shop.example/guides/pets/"' in html
        assert 'href="https://e.org/"' in html

    def test_a_picture_is_the_words_that_stand_for_it(self) -> None:
        html = markdown.render("![A cat](/static/cat.png)", base=self.BASE)
        assert html == "<p>A cat</p>\n"

    def test_all_links_once(self) -> None:
        text = "[a](/x/) [b](/x/) <https://e.org/>\n\n* [c](mailto:a@example.org)"
        assert markdown.links(text, base=self.BASE) == [
            "https://shop.example/x/",
            "https://e.org/",
            "mailto:a@example.org",
        ]

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("# News\n\nHello **you**,\nread *this*.", "News\n====\n\nHello you, read this."),
            ("[the guides](/guides/)", "the guides (https://shop.example/guides/)"),
            ("<https://e.org/x>", "https://e.org/x"),
            ("* one\n* two\n  * deeper", "- one\n- two\n  - deeper"),
            ("3. one\n4. two", "3. one\n4. two"),
            ("> said", "> said"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
            ("```\n*code*\n```", "    *code*"),
            ("&lt;b&gt; `x` ![A cat](/c.png)", "<b> x A cat"),
        ],
    )
    def test_plain_text_has_no_signs_of_markdown(self, text: str, plain: str) -> None:
        assert markdown.plain(text, base=self.BASE) == plain
