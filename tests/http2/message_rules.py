"""The rules of RFC 9113 on messages (section 8), and of RFC 7541 on header blocks."""

from case import case, connection_error, stream_error, answer, request, behind_request, open_post
from wire import (
    COMPRESSION_ERROR,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PROTOCOL_ERROR,
    PUSH_PROMISE,
    frame,
    literal,
    u32,
)

# 8.1 Messages
case(
    "8.1",
    "trailers that do not end the stream",
    stream_error(PROTOCOL_ERROR),
    open_post(frame(HEADERS, END_HEADERS, 1, literal("x", "y"))),
)
case(
    "8.1",
    "trailers are ignored",
    answer(404),
    open_post(frame(DATA, 0, 1, b"{}"), frame(HEADERS, END_HEADERS | END_STREAM, 1, literal("x", "y"))),
)
case(
    "8.1.1",
    "more DATA than content-length",
    stream_error(PROTOCOL_ERROR),
    open_post(frame(DATA, END_STREAM, 1, b"12345"), more=[("content-length", "4")]),
)
case(
    "8.1.1",
    "less DATA than content-length",
    stream_error(PROTOCOL_ERROR),
    open_post(frame(DATA, 0, 1, b"12"), frame(DATA, END_STREAM, 1, b"3"), more=[("content-length", "4")]),
)
case("8.1.1", "content-length without DATA", stream_error(PROTOCOL_ERROR), request(more=[("content-length", "4")]))

# 8.2 Fields
for title, name in [
    ("upper case", "X-Upper"),
    ("a space", "x y"),
    ("a colon", "x:y"),
    ("a control character", b"x\x01"),
    ("nothing", ""),
]:
    case("8.2.1", f"a name with {title}", stream_error(PROTOCOL_ERROR, COMPRESSION_ERROR), request(more=[(name, "v")]))
for title, value in [("NUL", b"a\0b"), ("CR", b"a\rb"), ("LF", b"a\nb")]:
    case(
        "8.2.1", f"a value with {title}", stream_error(PROTOCOL_ERROR, COMPRESSION_ERROR), request(more=[("x", value)])
    )
for name, value in [
    ("connection", "close"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "close"),
    ("transfer-encoding", "chunked"),
    ("upgrade", "h2c"),
    ("te", "gzip"),
]:
    case("8.2.2", f"{name}: {value}", stream_error(PROTOCOL_ERROR), request(more=[(name, value)]))
case("8.2.2", "te: trailers is taken", answer(200), request(more=[("te", "trailers")]))

# 8.3 Pseudo fields
case("8.3", "an unknown pseudo field", stream_error(PROTOCOL_ERROR, COMPRESSION_ERROR), request(more=[(":what", "x")]))
case("8.3", "a pseudo field of answers", stream_error(PROTOCOL_ERROR), request(more=[(":status", "200")]))
case(
    "8.3",
    "a pseudo field behind another field",
    stream_error(PROTOCOL_ERROR),
    lambda connection: connection.headers(
        1, connection.request(leave_out=[":path"]) + literal("x", "y") + literal(":path", "/")
    ),
)
case(
    "8.3",
    "a pseudo field in trailers",
    stream_error(PROTOCOL_ERROR),
    open_post(frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(":method", "GET"))),
    known="the library drops it; the relay reads no trailers",
)
for name in [":method", ":scheme", ":path"]:
    case("8.3.1", f"no {name}", stream_error(PROTOCOL_ERROR), request(leave_out=[name]))
    case(
        "8.3.1",
        f"two of {name}",
        stream_error(PROTOCOL_ERROR),
        request(more=[(name, "GET" if name == ":method" else "/x")]),
    )
case("8.3.1", "an empty :path", stream_error(PROTOCOL_ERROR), request(path=""))
case("8.3.1", "no :authority and no host is refused", ("answer", 1, 400), request(leave_out=[":authority"]))
case(
    "8.4",
    "PUSH_PROMISE of a client",
    connection_error(PROTOCOL_ERROR),
    open_post(frame(PUSH_PROMISE, END_HEADERS, 1, u32(2) + b"\x82")),
)

# RFC 7541
case("7541 2.3.3", "index 0", connection_error(COMPRESSION_ERROR), behind_request(b"\x80"))
case("7541 2.3.3", "an index behind both tables", connection_error(COMPRESSION_ERROR), behind_request(b"\xff\x00"))
case("7541 4.2", "a table size behind a field", connection_error(COMPRESSION_ERROR), behind_request(b"\x20"))
case(
    "7541 6.3",
    "a table size over the limit",
    connection_error(COMPRESSION_ERROR),
    lambda connection: connection.headers(1, b"\x3f\xff\xff\x7f" + connection.request()),
)
case(
    "7541 5.2",
    "Huffman padding of a whole byte",
    connection_error(COMPRESSION_ERROR),
    behind_request(b"\0\x01x\x82\xff\xff"),
)
case(
    "7541 5.2",
    "Huffman padding that is not ones",
    connection_error(COMPRESSION_ERROR),
    behind_request(b"\0\x01x\x81\x18"),
)
case(
    "7541 5.2",
    "Huffman with the end mark",
    connection_error(COMPRESSION_ERROR),
    behind_request(b"\0\x01x\x84\xff\xff\xff\xff"),
)
