//! What has more than one reading is refused.

use relay_policy::http1::Violation;
use relay_policy::reject::Reject;

use crate::{accepts, read, refuses};

fn head(lines: &str) -> String {
    format!("POST /a HTTP/1.1\r\nHost: x\r\n{lines}\r\n")
}

fn chunked(body: &str) -> String {
    head("Transfer-Encoding: chunked\r\n") + body
}

#[test]
fn two_statements_about_the_body_are_one_too_many() {
    let te = "Transfer-Encoding: chunked\r\n";
    let cl = "Content-Length: 5\r\n";
    refuses(head(&format!("{te}{cl}")), Violation::TransferEncoding);
    refuses(head(&format!("{cl}{te}")), Violation::TransferEncoding);
    refuses(head(&format!("{te}{te}")), Violation::TransferEncoding);
    refuses(head(&format!("{cl}{cl}")), Violation::ContentLength);
    refuses(head(&format!("{cl}Content-Length: 6\r\n")), Violation::ContentLength);
}

#[test]
fn a_coding_is_chunked_and_nothing_else() {
    for coding in [
        "gzip, chunked",
        "chunked, chunked",
        "chunked, identity",
        "identity",
        "xchunked",
        "chunkedx",
        "\"chunked\"",
        "chunked;x",
        ", chunked",
        "chunked,",
        "",
    ] {
        refuses(head(&format!("Transfer-Encoding: {coding}\r\n")), Violation::TransferEncoding);
    }
    refuses(head("Transfer-Encoding: \u{b}chunked\r\n"), Violation::Value);
    refuses("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Violation::TransferEncoding);
}

#[test]
fn a_length_is_digits() {
    for length in ["+5", "-1", "0x5", "5, 5", "5,", "5 5", "5.0", "1e3", "", "٥", "five"] {
        refuses(head(&format!("Content-Length: {length}\r\n")), Violation::ContentLength);
    }
    for length in ["9223372036854775808", "99999999999999999999999", "18446744073709551617"] {
        refuses(head(&format!("Content-Length: {length}\r\n")), Violation::BodyTooLarge);
    }
    accepts(head("Content-Length: 9223372036854775807\r\n"));
}

#[test]
fn lines_end_with_cr_lf_only() {
    refuses("GET / HTTP/1.1\nHost: x\n\n", Violation::LineEnd);
    refuses(head("X-A: b\nContent-Length: 2\r\n"), Violation::LineEnd);
    refuses(head("X-A: b\rTransfer-Encoding: chunked\r\n"), Violation::LineEnd);
    refuses("GET / HTTP/1.1\r\nHost: x\r\n\n", Violation::LineEnd);
    refuses("GET / HTTP/1.1\r\nHost: x\r\n\rX", Violation::LineEnd);
    refuses("\nGET / HTTP/1.1\r\n\r\n", Violation::LineEnd);
}

#[test]
fn header_lines_are_a_name_a_colon_and_text() {
    for line in ["Transfer-Encoding : chunked", "no colon", ": empty", "a b: c", "caf\u{e9}: x", "a(b): c"] {
        refuses(head(&format!("{line}\r\n")), Violation::Name);
    }
    refuses(head("Transfer-Encoding:\r\n chunked\r\n"), Violation::TransferEncoding);
    refuses(head("X: a\r\n b\r\n"), Violation::Folded);
    refuses(head("\tX: y\r\n"), Violation::Folded);
    refuses("GET / HTTP/1.1\r\n Host: x\r\n\r\n", Violation::Folded);
    for byte in [0, 1, 8, 0xb, 0xc, 0x1b, 0x7f] {
        refuses(head(&format!("X: a{}b\r\n", char::from(byte))), Violation::Value);
    }
    accepts(head("X: tab\there, caf\u{e9}, ~!@#$%^&*()\r\nX-Empty:\r\nx_y: twin\r\n"));
}

#[test]
fn a_twin_with_an_underscore_says_nothing_about_the_body() {
    let events = accepts(head("Content_Length: 5\r\nTransfer_Encoding: chunked\r\n"));
    assert_eq!(events.len(), 1, "no body: {events:?}");
}

#[test]
fn the_request_line_has_three_parts() {
    for line in [
        "GET /",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 ",
        " GET / HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET\t/\tHTTP/1.1",
    ] {
        refuses(format!("{line}\r\n\r\n"), Violation::RequestLine);
    }
    for target in ["/\u{e9}", "/\u{1}", "/a\tb"] {
        refuses(format!("GET {target} HTTP/1.1\r\n\r\n"), Violation::RequestLine);
    }
    for version in ["HTTP/9.9", "HTTP/2.0", "HTTP/1.2", "http/1.1", "HTTP/1.1x", "HTP/1.1"] {
        refuses(format!("GET / {version}\r\n\r\n"), Violation::Version);
    }
    accepts("OPTIONS * HTTP/1.1\r\n\r\n");
    accepts("CONNECT a.example:443 HTTP/1.1\r\n\r\n");
    accepts("GET http://a.example/ HTTP/1.1\r\n\r\n");
}

#[test]
fn what_is_no_http_is_known_at_once() {
    for garbage in [&b"\x16\x03\x01\0"[..], b"\0", b"\x80\x2e\x01", b"{}", b"(", b"PRI * HTTP/2.0\r\n\r\n"] {
        assert!(read(garbage).refused.is_some(), "{}", garbage.escape_ascii());
    }
    refuses("A".repeat(33), Violation::RequestLine);
}

#[test]
fn chunks_are_digits_and_end_where_they_say() {
    for size in ["0x2", "-2", "+2", "2_0", " 2", "2 ", "2\t", "", ";x", "g", "2\n", "2;a\n", "2;a\0"] {
        refuses(chunked(&format!("{size}\r\n{{}}\r\n0\r\n\r\n")), Violation::ChunkSize);
    }
    for body in ["2\r\n{}AAAA\r\n0\r\n\r\n", "2\r\n{}\n0\r\n\r\n", "2\r\n{}\rX", "3\r\n{}\r\n0\r\n\r\n"] {
        refuses(chunked(body), Violation::ChunkEnd);
    }
    for trailers in ["a b: c", "no colon", " folded: x", "a: b\n", "a: \0"] {
        refuses(chunked(&format!("0\r\n{trailers}\r\n\r\n")), Violation::Trailer);
    }
    refuses(chunked("0\r\n\n"), Violation::Trailer);
}

#[test]
fn each_violation_is_an_error_of_the_relay() {
    for (violation, status, code) in [
        (Violation::TransferEncoding, 400, "bad_request"),
        (Violation::LineEnd, 400, "bad_request"),
        (Violation::TargetTooLong, 414, "uri_too_long"),
        (Violation::HeadTooLarge, 431, "headers_too_large"),
        (Violation::BodyTooLarge, 413, "body_too_large"),
    ] {
        let reject = Reject::from(violation);
        assert_eq!((reject.code().status().as_u16(), reject.code().as_str()), (status, code));
    }
}
