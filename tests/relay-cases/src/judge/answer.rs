//! The answer: status, code, headers, body, transfer, time.

use super::codes::{self, Comparison};
use super::pattern::Pattern;
use super::{Findings, Observation};
use crate::case_file::Expect;
use crate::client::{Answer, Reply};
use crate::fill::Expander;

/// Whether the answer is one of those allowed.
pub(super) fn check_status(
    expect: &Expect,
    seen: &Observation,
    _: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    let codes = expect.codes();
    let allowed = || codes.iter().map(u16::to_string).collect::<Vec<_>>().join("/");
    match &seen.reply {
        Reply::Answer(answer) if codes.is_empty() || codes.contains(&answer.status) => {}
        Reply::Answer(_) => {
            findings.problem(format!("answered {}, expected {}", seen.reply.in_short(), allowed()));
        }
        Reply::None(_) if expect.close_ok || codes.is_empty() => {}
        Reply::None(why) => findings.problem(format!("{why}, expected {}", allowed())),
    }
    if let Some(status) = seen.all_statuses.iter().find(|status| expect.not_status.contains(status)) {
        findings.problem(format!("answered {status}, which must not be"));
    }
    if let (Some(most), Some(answers)) = (expect.max_responses, seen.answers)
        && answers > most
    {
        findings.problem(format!("{answers} answers, at most {most} expected"));
    }
    if expect.conn_closed && seen.is_closed == Some(false) {
        findings.problem("the connection stayed open");
    }
    if let Some(most) = expect.max_s
        && seen.took.as_secs_f64() > most
    {
        findings.problem(format!("took {:.1} s, at most {most} s expected", seen.took.as_secs_f64()));
    }
    Ok(())
}

/// What the answer says. Nothing to check when there is none, which `check_status` has judged.
pub(super) fn check_answer(
    expect: &Expect,
    seen: &Observation,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    let Some(answer) = seen.reply.answer() else { return Ok(()) };
    check_code(expect, answer, findings);
    check_headers(expect, answer, expander, findings)?;
    check_body(expect, answer, expander, findings)?;
    match expect.transfer.as_deref() {
        None if !answer.is_complete => findings.problem("the answer's transfer broke"),
        // An error told in words is seen by the client too.
        Some("error") if answer.is_complete && answer.status < 400 => {
            findings.problem("the transfer ended as if everything had come");
        }
        None | Some("error") => {}
        Some("ok" | "complete") if answer.is_complete => {}
        Some("ok" | "complete") => findings.problem("the answer's transfer broke"),
        Some(other) => return Err(format!("expect.transfer \"{other}\"")),
    }
    Ok(())
}

fn check_code(expect: &Expect, answer: &Answer, findings: &mut Findings) {
    let Some(recommended) = expect.error_code.as_deref().filter(|_| answer.status >= 400) else { return };
    let used = answer.error_code();
    let shown = used.as_deref().unwrap_or("none");
    match codes::compare(recommended, used.as_deref()) {
        Comparison::Same => {}
        Comparison::Differs => findings.notes.push(format!("code {shown}, recommended {recommended}")),
        Comparison::Wrong => findings.problem(format!("code {shown}, expected {recommended}")),
    }
}

fn check_headers(
    expect: &Expect,
    answer: &Answer,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    for (name, wanted) in &expect.headers {
        let wanted = Pattern::read(wanted, expander)?;
        match answer.header(&name.to_ascii_lowercase()) {
            Some(value) if wanted.fits(value) => {}
            Some(value) => findings.problem(format!("{name}: \"{value}\", expected {}", wanted.shown())),
            None => findings.problem(format!("no header {name}")),
        }
    }
    for name in &expect.absent {
        if answer.header(&name.to_ascii_lowercase()).is_some() {
            findings.problem(format!("header {name} must not be there"));
        }
    }
    for (name, unwanted) in &expect.header_not {
        let unwanted = Pattern::read(unwanted, expander)?;
        if answer.header(&name.to_ascii_lowercase()).is_some_and(|value| unwanted.fits(value)) {
            findings.problem(format!("{name} must not be {}", unwanted.shown()));
        }
    }
    for text in expect.header_not_any.all() {
        let unwanted = expander.text(text)?;
        if let Some((name, _)) = answer.headers.iter().find(|(_, value)| value.contains(&unwanted)) {
            findings.problem(format!("{name} holds {text}"));
        }
    }
    if let Some(wanted) = expect.ok_content_type.as_ref().filter(|_| (200..300).contains(&answer.status)) {
        let wanted = Pattern::read(wanted, expander)?;
        let value = answer.header("content-type").unwrap_or_default();
        if !wanted.fits(value) {
            findings.problem(format!("content-type \"{value}\", expected {}", wanted.shown()));
        }
    }
    Ok(())
}

fn check_body(
    expect: &Expect,
    answer: &Answer,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    if expect.body_empty && answer.body_bytes > 0 {
        findings.problem(format!("a body of {} bytes, none expected", answer.body_bytes));
    }
    let body = answer.text();
    for text in expect.body_not_contains.all() {
        if body.contains(&expander.text(text)?) {
            findings.problem(format!("the body holds \"{text}\""));
        }
    }
    for text in expect.body_contains.all() {
        if !body.contains(&expander.text(text)?) {
            findings.problem(format!("the body does not hold \"{text}\""));
        }
    }
    Ok(())
}
