//! `kill -9` at random moments, 200 times over, on one state directory: no stored answer may be lost, and no call may
//! reach the API twice.
//!
//! A round is eight asynchronous jobs at one time. The relay goes down in the middle of them, another one starts on
//! the same directory, and every job is looked for, asked for again with the same key and body, and looked for once
//! more when all rounds are over. SIGKILL leaves the system's file cache alone: this says nothing about power cuts.

mod desk;
mod job;
mod judge;
mod round;
mod story;
mod tally;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use crate::relay::Relay;
use crate::sim::Sim;
use round::{Kind, Round, Stage};
use tally::Tally;

/// How long the simulator takes for a call.
const LATENCY: &str = "200ms..3s";
/// One aimed round more for so many rounds at random moments.
const AIMED_SHARE: usize = 4;
/// Rounds that end with SIGTERM, at most.
const MOST_ORDERLY: usize = 5;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The simulator's program
    #[arg(long, value_name = "FILE")]
    sim: PathBuf,
    /// Rounds at random moments; up to five more end with SIGTERM
    #[arg(long, default_value_t = 200, value_name = "N")]
    rounds: usize,
    /// More rounds, aimed at the moments in which the relay writes [default: a quarter of --rounds]
    #[arg(long, value_name = "N")]
    aimed: Option<usize>,
    /// Makes the same jobs and the same moments again; the order of events stays the system's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Plays all rounds and prints the table. `false` when a promise was broken.
pub(crate) async fn run(relay: &Path, options: &Options) -> Result<bool> {
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    eprintln!("kill-test: seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let sim = Sim::start(&options.sim, LATENCY).await?;
    let first = Relay::start(relay, folder.path(), &sim.url).await?;
    let mut stage = Stage { program: relay, folder: folder.path(), sim, relay: first };

    let aimed = options.aimed.unwrap_or(options.rounds.div_ceil(AIMED_SHARE));
    let kinds = schedule(options.rounds, aimed, &mut random);
    let mut played: Vec<(Kind, Round)> = Vec::new();
    for (number, kind) in (1..).zip(&kinds) {
        let round = round::play(&mut stage, *kind, &mut random).await?;
        eprintln!("round {number} of {}, {}", kinds.len(), tally::line(*kind, &round));
        played.push((*kind, round));
    }

    stage.sim.read_settled_log().await?;
    let mut tally = Tally::default();
    for (kind, round) in &mut played {
        for story in &mut round.stories {
            story.at_end = round::ask(&stage.relay, &story.key).await?;
            story.dispatched = stage.sim.complete(&story.body_sha256);
        }
        tally.add(*kind, round);
    }
    print!("{}", tally.text());
    println!("\nseed {seed}");
    if !tally.is_clean() {
        eprintln!("the relay's state is kept in {}", folder.keep().display());
    }
    Ok(tally.is_clean())
}

/// The kinds of all rounds, in an order of chance.
fn schedule(rounds: usize, aimed: usize, random: &mut fastrand::Rng) -> Vec<Kind> {
    let orderly = rounds.div_ceil(AIMED_SHARE * 2).min(MOST_ORDERLY);
    let mut kinds = vec![Kind::Random; rounds];
    kinds.extend((0..aimed).map(|number| if number % 2 == 0 { Kind::AtAnswer } else { Kind::AtDispatch }));
    kinds.extend(vec![Kind::Orderly; orderly]);
    random.shuffle(&mut kinds);
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_has_all_kinds() {
        let count = |rounds, aimed| {
            let kinds = schedule(rounds, aimed, &mut fastrand::Rng::with_seed(7));
            [Kind::Random, Kind::AtDispatch, Kind::AtAnswer, Kind::Orderly]
                .map(|wanted| kinds.iter().filter(|kind| **kind == wanted).count())
        };
        assert_eq!(count(200, 50), [200, 25, 25, 5]);
        assert_eq!(count(8, 2), [8, 1, 1, 1]);
        assert_eq!(count(1, 1), [1, 0, 1, 1]);
    }
}
