//! Everything around the relay under test, in a network namespace of its own: name server, API, image host, and
//! sentries on all other addresses.

mod authority;
mod defaults;
mod goaway;
mod name_server;
pub(crate) mod namespace;
mod origin_server;
pub(crate) mod places;
mod play;
mod scene;
mod sentries;

pub(crate) use authority::{Authority, write_private};
pub(crate) use origin_server::hex;
pub(crate) use scene::{Counts, Received, Scene, wait_until};

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use crate::mock_script::{Conduct, MockScript, Side};
use origin_server::OriginServer;
use scene::Stage;
use sentries::Sentries;

/// The world of one worker.
#[derive(Debug)]
pub(crate) struct World {
    stage: Stage,
    authority: Arc<Authority>,
    api: OriginServer,
    images: OriginServer,
    sentries: Sentries,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(…)")
    }
}

impl World {
    /// Builds it. Only inside a namespace that [`namespace::prepare`] has prepared.
    pub(crate) async fn start(scratch: &Path) -> Result<Self> {
        let stage = Stage::new();
        let authority = Arc::new(Authority::new(scratch)?);
        name_server::start(stage.clone()).await?;
        let server = |side, ip| OriginServer::start(side, ip, stage.clone(), Arc::clone(&authority));
        Ok(Self {
            api: server(Side::Api, places::API_IP)?,
            images: server(Side::Images, places::IMAGE_IP)?,
            sentries: Sentries::start(stage.clone())?,
            stage,
            authority,
        })
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Begins a new scene.
    pub(crate) async fn play(&mut self, script: MockScript) -> Result<Arc<Scene>> {
        let scene = self.stage.set(Scene::new(script));
        let closed = |side: Side| scene.server(side).plan().has(Conduct::Refuse);
        let (api_closed, images_closed) = (closed(Side::Api), closed(Side::Images));
        // First everything that must close: a sentry would take the place of a closed mock.
        if api_closed || images_closed {
            self.sentries.close().await;
        } else {
            self.sentries.open()?;
        }
        for (server, closed) in [(&mut self.api, api_closed), (&mut self.images, images_closed)] {
            if closed { server.close().await } else { server.open()? }
        }
        Ok(scene)
    }
}
