"""One rule and the bytes that break or use it; what most of them have in common."""

from dataclasses import dataclass
from typing import Callable

from wire import DATA, END_STREAM, STREAM_CLOSED


@dataclass
class Case:
    section: str
    title: str
    send: Callable
    expected: tuple
    greet: bool = True
    settings: tuple = ()
    # Why a server may be found to take what the rule forbids, and why that does no harm.
    known: str = ""


CASES = []


def case(section, title, expected, send, **more):
    CASES.append(Case(section, title, send, expected, **more))


def connection_error(*codes):
    return ("connection error", *codes)


def stream_error(*codes):
    return ("stream error", *codes)


def answer(status, stream=1):
    return ("answer", stream, status)


ALIVE = ("alive",)
ALIVE_OR_ERROR = ("alive or error", STREAM_CLOSED)


def raw(*frames):
    """Sends frames as they are."""
    return lambda connection: connection.send(b"".join(frames))


def finish(connection, stream=1):
    """A whole request and its whole answer."""
    connection.headers(stream)
    connection.wait(lambda found: found[0] == DATA and found[1] & END_STREAM)


def after(first, *frames):
    """Some bytes behind a step."""

    def send(connection):
        first(connection)
        connection.send(b"".join(frames))

    return send


def request(more=(), leave_out=(), **named):
    return lambda connection: connection.headers(1, connection.request(more=more, leave_out=leave_out, **named))


def behind_request(tail):
    """A good request whose header block has something behind it."""
    return lambda connection: connection.headers(1, connection.request() + tail)


def open_post(*frames, more=()):
    return after(lambda connection: connection.post(1, more), *frames)
