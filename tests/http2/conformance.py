"""How a server reacts to HTTP/2 that breaks RFC 9113, one rule at a time.

    python3 conformance.py HOST PORT [--tls] [--only TEXT]

Each case has a connection of its own. A stream error is also met by a connection error, and a connection error by
closing at once, as the RFC allows (5.4); errors with another code than the RFC's are counted apart. Exit code 1 when a
case fails that is not known to.
"""

import argparse
import sys

# Each adds its rules to CASES.
import frame_rules  # noqa: F401
import message_rules  # noqa: F401
import wire
from case import CASES
from wire import GOAWAY, HEADERS, PING, RST_STREAM


class Outcome(Exception):
    """What happened instead of what should."""


def describe(seen, connection):
    words = []
    for found in seen:
        error = wire.error_of(found)
        if error:
            kind, stream, code = error
            name = "GOAWAY" if kind == GOAWAY else f"RST_STREAM({stream})"
            words.append(f"{name} {wire.NAMES.get(code, code)}")
        elif found[0] == HEADERS:
            words.append(f"answer({found[2]}) {wire.STATUSES.get(found[3][0], '?')}")
    words.append("closed" if connection.closed else "open")
    return ", ".join(words)


def expect_error(connection, kinds, codes):
    """An error of the right kind. Another code is told apart: the code is advice, the end is the rule."""
    seen = connection.wait(lambda found: (wire.error_of(found) or [None])[0] in kinds, seconds=2)
    error = wire.error_of(seen[-1]) if seen else None
    if error and error[0] in kinds:
        return "with the code named" if error[2] in codes else "with another code"
    # Closing is what a connection error ends with; the reason may get lost on its way.
    if connection.closed and not error:
        return "by closing"
    raise Outcome(describe(seen, connection))


def expect_answer(connection, stream, status):
    seen = connection.wait(lambda found: found[0] in (HEADERS, GOAWAY, RST_STREAM) and found[2] in (stream, 0), 2)
    if seen and seen[-1][0] == HEADERS and seen[-1][2] == stream:
        found = wire.STATUSES.get(seen[-1][3][0])
        if status is None or found == status:
            return "by an answer"
    raise Outcome(describe(seen, connection))


def expect_alive(connection):
    """The connection goes on: a PING comes back."""
    connection.send(wire.frame(PING, 0, 0, b"are you?"))
    seen = connection.wait(lambda found: found[0] == PING and found[3] == b"are you?", 2)
    if seen and seen[-1][0] == PING:
        return "by going on"
    raise Outcome(describe(seen, connection))


def expect_frame(connection, wanted):
    seen = connection.wait(wanted, 2)
    if seen and wanted(seen[-1]):
        return "with the frame named"
    raise Outcome(describe(seen, connection))


def run(case, arguments):
    connection = wire.Connection(arguments.host, arguments.port, arguments.tls, case.greet, case.settings)
    try:
        case.send(connection)
        kind, *details = case.expected
        if kind == "connection error":
            return expect_error(connection, (GOAWAY,), details)
        if kind == "stream error":
            return expect_error(connection, (GOAWAY, RST_STREAM), details)
        if kind == "answer":
            return expect_answer(connection, *details)
        if kind == "alive or error":
            try:
                return expect_alive(connection)
            except Outcome:
                if connection.closed:
                    return "by closing"
                raise
        if kind == "frame":
            return expect_frame(connection, *details)
        return expect_alive(connection)
    finally:
        connection.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    counts = {}
    failed = known = 0
    for case in CASES:
        title = f"{case.section} {case.title}"
        if arguments.only not in title:
            continue
        try:
            result = run(case, arguments)
            if case.known:
                print(f"passes, though known not to: {title}")
            counts[result] = counts.get(result, 0) + 1
        except Outcome as outcome:
            if case.known:
                known += 1
                print(f"known  {title}: {case.known}")
                continue
            failed += 1
            expected = ", ".join(str(wire.NAMES.get(word, word)) for word in case.expected if not callable(word))
            print(f"FAILED {title}\n    expected {expected}; got {outcome}")
    passed = sum(counts.values())
    details = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
    print(f"{passed} passed ({details}), {known} known, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
