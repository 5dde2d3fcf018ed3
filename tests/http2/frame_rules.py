"""The rules of RFC 9113 on connections, frames and streams (sections 3 to 6)."""

from case import (
    case,
    connection_error,
    stream_error,
    answer,
    ALIVE,
    ALIVE_OR_ERROR,
    raw,
    finish,
    after,
    behind_request,
    open_post,
)
from wire import (
    ACK,
    COMPRESSION_ERROR,
    CONTINUATION,
    DATA,
    ENABLE_PUSH,
    END_HEADERS,
    END_STREAM,
    FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR,
    GOAWAY,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    MAX_FRAME_SIZE,
    PADDED,
    PING,
    PREFACE,
    PRIORITY,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    RST_STREAM,
    SETTINGS,
    STREAM_CLOSED,
    WINDOW_UPDATE,
    WITH_PRIORITY,
    frame,
    literal,
    settings,
    u32,
)

# 3.4 Preface
case(
    "3.4",
    "a preface that is none",
    connection_error(PROTOCOL_ERROR),
    raw(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
    greet=False,
)
case(
    "3.4",
    "a first frame that is not SETTINGS",
    connection_error(PROTOCOL_ERROR),
    raw(PREFACE, frame(PING, 0, 0, b"12345678")),
    greet=False,
    known="the library takes SETTINGS late; until they come it assumes the defaults, which are safe",
)

# 4.1 Frame format
case("4.1", "an unknown frame is ignored", ALIVE, raw(frame(0xEE, 0xFF, 0, b"what?"), frame(0xEE, 0, 7, b"")))
case(
    "4.1",
    "unknown flags are ignored",
    ("frame", lambda found: found[0] == PING and found[1] & ACK),
    raw(frame(PING, 0x16, 0, b"12345678")),
)
case("4.1", "the reserved bit is ignored", ALIVE, raw(frame(PING, 0, 0x80000000, b"12345678")))

# 4.2 Frame size
case("4.2", "the largest frame is taken", answer(404), open_post(frame(DATA, END_STREAM, 1, b" " * 16384)))
case("4.2", "a larger DATA frame", stream_error(FRAME_SIZE_ERROR), open_post(frame(DATA, END_STREAM, 1, b" " * 16385)))
case(
    "4.2",
    "a larger HEADERS frame",
    connection_error(FRAME_SIZE_ERROR),
    lambda connection: connection.headers(1, connection.request() + literal("x", "y" * 100) * 200),
)

# 4.3 Header compression
case(
    "4.3",
    "a header block that cannot be decoded",
    connection_error(COMPRESSION_ERROR),
    behind_request(b"\xff\xff\xff\xff\xff"),
)
case(
    "4.3",
    "another frame inside a header block",
    connection_error(PROTOCOL_ERROR),
    after(lambda connection: connection.headers(1, flags=END_STREAM), frame(PRIORITY, 0, 1, u32(0) + b"\x10")),
)
case(
    "4.3",
    "another stream's HEADERS inside a header block",
    connection_error(PROTOCOL_ERROR),
    after(
        lambda connection: connection.headers(1, flags=END_STREAM), frame(HEADERS, END_HEADERS | END_STREAM, 3, b"\x82")
    ),
)

# 5.1 Stream states
case("5.1", "idle: DATA", connection_error(PROTOCOL_ERROR), raw(frame(DATA, END_STREAM, 1, b"x")))
case("5.1", "idle: RST_STREAM", connection_error(PROTOCOL_ERROR), raw(frame(RST_STREAM, 0, 1, u32(8))))
case("5.1", "idle: WINDOW_UPDATE", connection_error(PROTOCOL_ERROR), raw(frame(WINDOW_UPDATE, 0, 1, u32(100))))
case("5.1", "idle: CONTINUATION", connection_error(PROTOCOL_ERROR), raw(frame(CONTINUATION, END_HEADERS, 1, b"\x82")))
case(
    "5.1",
    "half closed: DATA",
    stream_error(STREAM_CLOSED),
    after(lambda connection: connection.headers(1), frame(DATA, END_STREAM, 1, b"x")),
    settings=((INITIAL_WINDOW_SIZE, 0),),
)
case(
    "5.1",
    "half closed: HEADERS",
    stream_error(STREAM_CLOSED),
    lambda connection: [connection.headers(1), connection.headers(1)],
    settings=((INITIAL_WINDOW_SIZE, 0),),
)
case(
    "5.1",
    "half closed: CONTINUATION",
    connection_error(PROTOCOL_ERROR, STREAM_CLOSED),
    after(lambda connection: connection.headers(1), frame(CONTINUATION, END_HEADERS, 1, b"\x82")),
    settings=((INITIAL_WINDOW_SIZE, 0),),
)
case(
    "5.1",
    "reset: DATA is ignored or an error",
    ALIVE_OR_ERROR,
    open_post(frame(RST_STREAM, 0, 1, u32(8)), frame(DATA, END_STREAM, 1, b"x")),
)
case(
    "5.1",
    "reset: HEADERS are ignored or an error",
    ALIVE_OR_ERROR,
    open_post(frame(RST_STREAM, 0, 1, u32(8)), frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x82")),
)
case("5.1", "closed: DATA", stream_error(STREAM_CLOSED), after(finish, frame(DATA, END_STREAM, 1, b"x")))
case(
    "5.1",
    "closed: HEADERS",
    connection_error(STREAM_CLOSED, PROTOCOL_ERROR),
    lambda connection: [finish(connection), connection.headers(1)],
)
case(
    "5.1",
    "closed: CONTINUATION",
    connection_error(STREAM_CLOSED, PROTOCOL_ERROR),
    after(finish, frame(CONTINUATION, END_HEADERS, 1, b"\x82")),
)
case(
    "5.1",
    "closed: WINDOW_UPDATE and PRIORITY are ignored",
    ALIVE,
    after(finish, frame(WINDOW_UPDATE, 0, 1, u32(1)), frame(PRIORITY, 0, 1, u32(0) + b"\x10")),
)
case("5.1.1", "an even stream", connection_error(PROTOCOL_ERROR), lambda connection: connection.headers(2))
case(
    "5.1.1",
    "a stream number that goes back",
    connection_error(PROTOCOL_ERROR),
    lambda connection: [finish(connection, 5), connection.headers(3)],
)
case(
    "5.1.2",
    "more streams than allowed",
    stream_error(REFUSED_STREAM, PROTOCOL_ERROR),
    lambda connection: [connection.headers(2 * n + 1) for n in range(70)],
    settings=((INITIAL_WINDOW_SIZE, 0),),
)

# 5.5 Extensions
case(
    "5.5",
    "an unknown frame inside a header block",
    connection_error(PROTOCOL_ERROR),
    after(lambda connection: connection.headers(1, flags=END_STREAM), frame(0xEE, 0, 0, b"x")),
)

# 6.1 DATA
case("6.1", "DATA on stream 0", connection_error(PROTOCOL_ERROR), raw(frame(DATA, 0, 0, b"x")))
case(
    "6.1",
    "padding as long as the frame",
    connection_error(PROTOCOL_ERROR),
    open_post(frame(DATA, END_STREAM | PADDED, 1, b"\x05x")),
)
case("6.1", "padding is taken", answer(404), open_post(frame(DATA, END_STREAM | PADDED, 1, b"\x02{}\0\0")))

# 6.2 HEADERS
case("6.2", "HEADERS on stream 0", connection_error(PROTOCOL_ERROR), lambda connection: connection.headers(0))
case(
    "6.2",
    "padding as long as the frame",
    connection_error(PROTOCOL_ERROR),
    raw(frame(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, b"\xff\x82")),
)
case(
    "6.2",
    "priority and padding are taken",
    answer(200),
    lambda connection: connection.send(
        frame(
            HEADERS,
            END_HEADERS | END_STREAM | PADDED | WITH_PRIORITY,
            1,
            b"\x03" + u32(0) + b"\x10" + connection.request() + b"\0\0\0",
        )
    ),
)

# 6.3 PRIORITY (deprecated, but its frame is still checked)
case("6.3", "PRIORITY on stream 0", connection_error(PROTOCOL_ERROR), raw(frame(PRIORITY, 0, 0, u32(0) + b"\x10")))
case("6.3", "PRIORITY of a wrong length", stream_error(FRAME_SIZE_ERROR), raw(frame(PRIORITY, 0, 1, u32(0))))
case(
    "5.3",
    "a stream that depends on itself (RFC 7540)",
    stream_error(PROTOCOL_ERROR),
    raw(frame(PRIORITY, 0, 1, u32(1) + b"\x10")),
)

# 6.4 RST_STREAM
case("6.4", "RST_STREAM on stream 0", connection_error(PROTOCOL_ERROR), raw(frame(RST_STREAM, 0, 0, u32(8))))
case(
    "6.4",
    "RST_STREAM of a wrong length",
    connection_error(FRAME_SIZE_ERROR),
    open_post(frame(RST_STREAM, 0, 1, b"\0\0\0")),
)

# 6.5 SETTINGS
case(
    "6.5",
    "SETTINGS are acknowledged",
    ("frame", lambda found: found[0] == SETTINGS and found[1] & ACK),
    raw(frame(SETTINGS, 0, 0)),
)
case("6.5", "an acknowledgement with content", connection_error(FRAME_SIZE_ERROR), raw(frame(SETTINGS, ACK, 0, b"\0")))
case("6.5", "SETTINGS on a stream", connection_error(PROTOCOL_ERROR), raw(frame(SETTINGS, 0, 1, b"")))
case("6.5", "SETTINGS of a wrong length", connection_error(FRAME_SIZE_ERROR), raw(frame(SETTINGS, 0, 0, b"\0\3\0")))
for title, pair, code in [
    ("push that is neither on nor off", (ENABLE_PUSH, 2), PROTOCOL_ERROR),
    ("a window over 2^31-1", (INITIAL_WINDOW_SIZE, 2**31), FLOW_CONTROL_ERROR),
    ("frames under 2^14", (MAX_FRAME_SIZE, 16383), PROTOCOL_ERROR),
    ("frames over 2^24-1", (MAX_FRAME_SIZE, 2**24), PROTOCOL_ERROR),
]:
    case("6.5.2", title, connection_error(code), raw(frame(SETTINGS, 0, 0, settings(pair))))
case("6.5.2", "an unknown setting is ignored", ALIVE, raw(frame(SETTINGS, 0, 0, settings((0xEEEE, 1)))))

# 6.7 PING
case(
    "6.7",
    "PING comes back",
    ("frame", lambda found: found == (PING, ACK, 0, b"12345678")),
    raw(frame(PING, 0, 0, b"12345678")),
)
case("6.7", "an acknowledgement nobody waits for is ignored", ALIVE, raw(frame(PING, ACK, 0, b"12345678")))
case("6.7", "PING on a stream", connection_error(PROTOCOL_ERROR), raw(frame(PING, 0, 1, b"12345678")))
case("6.7", "PING of a wrong length", connection_error(FRAME_SIZE_ERROR), raw(frame(PING, 0, 0, b"1234567")))

# 6.8 GOAWAY
case("6.8", "GOAWAY on a stream", connection_error(PROTOCOL_ERROR), raw(frame(GOAWAY, 0, 1, u32(0) + u32(0))))

# 6.9 WINDOW_UPDATE
case(
    "6.9",
    "an increment of 0 for the connection",
    connection_error(PROTOCOL_ERROR),
    raw(frame(WINDOW_UPDATE, 0, 0, u32(0))),
)
case(
    "6.9", "an increment of 0 for a stream", stream_error(PROTOCOL_ERROR), open_post(frame(WINDOW_UPDATE, 0, 1, u32(0)))
)
case(
    "6.9",
    "WINDOW_UPDATE of a wrong length",
    connection_error(FRAME_SIZE_ERROR),
    raw(frame(WINDOW_UPDATE, 0, 0, b"\0\0\1")),
)
case(
    "6.9.1",
    "a connection window over 2^31-1",
    connection_error(FLOW_CONTROL_ERROR),
    raw(frame(WINDOW_UPDATE, 0, 0, u32(2**31 - 1)) * 2),
)
case(
    "6.9.1",
    "a stream window over 2^31-1",
    stream_error(FLOW_CONTROL_ERROR),
    open_post(frame(WINDOW_UPDATE, 0, 1, u32(2**31 - 1)) * 2),
)
case(
    "6.9.1",
    "no more is sent than the window allows",
    ("frame", lambda found: found[0] == DATA and len(found[3]) == 1),
    lambda connection: connection.headers(1),
    settings=((INITIAL_WINDOW_SIZE, 1),),
)
case(
    "6.9.2",
    "a new initial window counts for open streams",
    ("frame", lambda found: found[0] == DATA and len(found[3]) == 1),
    after(lambda connection: connection.headers(1), frame(SETTINGS, 0, 0, settings((INITIAL_WINDOW_SIZE, 1)))),
    settings=((INITIAL_WINDOW_SIZE, 0),),
)
case(
    "6.9.2",
    "a new initial window that makes another too large",
    connection_error(FLOW_CONTROL_ERROR),
    open_post(
        frame(WINDOW_UPDATE, 0, 1, u32(2**31 - 1 - 65535)),
        frame(SETTINGS, 0, 0, settings((INITIAL_WINDOW_SIZE, 65536))),
    ),
)


# 6.10 CONTINUATION
def in_pieces(connection):
    whole = connection.request()
    connection.send(
        frame(HEADERS, END_STREAM, 1, whole[:5])
        + frame(CONTINUATION, 0, 1, whole[5:9])
        + frame(CONTINUATION, END_HEADERS, 1, whole[9:])
    )


case("6.10", "a header block in pieces is taken", answer(200), in_pieces)
case(
    "6.10",
    "CONTINUATION on stream 0",
    connection_error(PROTOCOL_ERROR),
    after(lambda connection: connection.headers(1, flags=END_STREAM), frame(CONTINUATION, END_HEADERS, 0, b"\x82")),
)
case(
    "6.10",
    "CONTINUATION behind the end of the block",
    connection_error(PROTOCOL_ERROR),
    open_post(frame(CONTINUATION, END_HEADERS, 1, b"\x82")),
)
case(
    "6.10",
    "CONTINUATION behind DATA",
    connection_error(PROTOCOL_ERROR),
    open_post(frame(DATA, 0, 1, b"x"), frame(CONTINUATION, END_HEADERS, 1, b"\x82")),
)
case(
    "6.10",
    "CONTINUATION without end",
    connection_error(*range(1, 14)),
    after(
        lambda connection: connection.headers(1, flags=END_STREAM),
        frame(CONTINUATION, 0, 1, literal("x", "y" * 100)) * 5000,
    ),
)
