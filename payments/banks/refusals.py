"""A bank file or profile that cannot be taken, with every place that is wrong."""

from collections.abc import Sequence

from standards.words import Refusal

PROBLEMS_MAX = 20
"""Places named in one refusal. More would not be read; the first ones show what went wrong."""


class FileRefused(Refusal):
    """Nothing of the file was taken. ``problems`` names the places, at most ``PROBLEMS_MAX`` of them."""

    def __init__(self, problems: Sequence[Refusal], *, total: int | None = None) -> None:
        count = len(problems) if total is None else total
        first = problems[0]
        more_zh = f"（共 {count} 处，这是第一处）" if count > 1 else ""
        more_en = f" (the first of {count} places)" if count > 1 else ""
        super().__init__(first.words.zh + more_zh, first.words.en + more_en, code=first.code)
        self.problems = tuple(problems[:PROBLEMS_MAX])
        self.count = count


def refuse(zh: str, en: str, code: str) -> FileRefused:
    """One problem of the whole file."""
    return FileRefused([Refusal(zh, en, code=code)])
