"""The clock takes stock and seals the trail: what is changed behind the program's back afterwards is named."""

from audit.sealing import seal
from jobs.bell import answers
from oversight import stock
from web.clock import today


@answers(every=900)
def take_stock() -> None:
    """Digest what is new among the rows that stay, then seal the trail."""
    stock.take(on=today())
    seal()
