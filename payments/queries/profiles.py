"""The bank format of a batch: the bytes it was built under, whatever lies in the folder today."""

from payments.banks import Profile, read_profile
from payments.models import Batch


def profile_of(batch: Batch) -> Profile:
    """The profile that writes this batch's files and reads their answers."""
    return read_profile(bytes(batch.profile_source))
