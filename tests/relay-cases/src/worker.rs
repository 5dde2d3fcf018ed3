//! A worker: builds its world inside the namespace it was started in, then carries out what it is told, one run
//! after the other. Jobs come on standard input, outcomes go to standard output, one line each.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::case_file::{Case, CaseFile, KeyMode};
use crate::fill::Secrets;
use crate::options::{UnderTest, WorkerOptions};
use crate::procedures::{Bench, Verdict, procedure_for};
use crate::relay::{RelayPool, Site};
use crate::world::{World, namespace, places};

/// One run of one case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) file: usize,
    pub(crate) entry: usize,
    pub(crate) mode: KeyMode,
    /// Different for every run.
    pub(crate) number: u32,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
}

pub(crate) fn run(options: &WorkerOptions) -> Result<ExitCode> {
    namespace::prepare(&options.scratch)?;
    let files = options.cases.iter().map(|path| CaseFile::read(path)).collect::<Result<Vec<_>>>()?;
    // Children end with the thread that started them, so everything is started from this one.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut world = World::start(&options.scratch).await?;
        let (certificate_file, key_file) =
            world.authority().write_pair(places::RELAY_NAME, &options.scratch)?;
        let site = Site {
            binary: options.under_test.relay.clone(),
            clock: options.under_test.clock.clone(),
            scratch: options.scratch.clone(),
            ca_file: world.authority().file().to_owned(),
            certificate_file,
            key_file,
            without: options.under_test.without.clone(),
        };
        let mut pool = RelayPool::new(site, Secrets::new());
        say("ready")?;
        for line in std::io::stdin().lock().lines() {
            let job: Job = serde_json::from_str(&line?)?;
            let case = &files
                .get(job.file)
                .and_then(|file| file.entries.get(job.entry))
                .context("no such case")?
                .case;
            let started = Instant::now();
            let verdict = match case {
                Ok(case) => carry_out(case, &job, &mut world, &mut pool, &options.under_test).await,
                Err(what) => Verdict::Failed(format!("not understood: {what}")),
            };
            say(&serde_json::to_string(&Outcome { verdict, seconds: started.elapsed().as_secs_f64() })?)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn carry_out(
    case: &Case,
    job: &Job,
    world: &mut World,
    pool: &mut RelayPool,
    tested: &UnderTest,
) -> Verdict {
    match Bench::new(case, job.mode, job.number, world, pool, tested).await {
        Ok(mut bench) => {
            let procedure = procedure_for(case);
            let result = procedure.run(&mut bench).await;
            match bench.finish(result) {
                Verdict::Failed(why) if procedure.is_guess() => {
                    Verdict::Failed(format!("{why} (the steps were guessed from the case's words)"))
                }
                verdict => verdict,
            }
        }
        Err(stop) => stop.into_verdict(),
    }
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}
