//! Edits that can be picked up: the relay carries them out at most once and keeps the answer, so that a lost connection,
//! a closed laptop or a reloaded page loses nothing. For relays whose description says `jobs`.

use gloo_timers::future::TimeoutFuture;
use qwen_edit_api::EditRequest;

use crate::conversation::{Conversation, Heard, Step};
use crate::manners::JOB_PREFERENCE;
use crate::{Client, EditResult, Error, Picture, Progress, body};

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
        let headers = [("idempotency-key", job.as_str()), ("prefer", JOB_PREFERENCE)];
        let mut conversation = Conversation::sent(request.model(), request.n(), self.timeout_ms(), true);
        let first = match self.post(&body, &headers, &progress).await {
            Ok((head, answer)) => conversation.hear(Heard::Answer(&head, &answer), now()),
            Err(lost) => conversation.hear(Heard::Lost(lost), now()),
        };
        self.go_on(job, conversation, first, &progress).await
    }

    /// Waits for the result of a job and picks it up, as often as wanted. Costs nothing. `model` and `requested` are
    /// those of the request; the answer does not repeat them. Says so, once, when the relay answers that the job is
    /// running.
    ///
    /// # Errors
    /// As [`Client::edit`]; [`ErrorKind::Relay`](crate::ErrorKind::Relay) with `not_found` when the relay has no such job
    /// (never sent, or older than two days) and `outcome_unknown` when the answer was lost on its way to the relay.
    pub async fn resume(
        &self,
        job: &JobId,
        model: &str,
        requested: u32,
        progress: impl Fn(Progress),
    ) -> Result<EditResult, Error> {
        let conversation = Conversation::picking_up(model, requested, self.timeout_ms(), now());
        self.go_on(job, conversation, Step::Ask, &progress).await
    }

    /// Does what the conversation says until there is an outcome.
    async fn go_on(
        &self,
        job: &JobId,
        mut conversation: Conversation,
        first: Step,
        progress: &impl Fn(Progress),
    ) -> Result<EditResult, Error> {
        let (mut step, mut was_accepted) = (first, false);
        loop {
            if conversation.is_accepted() && !was_accepted {
                was_accepted = true;
                progress(Progress::Accepted);
            }
            step = match step {
                Step::Done(outcome) => return *outcome,
                Step::Pause(milliseconds) => {
                    TimeoutFuture::new(milliseconds).await;
                    conversation.hear(Heard::Paused, now())
                }
                Step::Ask => match self.ask(job).await {
                    Ok((head, answer)) => conversation.hear(Heard::Answer(&head, &answer), now()),
                    Err(lost) => conversation.hear(Heard::Lost(lost), now()),
                },
            };
        }
    }
}

fn now() -> f64 {
    js_sys::Date::now()
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
