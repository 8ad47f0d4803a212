"""``manage.py policy``: check files, try them on the register, load as drafts, propose, look, activate, replay, list."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from applications.services import replaying
from applications.services.simulating import Simulated, simulate
from applications.services.simulations import simulate_now
from audit.actor import Actor
from facts.catalogue import load_catalogue
from officials.models import Division, Official
from officials.roles import Role
from programs import language, services
from programs.models import PolicyVersion, Simulation
from programs.queries import figures, versions
from programs.queries.simulated import Side, alarms_of, found_of
from standards.money import yuan
from standards.words import Refusal
from web.clock import today

FOLDER = Path(language.__file__).parents[1] / "policies"
DONE, REFUSED, USAGE = 0, 1, 2
Document = dict[str, Any]


class Command(BaseCommand):
    """The policy officer's and the approver's steps, as on the page of policies."""

    help = "Policy files: check, simulate, load as drafts, propose, activate by a second person, list."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="read files and run their examples; nothing is stored")
        load = verbs.add_parser("load", help="load files as drafts; the same bytes twice change nothing")
        for each in (check, load):
            each.add_argument("files", nargs="*", type=Path, help=f"default: all of {FOLDER.name}/")
        simulate = verbs.add_parser(
            "simulate", help="a file on the real register, beside the version in force"
        )
        simulate.add_argument("file", type=Path)
        attempt = verbs.add_parser("try", help="a loaded version on the real register; the result is kept")
        look = verbs.add_parser("look", help="print a kept result, and keep that the second person saw it")
        schema = verbs.add_parser("schema", help="the JSON Schema of policy files, for editors")
        facts = verbs.add_parser("facts", help="every fact a policy can ask for, with its values and papers")
        facts.add_argument("kinds", nargs="*", metavar="KIND", help="default: all kinds of evidence")
        propose = verbs.add_parser("propose", help="hand a draft to the second person")
        activate = verbs.add_parser("activate", help="make a proposed version count")
        for each in (attempt, look, propose, activate):
            each.add_argument("code", help="the program")
            each.add_argument("--version-number", type=int, metavar="N", help="default: the newest")
        look.add_argument("--answer", default="", help="in writing, where the simulation raises an alarm")
        activate.add_argument("--superseding", action="store_true", help="end versions in force in that time")
        for each in (load, attempt, look, propose, activate):
            each.add_argument("--by", required=True, metavar="NUMBER", help="staff number of who acts")
        replay = verbs.add_parser(
            "replay", help="judge past decisions again on their own facts; 1 where one differs"
        )
        replay.add_argument("receipts", nargs="*", metavar="RECEIPT", help="default: all")
        replay.add_argument("--year", type=int, help="those decided in a year")
        replay.add_argument("--program", default="", metavar="CODE")
        listing = verbs.add_parser("list", help="all versions")
        for each in (check, facts, schema, simulate, load, attempt, look, propose, activate, replay, listing):
            _json_option(each)

    def handle(self, *args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], Document]] = {
            "check": self.check_files,
            "facts": self.facts,
            "schema": self.schema,
            "simulate": self.simulate,
            "load": self.load,
            "try": self.try_version,
            "look": self.look,
            "propose": self.propose,
            "activate": self.activate,
            "replay": self.replay,
            "list": self.list_versions,
        }
        try:
            document = verbs[options["verb"]](options)
        except Refusal as refusal:
            document = {"ok": False, "code": refusal.code, "zh": refusal.words.zh, "en": refusal.words.en}
            if not options["json"]:
                self.stderr.write(f"{refusal.words.zh}\n{refusal.words.en}")
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        if not document["ok"]:
            sys.exit(REFUSED)

    def check_files(self, options: dict[str, Any]) -> Document:
        """Every problem of every file."""
        found: list[Document] = []
        try:
            shared = figures()
        except (OperationalError, ProgrammingError):  # a file can be written before there is a county
            shared = {}
            self._say(
                options, "数据库还没有建立，共用数字按没有算 / no database yet: shared figures are not known"
            )
        for path in self._files(options):
            problems = _problems_of(_bytes_of(path), shared)
            found.append(
                {
                    "file": path.name,
                    "problems": [
                        {"line": each.line, "key": each.key, "zh": each.words.zh, "en": each.words.en}
                        for each in problems
                    ],
                }
            )
            self._say(options, f"{path.name}: " + ("✓" if not problems else f"✗ {len(problems)}"))
            for each in problems:
                self._say(options, f"  {each.say('zh-hans')}\n  {each.say('en')}")
        return {"ok": not any(each["problems"] for each in found), "files": found}

    def facts(self, options: dict[str, Any]) -> Document:
        """What can be known, by kind of evidence."""
        known = load_catalogue().kinds
        unknown = sorted(set(options["kinds"]) - set(known))
        if unknown:
            raise _no_such_kind(unknown[0], ", ".join(known))
        found = []
        for kind in (known[name] for name in options["kinds"] or known):
            fields = [field for field in kind.fields.values() if field.type != "person"]
            self._say(options, f"{kind.name}  {kind.words.zh} {kind.words.en} ({kind.dated}, {kind.about})")
            for field in fields:
                values = " | ".join(f"{value.code} {value.words.zh}" for value in field.values)
                self._say(options, f"  {field.name}  {field.type}  {field.words.zh} {field.words.en}")
                self._say(options, *([f"      {values}"] if values else []))
            for paper, words in kind.papers.items():
                self._say(options, f'  paper = "{paper}"  {words.zh} {words.en}')
            found.append(
                {
                    "kind": kind.name,
                    "facts": {f.name: [f.type, *(value.code for value in f.values)] for f in fields},
                    "papers": list(kind.papers),
                }
            )
        return {"ok": True, "kinds": found}

    def schema(self, options: dict[str, Any]) -> Document:
        """What an editor needs to complete and check a policy file while it is written."""
        found = language.policy_schema(load_catalogue())
        self._say(options, json.dumps(found, ensure_ascii=False, indent=2))
        return {"ok": True, "schema": found}

    def simulate(self, options: dict[str, Any]) -> Document:
        """Who would gain and lose, by township, against the budget. Nothing is stored."""
        try:
            found = simulate(_bytes_of(options["file"]), on=today())
        except language.PolicyErrors as refused:
            for each in refused.problems:
                self._say(options, f"{each.say('zh-hans')}\n{each.say('en')}")
            problems = [
                {"line": each.line, "zh": each.words.zh, "en": each.words.en} for each in refused.problems
            ]
            return {"ok": False, "problems": problems}
        names = dict(Division.objects.filter(code__in=found.by_township).values_list("code", "name"))
        for line in _table(found, names):
            self._say(options, line)
        sums = {key: value for key, value in asdict(found).items() if key not in ("changes", "words")}
        return {"ok": True, **sums, "amounts_changed": found.amounts_changed}

    def load(self, options: dict[str, Any]) -> Document:
        """Each file as a draft; one that is loaded already is named and left."""
        by, loaded, before = self._actor(options, Role.POLICY_OFFICER), [], []
        for path in self._files(options):
            try:
                version = services.load(_bytes_of(path), file_name=path.name, by=by, on=today())
            except Refusal as refusal:
                if refusal.code != "one_version_of_these_bytes":
                    raise
                before.append(path.name)
                self._say(options, f"{path.name}: 已经装入过 already loaded")
            else:
                loaded.append(_shown(version))
                self._say(options, f"{path.name}: {version} {version.state}")
        return {"ok": True, "loaded": loaded, "already": before}

    def try_version(self, options: dict[str, Any]) -> Document:
        """A loaded version on the register; the worker is not waited for."""
        by = self._actor(options, Role.POLICY_OFFICER, Role.COUNTY_APPROVER)
        return self._simulated(options, simulate_now(self._version(options), by=by, on=today()))

    def look(self, options: dict[str, Any]) -> Document:
        """Print the newest finished simulation, and keep that the second person looked it through."""
        version = self._version(options)
        simulation = Simulation.objects.filter(version=version, finished_at__isnull=False).first()
        if simulation is None:
            raise Refusal(
                "这一版还没有试算过：先用 try 试算",
                "This version was never simulated: use try first",
                code="no_simulation",
            )
        shown = self._simulated(options, simulation)
        by = self._actor(options, Role.COUNTY_APPROVER)
        services.look_through(simulation, by=by, on=today(), answer=options["answer"])
        return shown

    def _simulated(self, options: dict[str, Any], simulation: Simulation) -> Document:
        found, alarms = found_of(simulation), alarms_of(simulation)
        pairs = [("全县 county", found.county), *((pair.name, pair) for pair in found.townships)]
        names = dict(
            Division.objects.filter(code__in=[name for name, _ in pairs]).values_list("code", "name")
        )
        sides = [(names.get(name, name), pair.before, pair.after) for name, pair in pairs]
        for line in (*_sides(sides), *(f"！{alarm.words.zh} {alarm.words.en}" for alarm in alarms)):
            self._say(options, line)
        return {
            "ok": True,
            "simulation": simulation.pk,
            "sha256": simulation.policy_sha256,
            "alarms": [alarm.name for alarm in alarms],
            **simulation.result,
        }

    def propose(self, options: dict[str, Any]) -> Document:
        """The officer's step."""
        version = services.propose(
            self._version(options), by=self._actor(options, Role.POLICY_OFFICER), on=today()
        )
        self._say(options, f"{version}: {version.state}")
        return {"ok": True, "version": _shown(version)}

    def activate(self, options: dict[str, Any]) -> Document:
        """The second person's step."""
        version = services.activate(
            self._version(options),
            by=self._actor(options, Role.COUNTY_APPROVER),
            on=today(),
            superseding=options["superseding"],
        )
        self._say(options, f"{version}: {version.state}")
        return {"ok": True, "version": _shown(version)}

    def replay(self, options: dict[str, Any]) -> Document:
        """Past decisions on their own facts and bytes: every one that differs, with what was kept and what comes out."""
        rows = replaying.decisions(
            receipt_numbers=options["receipts"], year=options["year"], program=options["program"]
        )
        count, differing = 0, []
        for one in replaying.replay_all(rows):
            count += 1
            if one.differences:
                differing.append(
                    {"receipt": one.receipt_number, "differences": [asdict(each) for each in one.differences]}
                )
                self._say(options, one.receipt_number)
            for each in one.differences:
                self._say(options, f"  {each.what} {each.name}: {each.kept} → {each.now}")
        if options["receipts"] and count < len(set(options["receipts"])):
            raise Refusal("有的受理号没有决定", "Some of these receipts have no decision", code="no_decision")
        self._say(options, f"重算 {count:,} 件决定，不一致 {len(differing):,} 件 replayed, differing")
        return {"ok": not differing, "replayed": count, "differing": differing}

    def list_versions(self, options: dict[str, Any]) -> Document:
        """All versions, by program, newest first."""
        found = list(versions())
        for each in found:
            self._say(
                options,
                f"{each!s:28} {each.state:10} {each.in_force_from} – {each.in_force_until}  {each.sha256[:12]}",
            )
        return {"ok": True, "versions": [_shown(each) for each in found]}

    def _files(self, options: dict[str, Any]) -> list[Path]:
        return list(options["files"]) or sorted(FOLDER.glob("*.toml"))

    def _actor(self, options: dict[str, Any], *roles: Role) -> Actor:
        official = Official.objects.filter(number=options["by"], is_active=True).first()
        if official is None:
            number = options["by"]
            raise CommandError(f"没有工号 {number} / no official has the number {number}", returncode=USAGE)
        return official.actor(*roles)

    def _version(self, options: dict[str, Any]) -> PolicyVersion:
        found = versions(options["code"])
        if options["version_number"] is not None:
            found = found.filter(number=options["version_number"])
        version = found.first()
        if version is None:
            code = options["code"]
            raise CommandError(f"没有政策 {code} 的这一版 / no such version of {code}", returncode=USAGE)
        return version

    def _say(self, options: dict[str, Any], *lines: str) -> None:
        for line in lines if not options["json"] else ():
            self.stdout.write(line)


def _table(found: Simulated, names: dict[str, str]) -> Iterator[str]:
    """The comparison as lines: the county, what changes, the townships."""
    townships = [(names.get(code, code), *sides) for code, sides in sorted(found.by_township.items())]
    yield from _sides([("全县 county", found.before, found.after), *townships])
    yield f"新增 gained {found.gained:,} · 失去 lost {found.lost:,} · 金额变动 amount changed {found.amounts_changed:,}"
    for condition, count in found.lost_by.items():
        yield f"  失去的原因 lost by: {condition} {count:,}"
    left = sum(found.available_fen.values())
    short = found.after.fen - left
    yield f"可用指标 budget available {yuan(left)} 元" + (
        f"，不足 short by {yuan(short)} 元" if short > 0 else ""
    )


def _sides(rows: Iterable[tuple[str, Side, Side]]) -> Iterator[str]:
    """Families and money of both sides, one place a line."""
    yield f"{'':24} {'现行 in force':>28} {'草案 draft':>28}"
    for name, *sides in rows:
        yield f"{name:24} " + " ".join(f"{one.families:>8,} 户 {yuan(one.fen):>16} 元" for one in sides)


def _json_option(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"打不开文件 {path.name}", f"{path.name} cannot be opened", code="no_file") from error


def _problems_of(source: bytes, shared: dict[str, language.Figure]) -> list[language.Problem]:
    try:
        policy = language.read(source, load_catalogue(), shared)
    except language.PolicyErrors as refused:
        return list(refused.problems)
    return language.prove(policy)


def _shown(version: PolicyVersion) -> Document:
    return {
        "code": version.code,
        "number": version.number,
        "state": version.state,
        "in_force_from": version.in_force_from.isoformat(),
        "in_force_until": version.in_force_until.isoformat(),
        "sha256": version.sha256,
    }


def _no_such_kind(name: str, names: str) -> Refusal:
    if name in ("person", "household"):  # what `for_each` takes beside the kinds
        zh = f"“{name}”不是一种证据：名册上的情况看 policy facts register，全部看 policy facts"
        en = f"“{name}” is no kind of evidence: policy facts register tells what the register knows, policy facts everything"
    else:
        zh, en = f"没有这种证据：{name}。有：{names}", f"No kind of evidence {name}; there are: {names}"
    return Refusal(zh, en, code="no_such_kind")
