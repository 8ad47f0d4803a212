"""The stock: a keyed digest of every row that stays as it was written."""

from django.db import models
from django.db.models.functions import Now

from audit.constraints import AppendOnly
from audit.models import MultiRangeField


class Stock(models.Model):
    """The digests of some rows of one table at one stage, taken together; each part names the part before.

    ``digests`` holds eight keyed bytes for each of ``ids`` in their order, over ``columns`` as they stood.
    """

    table = models.CharField(max_length=60)
    stage = models.CharField(max_length=30)
    columns = models.JSONField()
    ids = MultiRangeField()
    rows = models.BigIntegerField()
    digests = models.BinaryField()
    previous = models.BinaryField(max_length=32)
    seal = models.BinaryField(max_length=32)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [AppendOnly(name="stock_append_only")]

    def __str__(self) -> str:
        return f"{self.table} {self.stage} {self.rows}"
