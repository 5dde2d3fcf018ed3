//! The vendor's Python SDK, run unchanged against a base URL.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::relay::KEY;

/// Makes one test of each scenario for each version of the SDK. A scenario is a `fn(&Sdk)` beside it.
#[macro_export]
macro_rules! with_each_sdk {
    ($($scenario:ident),+ $(,)?) => {
        mod sdk_2_0_2 {
            $(#[test] fn $scenario() { $crate::sdk::run("2.0.2", super::$scenario); })+
        }
        mod sdk_1_25_15 {
            $(#[test] fn $scenario() { $crate::sdk::run("1.25.15", super::$scenario); })+
        }
    };
}

/// One version of the SDK.
#[derive(Debug)]
pub struct Sdk {
    python: PathBuf,
    /// For example `2.0.2`.
    pub version: &'static str,
}

/// Runs a scenario with a version of the SDK. Without it there is nothing to test: that is said, and with
/// `CI=true` it is a failure.
pub fn run(version: &'static str, scenario: impl FnOnce(&Sdk)) {
    match Sdk::find(version) {
        Ok(sdk) => scenario(&sdk),
        Err(why) if env::var("CI").is_ok_and(|value| value == "true") => panic!("{why}"),
        Err(why) => println!("skipped: {why}"),
    }
}

impl Sdk {
    /// # Errors
    /// What is missing, and how to get it.
    fn find(version: &'static str) -> Result<Self, String> {
        let variable = format!("QWEN_EDIT_PYTHON_{}", version.replace('.', "_"));
        let advice = "`cargo xtask test --only contract` installs it and says where it is";
        let python = env::var_os(&variable)
            .map(PathBuf::from)
            .ok_or_else(|| format!("no Python with dashscope {version}: {variable} is not set; {advice}"))?;
        if !python.is_file() {
            return Err(format!("{variable}: {} is not there; {advice}", python.display()));
        }
        Ok(Self { python, version })
    }

    /// Whether it is of the line before 2, which writes its requests in another way.
    pub fn is_old(&self) -> bool {
        self.version.starts_with("1.")
    }

    /// Runs one of the scripts in `python/` to its end and gives what it printed.
    pub fn script(&self, base_url: &str, name: &str, arguments: &[&str]) -> String {
        self.run(base_url, name, arguments, "")
    }

    /// Makes calls one after the other, each given as the arguments of `MultiModalConversation.call`, and tells
    /// how each ended: the SDK's answer, or `{"exception": …}`.
    pub fn calls(&self, base_url: &str, calls: &Value) -> Vec<Value> {
        let printed = self.run(base_url, "calls.py", &[], &calls.to_string());
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// Runs programs in `folder` to their ends, one after the other in one process, which is what takes long to start.
    pub fn programs(&self, folder: &Path, names: &[String]) -> String {
        let run_all =
            "import runpy, sys\nfor program in sys.argv[1:]: runpy.run_path(program, run_name='__main__')";
        let mut command = self.python();
        command.current_dir(folder).args(["-c", run_all]).args(names);
        self.end_of("the programs", &mut command, "")
    }

    fn run(&self, base_url: &str, name: &str, arguments: &[&str], input: &str) -> String {
        let mut command = self.python();
        command
            .arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python").join(name))
            .args(arguments)
            .env("DASHSCOPE_HTTP_BASE_URL", base_url);
        self.end_of(name, &mut command, input)
    }

    fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        command
            .env("DASHSCOPE_API_KEY", KEY)
            .env("NO_PROXY", "127.0.0.1")
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn end_of(&self, name: &str, command: &mut Command, input: &str) -> String {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut python = command.spawn().unwrap();
        // Dropped at once, which ends the script's input.
        python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = python.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} with dashscope {}: {stderr}", self.version);
        String::from_utf8(output.stdout).unwrap()
    }
}
