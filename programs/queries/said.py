"""Facts as people say them."""

from facts.catalogue import load_catalogue
from programs.language.names import SETS
from standards.words import Words


def fact_in_words(name: str) -> Words | None:
    """A fact by its name in a policy, with whose it is where it is a relative's; None for what the catalogue has not.

    >>> fact_in_words("parents.register.rural").zh
    '父母的户口性质'
    """
    whose, _, own = name.partition(".")
    of = SETS.get(whose)
    field = load_catalogue().facts.get(own if of else name)
    if field is None:
        return None
    zh, en = field.words.zh, field.words.en
    return Words(f"{of.zh}的{zh}", f"{of.en}: {en}") if of else Words(zh, en)
