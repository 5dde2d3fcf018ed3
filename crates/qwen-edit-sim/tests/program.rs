//! The program as a script sees it: two lines when it is ready, one clear line when it cannot start.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qwen-edit-sim"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The status line that a GET of `/` gets.
fn status_line(address: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn two_lines_tell_where_both_ports_answer() {
    let mut running = Running(program(&["--listen", "127.0.0.1:0"]).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let listening = lines.next().unwrap().unwrap();
    let control = lines.next().unwrap().unwrap();
    for (line, word) in [(listening, "listening "), (control, "control ")] {
        let address = line.strip_prefix(word).and_then(|url| url.strip_prefix("http://")).unwrap();
        assert_eq!(status_line(address).unwrap(), "HTTP/1.1 404 Not Found", "{line}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_named_by_its_flag() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for (arguments, flag) in [
        (vec!["--listen", "0.0.0.0:0"], "--listen"),
        (vec!["--listen", taken.as_str()], "--listen"),
        (vec!["--listen", "127.0.0.1:0", "--control", taken.as_str()], "--control"),
        (vec!["--latency", "soon"], "--latency"),
        (vec!["--unknown"], "--unknown"),
    ] {
        let output = program(&arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(flag), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty());
    }
}
