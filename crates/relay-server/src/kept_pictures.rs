//! Result pictures kept on disk, so that a link that died is not a picture lost. Only with `keep_pictures`.
//!
//! A file's name is a digest of the link and of whose call it was: nobody else finds it, and the name tells nothing.

mod room;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use relay_policy::identity::Identity;
use relay_policy::sniff::Picture;
use relay_policy::target::Target;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::body::{Body, BodyError};
use crate::clock::steady_seconds;
use crate::config::Limits;
use crate::connector::Connector;
use crate::durable;
use crate::image;
use room::PictureRoom;

const READ_BYTES: usize = 64 * 1024;
/// No transfer takes longer.
const PARTIAL_LIFE: Duration = Duration::from_secs(60 * 60);

/// The directory of kept pictures.
pub(crate) struct KeptPictures {
    directory: PathBuf,
    life: Duration,
    room: PictureRoom,
    failures: AtomicU64,
}

/// Why a picture was not kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    #[error("limits.kept_picture_bytes is reached")]
    Full,
    #[error("it could not be fetched ({0})")]
    Fetch(&'static str),
    #[error("the transfer broke off")]
    Broken,
    #[error("it could not be written: {0}")]
    Write(#[from] io::Error),
}

impl KeptPictures {
    /// Opens the directory below `state_dir`.
    pub(crate) fn open(state_dir: &Path, limits: &Limits) -> io::Result<Self> {
        let directory = state_dir.join("pictures");
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&directory)?;
        durable::sync_name(&directory);
        let kept = Self {
            directory,
            life: limits.job_life,
            room: PictureRoom::new(limits.kept_picture_bytes),
            failures: AtomicU64::new(0),
        };
        kept.sweep();
        Ok(kept)
    }

    fn path(&self, owner: &Identity, target: &Target) -> PathBuf {
        let mut hash = Sha256::new();
        owner.enter(&mut hash);
        // Not the link as written: it is the same picture with http and with https.
        hash.update(target.origin().as_str());
        hash.update(target.path_and_query().as_str());
        let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(name)
    }

    /// Fetches a picture and keeps it. What goes wrong is only logged: the caller has the link as well.
    pub(crate) async fn keep(
        &self,
        connector: &Arc<Connector>,
        limits: &Limits,
        owner: &Identity,
        target: &Target,
    ) {
        let path = self.path(owner, target);
        let partial = path.with_extension("part");
        if let Err(error) = self.fetch(connector, limits, target, &path, &partial).await {
            tracing::warn!(host = %target.origin(), %error, "a result picture is not kept");
            self.failures.fetch_add(1, Ordering::Relaxed);
            let _ = tokio::fs::remove_file(&partial).await;
        }
    }

    async fn fetch(
        &self,
        connector: &Arc<Connector>,
        limits: &Limits,
        target: &Target,
        path: &Path,
        partial: &Path,
    ) -> Result<(), KeepError> {
        let opened = image::open(connector, limits, target).await;
        let (_, length, mut body) = opened.map_err(|reject| KeepError::Fetch(reject.code().as_str()))?;
        let place = self.room.reserve(length.unwrap_or(limits.image_bytes)).ok_or(KeepError::Full)?;
        let mut file = tokio::fs::File::create(partial).await?;
        let mut written = 0;
        while let Some(frame) = body.frame().await {
            let data = frame.map_err(|_| KeepError::Broken)?.into_data().unwrap_or_default();
            file.write_all(&data).await?;
            written += data.len() as u64;
        }
        if length.is_some_and(|length| length != written) {
            return Err(KeepError::Broken);
        }
        file.sync_all().await?;
        tokio::fs::rename(partial, path).await?;
        place.settle(written);
        let directory = self.directory.clone();
        tokio::task::spawn_blocking(move || durable::sync_directory(&directory))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }

    /// A picture that was kept for this caller.
    pub(crate) async fn find(
        &self,
        owner: &Identity,
        target: &Target,
        name: Option<&str>,
    ) -> Option<Response<Body>> {
        let mut file = tokio::fs::File::open(self.path(owner, target)).await.ok()?;
        let length = file.metadata().await.ok()?.len();
        let mut first = vec![0; READ_BYTES];
        let read = file.read(&mut first).await.ok()?;
        first.truncate(read);
        let picture = Picture::sniff(&first)?;
        let rest = futures_util::stream::try_unfold(file, |mut file| async move {
            let mut buffer = vec![0; READ_BYTES];
            let read = file.read(&mut buffer).await.map_err(BodyError::new)?;
            buffer.truncate(read);
            Ok((read > 0).then(|| (Bytes::from(buffer), file)))
        });
        let first = futures_util::stream::once(async move { Ok(Bytes::from(first)) });
        let frames =
            futures_util::TryStreamExt::map_ok(futures_util::StreamExt::chain(first, rest), Frame::data);
        let body = http_body_util::StreamBody::new(frames).boxed_unsync();
        Some(image::label(picture, Some(length), body, name))
    }

    /// Bytes of all kept pictures.
    pub(crate) fn bytes(&self) -> u64 {
        self.room.kept()
    }

    /// Pictures that could not be kept since the start.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Removes pictures past their life and what a crash left half-written, and counts the others.
    pub(crate) fn sweep(&self) {
        let now = UNIX_EPOCH + Duration::from_secs(steady_seconds());
        let before = self.room.kept();
        let mut used = 0;
        for entry in fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let age = metadata.modified().ok().and_then(|modified| now.duration_since(modified).ok());
            let is_partial = entry.path().extension().is_some();
            let life = if is_partial { self.life.min(PARTIAL_LIFE) } else { self.life };
            if age.is_some_and(|age| age >= life) {
                let _ = fs::remove_file(entry.path());
            } else if !is_partial {
                used += metadata.len();
            }
        }
        self.room.recount(before, used);
    }
}
