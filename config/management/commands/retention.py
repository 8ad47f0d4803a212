"""``manage.py retention``: what is no longer needed, rule by rule; ``--do`` deletes it, as the owner of the tables."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.database.roles import as_owner
from oversight.retention.deleting import Gone, delete, would_go
from oversight.retention.rules import Rule, rules
from oversight.words import TABLES
from standards.words import Refusal, Words
from web.clock import today


class Command(BaseCommand):
    help = "List what the rules of retention would delete today; with --do, delete it, on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rule", choices=list(rules()), help="only this rule / 只看这一条")
        parser.add_argument("--do", action="store_true", help="delete, not only list / 真的删除，不只是列出")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [rule for rule in rules().values() if options["rule"] in (None, rule.name)]
        if not options["do"]:
            for rule in chosen:
                self._say(rule, would_go(rule, on=today()))
            self.stdout.write("只是列出，什么也没有删；要删除，加 --do / Listed only; --do deletes")
            return
        with as_owner():
            for rule in chosen:
                self._say(rule, self._delete(rule))
        self.stdout.write("已删除，都有留痕；verify 照样相符 / Deleted, on record; verify still holds")

    def _delete(self, rule: Rule) -> list[Gone]:
        try:
            return delete(rule, on=today())
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh} / {refusal.words.en}") from refusal

    def _say(self, rule: Rule, gone: Sequence[Gone]) -> None:
        self.stdout.write(f"{rule.name} · {rule.years} 年 / years · 早于 / before {rule.before(today())}")
        self.stdout.write(f"  {rule.what.zh}（{rule.basis.zh}）\n  {rule.what.en} ({rule.basis.en})")
        for one in gone:
            named = TABLES.get(one.table, Words(one.table, one.table))
            self.stdout.write(
                f"  {named.zh}：{one.rows} 行，{one.files} 个文件 / {named.en}: {one.rows} rows, {one.files} files"
            )
