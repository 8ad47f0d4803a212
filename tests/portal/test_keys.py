"""One key, one meaning: 1 lets pass, 2 sends back, 3 is a no, on every desk and in every state."""

import pytest
from django.urls import reverse

from applications.models import Application
from portal.queries.application import BACK, NO, PASS, actions


def keys(season, role, application) -> dict[str, str]:
    official = season.officials[role]
    return {
        action.key: action.move.name
        for action in actions(Application.objects.get(pk=application.pk), official)
    }


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("clerk", "draft"), ("clerk", "submitted"), ("township_reviewer", "submitted"),
        ("township_reviewer", "on_notice"), ("county_checker", "notice_over"), ("county_approver", "rechecked"),
    ],
)  # fmt: skip
def test_a_key_means_the_same_on_every_desk(season, role, name):
    found = keys(season, role, season.applications[name])
    meanings = {"1": PASS, "2": BACK, "3": NO}
    for key, move in found.items():
        assert move in meanings.get(key, (move,)), (key, move)
        assert (key in meanings) == (move in (*PASS, *BACK, *NO))


def test_checker_and_approver_find_pass_return_and_no_under_one_two_three(season):
    assert keys(season, "county_checker", season.applications["notice_over"]) | {"4": ""} == {
        "1": "recheck", "2": "send_back", "3": "recheck_refusal", "4": "",
    }  # fmt: skip
    found = keys(season, "county_approver", season.applications["rechecked"])
    assert (found["1"], found["2"]) == ("approve", "send_back")


def test_where_refusal_is_proposed_the_no_is_the_weighty_button_and_nothing_passes(season):
    application = season.applications["submitted"]
    season.client("township_reviewer").post(
        reverse("portal:step", args=[application.pk, "propose_refusal"]), {"note": "户口在外省"}
    )
    season.client("county_checker").post(
        reverse("portal:step", args=[application.pk, "recheck_refusal"]), {"note": "户口在外省"}
    )
    application = Application.objects.get(pk=application.pk)
    found = {action.key: action for action in actions(application, season.officials["county_approver"])}
    assert "1" not in found
    assert (found["2"].move.name, found["2"].is_main) == ("send_back", False)
    assert (found["3"].move.name, found["3"].is_main) == ("decline", True)
