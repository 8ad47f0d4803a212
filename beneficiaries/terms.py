"""What the search box finds a name by, as it is kept with the person."""

from standards import names

PREFIX_LETTERS_MIN = 2  # one letter of pinyin names a tenth of the county
WHOLE = "."  # no name holds one: dots between the parts of a name are "·"


def terms_of(name: str) -> list[str]:
    """What the search box finds a name by.

    The whole name, each two characters that stand together, full pinyin of every reading and initials, both with
    their beginnings. What is whole ends with a full stop: who is called just so is found before the thousands whose
    names begin so.

    >>> [term for term in terms_of("张芳") if term.isascii()]
    ['zf.', 'zh', 'zha', 'zhan', 'zhang', 'zhangf', 'zhangfa', 'zhangfan', 'zhangfang.']
    >>> [term for term in terms_of("张芳") if not term.isascii()]
    ['张芳', '张芳.']
    """
    written = names.normal_form(name)
    whole = {written, *names.readings(name), *names.initials(name)} - {""}
    terms = {f"{one}{WHOLE}" for one in whole} | set(names.bigrams(name))
    for spelled in whole - {written}:
        terms.update(spelled[:end] for end in range(PREFIX_LETTERS_MIN, len(spelled)))
    return sorted(terms - {""})
