//! Log lines on stderr. They never hold a key, the query of a link, or a body.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::config::LogFormat;

/// What is logged when `RUST_LOG` does not say.
const DEFAULT: &str = "info";

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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::Context;
    use tracing_subscriber::{Layer, Registry};

    use super::*;

    /// Keeps the target and level of every event that comes through.
    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<(String, Level)>>>);

    impl Layer<Registry> for Heard {
        fn on_event(&self, event: &tracing::Event<'_>, _context: Context<'_, Registry>) {
            let metadata = event.metadata();
            self.0.lock().unwrap().push((metadata.target().to_owned(), *metadata.level()));
        }
    }

    #[test]
    fn libraries_are_not_heard_below_info() {
        let heard = Heard::default();
        let subscriber = tracing_subscriber::registry().with(heard.clone().with_filter(filter_fn(may_log)));
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "h2::codec", "authorization: Bearer sk-canary");
            tracing::debug!(target: "hickory_resolver", "canary");
            tracing::info!(target: "hyper", "an event of a library");
            tracing::trace!(target: "relay_server::app", "our own");
        });
        let heard = heard.0.lock().unwrap().clone();
        assert_eq!(
            heard,
            [("hyper".to_owned(), Level::INFO), ("relay_server::app".to_owned(), Level::TRACE)]
        );
    }
}
