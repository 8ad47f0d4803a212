"""One girl over every desk: counter, township, county, finance, bank and letter, in a browser that forgives nothing."""

from datetime import date

from playwright.sync_api import expect

from applications.models import Application
from letters import services as letters
from letters.models import Letter
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Batch, ResultFile
from payments.services import planning, results, sending
from tests import factories as make
from tests.browser.conftest import PHONE
from tests.browser.test_desks import GIRL, clerk, decide, press  # noqa: F401 - the clerk at her desk
from tests.portal.conftest import desk, today  # noqa: F401 - the county at work


def test_one_girl_from_the_counter_to_her_letter(clerk, open_page, settings):  # noqa: F811
    clerk.open("/counter/?q=" + GIRL)
    press(clerk, "Enter")
    expect(clerk.locator("h1")).to_have_text("赵文斌家")
    press(clerk, "1")
    expect(clerk.locator("article.chosen")).to_be_visible()
    press(clerk, "a")
    expect(clerk.locator("#application-form")).to_be_visible()
    press(clerk, "Control+Enter")
    expect(clerk.locator(".toast")).to_contain_text("已受理")
    application = Application.objects.get(person__name=GIRL)
    reviewer = open_page()
    reviewer.sign_in("gao")
    reviewer.open(f"/applications/{application.pk}/")
    decide(reviewer)
    expect(reviewer.locator(".toast")).to_contain_text("初审通过")
    reviewer.open("/notices/")
    decide(reviewer)
    expect(reviewer.locator("table")).to_contain_text(GIRL)
    settings.BUSINESS_DAY = date(2026, 8, 26)
    reviewer.open("/notices/")
    press(reviewer, "2")
    expect(reviewer.locator(".toast")).to_contain_text("1 件送到县里")
    for number, word in (("zhou", "复核通过"), ("guo", "批准")):
        desk_of = open_page()
        desk_of.sign_in(number)
        desk_of.open(f"/applications/{application.pk}/")
        decide(desk_of)
        expect(desk_of.locator(".toast")).to_contain_text(word)
    phone = open_page(PHONE)
    phone.open(f"/progress/{Application.objects.get(pk=application.pk).token}/")
    expect(phone.locator("h1")).to_have_text("批准了，等下一批一起发。")
    assert phone.overflow() <= 0
    batch = paid(open_page)
    assert (batch.state, batch.count, batch.total_fen) == ("answered", 1, 200_000)
    phone.reload()
    expect(phone.locator("h1")).to_have_text("钱已经打到您的账户。")
    letters.write_letters(on=settings.BUSINESS_DAY)
    clerk.open(f"/applications/{application.pk}/")
    for kind in ("受理单", "批准决定书", "到账通知单"):
        expect(clerk.locator("main")).to_contain_text(kind)
    for letter in Letter.objects.filter(application=application) | Letter.objects.filter(
        decision__application=application
    ):
        answer = clerk.context.request.get(f"{clerk.address}/letters/{letter.pk}.pdf")
        assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")


def paid(open_page) -> Batch:
    """Finance: built, prepared, checked and approved by three people, sent, and answered by the bank."""
    planning.plan_instalments(on=date(2026, 8, 26))
    preparer = at_the_desk(open_page, "wang", "/payments/batches/build/")
    confirm(preparer)
    batch = Batch.objects.get()
    steps = f"/payments/batches/{batch.pk}"
    preparer.open(f"{steps}/prepare/")
    confirm(preparer)
    for number, step in (("liu", "confirm"), ("sun", "approve")):
        finance = at_the_desk(open_page, number, f"{steps}/{step}/")
        finance.locator("[name=count]").fill("1")
        finance.locator("[name=total_fen]").fill("2,000.00")
        confirm(finance)
    sending.export(Batch.objects.get(), by=make.actor("batch_preparer"), on=date(2026, 8, 26))
    preparer.open(f"{steps}/send/")
    confirm(preparer)
    content = write_answers(
        load_profiles()[batch.profile], [Answer(1, 200_000, "paid")], batch=batch.number, on=date(2026, 8, 26)
    )
    preparer.open("/payments/results/upload/")
    preparer.locator("[name=batch]").select_option(str(batch.pk))
    preparer.locator("[name=file]").set_input_files(
        {"name": "r.txt", "mimeType": "text/plain", "buffer": content}
    )
    confirm(preparer)
    results.read_result_file(ResultFile.objects.get(), by=make.actor("batch_preparer"), on=date(2026, 8, 26))
    preparer.open(f"{steps}/")
    expect(preparer.locator("main")).to_contain_text("100.0%")
    return Batch.objects.get()


def at_the_desk(open_page, number: str, path: str):
    page = open_page()
    page.sign_in(number)
    page.open(path)
    return page


def confirm(page) -> None:
    """Press the verb and wait for what follows."""
    with page.page.expect_navigation():
        page.locator("button.main.large").first.click()
