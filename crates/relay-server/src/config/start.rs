//! The program's arguments and variables, before they are settings. What cannot be read is named without being repeated:
//! a key may have been put anywhere.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser as _};

use super::cli::{Cli, Command};
use super::error::{self, ConfigError};

const PREFIX: &str = "QWEN_EDIT_RELAY_";

/// Why there is nothing to start.
#[derive(Debug)]
pub enum NotStarted {
    /// Somebody asked for the help or the version; this is the text.
    Asked(String),
    /// A flag or a variable cannot be used.
    Refused(ConfigError),
}

impl From<ConfigError> for NotStarted {
    fn from(error: ConfigError) -> Self {
        Self::Refused(error)
    }
}

impl Cli {
    /// Reads the arguments; `variables` are the names of those that are set.
    ///
    /// # Errors
    /// [`NotStarted`]; a fault names the flag or the variable.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
        variables: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, NotStarted> {
        let cli = Self::try_parse_from(arguments).map_err(|error| not_read(&error))?;
        // An invite needs no settings.
        if !matches!(cli.command(), Some(Command::Invite { .. })) {
            variables.into_iter().try_for_each(|name| check_variable(&name.to_string_lossy()))?;
        }
        Ok(cli)
    }
}

/// The parser's own rendering repeats what was given.
fn not_read(error: &clap::Error) -> NotStarted {
    if !error.use_stderr() {
        return NotStarted::Asked(error.render().to_string());
    }
    let setting = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(shown)) => flag_in(shown),
        _ => None,
    };
    let kind = error.kind().as_str().unwrap_or("cannot be read");
    let advice = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::ValidValue]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .map(words)
        .filter(|words| !words.is_empty())
        .map_or_else(String::new, |words| format!("; did you mean {words}?"));
    let problem = format!("{kind}{advice} `relay-server --help` has all flags");
    let problem = if advice.is_empty() { problem.replacen(" `", "; `", 1) } else { problem };
    ConfigError::invalid(setting.as_deref().unwrap_or("command line"), problem).into()
}

/// Words of ours that the parser proposes.
fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(word) => word.clone(),
        ContextValue::Strings(words) => words.join(" or "),
        _ => String::new(),
    }
}

/// The flag of ours that stands at the beginning of the parser's text.
fn flag_in(shown: &str) -> Option<String> {
    let given = shown.strip_prefix("--")?.split([' ', '=', '[']).next()?;
    let command = <Cli as CommandFactory>::command();
    let known = command.get_arguments().filter_map(|argument| argument.get_long()).any(|long| long == given);
    known.then(|| format!("--{given}"))
}

/// Nothing reads a misspelt variable, so the relay would run without what its operator wants.
fn check_variable(name: &str) -> Result<(), ConfigError> {
    let Some(rest) = name.strip_prefix(PREFIX) else { return Ok(()) };
    let command = <Cli as CommandFactory>::command();
    let is_known = command.get_arguments().filter_map(|argument| argument.get_env()).any(|env| env == name);
    if is_known || is_of_kubernetes(rest) {
        return Ok(());
    }
    // A key or a token in place of the name.
    let shown = if rest.contains("qei_") || rest.contains('-') { "…" } else { error::name(rest) };
    Err(ConfigError::invalid(
        format!("{PREFIX}{shown}"),
        "is no setting; `relay-server --help` has all variables, and QWEN_EDIT_RELAY_SET takes any line of the file. A \
         variable for key_env needs a name that begins otherwise",
    ))
}

/// Kubernetes tells every container about the services beside it, in variables that it makes up from their names, for
/// example of one named qwen-edit-relay-metrics.
fn is_of_kubernetes(rest: &str) -> bool {
    let words: Vec<&str> = rest.split('_').collect();
    match words.as_slice() {
        [.., "SERVICE", "HOST"] => true,
        // PORT, SERVICE_PORT, SERVICE_PORT_HTTP, PORT_80_TCP, PORT_80_TCP_ADDR, …
        words => words.contains(&"PORT"),
    }
}
