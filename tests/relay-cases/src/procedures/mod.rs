//! How cases are carried out: most are one request; the others have a procedure here, found by their id.

mod bench;
mod budget;
mod crash;
mod faults;
mod flood;
mod http2;
mod idempotency;
mod invitations;
mod jobs;
mod keys;
mod leaks;
mod limits;
mod load;
mod pictures;
mod plain;
mod pressure;
mod rows;
mod spending;
mod start_up;
mod table;
mod tls;
mod trickle;
mod upstream;
mod verdict;
mod visitor;
mod words;

pub(crate) use bench::Bench;
pub(crate) use table::procedure_for;
pub(crate) use verdict::Verdict;
