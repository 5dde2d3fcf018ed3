use std::io::Write as _;
use std::net::TcpListener;

use super::*;

/// Answers every connection with the same bytes; `None` never answers.
fn serve(answer: Option<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { break };
            let mut request = [0; 2048];
            let _ = stream.read(&mut request);
            match &answer {
                Some(answer) => drop(stream.write_all(answer)),
                None => silent.push(stream),
            }
        }
    });
    format!("http://{address}/picture.png?Signature=a%2Bb")
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Option<Vec<u8>> {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    Some([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn a_picture_is_fetched_from_loopback() {
    for media_type in ["image/png", "application/octet-stream", "Image/JPEG"] {
        let url = serve(answer("200 OK", &format!("Content-Type: {media_type}\r\n"), b"picture"));
        assert_eq!(Fetcher::new().fetch(&url).await.unwrap(), "picture", "{media_type}");
    }
}

#[tokio::test]
async fn three_redirects_are_followed_but_not_more() {
    let mut url = serve(answer("200 OK", "Content-Type: image/png\r\n", b"picture"));
    for _ in 0..3 {
        url = serve(answer("302 Found", &format!("Location: {url}\r\n"), b""));
    }
    assert_eq!(Fetcher::new().fetch(&url).await.unwrap(), "picture");
    let once_more = serve(answer("302 Found", &format!("Location: {url}\r\n"), b""));
    assert_eq!(Fetcher::new().fetch(&once_more).await, Err(not_downloadable()));
}

#[tokio::test]
async fn each_refusal_gets_its_documented_text() {
    for (status, headers, expected) in [
        ("404 Not Found", "", not_found()),
        ("403 Forbidden", "", not_authorized()),
        ("500 Oops", "", not_downloadable()),
        ("200 OK", "Content-Type: text/html\r\n", wrong_content_type()),
    ] {
        let url = serve(answer(status, headers, b"body"));
        assert_eq!(Fetcher::new().fetch(&url).await, Err(expected), "{status}");
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_one_is_malformed() {
    for url in
        ["", "picture.png", "ftp://127.0.0.1/a.png", "http://", "file:///etc/hostname", "blob:http://a/b"]
    {
        assert_eq!(Fetcher::new().fetch(url).await, Err(malformed_url()), "{url}");
    }
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_host_are_not_downloadable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}/a.png", listener.local_addr().unwrap());
    drop(listener);
    for url in [closed.as_str(), "http://nowhere.invalid/a.png"] {
        assert_eq!(Fetcher::new().fetch(url).await, Err(not_downloadable()), "{url}");
    }
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let fetcher = Fetcher::with_timeout(Duration::from_millis(200));
    assert_eq!(fetcher.fetch(&serve(None)).await, Err(timed_out()));
}

#[tokio::test]
async fn reading_stops_just_above_the_limit() {
    let most = usize::try_from(MAX_PICTURE_BYTES).unwrap();
    let url = serve(answer("200 OK", "Content-Type: image/png\r\n", &vec![0; most * 2]));
    assert_eq!(Fetcher::new().fetch(&url).await.unwrap().len(), most + 1);
}
