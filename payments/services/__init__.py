"""Writes of this room: from entitlements to instalments, batches, bank files, answers and corrections."""

from payments.services.building import build_batches
from payments.services.correcting import build_correction, record_return
from payments.services.planning import Planned, plan_instalments, split_funds_exactly
from payments.services.results import (
    read_result_file,
    settle_line,
    upload_result,
)
from payments.services.sending import export, send, take_file
from payments.services.steps import (
    approve,
    close,
    confirm,
    drop,
    leave_out,
    leave_out_unpayable,
    prepare,
    take_back,
)
from payments.services.stopping import end_entitlement, resume_entitlement, suspend_entitlement

__all__ = [
    "Planned",
    "approve",
    "build_batches",
    "build_correction",
    "close",
    "confirm",
    "drop",
    "end_entitlement",
    "export",
    "leave_out",
    "leave_out_unpayable",
    "plan_instalments",
    "prepare",
    "read_result_file",
    "record_return",
    "resume_entitlement",
    "send",
    "settle_line",
    "split_funds_exactly",
    "suspend_entitlement",
    "take_back",
    "take_file",
    "upload_result",
]
