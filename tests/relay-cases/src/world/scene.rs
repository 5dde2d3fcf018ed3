//! What the mocks do and what they have seen, for one run of one case.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::mock_script::{AnswerScript, Certificate, DnsPlan, MockScript, Plan, Side};
use crate::wire::Head;

/// The scene that is on now. A run begins with a new one, so what an earlier run left behind cannot be counted
/// as its own.
#[derive(Debug, Clone)]
pub(crate) struct Stage(Arc<RwLock<Arc<Scene>>>);

impl Stage {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RwLock::new(Arc::new(Scene::new(MockScript::default())))))
    }

    pub(crate) fn now(&self) -> Arc<Scene> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, scene: Scene) -> Arc<Scene> {
        let scene = Arc::new(scene);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&scene);
        scene
    }
}

/// Scripts and records.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) api: Server,
    pub(crate) images: Server,
    dns: Option<(Side, DnsPlan)>,
    /// Questions answered by the script.
    pub(crate) questions: AtomicUsize,
    pub(crate) certificate: Certificate,
    /// Connections to a host the relay has no business with.
    pub(crate) evil: AtomicUsize,
    /// Connections to addresses that are not public.
    pub(crate) private: AtomicUsize,
}

/// One mock's part.
#[derive(Debug)]
pub(crate) struct Server {
    plan: Mutex<Plan>,
    received: Mutex<Vec<Received>>,
    answered: AtomicUsize,
    broken: AtomicUsize,
    begun: AtomicUsize,
}

/// A request as a mock saw it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body_sha256: String,
    /// The whole body, when it is small.
    pub(crate) body: Vec<u8>,
    /// False when the connection ended first.
    pub(crate) complete: bool,
}

impl Received {
    /// A request of which only the head is known.
    pub(crate) fn of(head: &Head) -> Self {
        Self {
            target: head.line.split(' ').nth(1).unwrap_or_default().to_owned(),
            headers: head.headers.clone(),
            body_sha256: String::new(),
            body: Vec::new(),
            complete: false,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Scene {
    pub(crate) fn new(script: MockScript) -> Self {
        Self {
            api: Server::new(script.api.unwrap_or_default()),
            images: Server::new(script.images.unwrap_or_default()),
            dns: script.dns,
            questions: AtomicUsize::new(0),
            certificate: script.certificate,
            evil: AtomicUsize::new(0),
            private: AtomicUsize::new(0),
        }
    }

    pub(crate) fn server(&self, side: Side) -> &Server {
        match side {
            Side::Api => &self.api,
            Side::Images => &self.images,
        }
    }

    /// True when a relay has to make its connections anew, and should make none like these for other cases: it may
    /// remember names, and connections that are already open ask for neither names nor certificates.
    pub(crate) fn is_about_connecting(&self) -> bool {
        self.dns.is_some() || self.certificate != Certificate::default()
    }

    /// The script for the name server, and whose name it is about.
    pub(crate) fn dns(&self) -> Option<&(Side, DnsPlan)> {
        self.dns.as_ref()
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            api: self.api.hits(),
            images: self.images.hits(),
            evil: self.evil.load(Ordering::SeqCst),
            private: self.private.load(Ordering::SeqCst),
        }
    }
}

/// How often each place was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) api: usize,
    pub(crate) images: usize,
    pub(crate) evil: usize,
    pub(crate) private: usize,
}

impl Server {
    fn new(plan: Plan) -> Self {
        Self {
            plan: Mutex::new(plan),
            received: Mutex::default(),
            answered: AtomicUsize::new(0),
            broken: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
        }
    }

    /// Complete requests.
    pub(crate) fn hits(&self) -> usize {
        self.received().iter().filter(|request| request.complete).count()
    }

    /// Everything that came, complete or not.
    pub(crate) fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn last(&self) -> Option<Received> {
        self.received().last().cloned()
    }

    /// From now on another plan; its first answer is the next one.
    pub(crate) fn set_plan(&self, plan: Plan) {
        *self.plan() = plan;
        self.begun.store(0, Ordering::SeqCst);
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next answer, and then the one after it.
    pub(crate) fn next_answer(&self) -> AnswerScript {
        self.plan().answer(self.begun.fetch_add(1, Ordering::SeqCst))
    }

    /// True when the next answer does not wait for the body of its request.
    pub(crate) fn is_next_early(&self) -> bool {
        self.plan().answer(self.begun.load(Ordering::SeqCst)).early
    }

    /// Counts an answer that was written to its end.
    pub(crate) fn count_answer(&self) {
        self.answered.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts an answer that the other side did not take to its end.
    pub(crate) fn count_broken(&self) {
        self.broken.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until the other side has left an answer; false when that takes longer than `patience`.
    pub(crate) async fn has_broken(&self, patience: Duration) -> bool {
        wait_until(patience, || self.broken.load(Ordering::SeqCst) > 0).await
    }

    /// Waits until this many answers were written; false when that takes longer than `patience`.
    pub(crate) async fn has_answered(&self, answers: usize, patience: Duration) -> bool {
        wait_until(patience, || self.answered.load(Ordering::SeqCst) >= answers).await
    }

    /// Waits until this many complete requests have come.
    pub(crate) async fn has_hits(&self, hits: usize, patience: Duration) -> bool {
        wait_until(patience, || self.hits() >= hits).await
    }
}

/// Polls until it is so; false when that takes longer than `patience`.
pub(crate) async fn wait_until(patience: Duration, mut so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if so() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
