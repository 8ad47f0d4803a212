"""National code lists: sex and marital status (GB/T 2261), nations (3304), education (4658), family (4761).

Lists write either the code or the name; both are understood, and what is kept is the code.
"""

from dataclasses import dataclass, field

from standards import tables
from standards.characters import clean
from standards.words import Refusal, Words


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list of a standard: codes and their names, and other ways to write them."""

    standard: str
    title: Words
    names: dict[str, str]
    aliases: dict[str, str] = field(default_factory=dict)

    def name(self, code: str) -> str:
        """The Chinese name of a code. KeyError when the standard has none."""
        return self.names[code]

    def find(self, text: str) -> str | None:
        """The code for a code or a name as lists write it; None when the standard has neither."""
        bare = clean(text).replace(" ", "")
        if bare in self.names:
            return bare
        padded = bare.rjust(len(next(iter(self.names))), "0")
        if bare and padded in self.names:
            return padded
        if bare in self.aliases:
            return self.aliases[bare]
        return next((code for code, name in self.names.items() if name == bare), None)

    def read(self, text: str) -> str:
        """Like :meth:`find`, but raises :class:`Refusal`."""
        code = self.find(text)
        if code is None:
            raise Refusal(
                f"“{text}”不在{self.title.zh}（{self.standard}）中",
                f"“{text}” is not in the list of {self.title.en} ({self.standard})",
                code="code_list.unknown",
            )
        return code


def _names(table: str, only: str | None = None) -> dict[str, str]:
    return {row["code"]: row["name_zh"] for row in tables.rows(table) if only in (None, row.get("set"))}


#: ``SEX.read("女")`` is ``"2"``.
SEX = CodeList(
    "GB/T 2261.1",
    Words("性别代码", "sexes"),
    _names("gbt2261_sex_marital", "sex"),
    {"男性": "1", "女性": "2", "M": "1", "F": "2"},
)
MARITAL = CodeList(
    "GB/T 2261.2", Words("婚姻状况代码", "marital statuses"), _names("gbt2261_sex_marital", "marital")
)
_NATIONS = _names("gbt3304_nation")
NATION = CodeList(
    "GB/T 3304",
    Words("民族代码", "nations"),
    _NATIONS,
    {name.removesuffix("族"): code for code, name in _NATIONS.items()}
    | {"毛难族": "36", "毛难": "36", "毛南族": "36", "毛南": "36"},
)
EDUCATION = CodeList("GB/T 4658", Words("学历代码", "levels of education"), _names("gbt4658_education"))
RELATION = CodeList(
    "GB/T 4761",
    Words("家庭关系代码", "family relations"),
    _names("gbt4761_family_relationship"),
    {
        "儿子": "20", "女儿": "30", "长女儿": "32", "妻子": "12", "丈夫": "11", "孙女儿": "42",
        "户主本人": "02", "姐": "75", "妹": "77", "哥哥": "71", "弟弟": "73",
    },
)  # fmt: skip
