//! What all handlers share: settings, the fault queue, the request log, and everything that is kept in memory.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::faults::FaultQueue;
use crate::links::{PictureShelf, Signer};
use crate::pictures::fetch::Fetcher;
use crate::request_log::RequestLog;
use crate::settings::Settings;
use crate::uploads::UploadShelf;

/// One running simulator.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// Base of every link handed out, without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) signer: Signer,
    pub(crate) fetcher: Fetcher,
    pub(crate) log: RequestLog,
    pub(crate) faults: Mutex<FaultQueue>,
    pub(crate) results: Mutex<PictureShelf>,
    pub(crate) uploads: Mutex<UploadShelf>,
    /// Bounds the painting that goes on at the same time to the number of processors: more only costs memory.
    pub(crate) easels: Arc<Semaphore>,
}

impl World {
    /// # Errors
    /// When the system has no random numbers to offer.
    pub(crate) fn new(settings: Settings, base_url: String) -> Result<Self, getrandom::Error> {
        let processors = available_parallelism().map_or(2, NonZero::get);
        Ok(Self {
            settings,
            base_url,
            signer: Signer::random()?,
            fetcher: Fetcher::new(),
            log: RequestLog::new(),
            faults: Mutex::new(FaultQueue::default()),
            results: Mutex::new(PictureShelf::new()),
            uploads: Mutex::new(UploadShelf::new()),
            easels: Arc::new(Semaphore::new(processors)),
        })
    }

    /// Forgets faults, requests, pictures and uploads.
    pub(crate) fn reset(&self) {
        self.faults.lock().clear();
        self.log.clear();
        self.results.lock().clear();
        self.uploads.lock().clear();
    }
}

/// Milliseconds since 1970, as the vendor's timing headers and the request log show them.
pub(crate) fn unix_millis(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}
