//! One module for each endpoint of the API port, and one for the way in which the object store among them fails.

pub(crate) mod generation;
pub(crate) mod object_store;
pub(crate) mod picture;
pub(crate) mod tasks;
pub(crate) mod unknown;
pub(crate) mod upload_file;
pub(crate) mod upload_policy;
