"""The tests that the page names are the tests that there are."""

import json

from policy.clauses import CLAUSES
from policy.versions import page
from tests import promises


def test_the_list_of_proofs_is_that_of_the_suite() -> None:
    listed = json.loads(promises.PROOFS.read_text())
    assert listed == promises.found(), "python -m tests.promises"


def test_only_clauses_that_exist_are_proved() -> None:
    assert set(promises.found()) <= set(CLAUSES)


def test_a_proof_reads_as_a_sentence() -> None:
    proof = page.Proof("tests/x.py", "test_p06_a_year_without_disclosures_says_zero")
    assert proof.sentence == "a year without disclosures says zero"


def test_every_name_that_is_listed_can_be_shown() -> None:
    for clause, proofs in page.proofs().items():
        assert clause in CLAUSES
        assert all(proof.sentence for proof in proofs)
