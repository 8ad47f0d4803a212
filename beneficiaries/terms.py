"""What the search box finds a name by, as it is kept with the person.

A term is a letter that says its kind, then text of which any beginning may be typed. So a name needs one term for all
its beginnings, one for each later place where a clerk may start to type it, and one for each way to say it.
"""

from standards import names

NAME, INSIDE, INITIALS, PINYIN = "N", "M", "I", "P"  # the kinds


def terms_of(name: str) -> list[str]:
    """What the search box finds a name by; dots and spaces do not count. Five a person, as the county's people go.

    >>> terms_of("张美娜")
    ['Izmn', 'M美娜', 'N张美娜', 'Pzhangmeina', 'Pzhangmeinuo']
    >>> [term for term in terms_of("阿卜·杜") if term[0] in (NAME, INSIDE)]
    ['M卜杜', 'N阿卜杜']
    """
    letters = names.letters(name)
    terms = {f"{INSIDE}{letters[place:]}" for place in range(1, len(letters) - 1)}
    terms |= {f"{INITIALS}{spelled}" for spelled in names.initials(name)}
    terms |= {f"{PINYIN}{spelled}" for spelled in names.readings(name)}
    return sorted(terms | ({f"{NAME}{letters}"} if letters else set()))
