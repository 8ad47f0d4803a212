"""Every page of the room: who may open it, in which language it answers, and that it keeps the security policy."""

import re

import pytest
from django.urls import reverse

from applications.models import Application
from tests.otherwise import otherwise

FORBIDDEN = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|hx-on")
HAN = re.compile(r"[\u4e00-\u9fff]")


def pages(season):
    approved, draft = season.applications["approved"], season.applications["draft"]
    return {
        "clerk": [
            reverse("portal:counter"),
            reverse("portal:worklist"),
            reverse("portal:family", args=[draft.household_id]),
            reverse("portal:draft", args=[draft.household_id, draft.pk]),
            reverse("portal:application", args=[draft.pk]),
            reverse("portal:step", args=[draft.pk, "submit"]),
            reverse("portal:reveal", args=["citizen-id", draft.person_id]),
        ],
        "township_reviewer": [
            reverse("portal:worklist") + "?queue=review",
            reverse("portal:notices"),
            reverse("portal:notice", args=[season.notice.pk]),
            reverse("portal:step", args=[season.applications["submitted"].pk, "propose_refusal"]),
            reverse("portal:bulk") + f"?queue=review&id={season.applications['submitted'].pk}",
        ],
        "county_checker": [reverse("portal:worklist"), reverse("portal:county"),
                           reverse("portal:county") + "?program=college-award"],
        "county_approver": [
            reverse("portal:worklist"),
            reverse("portal:application", args=[season.applications["rechecked"].pk]) + "?queue=approve",
            reverse("portal:step", args=[season.applications["rechecked"].pk, "approve"]),
            reverse("portal:application", args=[approved.pk]),
        ],
        "auditor": [reverse("portal:county"), reverse("portal:notices"), reverse("portal:application", args=[approved.pk])],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_its_language_and_keeps_the_policy(season, language):
    for role, addresses in pages(season).items():
        client = season.client(role, language)
        for address in addresses:
            response = client.get(address)
            page = response.content.decode()
            assert (address, response.status_code) == (address, 200)
            assert not FORBIDDEN.search(page), address
            assert "{{" not in page, address
            assert "{%" not in page, address
            assert page.count("<h1") == 1, address
            assert f'<html lang="{language}"' in page, address


def test_public_pages_open_without_signing_in(season, client):
    for name in ("portal:progress", "portal:guide"):
        response = client.get(reverse(name))
        assert response.status_code == 200
        assert not FORBIDDEN.search(response.content.decode())
    slip = client.get(reverse("portal:progress_by_slip", args=[season.applications["on_notice"].token]))
    assert slip.status_code == 200
    assert "李＊桐" in slip.content.decode()
    assert len(slip.content) < 30_000


@pytest.mark.parametrize("role", ["next_clerk", "next_township_reviewer"])
def test_next_township_sees_nothing_of_this_one(season, role):
    client = season.client(role)
    application = season.applications["submitted"]
    refused = [
        reverse("portal:application", args=[application.pk]),
        reverse("portal:family", args=[application.household_id]),
        reverse("portal:reveal", args=["citizen-id", application.person_id]),
        reverse("portal:notice", args=[season.notice.pk]),
        reverse("portal:step", args=[application.pk, "review"]),
        reverse("portal:draft", args=[application.household_id, season.applications["draft"].pk]),
    ]
    statuses = {address: client.get(address).status_code for address in refused}
    assert set(statuses.values()) <= {403, 404}, statuses


def test_administrator_sees_no_family(season):
    client = season.client("administrator")
    application = season.applications["submitted"]
    for name, args in (
        ("portal:application", [application.pk]),
        ("portal:family", [application.household_id]),
        ("portal:worklist", []),
    ):
        assert client.get(reverse(name, args=args)).status_code == 403


@pytest.mark.parametrize("role", ["policy_officer", "batch_preparer", "auditor"])
def test_an_application_offers_only_ways_that_are_open(season, role):
    client = season.client(role)
    page = client.get(
        reverse("portal:application", args=[season.applications["approved"].pk])
    ).content.decode()
    ways = set(re.findall(r'href="(/(?:worklist|letters/applications)/[^"]*)"', page))
    assert bool(ways) == (role == "auditor")
    assert all(client.get(way).status_code == 200 for way in ways)


def test_no_receipt_is_offered_where_nobody_asked(season):
    client, found = season.client("county_checker"), season.applications["submitted"]
    page, receipt = (
        reverse("portal:application", args=[found.pk]),
        f"/letters/applications/{found.pk}/receipt.pdf",
    )
    assert receipt in client.get(page).content.decode()
    with otherwise():
        Application.objects.filter(pk=found.pk).update(origin=Application.Origin.LISTS)
    assert receipt not in client.get(page).content.decode()
