//! Templates of programs. A line whose beginning, up to a `|`, is the name of a kind of [`Line`] is kept or repeated as
//! that kind says; `__NAME__` is a place for a value.

/// Lines that are not always there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Kept when a picture is a file.
    Files,
    /// Kept when none is.
    NoFiles,
    /// Kept when a picture is a temporary upload.
    Upload,
    /// For each picture that is a file; the lines for links follow, and both take turns in the pictures' order.
    File,
    /// For each picture that is a link.
    Link,
    /// For each parameter.
    Parameter,
}

const LINES: [(&str, Line); 6] = [
    ("files", Line::Files),
    ("no-files", Line::NoFiles),
    ("upload", Line::Upload),
    ("file", Line::File),
    ("link", Line::Link),
    ("parameter", Line::Parameter),
];

/// Values by the names of their places.
pub(super) type Row = Vec<(&'static str, String)>;

/// What goes into a template.
pub(super) struct Program {
    pub(super) kept: [(Line, bool); 3],
    pub(super) values: Row,
    pub(super) pictures: Vec<(Line, Row)>,
    pub(super) parameters: Vec<Row>,
}

/// Puts a program into a template.
pub(super) fn fill(template: &str, program: &Program) -> String {
    let mut code = String::new();
    let mut lines = template.lines().map(kind).peekable();
    while let Some((line, text)) = lines.next() {
        match line {
            None => push(&mut code, text, &program.values),
            Some(Line::Parameter) => {
                for row in &program.parameters {
                    push(&mut code, text, row);
                }
            }
            Some(Line::File | Line::Link) => {
                let mut block = vec![(line, text)];
                while let Some(next) =
                    lines.next_if(|(line, _)| matches!(line, Some(Line::File | Line::Link)))
                {
                    block.push(next);
                }
                for (kind, row) in &program.pictures {
                    for (_, text) in block.iter().filter(|(line, _)| *line == Some(*kind)) {
                        push(&mut code, text, row);
                    }
                }
            }
            Some(line) => {
                if program.kept.contains(&(line, true)) {
                    push(&mut code, text, &program.values);
                }
            }
        }
    }
    code
}

fn kind(line: &str) -> (Option<Line>, &str) {
    let known = line.split_once('|').and_then(|(start, rest)| {
        let (_, kind) = LINES.iter().find(|(name, _)| *name == start)?;
        Some((Some(*kind), rest))
    });
    known.unwrap_or((None, line))
}

/// Adds a line with its values. In one pass, so that a value that looks like a place stays what it is.
fn push(code: &mut String, text: &str, values: &Row) {
    let mut rest = text;
    while let Some((before, place, after)) = next_place(rest) {
        code.push_str(before);
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == place) {
            code.push_str(value);
        }
        rest = after;
    }
    code.push_str(rest);
    code.push('\n');
}

/// What stands before the next `__NAME__`, the name, and what stands after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("__")?;
    let (place, after) = rest.split_once("__")?;
    Some((before, place, after))
}
