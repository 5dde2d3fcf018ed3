//! Packages that developers would compare ours with, measured in the same run and in the same way.

/// A package and what of it a page that edits pictures imports.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
}

pub(crate) const PEERS: &[Peer] = &[
    Peer { name: "openai", source: "export { default } from \"openai\";" },
    Peer { name: "@fal-ai/client", source: "export { createFalClient } from \"@fal-ai/client\";" },
    Peer { name: "replicate", source: "export { default } from \"replicate\";" },
];
