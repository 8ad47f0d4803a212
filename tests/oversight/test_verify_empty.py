"""Every check runs on an empty county, and the command says so."""

import json

import pytest
from django.core.management import call_command

from oversight import verify


@pytest.mark.django_db
def test_an_empty_county_holds_together(capsys):
    assert [finding.check.name for finding in verify.verify() if not finding.holds] == []
    call_command("verify", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert [one["check"] for one in answer["checks"]] == [check.name for check in verify.CHECKS]
    call_command("verify")
    assert "Everything holds" in capsys.readouterr().out
