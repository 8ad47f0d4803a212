"""A sentence in the two languages of the house, and the refusal that carries one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One text in Chinese and English.

    >>> Words("录取", "Admission").say("zh-hans")
    '录取'
    >>> Words("录取", "Admission").say("en")
    'Admission'
    """

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The text in ``language`` (any code; every code that is not English gives Chinese)."""
        return self.en if language.lower().startswith("en") else self.zh


class Refusal(ValueError):  # noqa: N818 - an answer to a person, not a fault of the program
    """Input that cannot be taken: says what is wrong, where, and what to do.

    Every refusal that may reach a person is one of these; ``code`` names it for tests and logs,
    because the words may hold personal data and must not be logged.
    """

    def __init__(self, zh: str, en: str, *, code: str = "refused") -> None:
        super().__init__(zh)
        self.words = Words(zh, en)
        self.code = code
