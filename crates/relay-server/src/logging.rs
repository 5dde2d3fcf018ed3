//! Log lines on stderr. They never hold a key, the query of a link, or a body.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::config::LogFormat;

/// What is logged when `RUST_LOG` does not say. The HTTP library warns about every idle connection it closes.
const DEFAULT: &str = "info,hyper=error";

/// Starts logging.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // A second subscriber in one process is a test's; the first one stays.
    let _ =
        tracing_subscriber::registry().with(lines.with_filter(filter_fn(may_log))).with(filter).try_init();
}

/// Libraries write headers and addresses at their finest levels. Whatever `RUST_LOG` says, only this relay's
/// own code, which knows what a secret is, is heard there.
fn may_log(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("relay_") || *metadata.level() <= Level::INFO
}
