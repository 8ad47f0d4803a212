"""Who may open and print a letter, and what everybody else meets."""

import pytest

from applications.models import Notice
from audit.models import TrailRow
from beneficiaries.services import looking
from letters import services
from letters.models import Letter
from tests import factories as make
from tests.applications.conftest import poor_family
from tests.letters.conftest import DAY, approved, sent_batch, submitted
from tests.otherwise import otherwise

FAMILY_ROLES = ["clerk", "township_reviewer", "county_checker", "county_approver", "auditor"]
MONEY_ROLES = ["batch_preparer", "batch_checker", "batch_approver", "county_checker", "auditor"]
NEXT = ["next_clerk", "next_township_reviewer"]


@pytest.fixture
def receipt(family):
    submitted(family)
    services.write_letters(on=DAY)
    return Letter.objects.get()


def test_those_who_serve_the_family_read_its_letter(office, receipt):
    for role in FAMILY_ROLES:
        response = office.client(role).get(f"/letters/{receipt.pk}.pdf")
        assert (role, response.status_code, response["Content-Type"]) == (role, 200, "application/pdf")
        assert response.content.startswith(b"%PDF-")
        assert response["Cache-Control"] == "no-store"
        assert "object-src 'self'" in response["Content-Security-Policy"]
        assert office.client(role).get(f"/letters/{receipt.pk}-en.pdf").status_code == 200


def test_the_next_township_finds_no_such_letter(office, receipt):
    paths = [
        f"/letters/{receipt.pk}.pdf",
        f"/letters/{receipt.pk}-en.pdf",
        f"/letters/applications/{receipt.application_id}/receipt.pdf",
    ]
    for role in NEXT:
        stranger = office.client(role)
        assert [stranger.get(path).status_code for path in paths] == [404, 404, 404]


def test_other_roles_are_refused(office, receipt):
    for role in ("policy_officer", "administrator"):
        for path in ("/letters/", f"/letters/{receipt.pk}.pdf"):
            assert office.client(role).get(path).status_code == 403


def test_finance_reads_batches_and_no_family_letter(office, receipt):
    assert office.client("batch_preparer").get(f"/letters/{receipt.pk}.pdf").status_code == 404


def test_the_receipt_is_written_while_the_family_waits(office, family):
    application = submitted(family)
    response = office.client("clerk").get(f"/letters/applications/{application.pk}/receipt.pdf")
    assert response.content.startswith(b"%PDF-")
    assert Letter.objects.get().application == application
    assert (
        office.client("clerk").get(f"/letters/applications/{application.pk}/approval.pdf").status_code == 404
    )


def test_a_decision_is_found_by_its_application(office, family):
    application = approved(family)
    response = office.client("clerk").get(f"/letters/applications/{application.pk}/approval.pdf")
    assert response.content.startswith(b"%PDF-")


def test_letters_opened_one_after_another_by_their_addresses_have_an_end(office, family, monkeypatch):
    """A letter says who the family is, where she lives and what she gets: opening it counts as opening her application."""
    monkeypatch.setattr(looking, "APPLICATIONS_IN_AN_HOUR", 1)
    application = approved(family)
    clerk, address = office.client("clerk"), f"/letters/applications/{application.pk}/approval.pdf"
    assert [clerk.get(address).status_code, clerk.get(address).status_code] == [200, 200]
    letter = Letter.objects.get(kind="approval")
    assert clerk.get(f"/letters/{letter.pk}-en.pdf").status_code == 200
    rows = TrailRow.objects.filter(verb="look", table="applications_application", object_id=application.pk)
    assert rows.count() == 3
    monkeypatch.setattr(looking, "APPLICATIONS_IN_AN_HOUR", 0)
    assert [
        clerk.get(one).status_code
        for one in (address, f"/letters/{letter.pk}.pdf", f"/letters/{letter.pk}-en.pdf")
    ] == [409] * 3


def test_a_pile_is_printed_once_and_again(office, receipt):
    clerk = office.client("clerk")
    page = clerk.get("/letters/").content.decode()
    assert "受理单" in page
    assert "打印 1 份" in page
    pile = {"kind": "receipt", "division": make.JIAOLOU}
    printed = clerk.post("/letters/print/", pile)
    assert printed.content.startswith(b"%PDF-")
    kept = Letter.objects.get()
    assert (kept.printed_by, kept.printed_on) == ("chen", DAY)
    assert TrailRow.objects.filter(table="letters_letter", verb="print").count() == 1
    assert clerk.get(f"/letters/piles/receipt/{make.JIAOLOU}.pdf").content.startswith(b"%PDF-")
    nothing = clerk.post("/letters/print/", pile, follow=True)
    assert "这里没有要打的文书" in nothing.content.decode()


def test_the_next_township_prints_nothing_of_ours(office, receipt):
    stranger = office.client("next_clerk")
    stranger.post("/letters/print/", {"kind": "receipt", "division": make.JIAOLOU})
    assert Letter.objects.get().printed_on is None
    assert "焦楼村" not in stranger.get("/letters/").content.decode()
    assert stranger.get("/letters/print/").status_code == 405
    assert stranger.post("/letters/print/", {"kind": "receipt", "division": "六一"}).status_code == 404


def test_the_county_sees_piles_by_township(office, receipt):
    page = office.client("county_checker", "en").get("/letters/").content.decode()
    assert "马召镇" in page
    assert "Print 1 letter" in page


def test_a_held_letter_is_shown_with_its_character_and_not_opened(office, family):
    family.girl.name = "赵𠮷桐"
    with otherwise():
        family.girl.save()
    submitted(family)
    services.write_letters(on=DAY)
    letter = Letter.objects.get()
    page = office.client("clerk").get("/letters/").content.decode()
    assert "U+20BB7" in page
    assert "打印 1 份" not in page
    opened = office.client("clerk").get(f"/letters/{letter.pk}.pdf", follow=True)
    assert "U+20BB7" in opened.content.decode()


def test_finance_prints_the_paper_set(office, family):
    batch = sent_batch(family)
    for role in MONEY_ROLES:
        response = office.client(role).get(f"/letters/batches/{batch.pk}.pdf")
        assert response.content.startswith(b"%PDF-"), role
        assert response.content.count(b"/Type /Page\n") == 4
    assert office.client("next_clerk").get(f"/letters/batches/{batch.pk}.pdf").status_code == 403


def test_the_wall_notice_is_one_paper(office, family):
    approved(family)
    key = Notice.objects.get().pk
    assert office.client("clerk").get(f"/letters/notices/{key}.pdf").content.startswith(b"%PDF-")
    assert office.client("next_clerk").get(f"/letters/notices/{key}.pdf").status_code == 404
    assert Letter.objects.get(kind="public_notice").notice_id == key


def test_the_page_takes_the_same_queries_for_more_piles(office, receipt, django_assert_max_num_queries):
    clerk = office.client("clerk")
    clerk.get("/letters/")
    for surname, number in (("孙", "B1"), ("李", "B2")):
        approved(poor_family(surname, number)) if surname == "孙" else submitted(poor_family(surname, number))
    services.write_letters(on=DAY)
    with django_assert_max_num_queries(16):
        clerk.get("/letters/")


def test_nobody_signed_in_is_asked_to_sign_in(office, receipt, client):
    response = client.get(f"/letters/{receipt.pk}.pdf")
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in/")


def test_finance_finds_the_paper_sets_and_the_auditor_prints_no_pile(office, family):
    batch = sent_batch(family)
    services.write_letters(on=DAY)
    page = office.client("batch_checker").get("/letters/").content.decode()
    assert batch.number in page
    assert "打印全套" in page
    assert "批准决定书" not in page
    auditor = office.client("auditor")
    assert "打印 1 份" not in auditor.get("/letters/").content.decode()
    assert auditor.post("/letters/print/", {"kind": "approval", "division": make.JIAOLOU}).status_code == 403


def test_a_batch_that_is_not_approved_has_no_paper_set(office, family):
    batch = sent_batch(family)
    draft = type(batch)(
        number="PC-2026-0099", program=batch.program, division=batch.division, profile=batch.profile,
        fiscal_year=2026, made_by="wang", made_on=DAY, state="draft",
    )  # fmt: skip
    draft.save(force_insert=True)
    page = office.client("batch_checker").get(f"/letters/batches/{draft.pk}.pdf", follow=True)
    assert "还没有审批" in page.content.decode()
