"""On the screens: a downloaded file binds its batch, and what can no longer be paid stops with a way out."""

import pytest
from django.urls import reverse

from audit.door import perform
from payments import services
from payments.models import Batch
from tests import factories as make
from tests.payments.conftest import PREPARER, approved, built
from tests.payments.granting import DAY
from tests.payments.test_screens import page

pytestmark = pytest.mark.usefixtures("granted")


def test_downloaded_files_bind_the_batch_until_somebody_states_what_became_of_them(enter):
    batch = approved(built())
    services.export(batch, by=PREPARER, on=DAY)
    client = enter("batch_approver")
    assert "statement" not in page(client, "step", batch.pk, "take-back")
    client = enter("batch_preparer")
    client.get(reverse("payments:download", args=[batch.pk, 1]))
    assert "2026-08-18 首次下载" in page(client, "batch", batch.pk)
    client = enter("batch_approver")
    assert "statement" in page(client, "step", batch.pk, "take-back")
    assert "两份文件" in page(client, "step", batch.pk, "take-back", status=422, statement="")
    page(client, "step", batch.pk, "take-back", status=302, statement="没有交银行")
    assert Batch.objects.get(pk=batch.pk).state == "checked"


def test_a_line_that_can_no_longer_be_paid_stops_download_and_sending_with_a_way_out(enter):
    batch = approved(built())
    services.export(batch, by=PREPARER, on=DAY)
    perform(batch.attempts.get(line=2).account, "close", by=make.actor("clerk"), on=DAY)
    client = enter("batch_preparer")
    reply = client.get(reverse("payments:download", args=[batch.pk, 1]), follow=True)
    assert "账户已停用" in reply.content.decode()
    text = page(client, "step", batch.pk, "send", status=422, go="1")
    assert "账户已停用" in text
    assert "statement" not in text


def test_a_file_the_bank_has_already_is_recorded_on_the_page(enter):
    batch = approved(built())
    services.export(batch, by=PREPARER, on=DAY)
    client = enter("batch_preparer")
    client.get(reverse("payments:download", args=[batch.pk, 1]))
    assert "statement" not in page(client, "step", batch.pk, "send")
    perform(batch.attempts.get(line=2).account, "close", by=make.actor("clerk"), on=DAY)
    assert "statement" in page(client, "step", batch.pk, "send", status=422, go="1")
    page(client, "step", batch.pk, "send", status=422, statement="")
    page(client, "step", batch.pk, "send", status=302, statement="农行赵柜员已收")
    assert Batch.objects.get(pk=batch.pk).state == "sent"
