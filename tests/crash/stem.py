"""A process that has loaded the program and forks one for each act: who is killed need not load it again.

``python -m tests.crash.stem`` reads orders, one JSON object a line, and answers each with a line: ``{"acts": [...],
"later": true, "out": "a fifo"}`` with the number of the new process, ``{"wait": number}`` with its exit code.
"""

import json
import os
import sys

from tests.crash import acts


def main() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer(os.waitstatus_to_exitcode(status))
            continue
        number = os.fork()
        if number == 0:
            act(order)
        answer(number)


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def act(order: dict[str, object]) -> None:
    """In the new process: do it, its words going to ``out``, and end."""
    out = os.open(str(order["out"]), os.O_WRONLY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(ours, theirs)
    os.closerange(3, 64)
    if order["later"]:
        os.environ["GUANAI_CRASH_LATER"] = "1"
    code = 1
    try:
        acts.run(order["acts"])
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
