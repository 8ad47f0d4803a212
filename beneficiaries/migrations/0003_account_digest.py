"""Every account gets the keyed digest of what was entered."""

from typing import Any

from django.db import migrations, models

from beneficiaries.account_digests import DIGESTED, digests_of


def give_digests(apps: Any, schema_editor: Any) -> None:
    """The accounts that are there count as entered so."""
    account = apps.get_model("beneficiaries", "Account")
    rows = list(account.objects.order_by("pk").values_list(*DIGESTED))
    if not rows:
        return  # a new database: there may be no key file yet
    digests = digests_of(rows)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            """UPDATE beneficiaries_account a SET digest = v.digest
               FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bytea[]) AS digest) v WHERE a.id = v.id""",
            [[row[0] for row in rows], digests],
        )


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0002_awaited_parent")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="digest",
            field=models.BinaryField(default=b"", max_length=32),
            preserve_default=False,
        ),
        migrations.RunPython(give_digests, migrations.RunPython.noop, elidable=True),
    ]
