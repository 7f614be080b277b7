"""A draft becomes a version once, whole, and only when nothing is missing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from policy.models import PolicyText, PolicyVersion
from policy.versions import services
from policy.versions.services import Refused
from tests import migrated
from tests.policy.versions.base import body, draft, published

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.django_db


def _problems(begun: PolicyVersion) -> str:
    with pytest.raises(Refused) as refused:
        services.publish(begun.pk)
    begun.refresh_from_db()
    assert not begun.is_published
    return str(refused.value)


def test_a_draft_begins_as_a_copy_of_the_version_in_force() -> None:
    begun, base = services.begin_draft(), services.in_force()
    assert base
    written = begun.texts.exclude(body="").values_list("language", "body")
    assert dict(written) == dict(base.texts.values_list("language", "body"))
    assert set(begun.texts.values_list("language", flat=True)) == {code for code, _name in settings.LANGUAGES}
    assert set(begun.texts.values_list("changes", flat=True)) == {""}
    assert begun.based_on == base.number


def test_it_gets_the_next_number_a_date_and_a_checksum() -> None:
    version = published()
    assert version.number == 3
    assert version.published_at
    assert services.is_genuine(version)
    assert services.in_force() == version


def test_publishing_it_twice_is_publishing_it_once() -> None:
    begun = draft()
    first, second = services.publish(begun.pk), services.publish(begun.pk)
    assert first == second
    assert second.published_at == first.published_at
    assert PolicyVersion.objects.published().count() == 3


def test_a_sibling_of_a_published_draft_is_outdated() -> None:
    sibling, begun = draft("Mine."), draft("Yours.")
    services.publish(begun.pk)
    assert "Another version was published after this draft was begun." in _problems(sibling)


@pytest.mark.parametrize("clause", ["P1", "P9", "P16"])
def test_p01_a_missing_clause_is_named(clause: str) -> None:
    begun = draft()
    begun.texts.filter(language="de").update(body=body(without=clause))
    problems = _problems(begun)
    assert f"The text in German lacks {clause}:" in problems
    assert "English" not in problems


@pytest.mark.parametrize(
    "wrong",
    [
        body(without="P7") + "\n\nP7 is mentioned: {#P7}",
        body(without="P7") + "\n\n### Too deep {#P7}\n\nWords.",
        body() + "\n\n## Twice {#P7}\n\nWords.",
        body(without="P7") + "\n\n## Without words {#P7}",
        body(without="P7") + "\n\n```\n## In code {#P7}\n\nWords.\n```",
    ],
)
def test_a_clause_is_one_heading_with_words_below_it(wrong: str) -> None:
    begun = draft()
    begun.texts.filter(language="en").update(body=wrong)
    assert "The text in English lacks P7:" in _problems(begun)


def test_a_language_that_was_never_there_may_stay_away() -> None:
    version = published()
    assert set(version.texts.values_list("language", flat=True)) == {"de", "en"}
    assert services.is_genuine(version)


def test_a_language_that_came_later_stays() -> None:
    begun = draft()
    begun.texts.filter(language="fr").update(body=body(without="P3"), changes="Nouveau.")
    assert "The text in French lacks P3:" in _problems(begun)
    begun.texts.filter(language="fr").update(body=body())
    services.publish(begun.pk)
    following = draft("Yet other words.")
    following.texts.filter(language="fr").update(body="")
    assert "The text in French is missing." in _problems(following)


def test_every_language_of_the_version_in_force_must_be_there() -> None:
    begun = draft()
    begun.texts.filter(language="de").delete()
    assert "The text in German is missing." in _problems(begun)
    PolicyText.objects.create(version=begun, language="de", body=" \n ")
    assert "The text in German is missing." in _problems(begun)


def test_what_has_changed_must_be_said() -> None:
    begun = draft()
    begun.texts.filter(language="en").update(changes=" ")
    assert _problems(begun) == "Say in English what has changed."


def test_a_draft_that_changes_nothing_is_no_version() -> None:
    begun = services.begin_draft()
    begun.texts.update(changes="Nothing.")
    assert "word for word" in _problems(begun)


def test_a_draft_can_be_thrown_away() -> None:
    begun = draft()
    begun.delete()
    assert not PolicyText.objects.filter(version_id=begun.pk).exists()


_RACE = """
import django; django.setup()
from django.utils import timezone
import sys, time
from policy.versions import services
time.sleep(max(0, float(sys.argv[2]) - time.time()))
try:
    print(services.publish(int(sys.argv[1])).number)
except services.Refused as refused:
    print("refused", refused)
"""
_PREPARE = """
import django; django.setup()
from tests.policy.versions.base import draft
print(draft().pk, draft("Yet other words.").pk)
"""


def _run(folder: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    variables = {**os.environ, "BGBEGONE_DATA": str(folder), "DATABASE_URL": ""}
    variables["DJANGO_SETTINGS_MODULE"] = "bgbegone.settings"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=120)[0].strip().splitlines()[-1]


def test_several_processes_that_publish_at_once_make_one_version(tmp_path: Path) -> None:
    migrate = (
        "import django; django.setup(); from django.core.management import call_command as c; c('migrate')"
    )
    migrated.put_into(tmp_path)
    _run(tmp_path, migrate).communicate(timeout=120)
    mine, yours = _said(_run(tmp_path, _PREPARE)).split()
    start = str(time.time() + 4)
    processes = [_run(tmp_path, _RACE, pk, start) for pk in (mine, mine, yours)]
    *twins, sibling = [_said(process) for process in processes]
    outcomes = {twins[0][:7], twins[1][:7]}
    # Either the one draft became version 3, or the other; never both, and both callers of one agree.
    assert (outcomes, sibling[:7]) in [({"3"}, "refused"), ({"refused"}, "3")]
