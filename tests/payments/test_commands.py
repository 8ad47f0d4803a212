import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments import services
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Batch
from tests import factories as make
from tests.payments.conftest import approved
from tests.payments.granting import DAY

pytestmark = pytest.mark.usefixtures("granted")


@pytest.fixture(autouse=True)
def _day(settings, granted):
    settings.BUSINESS_DAY = DAY
    make.officials()


def run(capsys, *words):
    """(exit code, the JSON document)."""
    code = 0
    try:
        call_command(*words, "--by", "wang", "--json")
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


def test_a_batch_from_the_shell_from_building_to_the_answer(capsys, tmp_path):
    code, made = run(capsys, "make_batch")
    assert code == 0
    assert [(one["number"], one["count"], one["excluded"]) for one in made["batches"]] == [
        ("PC-2026-0001", 5, [])
    ]
    batch = approved(Batch.objects.get())
    code, exported = run(capsys, "export_batch", batch.number, "--to", str(tmp_path), "--send")
    assert (code, exported["batch"]["state"]) == (0, "sent")
    (file,) = exported["files"]
    first = (tmp_path / file["name"]).read_bytes()
    assert run(capsys, "export_batch", batch.number, "--to", str(tmp_path / "again"))[0] == 0
    assert (tmp_path / "again" / file["name"]).read_bytes() == first
    answers = [Answer(n, 200_000, "paid") for n in range(1, 6)]
    result = tmp_path / "result.txt"
    result.write_bytes(write_answers(load_profiles()["abc_fixed"], answers, batch=batch.number, on=DAY))
    code, read = run(capsys, "import_results", batch.number, str(result))
    assert (code, read["batch"]["state"], read["counts"]["paid"]) == (0, "answered", 5)
    code, again = run(capsys, "import_results", batch.number, str(result))
    assert (code, again["code"]) == (1, "same_file")


def test_refusals_end_with_one_and_a_sentence(capsys, tmp_path):
    run(capsys, "make_batch")
    for words, reason in (
        (("make_batch",), "nothing_due"),
        (("export_batch", "PC-2026-0001"), "not_approved"),
        (("make_batch", "--correct", "PC-2026-0001"), "not_sent"),
        (("import_results", "PC-2026-0001", str(tmp_path / "none.txt")), "not_read"),
    ):
        code, document = run(capsys, *words)
        assert (code, document["ok"], document["code"]) == (1, False, reason)
        assert document["zh"]
        assert document["en"]


@pytest.mark.parametrize(
    "words", [("export_batch", "PC-1", "--by", "wang"), ("make_batch", "--by", "nobody")]
)
def test_wrong_usage_ends_with_two(words):
    with pytest.raises(CommandError) as error:
        call_command(*words)
    assert error.value.returncode == 2


def test_a_file_that_is_there_with_other_bytes_is_not_replaced(capsys, tmp_path):
    run(capsys, "make_batch", "--prepare")
    batch = Batch.objects.get()
    assert batch.state == "prepared"

    batch = services.take_back(batch, by=make.actor("batch_preparer"), on=DAY + timedelta(days=1))
    approved(batch)
    (tmp_path / "GA_20260818_PC-2026-0001_01.txt").write_bytes(b"mine")
    code, document = run(capsys, "export_batch", "PC-2026-0001", "--to", str(tmp_path))
    assert (code, document["code"]) == (1, "not_written")
    assert Batch.objects.get().downloaded_on is None, "what was not written was not taken"
    assert run(capsys, "export_batch", "PC-2026-0001", "--to", str(tmp_path / "desk"))[0] == 0
    assert Batch.objects.get().downloaded_on is not None
