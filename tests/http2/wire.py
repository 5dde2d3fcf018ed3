"""HTTP/2 frames by hand (RFC 9113), with nothing but the standard library: what no library would send."""

import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
WITH_PRIORITY = 0x20

NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED = range(6)
FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM = range(6, 12)

ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 2, 3, 4, 5

NAMES = {
    value: name
    for name, value in {
        "NO_ERROR": 0,
        "PROTOCOL_ERROR": 1,
        "INTERNAL_ERROR": 2,
        "FLOW_CONTROL_ERROR": 3,
        "STREAM_CLOSED": 5,
        "FRAME_SIZE_ERROR": 6,
        "REFUSED_STREAM": 7,
        "CANCEL": 8,
        "COMPRESSION_ERROR": 9,
        "ENHANCE_YOUR_CALM": 11,
    }.items()
}

# A first answer has its status in one byte, if the static table has it.
STATUSES = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind, flags, stream, payload=b"", length=None):
    """One frame; `length` may lie."""
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def settings(*pairs):
    return b"".join(struct.pack(">HI", key, value) for key, value in pairs)


def u32(value):
    return struct.pack(">I", value)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    assert len(value) < 127
    return bytes([len(value)]) + value


def literal(name, value):
    """A field that is not indexed."""
    return b"\0" + text(name) + text(value)


def block(fields):
    return b"".join(literal(name, value) for name, value in fields)


class Connection:
    """A connection to the relay. What it says is kept as (kind, flags, stream, payload)."""

    def __init__(self, host, port, tls, greet=True, first_settings=()):
        self.authority = f"{host}:{port}"
        self.scheme = "https" if tls else "http"
        plain = socket.create_connection((host, port), timeout=5)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(plain, server_hostname=host)
        else:
            self.socket = plain
        self.buffer = b""
        self.closed = False
        if greet:
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings(*first_settings)))
            # Until here the relay's settings may not be known; after it they are.
            self.wait(lambda seen: seen[0] == SETTINGS and seen[1] & ACK)
            self.send(frame(SETTINGS, ACK, 0))

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            # The relay may have closed already; reading shows how.
            pass

    def request(self, method="GET", path="/relay/healthz", more=(), leave_out=()):
        """The header block of a good request, or of one with something left out or added."""
        fields = [(":method", method), (":scheme", self.scheme), (":authority", self.authority), (":path", path)]
        return block([field for field in fields if field[0] not in leave_out] + list(more))

    def headers(self, stream, fields=None, flags=END_HEADERS | END_STREAM):
        self.send(frame(HEADERS, flags, stream, self.request() if fields is None else fields))

    def post(self, stream, more=()):
        """Opens a request whose body is still to come; the path does not exist, so it is refused."""
        self.headers(stream, self.request("POST", "/relay/nope", more), END_HEADERS)

    def next(self, seconds=5.0):
        """The next frame; None at the end of the connection or when nothing comes."""
        self.socket.settimeout(seconds)
        while True:
            if len(self.buffer) >= 9:
                length = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) >= 9 + length:
                    kind, flags = self.buffer[3], self.buffer[4]
                    stream = int.from_bytes(self.buffer[5:9], "big") & 0x7FFFFFFF
                    payload, self.buffer = self.buffer[9 : 9 + length], self.buffer[9 + length :]
                    return kind, flags, stream, payload
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                more = b""
            if not more:
                self.closed = True
                return None
            self.buffer += more

    def wait(self, fits, seconds=5.0):
        """Frames up to the first that fits; it is the last one, or nothing fitted."""
        seen = []
        while (found := self.next(seconds)) is not None:
            seen.append(found)
            if fits(found):
                break
        return seen

    def close(self):
        self.socket.close()


def error_of(found):
    """(kind, stream, code) of a frame that reports an error."""
    kind, _, stream, payload = found
    if kind == RST_STREAM:
        return kind, stream, int.from_bytes(payload[:4], "big")
    if kind == GOAWAY:
        return kind, 0, int.from_bytes(payload[4:8], "big")
    return None
