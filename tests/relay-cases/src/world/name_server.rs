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
use crate::mock_script::{DnsPlan, DnsStep, Records, Side};

/// More does not fit into a UDP answer; the client asks again over TCP.
const UDP_BYTES: usize = 512;

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
    let mut answer = Message::response(question.metadata.id, OpCode::Query);
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.queries.push(query.clone());

    let name = query.name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
    let side = side_of(&name);
    let plan = side.and_then(|side| scene.dns_for(side)).cloned();
    let Some(plan) = plan else {
        answer.answers = records(&query.name, query.query_type, &Records::of(fixed(side)), 0);
        return answer.to_vec().ok();
    };
    tokio::time::sleep(plan.delay).await;
    match next_step(scene, &plan, query.query_type) {
        DnsStep::Silence => return None,
        DnsStep::ServerFailure => answer.metadata.response_code = ResponseCode::ServFail,
        DnsStep::NoSuchName => answer.metadata.response_code = ResponseCode::NXDomain,
        DnsStep::Refused => answer.metadata.response_code = ResponseCode::Refused,
        DnsStep::Many(count) => {
            answer.answers = records(&query.name, query.query_type, &Records::many(count), plan.ttl);
        }
        DnsStep::Records(found) => {
            answer.answers = records(&query.name, query.query_type, &found, plan.ttl);
        }
    }
    let bytes = answer.to_vec().ok()?;
    if over_tcp || bytes.len() <= UDP_BYTES { Some(bytes) } else { answer.truncate().to_vec().ok() }
}

/// The next answer of the script. Only questions that some step has an address for move it on: a client that
/// also asks for IPv6 must not use up the IPv4 answers.
fn next_step(scene: &Scene, plan: &DnsPlan, kind: RecordType) -> DnsStep {
    let has_kind = |step: &DnsStep| match step {
        DnsStep::Records(records) => records.addresses.iter().any(|address| kind_of(*address) == kind),
        DnsStep::Many(_) => kind == RecordType::A,
        _ => true,
    };
    let number = match plan.steps.iter().any(has_kind) {
        true => scene.questions.fetch_add(1, Ordering::SeqCst),
        false => 0,
    };
    plan.steps.get(number).or(plan.steps.last()).cloned().unwrap_or(DnsStep::NoSuchName)
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
    if let Some(alias) = found.alias.as_ref().and_then(|alias| Name::from_ascii(format!("{alias}.")).ok()) {
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
        Self { alias: None, addresses: vec![address.into()] }
    }

    /// Public addresses, the first of which is the image mock's.
    fn many(count: usize) -> Self {
        let first = u32::from(places::IMAGE_IP);
        let addresses = (0..count as u32).map(|number| Ipv4Addr::from(first + number).into());
        Self { alias: None, addresses: addresses.collect() }
    }
}
