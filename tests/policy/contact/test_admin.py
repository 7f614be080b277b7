"""Messages in the admin: answered once, closed, tried again."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client, override_settings

from policy.contact import services
from policy.contact.models import MOST_ATTEMPTS
from policy.models import ContactMail, ContactMessage, DailyFigure
from tests.base import member, signed_in, staff
from tests.policy.contact.base import received

pytestmark = pytest.mark.django_db

_LIST = "/admin/policy/contactmessage/"


def _path(message: ContactMessage) -> str:
    return f"{_LIST}{message.pk}/change/"


def _answer(client: Client, message: ContactMessage, text: str = "Only what you wrote.") -> Any:
    return client.post(_path(message), {"answer": text}, follow=True)


def _list_page(client: Client, query: str = "") -> str:
    page: str = client.get(f"{_LIST}{query}").content.decode()
    return page[page.index('id="changelist-form"') :]


class TestAnswering:
    def test_p01_staff_answer_from_the_admin(self) -> None:
        message, sara = received(), staff()
        page = _answer(sara, message).content.decode()
        message.refresh_from_db()
        assert (message.state, message.answer) == ("answered", "Only what you wrote.")
        assert message.answered_by.username == "sara"
        assert message.answered_at is not None
        assert "on its way" in page

    def test_the_answer_is_mailed_once_after_a_double_click(self) -> None:
        message, sara = received(), staff()
        _answer(sara, message)
        _answer(sara, message, "Something else.")
        services.send_due()
        assert [letter.to for letter in mail.outbox] == [["dora@example.org"]]
        assert mail.outbox[0].body.startswith("Only what you wrote.")

    def test_two_people_at_once_send_one_answer(self) -> None:
        message = received()
        stale = ContactMessage.objects.get()
        writer = member("sara")
        services.answer(message, "First.", by=writer)
        with pytest.raises(services.AnsweredAlready):
            services.answer(stale, "Second.", by=writer)
        assert ContactMessage.objects.get().answer == "First."
        assert DailyFigure.objects.get(key="contact.answered").value == 1

    def test_the_second_of_two_people_is_told(self) -> None:
        message, sara = received(), staff()
        form = sara.get(_path(message)).content.decode()
        assert "Send the answer" in form
        message.close()
        page = _answer(sara, message).content.decode()
        assert ContactMessage.objects.get().answer == ""
        assert "on its way" not in page

    def test_an_empty_answer_is_refused(self) -> None:
        message = received()
        assert "This field is required" in _answer(staff(), message, " ").content.decode()
        assert ContactMessage.objects.get().is_new

    def test_nothing_else_of_a_message_can_be_changed(self) -> None:
        message = received()
        staff().post(_path(message), {"answer": "x", "message": "forged", "email": "eve@example.org"})
        message.refresh_from_db()
        assert (message.email, message.message[:4]) == ("dora@example.org", "What")

    def test_an_answered_message_has_no_field_to_answer(self) -> None:
        message, sara = received(), staff()
        page = _answer(sara, message).content.decode()
        assert "<textarea" not in page
        assert "Send the answer" not in page


class TestReading:
    def test_what_somebody_wrote_is_text(self) -> None:
        message = received(message="<script>alert(1)</script>", name="<img src=x>")
        page = staff().get(_path(message)).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x>" not in page

    def test_p06_neither_list_nor_history_shows_who_wrote(self) -> None:
        message, sara = received(), staff()
        _answer(sara, message)
        page = sara.get(_LIST).content.decode()
        assert f"#{message.pk} privacy" in page
        assert "dora" not in page.lower()
        assert not [entry for entry in LogEntry.objects.all() if "dora" in entry.object_repr.lower()]

    def test_p06_nor_does_the_message_itself(self) -> None:
        page = staff().get(_path(received())).content.decode()
        assert "dora@example.org" not in page
        assert "d•••@e•••.org" in page

    def test_p06_an_address_cannot_be_read_letter_by_letter(self) -> None:
        received()
        assert staff().get(f"{_LIST}?email__startswith=d").status_code == 400

    def test_somebody_who_asks_is_found_by_the_whole_address(self) -> None:
        message = received()
        assert f"#{message.pk} privacy" in _list_page(staff(), "?q=dora@example.org")

    def test_but_not_by_a_part_of_it(self) -> None:
        message = received()
        assert f"#{message.pk} privacy" not in _list_page(staff(), "?q=example.org")

    def test_nobody_can_add_one(self) -> None:
        assert staff().get(f"{_LIST}add/").status_code == 403

    def test_members_see_nothing(self) -> None:
        message = received()
        for client in (Client(), signed_in(member("alice"))):
            assert client.get(_path(message)).status_code == 302

    def test_a_long_list_takes_no_query_for_each_row(self, django_assert_max_num_queries: Any) -> None:
        for number in range(30):
            message = ContactMessage.objects.create(
                email="d@example.org", topic="other", message=str(number), language="en"
            )
            message.mails.create(kind=ContactMail.Kind.NOTICE)
        sara = staff()
        with django_assert_max_num_queries(20):
            sara.get(_LIST)


class TestClosing:
    def test_from_the_message(self) -> None:
        message, sara = received(), staff()
        page = sara.post(f"{_LIST}{message.pk}/close/", follow=True).content.decode()
        assert "1 message closed" in page
        assert ContactMessage.objects.get().state == ContactMessage.State.CLOSED

    def test_a_look_at_the_address_closes_nothing(self) -> None:
        message = received()
        assert staff().get(f"{_LIST}{message.pk}/close/").status_code == 405
        assert ContactMessage.objects.get().is_new

    def test_several_from_the_list(self) -> None:
        pks = [received(message=text).pk for text in ("a", "b")]
        staff().post(_LIST, {"action": "close", "_selected_action": pks})
        assert set(ContactMessage.objects.values_list("state", flat=True)) == {"closed"}

    def test_members_cannot(self) -> None:
        message = received()
        signed_in(member("alice")).post(f"{_LIST}{message.pk}/close/")
        assert ContactMessage.objects.get().is_new


class TestMail:
    def test_the_list_says_where_the_mail_stands(self) -> None:
        received()
        sara = staff()
        assert "kept here only" in _list_page(sara)
        with override_settings(CONTACT_EMAIL="us@example.net"):
            assert "waiting, tries so far: 0" in _list_page(sara)
            ContactMail.objects.update(attempts=MOST_ATTEMPTS)
            assert f"given up after {MOST_ATTEMPTS} tries" in _list_page(sara)

    @override_settings(CONTACT_EMAIL="us@example.net")
    def test_what_was_given_up_can_be_found_and_tried_again(self) -> None:
        message, other = received(), received(message="other")
        message.mails.update(attempts=MOST_ATTEMPTS)
        sara = staff()
        page = _list_page(sara, "?mail=given-up")
        assert f"#{message.pk} " in page
        assert f"#{other.pk} " not in page
        sara.post(_LIST, {"action": "mail_again", "_selected_action": [message.pk]})
        services.send_due()
        assert len(mail.outbox) == 2
