"""What the worker finds to do."""

from django.db.models import QuerySet

from payments.lifecycle import BatchState
from payments.models import Batch, ResultFile


def batches_to_export() -> "QuerySet[Batch]":
    """Approved batches whose bank files are not there yet."""
    found: QuerySet[Batch] = Batch.objects.filter(state=BatchState.APPROVED, files=None)
    return found


def result_files_to_read() -> QuerySet[ResultFile]:
    """Uploaded files that were neither read nor refused."""
    return ResultFile.objects.filter(read_on=None, refused_on=None)
