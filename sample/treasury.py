"""The money side of the sample season: batches through three people, the bank's answers, corrections."""

from collections import Counter
from contextlib import suppress
from datetime import date
from pathlib import Path

from payments import services
from payments.banks import Profile, load_profiles
from payments.lifecycle import AttemptState, BatchState
from payments.models import Attempt, BankFile, Batch, ResultFile
from payments.queries.due import waiting_groups
from payments.queries.failed import to_rebuild
from payments.services.sending import content_of
from sample.bank import Bank
from sample.staff import Staff
from standards.words import Refusal

LEFT_ONE_OF = 4  # townships whose payments nobody has built yet
STAGES = (
    BatchState.DRAFT,
    BatchState.PREPARED,
    BatchState.CHECKED,
)  # where batches lie that nobody has taken further
UNSENT = (BatchState.DRAFT, BatchState.PREPARED, BatchState.CHECKED, BatchState.APPROVED)


class Treasury:
    """County preparer, finance's checker and approver, and the bank behind them. Doing a day again pays nobody again."""

    def __init__(self, staff: Staff, bank: Bank, desk: Path) -> None:
        """``desk`` is the folder where files for the bank and its answers lie."""
        self.preparer = staff.county("batch_preparer")
        self.checker = staff.county("batch_checker")
        self.approver = staff.county("batch_approver")
        self.bank = bank
        self.desk = desk
        self.profiles: dict[str, Profile] = load_profiles()
        self.done: Counter[str] = Counter()

    def pay(self, on: date, *, leaves: bool = False) -> None:
        """Build every batch that can be built, corrections first, and hand it to the bank.

        ``leaves``: some townships' payments stay unbuilt, and the last batches lie on the desks of finance.
        """
        planned = services.plan_instalments(on=on)
        self.done["instalments"] += planned.written
        self.done["instalments_lapsed"] += planned.lapsed
        self._correct(on)
        townships: list[str | None] = list(_not_left(on)) if leaves else [None]
        for township in townships:
            with suppress(Refusal):  # nothing is due, or nothing can be paid: both are said on the batch page
                made = services.build_batches(by=self.preparer, on=on, township=township)
                self.done["batches"] += len(made)
        batches = list(Batch.objects.filter(state__in=UNSENT).order_by("pk"))
        kept = STAGES[-len(batches) + 1 :] if leaves and len(batches) > 1 else ()
        for batch in batches[: len(batches) - len(kept)]:
            self._hand_over(batch, on)
        for batch, stage in zip(batches[len(batches) - len(kept) :], kept, strict=True):
            self._walk(batch, on, until=stage)

    def _correct(self, on: date) -> None:
        failed = Attempt.objects.filter(
            to_rebuild(), state=AttemptState.FAILED, batch__state=BatchState.ANSWERED
        )
        for batch in Batch.objects.filter(pk__in=failed.values("batch")).order_by("pk"):
            with suppress(Refusal):  # no family of this batch has mended its account yet
                made = services.build_correction(batch, by=self.preparer, on=on)
                self.done["correction_batches"] += len(made)

    def _hand_over(self, batch: Batch, on: date) -> None:
        """Three people, each typing the same control totals, then the files go out; goes on where a cut-off day stopped."""
        batch = self._walk(batch, on)
        for file in services.export(batch, by=self.preparer, on=on):
            self._received(file)
        services.send(batch, by=self.preparer, on=on)
        self.done["batches_sent"] += 1

    def _walk(self, batch: Batch, on: date, *, until: str = BatchState.APPROVED) -> Batch:
        """Through the three people, or as far as ``until``."""
        if batch.state == BatchState.DRAFT and until != BatchState.DRAFT:
            batch = services.prepare(batch, by=self.preparer, on=on)
        totals = {"count": batch.count, "total_fen": batch.total_fen}
        if batch.state == BatchState.PREPARED and until != BatchState.PREPARED:
            batch = services.confirm(batch, by=self.checker, on=on, **totals)
        if batch.state == BatchState.CHECKED and until != BatchState.CHECKED:
            batch = services.approve(batch, by=self.approver, on=on, **totals)
        return batch

    def hear_from_bank(self, on: date) -> None:
        """The bank's first answer to every file that has none yet."""
        for row in ResultFile.objects.filter(read_on=None, refused_on=None).order_by("pk"):
            services.read_result_file(row, by=self.preparer, on=on)  # kept on a day that was cut off
        for batch in Batch.objects.filter(state=BatchState.SENT, sent_on__lt=on, results=None).order_by("pk"):
            for file in batch.files.all():
                answer = self.bank.answer(self.profiles[batch.profile], self._received(file), on=on)
                self._read(batch, f"result_{file.name}", answer, on)

    def ask_again(self, on: date) -> None:
        """The bank's later answer to lines that are still open: asked about, never sent again."""
        open_lines = Attempt.objects.filter(state__in=[AttemptState.SENT, AttemptState.UNKNOWN])
        batches = Batch.objects.filter(
            pk__in=open_lines.values("batch"), results__isnull=False, sent_on__lt=on
        )
        for batch in batches.distinct().order_by("pk"):
            for file in batch.files.all():
                answer = self.bank.answer_later(self.profiles[batch.profile], self._received(file), on=on)
                if answer is not None:
                    self._read(batch, f"later_{file.name}", answer, on)

    def _read(self, batch: Batch, name: str, content: bytes, on: date) -> None:
        self._lay_down("from_bank", name, content)
        row = services.upload_result(batch, name=name, content=content, by=self.preparer, on=on)
        read: ResultFile = services.read_result_file(row, by=self.preparer, on=on)
        self.done["result_files" if read.refused_on is None else "result_files_refused"] += 1

    def _received(self, file: BankFile) -> bytes:
        """The file as it lies at the bank; laid down there when it is not yet."""
        path = self.desk / "to_bank" / file.name
        if not path.is_file():
            self._lay_down("to_bank", file.name, content_of(file))
        return path.read_bytes()

    def _lay_down(self, folder: str, name: str, content: bytes) -> None:
        path = self.desk / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _not_left(on: date) -> list[str]:
    """The townships that are paid when some are left: all but one of four, in the order of their codes."""
    townships = sorted({group.township for group in waiting_groups(on=on)})
    return [code for at, code in enumerate(townships) if at % LEFT_ONE_OF or len(townships) == 1]
