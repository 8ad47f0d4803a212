"""The data of a letter as text and back, so that a letter can be drawn again from what it was drawn from.

JSON; a day is ``{"day": "2026-08-18"}``, a text in two languages ``{"zh": …, "en": …}``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from standards.words import Words


def write_data(data: Mapping[str, Any]) -> str:
    """The same data gives the same text.

    >>> write_data({"on": date(2026, 8, 18), "title": Words("公示", "Notice"), "n": 3})
    '{"n":3,"on":{"day":"2026-08-18"},"title":{"en":"Notice","zh":"公示"}}'
    """
    return json.dumps(_plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_data(text: str) -> dict[str, Any]:
    """What :func:`write_data` was given.

    >>> read_data('{"on": {"day": "2026-08-18"}}')
    {'on': datetime.date(2026, 8, 18)}
    """
    found: dict[str, Any] = _whole(json.loads(text))
    return found


def _plain(value: Any) -> Any:
    match value:
        case Words():
            return {"zh": value.zh, "en": value.en}
        case date():
            return {"day": value.isoformat()}
        case Mapping():
            assert set(value) not in ({"day"}, {"zh", "en"}), "these keys mean a day or a text"
            return {key: _plain(one) for key, one in value.items()}
        case str() | int() | None:
            return value
        case Sequence():
            return [_plain(one) for one in value]
    raise TypeError(f"a letter's data cannot hold {type(value).__name__}")


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return Words(value["zh"], value["en"])
        if set(value) == {"day"}:
            return date.fromisoformat(value["day"])
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return value
