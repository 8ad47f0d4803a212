"""``./start``: everything on this machine, until Ctrl-C. ``./start --cycle``: the main job once."""

import argparse
import errno
import fcntl
import http.client
import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import TextIO

from django.core.management.base import CommandError

from standards.words import Refusal

PORT = 8000
PORTS_TRIED = 20
WEB_ANSWERS_SECONDS_MAX = 60
LOOK_SECONDS = 0.5


class StopError(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP: end everything we started. Not an Exception, so nothing swallows it."""


def main(arguments: list[str]) -> int:
    """Prepare, then serve or run the main job; the exit code."""
    options = _options(arguments)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        return _run(options)
    except Refusal as refusal:
        say(refusal.words.zh, refusal.words.en, to=sys.stderr)
        return 1
    except CommandError as error:  # a command's own sentence, which says what to do
        sys.stderr.write(f"{error}\n")
        return 1
    except (StopError, KeyboardInterrupt):
        return 130
    except Exception as error:  # whatever it is, a person gets a sentence and the rest goes to a file
        log = _write_down(error)
        name = type(error).__name__
        say(f"启动失败（{name}），详情见 {log}", f"The start failed ({name}); {log} says why.", to=sys.stderr)
        return 1


def _write_down(error: Exception) -> Path:
    """The traceback, in a file beside the other logs."""
    log = Path(os.environ.get("GUANAI_VAR", "var")).absolute() / "log" / "start.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        traceback.print_exception(error, file=output)
    return log


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./start", description="Start Guan'ai on this machine. / 在本机启动。"
    )
    parser.add_argument(
        "--cycle", action="store_true", help="run the main job once and end / 跑完一个完整流程后退出"
    )
    parser.add_argument(
        "--prepare", action="store_true", help="install and prepare only / 只安装准备，不启动"
    )
    parser.add_argument("--empty", action="store_true", help="no sample county / 不装入示例数据")
    parser.add_argument("--port", type=int, help=f"port of the web page, {PORT} by default / 网页端口")
    return parser.parse_args(arguments)


def _stop(_sign: int, _frame: FrameType | None) -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)  # one Ctrl-C is enough; a second must not cut the ending short
    raise StopError


def say(zh: str, en: str, *, to: TextIO | None = None) -> None:
    """One sentence in both languages."""
    print(zh, en, sep="\n", file=to or sys.stdout, flush=True)


def _run(options: argparse.Namespace) -> int:
    import django  # noqa: PLC0415 - a wrong setting must meet the handlers above

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from config.database.running import hurry  # noqa: PLC0415
    from config.launch import preparation  # noqa: PLC0415

    var = Path(settings.VAR)
    try:
        if options.cycle or options.prepare:
            with (var / "prepare.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                preparation.prepare()
            if options.prepare:
                say("已准备好。", "Ready.")
            else:
                call_command("county_cycle")
            return 0
        return _serve(var, options.port, has_sample=not options.empty)
    finally:
        hurry(var)


def _serve(var: Path, wanted: int | None, *, has_sample: bool) -> int:
    """Hold the start lock and keep the servers alive until told to stop."""
    from config.launch import preparation  # noqa: PLC0415 - after django.setup

    with (var / "start.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            address = lock.read().strip() or "-"
            say(f"已经在运行：{address}", f"Already running: {address}")
            return 0
        port = free_port(wanted)
        with (var / "prepare.lock").open("a") as preparing:
            fcntl.flock(preparing, fcntl.LOCK_EX)
            preparation.prepare()
            if has_sample:
                preparation.fill_if_empty()
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{port}/\n")
        lock.flush()
        return _keep_alive(var, port)


def _keep_alive(var: Path, port: int) -> int:
    from django.db import connections  # noqa: PLC0415 - after django.setup

    from config.database.running import ensure_running  # noqa: PLC0415
    from config.launch.children import Child, end_all, web_command, worker_command  # noqa: PLC0415

    connections.close_all()
    log = var / "log"
    children = [
        Child("web", web_command(port), log / "web.log"),
        Child("worker", worker_command(), log / "worker.log"),
    ]
    is_embedded = "DATABASE_URL" not in os.environ
    try:
        for child in children:
            child.start()
        _wait_for_web(children[0], port)
        _greet(port, log)
        while True:
            time.sleep(LOOK_SECONDS)
            if is_embedded:
                ensure_running(var)
            for child in children:
                if child.is_dead() and not child.restart():
                    say(
                        f"{child.name} 反复退出，原因见 {child.log}",
                        f"{child.name} keeps ending, see {child.log}",
                        to=sys.stderr,
                    )
                    return 1
    except StopError:
        return 0
    finally:
        end_all(children)


def _wait_for_web(web: object, port: int) -> None:
    """Until the first page is served, so that the address we print works."""
    until = time.monotonic() + WEB_ANSWERS_SECONDS_MAX
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.1)


def _greet(port: int, log: Path) -> None:
    """The address, who may sign in, and how to end."""
    from config.launch.logins import sample_logins  # noqa: PLC0415 - after django.setup

    say(f"\n关爱系统已启动：http://127.0.0.1:{port}/", f"Guan'ai is running: http://127.0.0.1:{port}/\n")
    for line in sample_logins():
        print(line, flush=True)
    say(f"\n按 Ctrl-C 停止。日志在 {log}", f"Ctrl-C stops it. Logs: {log}")


def free_port(wanted: int | None) -> int:
    """``wanted`` if it is free; without a wish, the first free one from 8000 on. Raises Refusal."""
    for port in [wanted] if wanted else range(PORT, PORT + PORTS_TRIED):
        if _is_free(port):
            return port
        if not wanted and port == PORT:
            say(f"端口 {PORT} 已被其他程序占用，改用下一个。", f"Port {PORT} is in use; taking the next one.")
    raise Refusal(
        "端口已被占用，请用 --port 指定另一个端口。",
        "The port is in use; name another one with --port.",
        code="port_in_use",
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
