//! Name look-up: the system's name servers, and how long one answer of theirs counts.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolverOpts};
use hickory_resolver::net::NetError;

use crate::config::Limits;

/// A wrong answer may say that it is good for a day: a private address, or an alias of `localhost`. The host would be
/// out of reach for so long, with the API's own name everybody's calls. A minute is enough for a burst of calls.
const BELIEVE: Duration = Duration::from_secs(60);
/// The same for "there is no such name". What is asked for is there nearly always, so asking again is cheap.
const BELIEVE_NOTHING: Duration = Duration::from_secs(5);
/// Hosts whose addresses are remembered.
const HOSTS: u64 = 256;

/// A resolver that asks the name servers of the system.
pub(super) fn of_system(limits: &Limits) -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio()?;
    tune(builder.options_mut(), limits);
    builder.build()
}

fn tune(options: &mut ResolverOpts, limits: &Limits) {
    options.ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
    options.timeout = limits.dns_timeout;
    options.cache_size = HOSTS;
    options.positive_max_ttl = Some(BELIEVE);
    options.negative_max_ttl = Some(BELIEVE_NOTHING);
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;
    use tokio::net::UdpSocket;

    const A_DAY: [u8; 4] = 86_400_u32.to_be_bytes();

    /// A name server that gives every question the same record, good for a day, and counts the questions.
    async fn name_server(kind: u8, data: &'static [u8]) -> (u16, Arc<AtomicUsize>) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut query = [0; 512];
            while let Ok((_, peer)) = socket.recv_from(&mut query).await {
                count.fetch_add(1, Ordering::Relaxed);
                let name_end = 12 + query[12..].iter().position(|byte| *byte == 0).unwrap();
                let question = &query[12..name_end + 5];
                let head = [query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
                let record = [0xc0, 12, 0, kind, 0, 1];
                let length = u16::try_from(data.len()).unwrap().to_be_bytes();
                let answer = [&head[..], question, &record, &A_DAY, &length, data].concat();
                socket.send_to(&answer, peer).await.unwrap();
            }
        });
        (port, asked)
    }

    fn asking(port: u16) -> TokioResolver {
        let mut connection = ConnectionConfig::udp();
        connection.port = port;
        let server = NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), true, vec![connection]);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        tune(builder.options_mut(), &Limits::default());
        builder.build().unwrap()
    }

    #[tokio::test]
    async fn an_odd_answer_that_says_it_is_good_for_a_day_is_forgotten_within_a_minute() {
        let (address, alias) = (1, 5);
        for (kind, data, found) in [
            (address, &[10, 0, 0, 1][..], Ipv4Addr::new(10, 0, 0, 1)),
            (alias, b"\x09localhost\0", Ipv4Addr::LOCALHOST),
        ] {
            let (port, asked) = name_server(kind, data).await;
            let resolver = asking(port);
            for _ in 0..2 {
                resolver.lookup_ip("dashscope.test.").await.unwrap();
            }
            let kept = resolver.lookup_ip("dashscope.test.").await.unwrap();
            assert_eq!(kept.iter().collect::<Vec<_>>(), [IpAddr::V4(found)]);
            assert_eq!(asked.load(Ordering::Relaxed), 1, "the others came from memory");
            let left = kept.valid_until().saturating_duration_since(Instant::now());
            assert!(left <= BELIEVE, "kept for {left:?}");
        }
    }

    #[test]
    fn a_name_that_is_missing_is_asked_for_again_soon() {
        let mut options = ResolverOpts::default();
        tune(&mut options, &Limits::default());
        assert!(options.negative_max_ttl.is_some_and(|limit| limit <= Duration::from_secs(5)));
    }
}
