//! All runs of all cases, shared out among workers.

mod link;

use std::collections::{HashMap, VecDeque};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::case_file::{Case, CaseFile, Entry, KeyMode, Selection};
use crate::options::Options;
use crate::procedures::{Verdict, procedure_for};
use crate::report::{self, Row};
use crate::worker::{Job, Outcome};
use crate::world::namespace;
use link::Link;

/// No run takes longer, except those that are asked for with `--slow`.
const PATIENCE: Duration = Duration::from_secs(400);
const SLOW_PATIENCE: Duration = Duration::from_secs(3 * 3600);

/// A case that was chosen.
struct Chosen<'a> {
    file: usize,
    index: usize,
    entry: &'a Entry,
    plan: Plan,
}

/// What is to be done with it.
enum Plan {
    Run { modes: Vec<KeyMode>, alone: bool, is_plain: bool },
    Skip(String),
    Fail(String),
}

/// Carries out everything and prints the table. Fails when a case fails.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    let files = options.cases.iter().map(|path| CaseFile::read(path)).collect::<Result<Vec<_>>>()?;
    let chosen = choose(&files, options)?;
    namespace::ensure_available()?;
    let (alone, together): (Vec<_>, Vec<_>) = jobs(&chosen).into_iter().partition(|(_, alone, _)| *alone);
    let mut outcomes = Vec::new();
    outcomes.extend(work_off(options, options.workers, together)?);
    outcomes.extend(work_off(options, 1, alone)?);

    let mut by_case: HashMap<(usize, usize), Vec<(KeyMode, Outcome)>> = HashMap::new();
    for (job, outcome) in outcomes {
        by_case.entry((job.file, job.entry)).or_default().push((job.mode, outcome));
    }
    let rows: Vec<Row> = chosen
        .iter()
        .map(|case| {
            let outcomes = by_case.remove(&(case.file, case.index)).unwrap_or_default();
            row(case, outcomes)
        })
        .collect();
    Ok(report::print(&rows, started.elapsed()))
}

fn choose<'a>(files: &'a [CaseFile], options: &Options) -> Result<Vec<Chosen<'a>>> {
    let selection = Selection::new(options.only.clone());
    let all = files.iter().enumerate().flat_map(|(file, cases)| {
        cases.entries.iter().enumerate().map(move |(index, entry)| (file, index, entry))
    });
    let entries: Vec<&Entry> = files.iter().flat_map(|file| &file.entries).collect();
    if let Some(unused) = selection.unused(&entries) {
        bail!("--only {unused}: no such case or group");
    }
    let chosen = all.filter(|(_, _, entry)| selection.takes(entry));
    Ok(chosen.map(|(file, index, entry)| Chosen { file, index, entry, plan: plan(entry, options) }).collect())
}

fn plan(entry: &Entry, options: &Options) -> Plan {
    let case: &Case = match &entry.case {
        Ok(case) => case,
        Err(what) => return Plan::Fail(format!("not understood: {what}")),
    };
    if !case.places.iter().any(|place| place == "native") {
        return Plan::Skip("for the edge build only".to_owned());
    }
    let procedure = procedure_for(case);
    if procedure.traits().slow && !options.under_test.slow {
        return Plan::Skip("takes minutes: --slow".to_owned());
    }
    let wanted = options.mode.map(crate::options::Mode::key_mode);
    let mut modes = case.mode.modes();
    modes.retain(|mode| wanted.is_none_or(|wanted| wanted == *mode));
    if case.method == "CLI" {
        // One start with the fault in it shows it.
        modes = modes.into_iter().rev().take(1).collect();
    }
    if modes.is_empty() {
        return Plan::Skip("for the other key mode".to_owned());
    }
    Plan::Run { modes, alone: procedure.traits().alone, is_plain: case.steps.is_empty() }
}

/// Jobs with the order in which they are best begun: long ones first.
fn jobs(chosen: &[Chosen<'_>]) -> Vec<(Job, bool, bool)> {
    let mut jobs = Vec::new();
    for case in chosen {
        let Plan::Run { modes, alone, is_plain } = &case.plan else { continue };
        for mode in modes {
            let number = jobs.len() as u32;
            let job = Job { file: case.file, entry: case.index, mode: *mode, number };
            jobs.push((job, *alone, *is_plain));
        }
    }
    jobs.sort_by_key(|(job, _, is_plain)| (*is_plain, job.mode));
    jobs
}

/// Lets workers take job after job until none is left.
fn work_off(options: &Options, workers: usize, jobs: Vec<(Job, bool, bool)>) -> Result<Vec<(Job, Outcome)>> {
    let workers = workers.clamp(1, jobs.len().max(1));
    let total = jobs.len();
    let queue: Mutex<VecDeque<Job>> = Mutex::new(jobs.into_iter().map(|(job, _, _)| job).collect());
    let done = Mutex::new(Vec::new());
    let patience = if options.under_test.slow { SLOW_PATIENCE } else { PATIENCE };
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            let mut link: Option<Link> = None;
            while let Some(job) = next() {
                let worker = match link.take() {
                    Some(worker) => worker,
                    None => Link::start(options)?,
                };
                let (outcome, worker) = worker.carry_out(&job, patience);
                link = worker;
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((job, outcome));
                report::progress(done.len(), total);
            }
            Ok(())
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().unwrap_or_else(|_| bail!("a worker's thread ended"))?;
        }
        Ok(())
    })?;
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// A case passes only if it passes in all modes.
fn row(case: &Chosen<'_>, mut outcomes: Vec<(KeyMode, Outcome)>) -> Row {
    outcomes.sort_by_key(|(mode, _)| *mode);
    let seconds = outcomes.iter().map(|(_, outcome)| outcome.seconds).fold(0.0, |sum, seconds| sum + seconds);
    let verdict = match &case.plan {
        Plan::Skip(why) => Verdict::Skipped(why.clone()),
        Plan::Fail(why) => Verdict::Failed(why.clone()),
        Plan::Run { .. } => together(outcomes),
    };
    Row { id: case.entry.id.clone(), title: case.entry.title.clone(), verdict, seconds }
}

fn together(outcomes: Vec<(KeyMode, Outcome)>) -> Verdict {
    let several = outcomes.len() > 1;
    let all_same = outcomes.windows(2).all(|pair| pair[0].1.verdict == pair[1].1.verdict);
    if outcomes.is_empty() {
        return Verdict::Failed("was not carried out".to_owned());
    }
    if all_same {
        return outcomes
            .into_iter()
            .next()
            .map_or(Verdict::Passed(String::new()), |(_, outcome)| outcome.verdict);
    }
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Failed(_) => 2,
        Verdict::Skipped(_) => 1,
        Verdict::Passed(_) => 0,
    };
    let worst = outcomes.iter().map(|(_, outcome)| rank(&outcome.verdict)).max().unwrap_or(0);
    let told = outcomes.iter().filter(|(_, outcome)| rank(&outcome.verdict) == worst);
    let told = told.filter(|(_, outcome)| !outcome.verdict.why().is_empty()).map(|(mode, outcome)| {
        let why = outcome.verdict.why();
        if several { format!("[{}] {why}", mode.as_str()) } else { why.to_owned() }
    });
    let why = told.collect::<Vec<_>>().join("; ");
    match worst {
        2 => Verdict::Failed(why),
        1 => Verdict::Skipped(why),
        _ => Verdict::Passed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(one: Verdict, other: Verdict) -> Verdict {
        let outcome = |verdict| Outcome { verdict, seconds: 1.0 };
        together(vec![(KeyMode::Passthrough, outcome(one)), (KeyMode::ServerKey, outcome(other))])
    }

    #[test]
    fn a_case_passes_only_in_all_its_modes() {
        let passed = || Verdict::Passed(String::new());
        assert_eq!(verdict(passed(), passed()), passed());
        let failed = verdict(passed(), Verdict::Failed("why".into()));
        assert_eq!(failed, Verdict::Failed("[server_key] why".into()));
        let skipped = verdict(passed(), Verdict::Skipped("why".into()));
        assert_eq!(skipped, Verdict::Skipped("[server_key] why".into()));
    }
}
