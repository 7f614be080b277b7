"""What stands in braces: filled for each reader, or refused before anybody reads it."""

import pytest

from accounts.campaigns import placeholders
from accounts.campaigns.forms import CampaignForm
from accounts.campaigns.models import Delivery
from accounts.models import User
from tests.accounts.campaigns.steps import campaign, sent, subscribers
from tests.mailserver import Inbox

pytestmark = pytest.mark.django_db


def received(inbox: Inbox, full_name: str, **words: str) -> tuple[str, str, str]:
    """Subject, text and HTML of the copy of somebody who is called so."""
    subscribers("alice")
    User.objects.update(full_name=full_name)
    made = sent(campaign(**words))
    assert made.deliveries.get().state == Delivery.State.SENT
    message = inbox.messages[-1]
    parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
    return message["Subject"], parts["text/plain"], parts["text/html"]


def test_a_name_stands_in_subject_and_text(inbox: Inbox) -> None:
    words = {"subject": "{{ name | Friend }}, look", "body": "Hello **{{name|there}}**, or {{ username }}."}
    subject, text, html = received(inbox, "Alice Archer", **words)
    assert subject == "Alice Archer, look"
    assert text.startswith("Hello Alice Archer, or alice.")
    assert "Hello <strong>Alice Archer</strong>, or alice." in html


def test_who_gave_no_name_reads_the_other_words(inbox: Inbox) -> None:
    _subject, text, html = received(inbox, "", body="Hello {{ name | you there }},")
    assert text.startswith("Hello you there,")
    assert "Hello you there," in html


def test_a_name_is_words_and_nothing_else(inbox: Inbox) -> None:
    name = "<b>A</b> [x](http://x) {{ username }}"
    subject, text, html = received(inbox, name, subject="{{ name | x }}", body="Hello {{ name | x }}")
    assert subject == name
    assert f"Hello {name}" in text
    assert "Hello &lt;b&gt;A&lt;/b&gt; [x](http://x) {{ username }}" in html


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hello {{ name }}", "people who gave no name"),
        ("Hello {{ name | }}", "people who gave no name"),
        ("Hello {{ first_name | you }}", "no placeholder “first_name”"),
        ("Hello {{ email | you }}", "no placeholder “email”"),
        ("Hello {{ name | you", "not written to its end"),
        ("Hello name }}", "not written to its end"),
        ("Hello {{ name | {{ username }} }}", "not written to its end"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    for words in ({"subject": text, "body": "x"}, {"subject": "x", "body": text}):
        form = CampaignForm({"language": "", **words})
        assert sentence in str(form.errors)
    assert sentence in placeholders.problem_of(text)


@pytest.mark.parametrize("link", ["https://e.org/?who={{ username }}", "/{{ name | x }}/"])
def test_nobody_is_named_in_an_address(link: str) -> None:
    form = CampaignForm({"subject": "x", "language": "", "body": f"[here](<{link}>)"})
    assert "stands in a link" in str(form.errors)


def test_a_draft_from_before_stays_as_it_stands() -> None:
    marked = placeholders.mark("{{ first_name }}, {{ username }}")
    assert marked.fill(marked.text, User(username="alice")) == "{{ first_name }}, alice"


def test_blanks_without_end_are_looked_at_once() -> None:
    assert "not written to its end" in placeholders.problem_of("{{" + " " * 300_000)
