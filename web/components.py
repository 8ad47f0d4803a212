"""What the components of the look are fed with: small frozen records, made by views, read by templates."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["met", "not_met", "not_known", "under_way", "can_apply", "look", "not_needed", "neutral"]
When = Literal["past", "now", "future", "bad"]


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the top bar. ``count`` is shown when it is not zero.

    ``rooms`` stand below the bar while the area is the current one.
    """

    label: str
    url: str
    count: int = 0
    current: bool = False
    rooms: tuple["Area", ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a timeline or of a chain: past filled, now ringed, future hollow."""

    title: str
    state: When = "past"
    when: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from an empty page, with the key that takes it."""

    text: str
    url: str = ""
    more: str = ""
    key: str = ""
    icon: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class Progress:
    """A running job as its page shows it; ``url`` answers with the same part again.

    ``ended`` is empty while it runs, then the sentence of the result; a failed job says so with ``failed``.
    """

    what: str
    url: str
    done: int = 0
    total: int = 0
    left: str = ""
    ended: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """A one-press repair beside a field: the value it puts in, and the words on the button."""

    value: str
    label: str
