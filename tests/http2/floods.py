"""What floods of HTTP/2 cost a relay: its memory, and what other callers notice.

    python3 floods.py HOST PORT PID [--picture PATH] [--hold SECONDS]

PID is the relay's process. `--picture` is a path that answers with megabytes. Prints a table; the numbers are for
reading, only a relay that stops answering is a failure.
"""

import argparse
import http.client
import sys
import threading
import time

import wire
from wire import DATA, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE, RST_STREAM, frame, literal, u32

NO_WINDOW = ((INITIAL_WINDOW_SIZE, 0),)
GENERATION = "/relay/demo/api/v1/services/aigc/multimodal-generation/generation"
CALL = [("authorization", "Bearer sk-1"), ("content-type", "application/json")]


class Relay:
    def __init__(self, arguments):
        self.arguments = arguments

    def connect(self, first_settings=()):
        return wire.Connection(self.arguments.host, self.arguments.port, False, True, first_settings)

    def memory(self):
        """Resident megabytes."""
        with open(f"/proc/{self.arguments.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class Watch(threading.Thread):
    """Another caller: asks all the time and takes down how long it took, and the most memory seen."""

    def __init__(self, relay):
        super().__init__(daemon=True)
        self.relay, self.times, self.failures, self.stopped = relay, [], 0, threading.Event()
        self.most = relay.memory()

    def run(self):
        while not self.stopped.is_set():
            started = time.monotonic()
            try:
                client = http.client.HTTPConnection(self.relay.arguments.host, self.relay.arguments.port, timeout=10)
                client.request("GET", "/relay/healthz")
                if client.getresponse().status != 200:
                    self.failures += 1
                client.close()
            except OSError:
                self.failures += 1
            self.times.append(time.monotonic() - started)
            self.most = max(self.most, self.relay.memory())
            time.sleep(0.01)

    def stop(self):
        self.stopped.set()
        self.join()
        ordered = sorted(self.times)
        return ordered[int(len(ordered) * 0.99)] * 1000, ordered[-1] * 1000


def each(count, act):
    """So many connections that each do something and stay open."""
    connections = []
    for _ in range(count):
        connection = act()
        connections.append(connection)
    return connections


def bomb(relay, block, streams=64):
    def act():
        connection = relay.connect(NO_WINDOW)
        whole = connection.request() + block
        pieces = [whole[at : at + 16000] for at in range(0, len(whole), 16000)]
        for index in range(streams):
            stream = 2 * index + 1
            flags = END_STREAM | (END_HEADERS if len(pieces) == 1 else 0)
            frames = frame(HEADERS, flags, stream, pieces[0])
            for number, piece in enumerate(pieces[1:], 2):
                last = END_HEADERS if number == len(pieces) else 0
                frames += frame(wire.CONTINUATION, last, stream, piece)
            connection.send(frames)
        return connection

    return each(50, act)


def references_few(relay):
    """As many references of one byte to an empty header of the static table as a request may have headers."""
    return bomb(relay, b"\x8f" * 50)


def references_to_static(relay):
    """As many as fit into 16 KiB, as they are counted."""
    return bomb(relay, b"\x8f" * 350)


def references_to_dynamic(relay):
    """A header of one byte, put into the table and referred to."""
    return bomb(relay, b"\x40\x01a\x00" + b"\xbe" * 450)


def references_without_measure(relay):
    return bomb(relay, b"\x8f" * 60_000, streams=5)


def rapid_reset(relay):
    def act():
        connection = relay.connect()
        block = connection.request("POST", GENERATION, CALL)
        connection.send(
            b"".join(
                frame(HEADERS, END_HEADERS, 2 * index + 1, block) + frame(RST_STREAM, 0, 2 * index + 1, u32(8))
                for index in range(5000)
            )
        )
        return connection

    return each(10, act)


def empty_data(relay):
    def act():
        connection = relay.connect()
        connection.headers(1, connection.request("POST", GENERATION, CALL), END_HEADERS)
        for _ in range(10):
            connection.send(frame(DATA, 0, 1) * 10_000)
        return connection

    return each(10, act)


def thousand_streams(relay):
    def act():
        connection = relay.connect()
        block = connection.request("POST", GENERATION, CALL + [("content-length", "100")])
        connection.send(b"".join(frame(HEADERS, END_HEADERS, 2 * index + 1, block) for index in range(1000)))
        return connection

    return each(10, act)


def answers_nobody_takes(relay):
    """Pictures of megabytes on 64 streams each, with a window of one byte."""

    def act():
        connection = relay.connect(((INITIAL_WINDOW_SIZE, 1),))
        block = wire.block([(":method", "GET"), (":scheme", "http"), (":authority", connection.authority)])
        path = relay.arguments.picture.encode()
        block += b"\0" + wire.text(":path") + b"\x7f" + varint(len(path) - 127) + path
        for index in range(64):
            connection.send(frame(HEADERS, END_HEADERS | END_STREAM, 2 * index + 1, block))
        return connection

    return each(20, act)


def varint(value):
    octets = b""
    while value >= 128:
        octets += bytes([value % 128 + 128])
        value //= 128
    return octets + bytes([value])


def many_continuations(relay):
    def act():
        connection = relay.connect()
        connection.headers(1, flags=END_STREAM)
        connection.send(frame(wire.CONTINUATION, 0, 1, literal("x", "y" * 100)) * 20_000)
        return connection

    return each(10, act)


FLOODS = [
    references_few,
    references_to_static,
    references_to_dynamic,
    references_without_measure,
    rapid_reset,
    empty_data,
    thousand_streams,
    many_continuations,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("pid", type=int)
    parser.add_argument("--picture")
    parser.add_argument("--hold", type=float, default=5)
    relay = Relay(parser.parse_args())
    floods = FLOODS + ([answers_nobody_takes] if relay.arguments.picture else [])
    print(f"{'flood':28} {'MB before':>9} {'MB most':>8} {'MB after':>8} {'p99 ms':>7} {'max ms':>7} failures")
    failures = 0
    for flood in floods:
        before = relay.memory()
        watch = Watch(relay)
        watch.start()
        connections = flood(relay)
        time.sleep(relay.arguments.hold)
        p99, longest = watch.stop()
        for connection in connections:
            connection.close()
        time.sleep(1)
        failures += watch.failures
        print(
            f"{flood.__name__:28} {before:9.1f} {watch.most:8.1f} {relay.memory():8.1f} {p99:7.1f} {longest:7.1f} "
            f"{watch.failures}"
        )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
