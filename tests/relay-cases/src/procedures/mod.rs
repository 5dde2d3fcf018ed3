//! How cases are carried out: most are one request; the others have a procedure here, found by their id.

mod bench;
mod budget;
mod crash;
mod flood;
mod http2;
mod idempotency;
mod jobs;
mod leaks;
mod limits;
mod load;
mod plain;
mod pressure;
mod start_up;
mod table;
mod tls;
mod upstream;
mod verdict;
mod visitor;
mod words;

pub(crate) use bench::Bench;
pub(crate) use table::procedure_for;
pub(crate) use verdict::Verdict;
