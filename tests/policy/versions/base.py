"""Steps that the tests of the policy's versions share."""

from django.test import TestCase

from policy.clauses import CLAUSES
from policy.models import PolicyVersion
from policy.versions import services


def body(words: str = "Words.", *, without: str = "") -> str:
    """A text with all sixteen clauses, or all but one."""
    return "\n\n".join(
        f"## About {clause} {{#{clause}}}\n\n{words}" for clause in CLAUSES if clause != without
    )


def draft(words: str = "Other words.", *, is_material: bool = False) -> PolicyVersion:
    """A draft that may be published."""
    begun = services.begin_draft()
    begun.is_material = is_material
    begun.save()
    begun.texts.exclude(body="").update(body=body(words), changes="We say it in other words.")
    return begun


def published(words: str = "Other words.", *, is_material: bool = False) -> PolicyVersion:
    # Inside a test's transaction nothing is ever committed, and what waits for that is done here.
    with TestCase.captureOnCommitCallbacks(execute=True):
        return services.publish(draft(words, is_material=is_material).pk)
