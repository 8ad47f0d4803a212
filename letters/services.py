"""Write what is missing, draw what was written, print it by village."""

import hashlib
import io
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from audit.actor import SYSTEM, Actor
from audit.door import record, record_all
from jobs.alone import alone
from jobs.work import where
from letters import engine
from letters.engine.keeping import read_data, write_data
from letters.models import Letter
from letters.queries.bureau import Bureau, township_code
from letters.queries.occasions import OCCASIONS, ONCE, Occasion
from letters.queries.register import newest, templates
from standards.words import Refusal

logger = logging.getLogger(__name__)

CHUNK = 500  # letters written in one transaction: some 3 MB of data
LOGGED_MAX = 20  # failed rows named in the log by one run: the rest fail for the same reason
AT_ONCE = 500  # letters printed by one press of a button: 2 seconds of drawing
HELD_SHOWN = 40  # characters named on a held letter: the column's width


@dataclass(slots=True)
class Written:
    """What a run did: letters by kind, those held (counted in neither), those freed, and rows that failed."""

    made: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    freed: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.made.total()


def write_letters(*, on: date, by: Actor = SYSTEM) -> Written:
    """Write every letter that is missing and look again at those that were held.

    May run at any time, any number of times: the second run finds nothing. Commits every 500 letters. Where
    another worker is writing now, nothing happens here.
    """
    written = Written()
    with alone("letters.write") as is_alone:
        if not is_alone:
            return written
        bureau = Bureau.on(on)
        for template in templates().values():
            _write_kind(template, bureau, written, by=by)
        _look_again(bureau, written, by=by)
    return written


def write_about(about: str, key: int, *, on: date, by: Actor = SYSTEM) -> Written:
    """Write the missing letters about one thing now: the receipt while the family stands at the counter.

    ``about`` is a column of Letter: application, decision, attempt, notice or batch.
    """
    written = Written()
    bureau = Bureau.on(on)
    for template in templates().values():
        occasion = OCCASIONS[template.occasion]
        if occasion.about == about:
            things = list(occasion.without(template.kind).filter(pk=key))
            _write_chunk(template, things, bureau, written, by=by)
    return written


def open_letter(letter: Letter, *, on: date) -> bytes:
    """The letter as PDF. Drawn and stored the first time; from then on the stored file is the letter.

    Whoever reads first, the system draws: reading changes nothing of a person's. Raises Refusal for a held
    letter, naming its characters.
    """
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=letter.pk)
        if row.file:
            with row.file.open("rb") as stored:
                return bytes(stored.read())
        drawn = draw(row)
        row.file.save(f"letters/{row.kind}.pdf", ContentFile(drawn), save=False)
        row.sha256 = hashlib.sha256(drawn).hexdigest()
        row.save(update_fields=["file", "sha256"])
        record("draw", row, by=SYSTEM, on=on, detail={"sha256": row.sha256})
    return drawn


def draw(letter: Letter, *, language: str = "zh-hans") -> bytes:
    """The letter drawn from the data it was written with, not stored: a translation, or its first drawing."""
    if letter.is_held:
        raise engine.HeldLetter(frozenset(letter.held_for))
    return engine.render(template_of(letter), read_data(letter.data), language=language)


def template_of(letter: Letter) -> engine.Template:
    """The letter's template. Raises Refusal where its file has gone."""
    found = templates().get(letter.kind)
    if found is None:
        raise Refusal(
            f"文书模板“{letter.kind}”不在了，请管理员放回",
            f"The template of the letter “{letter.kind}” is gone; an administrator must put it back",
            code="no_template",
        )
    return found


def merge(
    letters: "QuerySet[Letter]", open_file: Callable[[int], BinaryIO], *, on: date
) -> list[engine.MergedFile]:
    """Letters in the order given into files of a thousand, with a bookmark for each village and letter.

    Reads 500 letters at a time. Held letters must not be among them.
    """
    bureau = Bureau.on(on)
    return engine.write_merged(_drawable(letters.iterator(chunk_size=CHUNK), bureau), open_file)


def print_files(folder: Path, *, on: date) -> list[Path]:
    """Every letter not printed yet as PDF in ``folder``, one row of files for each kind and township.

    For a printer outside the county's rooms: the files are not encrypted, and readable by their owner alone.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = newest(Letter.objects.filter(printed_on=None, held_for="")).order_by("division", "pk")
    groups = {(kind, township_code(code)) for kind, code in waiting.values_list("kind", "division")}
    paths: list[Path] = []

    def open_file(kind: str, township: str, number: int) -> BinaryIO:
        paths.append(folder / f"{kind}-{township}-{number:02}.pdf")
        return os.fdopen(os.open(paths[-1], os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")

    for kind, township in sorted(groups):
        pile = waiting.filter(kind=kind, division__startswith=township[:9])
        merge(pile, partial(open_file, kind, township), on=on)
    return paths


def merge_into_one(letters: "QuerySet[Letter]", *, on: date) -> bytes:
    """The first ``AT_ONCE`` letters as one PDF in memory. Raises Refusal where there is none."""
    return _in_memory(_drawable(letters[:AT_ONCE].iterator(chunk_size=CHUNK), Bureau.on(on)))


def merge_in_order(keys: Sequence[int], *, on: date) -> bytes:
    """The letters of these keys, in their order, as one PDF in memory."""
    found = Letter.objects.in_bulk(keys)
    return _in_memory(_drawable((found[key] for key in keys), Bureau.on(on)))


def mark_printed(letters: "QuerySet[Letter]", *, by: Actor, on: date) -> int:
    """Remember who printed them; those already printed keep their first day. The count."""
    with transaction.atomic():
        keys = list(letters.filter(printed_on=None).values_list("pk", flat=True))
        rows = Letter.objects.filter(pk__in=keys)
        record_all("print", rows, by=by, on=on)
        return rows.update(printed_by=by.number, printed_on=on)


def _in_memory(letters: Iterator[engine.Letter]) -> bytes:
    out = _Kept()
    if not engine.write_merged(letters, lambda _number: out):
        raise Refusal("这里没有要打的文书", "There is no letter to print here", code="no_letters")
    return out.getvalue()


class _Kept(io.BytesIO):
    """Keeps its bytes when it is closed."""

    def close(self) -> None:
        self.flush()


def _drawable(letters: Iterable[Letter], bureau: Bureau) -> Iterator[engine.Letter]:
    for letter in letters:
        data = read_data(letter.data)
        name = data.get("name", "")
        yield engine.Letter(
            template=template_of(letter),
            data=data,
            group=bureau.place(letter.division),
            name=f"{name} {letter.number}" if name else letter.number,
        )


def _write_kind(template: engine.Template, bureau: Bureau, written: Written, *, by: Actor) -> None:
    """All of one kind, in chunks by primary key: a row that fails is passed, not met again."""
    missing = OCCASIONS[template.occasion].without(template.kind)
    after = 0
    while things := list(missing.filter(pk__gt=after)[:CHUNK]):
        _write_chunk(template, things, bureau, written, by=by)
        after = things[-1].pk


def _write_chunk(
    template: engine.Template, things: list[Any], bureau: Bureau, written: Written, *, by: Actor
) -> None:
    occasion = OCCASIONS[template.occasion]
    before = _written_before(template, occasion, things)
    letters = []
    for thing in things:
        try:
            letters.append(_letter(template, thing, bureau, before=before[thing.pk]))
        except Exception as error:
            # One row that cannot be told must not keep a whole county from its letters.
            written.failed += 1
            if written.failed <= LOGGED_MAX:
                # A template's error names a value, never its content; of others only class and place are safe.
                why = str(error) if isinstance(error, engine.TemplateError) else where(error)
                logger.error("no letter: %s %s %s: %s", template.kind, occasion.about, thing.pk, why)
    if not letters:
        return
    try:
        with transaction.atomic():
            made = Letter.objects.bulk_create(letters)
            record_all("write", Letter.objects.filter(pk__in=[one.pk for one in made]), by=by, on=bureau.day)
    except IntegrityError:
        return  # the worker and the counter looked at the same moment: the other wrote one of these, the next look the rest
    for letter in made:
        (written.held if letter.is_held else written.made)[letter.kind] += 1


def _written_before(template: engine.Template, occasion: Occasion, things: list[Any]) -> Counter[int]:
    """How many letters of the kind each thing has from earlier happenings."""
    if occasion.happening is ONCE:
        return Counter()
    about = f"{occasion.about}_id"
    keys = [thing.pk for thing in things]
    written = Letter.objects.filter(kind=template.kind, **{f"{about}__in": keys})
    return Counter(written.values_list(about, flat=True))


def _letter(template: engine.Template, thing: Any, bureau: Bureau, *, before: int) -> Letter:
    """An unsaved letter about ``thing``, laid out once to know its pages and whether it can be printed."""
    occasion = OCCASIONS[template.occasion]
    again = f"-{before + 1}" if before else ""
    letter = Letter(
        kind=template.kind,
        happening=thing.happening,
        number=f"{occasion.number(thing)}-{template.kind}{again}",
        division=occasion.division(thing),
        template_sha256=hashlib.sha256(template.source).hexdigest(),
        made_on=bureau.day,
        **{f"{occasion.about}_id": thing.pk},
    )
    _fill(letter, template, occasion.data(thing, bureau))
    return letter


def _fill(letter: Letter, template: engine.Template, data: dict[str, Any]) -> None:
    """Give the letter its data, and its pages or the characters that hold it."""
    kept = {name: data[name] for name in template.needs if name in data}
    letter.data = write_data(kept)
    try:
        letter.pages = len(engine.lay_out(engine.Letter(template, kept)))
        letter.held_for = ""
    except engine.HeldLetter as held:
        letter.pages = 0
        letter.held_for = held.characters[:HELD_SHOWN]


def _look_again(bureau: Bureau, written: Written, *, by: Actor) -> None:
    """Letters that were held: written anew where the name has another spelling now."""
    for letter in newest(Letter.objects.exclude(held_for="")).order_by("pk").iterator(chunk_size=CHUNK):
        template = templates().get(letter.kind)
        if template is None:
            continue
        occasion = OCCASIONS[template.occasion]
        thing = occasion.rows().filter(pk=getattr(letter, f"{occasion.about}_id")).first()
        if thing is None:
            continue
        _fill(letter, template, occasion.data(thing, bureau))
        if letter.is_held:
            continue
        letter.made_on = bureau.day
        letter.template_sha256 = hashlib.sha256(template.source).hexdigest()
        with transaction.atomic():
            letter.save(update_fields=["data", "pages", "held_for", "made_on", "template_sha256"])
            record("free", letter, by=by, on=bureau.day)
        written.freed += 1
