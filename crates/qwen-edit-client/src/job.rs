//! Edits that can be picked up: the relay carries them out at most once and keeps the answer, so that a lost connection,
//! a closed laptop or a reloaded page loses nothing. For relays whose description says `jobs`.

use gloo_timers::future::TimeoutFuture;
use qwen_edit_api::EditRequest;

use crate::client::lost_edit;
use crate::fetch::Lost;
use crate::{Client, EditResult, Error, ErrorKind, Picture, Progress, body, decode};

/// How long the relay is asked to wait with an answer. Below the shortest cut of common proxies.
const WAIT: &str = "wait=25";
/// When a waiting request counts as lost.
const ASK_TIMEOUT_MS: u32 = 40_000;
/// The pause after a request that was lost, and before the next when the relay answered at once.
const PAUSE_MS: u32 = 1_500;
/// A relay that knows nothing of a job is asked again this often when the upload's end was not seen: a proxy may still
/// be passing it on.
const LATE_ARRIVALS: u32 = 4;

/// The name of one edit, chosen by its caller: 16 to 128 of `A-Z a-z 0-9 _ -`, for example a random UUID. The same name
/// with the same request is the same edit and is never paid twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobId(String);

/// Why a text is no [`JobId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job id is 16 to 128 of A-Z, a-z, 0-9, \"_\" and \"-\", for example a random UUID")]
pub struct JobIdError;

impl JobId {
    /// Takes a name.
    ///
    /// # Errors
    /// [`JobIdError`] when the relay would refuse it.
    pub fn parse(text: &str) -> Result<JobId, JobIdError> {
        let is_id = (16..=128).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if is_id { Ok(JobId(text.to_owned())) } else { Err(JobIdError) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Client {
    /// Edits as a job. Dropping the future does not undo the edit; [`Client::resume`] picks it up, also from another
    /// page with the same credential.
    ///
    /// # Errors
    /// As [`Client::edit`], but a lost connection is first answered by asking the relay what became of the job.
    pub async fn edit_as(
        &self,
        job: &JobId,
        request: &EditRequest,
        pictures: &[Picture],
        progress: impl Fn(Progress),
    ) -> Result<EditResult, Error> {
        let body = body::build(request, pictures, &progress).await?;
        let headers = [("idempotency-key", job.as_str()), ("prefer", "respond-async")];
        let lost = match self.post(&body, &headers, &progress).await {
            Ok((head, _)) if head.status == 202 => {
                progress(Progress::Accepted);
                return self.resume(job, request.model(), request.n()).await;
            }
            Ok((head, answer)) => return decode::edit_answer(&head, &answer, request.model(), request.n()),
            Err(Lost::NotSent) => return Err(lost_edit(Lost::NotSent)),
            Err(lost) => lost,
        };
        for _ in 0..LATE_ARRIVALS {
            match self.resume(job, request.model(), request.n()).await {
                Err(error) if is_unknown_job(&error) => TimeoutFuture::new(PAUSE_MS).await,
                known => return known,
            }
        }
        // The relay never had the whole request. Only it could have sent it on, but it may be a relay without a memory.
        Err(lost_edit(lost))
    }

    /// Waits for the result of a job and picks it up, as often as wanted. Costs nothing. `model` and `requested` are
    /// those of the request; the answer does not repeat them.
    ///
    /// # Errors
    /// As [`Client::edit`]; [`ErrorKind::Relay`] with `not_found` when the relay has no such job (never sent, or older than
    /// two days) and `outcome_unknown` when the answer was lost on its way to the relay.
    pub async fn resume(&self, job: &JobId, model: &str, requested: u32) -> Result<EditResult, Error> {
        self.resume_reporting(job, model, requested, |_| ()).await
    }

    /// [`Client::resume`] that says so, once, when the relay answers that the job is running.
    ///
    /// # Errors
    /// As [`Client::resume`].
    pub async fn resume_reporting(
        &self,
        job: &JobId,
        model: &str,
        requested: u32,
        progress: impl Fn(Progress),
    ) -> Result<EditResult, Error> {
        let started = js_sys::Date::now();
        let mut is_known = false;
        loop {
            let asked = js_sys::Date::now();
            let lost = match self.ask(job, WAIT, ASK_TIMEOUT_MS).await {
                Ok((head, _)) if head.status == 202 => {
                    if !is_known {
                        progress(Progress::Accepted);
                    }
                    is_known = true;
                    Error::from(ErrorKind::Timeout)
                }
                // A gateway between us and the relay; the relay marks its own words.
                Ok((head, _)) if matches!(head.status, 429 | 502..=504) && !head.from_relay => {
                    head.error(ErrorKind::Network)
                }
                Ok((head, answer)) => return decode::job_answer(&head, &answer, model, requested),
                Err(lost) => lost_edit(lost),
            };
            let now = js_sys::Date::now();
            if now - started > f64::from(self.timeout_ms()) {
                return Err(lost);
            }
            if now - asked < f64::from(PAUSE_MS) {
                TimeoutFuture::new(PAUSE_MS).await;
            }
        }
    }
}

fn is_unknown_job(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Relay { code, .. } if code == "not_found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_a_job_id_and_what_a_relay_would_refuse_is_none() {
        assert!(JobId::parse("8e03978e-40d5-43e8-bc93-6894a57f9324").is_ok());
        for bad in ["", "short", "with a space in it", "0123456789abcde/", &"x".repeat(129)] {
            assert_eq!(JobId::parse(bad), Err(JobIdError), "{bad}");
        }
    }
}
