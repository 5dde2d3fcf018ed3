//! The name server of a run: fixed answers, unless the scene has a script.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};
use hickory_proto::op::{Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::places;
use super::scene::{Scene, Stage};
use crate::mock_script::{DnsAnswer, DnsPlan, DnsStep, Records, Side};

/// More does not fit into a UDP answer; the client asks again over TCP.
const UDP_BYTES: usize = 512;
/// The other name of two that are aliases of each other.
const LOOP_NAME: &str = "loop.example";

/// Starts answering.
pub(crate) async fn start(stage: Stage) -> Result<()> {
    let address = SocketAddr::from((places::NAME_SERVER, 53));
    let udp = Arc::new(UdpSocket::bind(address).await.context("name server, UDP")?);
    let tcp = TcpListener::bind(address).await.context("name server, TCP")?;
    tokio::spawn(serve_udp(udp, stage.clone()));
    tokio::spawn(serve_tcp(tcp, stage));
    Ok(())
}

async fn serve_udp(socket: Arc<UdpSocket>, stage: Stage) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((bytes, client)) = socket.recv_from(&mut buffer).await else { continue };
        let (socket, scene, question) = (Arc::clone(&socket), stage.now(), buffer[..bytes].to_vec());
        tokio::spawn(async move {
            let Some(answer) = reply(&scene, &question, false).await else { return };
            // Nobody may be waiting any more.
            let _ = socket.send_to(&answer, client).await;
        });
    }
}

async fn serve_tcp(listener: TcpListener, stage: Stage) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let scene = stage.now();
        tokio::spawn(async move { drop(tcp_questions(stream, &scene).await) });
    }
}

async fn tcp_questions(mut stream: TcpStream, scene: &Scene) -> std::io::Result<()> {
    loop {
        let mut question = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut question).await?;
        let Some(answer) = reply(scene, &question, true).await else { return Ok(()) };
        let length = u16::try_from(answer.len()).map_err(std::io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes()[..], &answer].concat()).await?;
    }
}

/// `None` when the script says to stay silent.
async fn reply(scene: &Scene, question: &[u8], over_tcp: bool) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let question_id = question.metadata.id;
    let mut answer = Message::response(question_id, OpCode::Query);
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.queries.push(query.clone());

    let name = query.name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
    let step = step_for(scene, &name, query.query_type).await;
    let mut give = |found: &Records| {
        answer.answers = records(&query.name, query.query_type, found, step.ttl);
    };
    match step.answer {
        DnsAnswer::Usual => give(&Records::of(fixed(side_of(&name)))),
        DnsAnswer::Records(found) => give(&found),
        DnsAnswer::Many(count, more) => give(&Records::many(count, &more)),
        DnsAnswer::AliasLoop => give(&Records::alias_loop(&name, scene)),
        DnsAnswer::Silence => return None,
        DnsAnswer::Garbage => return Some(garbage(question_id)),
        DnsAnswer::Truncated => return answer.truncate().to_vec().ok(),
        DnsAnswer::ServerFailure => answer.metadata.response_code = ResponseCode::ServFail,
        DnsAnswer::NoSuchName => answer.metadata.response_code = ResponseCode::NXDomain,
        DnsAnswer::Refused => answer.metadata.response_code = ResponseCode::Refused,
    }
    let bytes = answer.to_vec().ok()?;
    if over_tcp || bytes.len() <= UDP_BYTES { Some(bytes) } else { answer.truncate().to_vec().ok() }
}

/// What the scene says about a name: the one its script is about, or the target of an alias that the script gives.
async fn step_for(scene: &Scene, name: &str, kind: RecordType) -> DnsStep {
    let usual = DnsStep { answer: DnsAnswer::Usual, ttl: 0 };
    let Some((about, plan)) = scene.dns() else { return usual };
    match side_of(name) {
        Some(side) if side == *about => {
            tokio::time::sleep(plan.delay).await;
            next_step(scene, plan, kind)
        }
        Some(_) => usual,
        None if name == LOOP_NAME && plan.has_loop() => DnsStep { answer: DnsAnswer::AliasLoop, ttl: 0 },
        None => match plan.behind_alias(name) {
            Some((records, ttl)) => DnsStep { answer: DnsAnswer::Records(records), ttl },
            None => usual,
        },
    }
}

/// The next answer of the script. Only questions that some step has an address for move it on: a client that
/// also asks for IPv6 must not use up the IPv4 answers.
fn next_step(scene: &Scene, plan: &DnsPlan, kind: RecordType) -> DnsStep {
    let has_kind = |addresses: &[IpAddr]| addresses.iter().any(|address| kind_of(*address) == kind);
    let counts = |step: &DnsStep| match &step.answer {
        DnsAnswer::Records(records) => has_kind(&records.addresses),
        DnsAnswer::Many(_, more) => kind == RecordType::A || has_kind(more),
        DnsAnswer::Usual => kind == RecordType::A,
        _ => true,
    };
    let number = match plan.steps.iter().any(counts) {
        true => scene.questions.fetch_add(1, Ordering::SeqCst),
        false => 0,
    };
    let step = plan.steps.get(number).or(plan.steps.last()).cloned();
    step.unwrap_or(DnsStep { answer: DnsAnswer::NoSuchName, ttl: 0 })
}

/// Begins like an answer, and is none.
fn garbage(question_id: u16) -> Vec<u8> {
    [&question_id.to_be_bytes()[..], b"\xff\xff what is this?"].concat()
}

fn side_of(name: &str) -> Option<Side> {
    match name {
        places::API_NAME => Some(Side::Api),
        name if places::is_image_name(name) => Some(Side::Images),
        _ => None,
    }
}

/// Names that nobody knows lead to the evil host, so that whoever asks for them is seen there.
fn fixed(side: Option<Side>) -> Ipv4Addr {
    match side {
        Some(Side::Api) => places::API_IP,
        Some(Side::Images) => places::IMAGE_IP,
        None => places::EVIL_IP,
    }
}

fn kind_of(address: IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}

fn records(name: &Name, kind: RecordType, found: &Records, ttl: u32) -> Vec<Record> {
    let mut records = Vec::new();
    let mut owner = name.clone();
    for alias in found.aliases.iter().filter_map(|alias| Name::from_ascii(format!("{alias}.")).ok()) {
        records.push(Record::from_rdata(owner, ttl, RData::CNAME(CNAME(alias.clone()))));
        owner = alias;
    }
    let wanted = found.addresses.iter().filter(|address| kind_of(**address) == kind);
    records.extend(wanted.map(|address| {
        let data = match address {
            IpAddr::V4(address) => RData::A(A(*address)),
            IpAddr::V6(address) => RData::AAAA(AAAA(*address)),
        };
        Record::from_rdata(owner.clone(), ttl, data)
    }));
    records
}

impl Records {
    fn of(address: Ipv4Addr) -> Self {
        Self { aliases: Vec::new(), addresses: vec![address.into()] }
    }

    /// Public addresses, the first of which is the image mock's, and some more.
    fn many(count: usize, more: &[IpAddr]) -> Self {
        let first = u32::from(places::IMAGE_IP);
        let addresses = (0..count as u32).map(|number| Ipv4Addr::from(first + number).into());
        Self { aliases: Vec::new(), addresses: addresses.chain(more.iter().copied()).collect() }
    }

    /// From a name to another one, and back.
    fn alias_loop(name: &str, scene: &Scene) -> Self {
        let about_api = scene.dns().is_some_and(|(side, _)| *side == Side::Api);
        let scripted = if about_api { places::API_NAME } else { places::IMAGE_NAME };
        let other = if name == LOOP_NAME { scripted } else { LOOP_NAME };
        Self { aliases: vec![other.to_owned(), name.to_owned()], addresses: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill::Expander;
    use crate::mock_script::MockScript;

    /// Asks for an IPv4 address, as a relay would.
    async fn ask(scene: &Scene, name: &str) -> Message {
        let name = Name::from_ascii(format!("{name}.")).unwrap();
        let mut question = Message::query();
        question.add_query(hickory_proto::op::Query::query(name, RecordType::A));
        let answer = reply(scene, &question.to_vec().unwrap(), true).await.unwrap();
        Message::from_vec(&answer).unwrap()
    }

    fn scene(script: &str) -> Scene {
        let nothing = Expander::new(std::collections::BTreeMap::new());
        Scene::new(MockScript::read(script, Side::Images, &nothing).unwrap())
    }

    #[tokio::test]
    async fn nothing_is_known_about_the_target_of_an_alias_without_an_address() {
        let scene = scene("dns:CNAME nowhere.example");
        let answer = ask(&scene, places::IMAGE_NAME).await;
        assert_eq!(answer.answers.len(), 1);
        assert!(ask(&scene, "nowhere.example").await.answers.is_empty());
        assert_eq!(ask(&scene, "elsewhere.example").await.answers.len(), 1);
    }

    #[tokio::test]
    async fn a_circle_of_aliases_is_one_from_both_sides() {
        let scene = scene("dns:CNAME loop");
        for name in [places::IMAGE_NAME, LOOP_NAME] {
            let answers = ask(&scene, name).await.answers;
            assert_eq!(answers.len(), 2, "{name}");
            assert!(answers.iter().all(|record| record.record_type() == RecordType::CNAME), "{name}");
        }
    }

    #[tokio::test]
    async fn each_step_has_its_time_to_live() {
        let scene = scene("dns:A 47.88.1.2 (TTL 86400) then A 127.0.0.1");
        for ttl in [86_400, 0] {
            assert_eq!(ask(&scene, places::IMAGE_NAME).await.answers[0].ttl, ttl);
        }
    }

    #[tokio::test]
    async fn an_answer_can_be_cut_off_or_no_answer_at_all() {
        let truncated = ask(&scene("dns:truncated"), places::IMAGE_NAME).await;
        assert!(truncated.metadata.truncation);
        assert!(Message::from_vec(&garbage(7)).is_err());
    }
}
