"""The catalogue: every kind of evidence and every fact, read from ``facts/kinds``.

>>> catalogue = load_catalogue()
>>> catalogue.facts["admission.batch"].words.zh
'录取批次'
>>> catalogue.nearest("admission.bach"), catalogue.nearest("batch")
('admission.batch', 'admission.batch')
"""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from facts.reading import read_kinds
from facts.shapes import Catalogue, Column, Field, Kind, Problem, Value, WrongKinds

__all__ = [
    "FOLDER",
    "Catalogue",
    "Column",
    "Field",
    "Kind",
    "Problem",
    "Value",
    "WrongKinds",
    "load_catalogue",
]

FOLDER = Path(__file__).parent / "kinds"


@lru_cache(maxsize=8)
def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """The catalogue of every ``*.toml`` in ``folder``, read once per process. Raises WrongKinds."""
    kinds, problems = read_kinds(folder)
    if problems:
        raise WrongKinds(problems)
    fields = (field for kind in kinds.values() for field in kind.fields.values())
    facts = {field.name: field for field in fields if field.type != "person"}
    papers = {name: words for kind in kinds.values() for name, words in kind.papers.items()}
    return Catalogue(MappingProxyType(kinds), MappingProxyType(facts), MappingProxyType(papers))
