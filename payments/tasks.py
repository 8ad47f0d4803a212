"""What the worker does for this room: plan, make bank files, read answers. Each look may be repeated at any time."""

from audit.actor import Actor
from jobs.alone import alone
from jobs.bell import answers
from jobs.leases import Lease
from jobs.work import work_through
from officials.models import Official
from payments import services
from payments.models import Batch, ResultFile
from payments.queries import work
from web.clock import today


@answers(every=60)
def plan_instalments() -> None:
    """Entitlements without instalments, and instalments whose evidence has come."""
    with alone("payments.plan_instalments") as is_alone:
        if is_alone:
            services.plan_instalments(on=today())


@answers(every=5)
def export_batches() -> None:
    """Approved batches without bank files."""
    work_through(work.batches_to_export(), _export)


@answers(every=5)
def read_result_files() -> None:
    """Result files that were uploaded and not read."""
    work_through(work.result_files_to_read(), _read)


def _export(lease: Lease[Batch]) -> None:
    batch = lease.row
    services.export(batch, by=_preparer(batch.prepared_by), on=today(), progress=lease.progress)


def _read(lease: Lease[ResultFile]) -> None:
    lease.progress(0, lease.row.batch.count)
    by = _preparer(lease.row.uploaded_by)
    services.read_result_file(lease.row, by=by, on=today(), progress=lease.progress)


def _preparer(number: str) -> Actor:
    """The person who asked for this work: the trail names a person, not the worker."""
    return Official.objects.get(number=number).actor("batch_preparer")
