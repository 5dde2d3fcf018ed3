//! Advice for failures, and the rules that find it.

use serde::Deserialize;
use toml::Table;

use crate::cite::{Sources, entries, typed};
use crate::emit;

/// The entry for failures that no rule knows.
pub(crate) const CATCH_ALL: &str = "unknown";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advice {
    pub(crate) id: String,
    /// The entry whose sentences it says; none: its own.
    #[serde(skip)]
    same_as: Option<String>,
    next: NextStep,
    retry: Retry,
    charged: Charged,
    #[serde(default)]
    when: Vec<Rule>,
}

/// An entry that says what another one says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Echo {
    id: String,
    same_as: String,
}

/// Everything that is given must hold. No rule at all: the entry is found by its id only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// One of these: exact, or everything that starts like it when it ends with `*`.
    #[serde(default)]
    codes: Vec<String>,
    /// One of these is a piece of the message.
    #[serde(default)]
    messages: Vec<String>,
    /// First and last HTTP status.
    status: Option<[u16; 2]>,
    shape: Option<Shape>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NextStep {
    FixInput,
    FixPicture,
    FixPrompt,
    FixKey,
    Account,
    Wait,
    TryAgain,
    CheckBill,
    Contact,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Retry {
    Safe,
    Ask,
    Never,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Charged {
    No,
    Yes,
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Json,
    Html,
    Empty,
    Truncated,
    Other,
}

pub(crate) fn read_advice(text: &str, sources: &Sources) -> Result<Vec<Advice>, String> {
    let mut all: Vec<Advice> = Vec::new();
    for (entry, mut table) in entries("failures.toml", text, "advice", "id")? {
        sources.check(&entry, &mut table)?;
        let advice = if table.contains_key("same_as") {
            echo(&entry, table, &all)?
        } else {
            typed::<Advice>(&entry, table)?
        };
        if all.iter().any(|known| known.id == advice.id) {
            return Err(format!("{entry}: this id is there twice"));
        }
        for rule in &advice.when {
            let beginnings = rule.codes.iter().filter(|code| code.ends_with('*')).count();
            if beginnings != 0 && beginnings != rule.codes.len() {
                return Err(format!(
                    "{entry}: whole codes and beginnings (`*`) need rules of their own in `when`"
                ));
            }
            if rule.codes.is_empty() && rule.status.is_none() && rule.shape.is_none() {
                return Err(format!("{entry}: a rule of `when` needs `codes`, `status` or `shape`"));
            }
        }
        all.push(advice);
    }
    if !all.iter().any(|advice| advice.id == CATCH_ALL) {
        return Err(format!("failures.toml: the entry `{CATCH_ALL}`, for everything else, is missing"));
    }
    Ok(all)
}

fn echo(entry: &str, table: Table, above: &[Advice]) -> Result<Advice, String> {
    let Echo { id, same_as } = typed(entry, table)?;
    let Some(said) = above.iter().find(|known| known.id == same_as) else {
        return Err(format!("{entry}: `same_as` names {same_as:?}, and no entry above has that id"));
    };
    let same_as = Some(said.words().to_owned());
    Ok(Advice { id, same_as, when: Vec::new(), ..*said })
}

pub(crate) fn emit(all: &[Advice]) -> String {
    let advice = all.iter().map(Advice::emit).collect::<Vec<_>>();
    let mut rules: Vec<(usize, &Rule)> = all
        .iter()
        .enumerate()
        .flat_map(|(at, advice)| advice.when.iter().map(move |rule| (at, rule)))
        .collect();
    // Stable: rules of one rank keep the order of the file.
    rules.sort_by_key(|(_, rule)| rule.rank());
    let rules = rules.iter().map(|(at, rule)| rule.emit(*at)).collect::<Vec<_>>();
    let same_words: Vec<String> = all
        .iter()
        .filter_map(|advice| Some(format!("({:?}, {:?})", advice.id, advice.same_as.as_ref()?)))
        .collect();
    let catch_all = all.iter().position(|advice| advice.id == CATCH_ALL).unwrap_or_default();
    format!(
        "{}{}{}static CATCH_ALL: &Advice = &ADVICE[{catch_all}];\n",
        emit::table("ADVICE", "Advice", &advice),
        emit::table("RULES", "Rule", &rules),
        emit::table("SAME_WORDS", "(&str, &str)", &same_words)
    )
}

impl Advice {
    /// The id under which its sentences are.
    pub(crate) fn words(&self) -> &str {
        self.same_as.as_ref().unwrap_or(&self.id)
    }

    fn emit(&self) -> String {
        format!(
            "Advice {{ id: {:?}, next: NextStep::{:?}, retry: Retry::{:?}, charged: Charged::{:?} }}",
            self.id, self.next, self.retry, self.charged
        )
    }
}

impl Rule {
    /// What the server said counts most: its code with its words, its whole code, the beginning of its code; then the
    /// status, then the form of the answer.
    fn rank(&self) -> u8 {
        match (self.codes.is_empty(), self.messages.is_empty(), self.status) {
            (false, false, _) => 0,
            (false, true, _) if self.codes.iter().all(|code| !code.ends_with('*')) => 1,
            (false, true, _) => 2,
            (true, _, Some(_)) => 3,
            (true, _, None) => 4,
        }
    }

    fn emit(&self, advice: usize) -> String {
        let status = self.status.map(|[first, last]| (first, last));
        let shape =
            self.shape.as_ref().map_or_else(|| "None".to_owned(), |shape| format!("Some(Shape::{shape:?})"));
        format!(
            "Rule {{ codes: {}, messages: {}, status: {}, shape: {shape}, advice: &ADVICE[{advice}] }}",
            emit::lines(&self.codes),
            emit::lines(&self.messages),
            emit::option(status.as_ref())
        )
    }
}
