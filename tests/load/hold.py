"""Many paid calls held open at one time: errors, and the relay's memory.

    python3 hold.py HOST PORT PID UPSTREAM_PORT [--calls 1000] [--seconds 8] [--region demo]

Starts an upstream of its own at UPSTREAM_PORT, which the relay's region must name. The upstream takes each call, waits,
and answers. PID is the relay's process. Raise the limit of open files first (`ulimit -n 8192`). Exit code 1 when a call
is not answered with 200 and the upstream's bytes.
"""

import argparse
import asyncio
import sys
import time

BODY = b'{"model":"qwen-image-edit","input":{"messages":[]}}'
ANSWER = b'{"output":{"choices":[]}}'


def memory(pid):
    """Resident megabytes."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Upstream:
    """Answers all calls together, some time after the last one came."""

    def __init__(self, calls, seconds):
        self.calls, self.seconds = calls, seconds
        self.waiting, self.go = 0, asyncio.Event()

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        self.waiting += 1
        await self.go.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
        await writer.drain()
        writer.close()


async def call(arguments):
    reader, writer = await asyncio.open_connection(arguments.host, arguments.port)
    path = f"/relay/{arguments.region}/api/v1/services/aigc/multimodal-generation/generation"
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {arguments.host}:{arguments.port}\r\nauthorization: Bearer sk-1\r\n"
        f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\nconnection: close\r\n\r\n"
    )
    writer.write(head.encode() + BODY)
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(ANSWER)


async def measure(arguments):
    upstream = Upstream(arguments.calls, arguments.seconds)
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", arguments.upstream_port, backlog=4096)
    idle = memory(arguments.pid)
    started = time.monotonic()
    calls = [asyncio.create_task(call(arguments)) for _ in range(arguments.calls)]
    while upstream.waiting < arguments.calls and time.monotonic() - started < 60:
        await asyncio.sleep(0.05)
    arrived = time.monotonic() - started
    await asyncio.sleep(arguments.seconds)
    held = memory(arguments.pid)
    waiting = upstream.waiting
    upstream.go.set()
    good = sum([result is True for result in await asyncio.gather(*calls, return_exceptions=True)])
    await asyncio.sleep(1)
    after = memory(arguments.pid)
    server.close()
    print(
        f"{waiting} of {arguments.calls} calls at the upstream after {arrived:.1f} s, held {arguments.seconds:.0f} s; "
        f"{arguments.calls - good} errors; MB idle {idle:.1f}, held {held:.1f}, after {after:.1f}; "
        f"{(held - idle) * 1024 / arguments.calls:.1f} KB for each call"
    )
    return good == arguments.calls


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("pid", type=int)
    parser.add_argument("upstream_port", type=int)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--region", default="demo")
    sys.exit(0 if asyncio.run(measure(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
