"""/contact/: writing to us (promise P1)."""

import re
from typing import Any

import pytest
from django.test import Client

from policy import evidence
from policy.contact import views
from policy.contact.forms import MOST_CHARACTERS
from policy.models import ContactMessage, DailyFigure
from tests.base import member, signed_in
from tests.policy.contact.base import FIELDS, received, ticket, write

pytestmark = pytest.mark.django_db


def _page(**headers: str) -> str:
    return Client(headers=headers).get("/contact/").content.decode()


def _refused(**fields: Any) -> str:
    """The page after a post that keeps nothing."""
    response = write(**fields)
    assert response.status_code == 422
    assert not ContactMessage.objects.exists()
    page: str = response.content.decode()
    return page


class TestSending:
    def test_p01_a_message_is_kept(self) -> None:
        response = write()
        message = ContactMessage.objects.get()
        assert (message.name, message.email, message.topic) == ("Dora Fink", "dora@example.org", "privacy")
        assert message.message == "What do you store of me?\nThank you."
        assert message.state == ContactMessage.State.NEW
        assert response["Location"] == "/contact/thanks/"

    def test_the_thanks_say_what_happens_now(self) -> None:
        page = Client().get("/contact/thanks/").content.decode()
        assert "Your message has arrived" in page
        assert "deleted after twelve months" in page

    def test_a_name_is_not_needed(self) -> None:
        assert received(name="").name == ""

    def test_the_language_is_kept_for_the_answer(self) -> None:
        write(Client(headers={"accept-language": "de"}))
        assert ContactMessage.objects.get().language == "de"

    def test_it_is_counted_for_the_dashboard(self) -> None:
        received()
        assert DailyFigure.objects.get(key="contact.received").value == 1

    def test_a_double_click_is_one_message(self) -> None:
        one = ticket()
        assert [write(ticket=one).status_code, write(ticket=one).status_code] == [302, 302]
        assert ContactMessage.objects.count() == 1
        assert DailyFigure.objects.get(key="contact.received").value == 1

    def test_going_back_and_changing_the_words_is_another_one(self) -> None:
        one = ticket()
        write(ticket=one)
        write(ticket=one, message="And one more thing.")
        assert ContactMessage.objects.count() == 2

    def test_a_form_without_its_token_from_another_site_is_refused(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post("/contact/", {**FIELDS, "ticket": ticket()}).status_code == 403
        assert not ContactMessage.objects.exists()


class TestPage:
    def test_a_member_need_not_write_the_address(self) -> None:
        page = signed_in(member("alice")).get("/contact/").content.decode()
        assert 'value="alice@example.org"' in page

    def test_every_field_has_a_label_and_says_how_to_complete_it(self) -> None:
        page = _page()
        for name in ("name", "email", "topic", "message"):
            assert f'<label for="id_{name}">' in page
        assert 'autocomplete="email"' in page

    def test_the_browser_does_not_cut_a_long_message_without_a_word(self) -> None:
        field = re.search(r"<textarea[^>]*>", _page())
        assert field
        assert "maxlength" not in field[0]

    def test_p16_it_says_how_long_a_message_is_kept(self) -> None:
        assert "kept for twelve months" in " ".join(_page().split())

    def test_it_has_no_automatic_reply_and_says_why(self) -> None:
        assert "No automatic reply is sent" in _page()

    def test_no_cache_keeps_what_somebody_wrote(self) -> None:
        assert write(email="x")["Cache-Control"] == "no-store, private"


class TestRefusals:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("email", "", "Please write your e-mail address"),
            ("email", "dora", "This is not an e-mail address"),
            ("email", "dora@example.org, eve@example.org", "This is not an e-mail address"),
            ("email", "dora@example.org\nBcc: eve@example.org", "This is not an e-mail address"),
            ("email", "dora@example.org%0aBcc:eve@example.org", "This is not an e-mail address"),
            ("email", f"{'d' * 250}@example.org", "254"),
            ("topic", "", "Please choose what your message is about"),
            ("topic", "privacy\nBcc: eve@example.org", "Please choose what your message is about"),
            ("message", " \n ", "Please write your message"),
            ("message", "x" * (MOST_CHARACTERS + 1), "5000"),
            ("message", "a\x00b", "Null"),
            ("name", "Dora\r\nBcc: eve@example.org", "Please write your name in one line"),
            ("name", "Dora\n", "Please write your name in one line"),
            ("name", "Dora\u2028Fink", "Please write your name in one line"),
            ("name", "x" * 101, "100"),
        ],
    )
    def test_a_wrong_field_gets_its_sentence(self, field: str, value: str, sentence: str) -> None:
        page = _refused(**{field: value})
        beside = re.search(rf'id="id_{field}_error">([^<]+)', page)
        assert beside
        assert sentence in beside[1]
        assert f'<li><a href="#id_{field}">{beside[1]}</a></li>' in page

    def test_what_was_written_is_still_there(self) -> None:
        page = _refused(email="dora")
        assert "What do you store of me?" in page
        assert 'value="Dora Fink"' in page

    def test_the_focus_moves_to_the_list_of_problems(self) -> None:
        page = _refused(email="")
        assert re.search(r'aria-labelledby="problems" tabindex="-1" autofocus', page)
        assert 'aria-invalid="true"' in page
        assert "<title>Please check:" in page

    def test_line_breaks_count_once(self) -> None:
        received(message="a\r\n" * (MOST_CHARACTERS // 2))

    def test_words_cannot_become_part_of_the_page(self) -> None:
        page = _refused(
            email="", name='"><script>alert(1)</script>', message="</textarea><script>alert(2)</script>"
        )
        assert "<script>alert" not in page

    def test_an_empty_post_lists_what_is_missing(self) -> None:
        page = Client().post("/contact/", {}).content.decode()
        assert page.count("<li><a href=") == 3


class TestMachines:
    def test_a_field_that_only_they_see_must_stay_empty(self) -> None:
        page = _refused(website="https://spam.example/")
        assert "A field that people cannot see was filled in" in page
        assert "spam.example" not in page

    def test_it_is_hidden_from_keyboards_and_screen_readers(self) -> None:
        hidden = re.search(r'<div class="for-machines" aria-hidden="true">(.*?)</div>', _page(), re.DOTALL)
        assert hidden
        assert 'tabindex="-1" autocomplete="off"' in hidden[1]

    def test_faster_than_people_write_is_refused_and_can_be_sent_again(self) -> None:
        quick = ticket(seconds_ago=1)
        page = _refused(ticket=quick)
        assert "faster than people write" in page
        assert f'name="ticket" value="{quick}"' in page, "the next try must not have to wait again"

    def test_a_page_that_was_open_too_long_gets_a_new_ticket_and_keeps_the_words(self) -> None:
        old = ticket(seconds_ago=3 * 24 * 3600)
        page = _refused(ticket=old)
        assert "open for too long" in page
        assert old not in page
        assert "What do you store of me?" in page

    @pytest.mark.parametrize("forged", ["", "x", "W10:1:abc", "é", "a:b:c:d"])
    def test_a_ticket_that_we_did_not_give_out_is_refused(self, forged: str) -> None:
        data = {**FIELDS, "ticket": forged}
        assert Client().post("/contact/", data).status_code == 422
        assert not ContactMessage.objects.exists()

    def test_a_flood_is_stopped_and_keeps_its_last_words(self) -> None:
        for _ in range(views._MESSAGES):
            received()
        response = write(message="One too many")
        assert response.status_code == 429
        assert response["Retry-After"] == "600"
        assert "One too many" in response.content.decode()
        assert ContactMessage.objects.count() == views._MESSAGES

    def test_a_flood_from_one_network_stops_nobody_else(self) -> None:
        for _ in range(views._MESSAGES + 1):
            write()
        write(Client(REMOTE_ADDR="192.0.2.7"), message="From elsewhere")
        assert ContactMessage.objects.filter(message="From elsewhere").exists()

    def test_mistakes_do_not_count_as_messages(self) -> None:
        for _ in range(views._MESSAGES + 1):
            write(email="dora")
        received()


def test_p01_the_policy_page_can_show_that_questions_are_answered() -> None:
    received()
    values = {str(figure.label): figure.value for figure in evidence.of("P1")}
    assert values["Messages from the contact form in the past twelve months"] == 1
    assert values["of them waiting for an answer"] == 1
