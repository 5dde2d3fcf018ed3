//! The work bench of one run: the case, its relay, the world around it, and what has been found.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::verdict::{self, Stop, Verdict};
use crate::case_file::{Case, KeyMode};
use crate::client::{Caller, Reply, Request, Timeouts};
use crate::fill::{self, Expander};
use crate::judge::{self, Findings, Memory, Observation};
use crate::mock_script::{Conduct, MockScript, Plan, Side};
use crate::options::UnderTest;
use crate::relay::{Profile, Relay, RelayPool};
use crate::world::{Scene, World};

/// After a refusal: long enough for a call that should not have gone out to arrive.
const AFTERMATH: Duration = Duration::from_millis(60);

/// Everything one run of a case needs.
pub(crate) struct Bench<'a> {
    pub(crate) case: &'a Case,
    pub(crate) mode: KeyMode,
    pub(crate) expander: Expander,
    pub(crate) scene: Arc<Scene>,
    /// Where this case calls from.
    pub(crate) caller: Caller,
    /// Cases of many minutes were asked for.
    pub(crate) slow: bool,
    /// How long a soak goes on.
    pub(crate) soak: Duration,
    pub(crate) pool: &'a mut RelayPool,
    world: &'a mut World,
    relay: Option<Relay>,
    /// The relay has been used in a way that no other case should meet.
    spoilt: bool,
    memory_before: f64,
    findings: Findings,
}

impl<'a> Bench<'a> {
    /// Sets the scene for a case. `number` is different for every run.
    pub(crate) async fn new(
        case: &'a Case,
        mode: KeyMode,
        number: u32,
        world: &'a mut World,
        pool: &'a mut RelayPool,
        tested: &UnderTest,
    ) -> Result<Self, Stop> {
        let expander = fill::placeholders(mode, &pool.secrets);
        let side = if case.is_about_pictures() { Side::Images } else { Side::Api };
        let script = match &case.mock {
            Some(mock) => MockScript::read(mock, side, &expander)?,
            None => MockScript::default(),
        };
        Ok(Self {
            case,
            mode,
            expander,
            scene: world.play(script).await?,
            world,
            caller: Caller::number(number),
            slow: tested.slow,
            soak: Duration::from_secs(60 * u64::from(tested.soak)),
            pool,
            relay: None,
            spoilt: false,
            memory_before: 0.0,
            findings: Findings::default(),
        })
    }

    /// The mock the case is about.
    pub(crate) fn side(&self) -> Side {
        if self.case.is_about_pictures() { Side::Images } else { Side::Api }
    }

    /// The relay that suits the case, as far as the case itself shows that.
    pub(crate) fn usual_profile(&self) -> Profile {
        let mut profile = Profile::of(self.mode);
        if self.scene.api.plan().never_ends() {
            profile = profile.with_short_upstream_limits();
        }
        if self.scene.images.plan().never_ends() {
            profile = profile.with("limits.image_timeout", "\"4s\"");
        }
        if self.case.expect.error_code.as_deref() == Some("idempotency_key_missing") {
            profile = profile.with("require_idempotency_key", "true");
        }
        profile
    }

    /// Uses a relay that other cases have used and will use, unless the case is about how connections are made.
    pub(crate) async fn open(&mut self, profile: Profile) -> Result<(), Stop> {
        let relay = match self.scene.is_about_connecting() {
            true => self.pool.start(profile).await?,
            false => self.pool.take(profile).await?,
        };
        self.install(relay);
        Ok(())
    }

    /// Uses a relay that only this case ever sees.
    pub(crate) async fn open_alone(&mut self, profile: Profile) -> Result<(), Stop> {
        let relay = self.pool.start(profile).await?;
        self.install(relay);
        self.spoilt = true;
        Ok(())
    }

    /// From now on everybody around the relay is healthy. Where the mock kept connections from being made, what was
    /// counted is forgotten; nothing can have reached the API by then.
    pub(crate) async fn heal(&mut self) -> Result<(), Stop> {
        if self.scene.is_about_connecting() || self.scene.api.plan().has(Conduct::Refuse) {
            self.scene = self.world.play(MockScript::default()).await?;
            // The relay may remember what it saw of them.
            self.spoilt = true;
        }
        self.scene.api.set_plan(Plan::default());
        Ok(())
    }

    fn install(&mut self, relay: Relay) {
        self.expander.extend(fill::relay_placeholders(&relay.address));
        self.relay = Some(relay);
        self.begin_measuring();
    }

    /// Memory is compared with what it is now.
    pub(crate) fn begin_measuring(&mut self) {
        if let Some(relay) = &self.relay {
            relay.reset_peak();
            self.memory_before = relay.resident_mb().unwrap_or(0.0);
        }
    }

    pub(crate) fn relay(&mut self) -> Result<&mut Relay, Stop> {
        self.relay.as_mut().ok_or_else(|| Stop::Broken(anyhow::anyhow!("no relay was opened")))
    }

    /// The case's request, its placeholders filled.
    pub(crate) fn request(&self) -> Result<Request, Stop> {
        let path = self.case.path.as_deref().ok_or("a case without a path".to_owned())?;
        let header = |(name, value): &(String, String)| Ok((name.clone(), self.expander.text(value)?));
        Ok(Request {
            method: self.case.method.clone(),
            target: self.expander.text(&fill::real_path(path))?,
            headers: self.case.headers.iter().map(header).collect::<Result<_, String>>()?,
            body: fill::build_body(&self.case.body, &self.expander)?,
        })
    }

    /// Where a case's requests go: the relay, or its port for the operator.
    pub(crate) fn destination(&mut self) -> Result<(std::net::SocketAddr, String), Stop> {
        let to_admin = self.case.path.as_deref().is_some_and(|path| path.starts_with("{ADMIN}"));
        let address = self.relay()?.address;
        Ok(match to_admin {
            true => (address.admin, address.admin.to_string()),
            false => (address.socket(), address.authority()),
        })
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        let delay = self.scene.api.plan().longest_delay() + self.scene.images.plan().longest_delay();
        let allowed = Duration::from_secs_f64(self.case.expect.max_s.unwrap_or(0.0).clamp(0.0, 400.0));
        Timeouts { answer: Timeouts::default().answer.max(allowed) + delay }
    }

    pub(crate) async fn send(&mut self, request: &Request) -> Result<Reply, Stop> {
        self.send_as(self.caller, request).await
    }

    pub(crate) async fn send_as(&mut self, caller: Caller, request: &Request) -> Result<Reply, Stop> {
        let (to, host) = self.destination()?;
        let caller = if to.ip().is_loopback() { Caller { ip: to.ip() } } else { caller };
        Ok(request.send(caller, to, &host, self.timeouts()).await)
    }

    /// Sends all at one time.
    pub(crate) async fn send_all(&mut self, requests: Vec<(Caller, Request)>) -> Result<Vec<Reply>, Stop> {
        let (to, host) = self.destination()?;
        let timeouts = self.timeouts();
        let barrier = Arc::new(tokio::sync::Barrier::new(requests.len()));
        let send = |(caller, request): (Caller, Request)| {
            let (host, barrier) = (host.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                request.send(caller, to, &host, timeouts).await
            })
        };
        let sent: Vec<_> = requests.into_iter().map(send).collect();
        let mut replies = Vec::new();
        for reply in sent {
            replies.push(reply.await.map_err(anyhow::Error::from)?);
        }
        Ok(replies)
    }

    /// Everything there is to see now, with `reply` as the case's answer.
    pub(crate) async fn observe(&mut self, reply: Reply, since: Instant) -> Observation {
        let took = since.elapsed();
        tokio::time::sleep(AFTERMATH).await;
        let peak = self.relay.as_ref().and_then(Relay::peak_mb);
        Observation {
            all_statuses: reply.status().into_iter().collect(),
            reply,
            took,
            answers: None,
            is_closed: None,
            counts: self.scene.counts(),
            upstream: self.scene.server(self.side()).last(),
            memory: peak.map(|peak| Memory { before: self.memory_before, peak }),
        }
    }

    /// Compares with everything the case expects.
    pub(crate) fn judge(&mut self, seen: &Observation) {
        let findings = judge::judge(&self.case.expect, seen, &self.expander);
        self.add(findings);
    }

    pub(crate) fn add(&mut self, findings: Findings) {
        self.findings.problems.extend(findings.problems);
        self.findings.notes.extend(findings.notes);
        self.findings.not_understood = self.findings.not_understood.take().or(findings.not_understood);
    }

    /// Sends a request and judges its answer as the case's.
    pub(crate) async fn send_and_judge(&mut self, request: &Request) -> Result<Reply, Stop> {
        let since = Instant::now();
        let reply = self.send(request).await?;
        let seen = self.observe(reply.clone(), since).await;
        self.judge(&seen);
        Ok(reply)
    }

    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.findings.notes.push(text.into());
    }

    pub(crate) fn problem(&mut self, text: impl Into<String>) {
        self.findings.problems.push(text.into());
    }

    pub(crate) fn require(&mut self, so: bool, otherwise: impl FnOnce() -> String) {
        if !so {
            self.problem(otherwise());
        }
    }

    /// Requires one of some statuses, and says in which step they were missing.
    pub(crate) fn require_status(&mut self, step: &str, reply: &Reply, allowed: &[u16]) {
        let fits = reply.status().is_some_and(|status| allowed.contains(&status));
        self.require(fits, || {
            let allowed: Vec<String> = allowed.iter().map(u16::to_string).collect();
            format!("{step}: {}, expected {}", reply.in_short(), allowed.join("/"))
        });
    }

    /// Requires that the API was called this often by now, and stays so.
    pub(crate) async fn require_hits(&mut self, step: &str, hits: usize) {
        tokio::time::sleep(AFTERMATH).await;
        let counted = self.scene.api.hits();
        self.require(counted == hits, || {
            format!("{step}: the API was called {counted} times, expected {hits}")
        });
    }

    /// Looks for leaks, gives the relay back, and says what came of it.
    pub(crate) fn finish(mut self, result: Result<(), Stop>) -> Verdict {
        if let Some(mut relay) = self.relay.take() {
            match relay.new_leaks() {
                Ok(leaks) if leaks.is_empty() => {}
                Ok(leaks) => self.problem(format!("the log holds {}", leaks.join(", "))),
                Err(error) => self.problem(format!("the log cannot be read: {error}")),
            }
            if !self.spoilt && !relay.is_running() {
                self.problem("the relay ended");
            }
            if !self.spoilt && !self.scene.is_about_connecting() {
                self.pool.give_back(relay);
            }
        }
        let Findings { problems, notes, not_understood } = self.findings;
        let result = match not_understood {
            Some(what) => result.and(Err(Stop::NotUnderstood(what))),
            None => result,
        };
        match result {
            Ok(()) if problems.is_empty() => Verdict::Passed(notes.join("; ")),
            Ok(()) | Err(Stop::Skipped(_)) if !problems.is_empty() => {
                Verdict::Failed(verdict::in_short(&problems))
            }
            Ok(()) => Verdict::Passed(String::new()),
            Err(stop) => stop.into_verdict(),
        }
    }
}
