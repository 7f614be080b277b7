"""A sender that is killed in the middle of a campaign: everybody gets it, and nobody twice (promise P7)."""

from pathlib import Path

from tests.e2e.campaign import campaign_run, mail_settings, second_clerk
from tests.mailserver import mail_server
from tests.stack import serving


def test_p07_two_senders_one_of_them_killed_and_everybody_gets_one_copy(tmp_path: Path) -> None:
    with (
        mail_server() as (inbox, port),
        serving(tmp_path, **mail_settings(port)) as stack,
        second_clerk(stack, port),
    ):
        stack.wait_until("database", "broker")
        outcome = campaign_run(stack, inbox, people=200, kills=1, is_patient=False)
    assert (outcome.missing, outcome.twice) == (0, 0)
    assert outcome.unknown <= 1
    assert outcome.sent_again == outcome.unknown - outcome.unknown_arrived
