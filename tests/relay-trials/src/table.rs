//! Tables in Markdown, ready for the documentation.

/// Formats rows; the first is the heading. The first column stands to the left, the others to the right.
pub(crate) fn markdown(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    let width = |column: usize| rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(|column| width(column).max(2)).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (column, width) in widths.iter().enumerate() {
            let cell = cell(row, column);
            text += &if column == 0 { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") };
        }
        text += "|\n";
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let line = "-".repeat(*width);
                text += &if column == 0 { format!("|-{line}-") } else { format!("|-{line}:") };
            }
            text += "|\n";
        }
    }
    text
}

/// A row of anything printable.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { vec![$($cell.to_string()),+] };
}
pub(crate) use row;

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up() {
        let rows = [row!["", "calls"], row!["errors", 0], row!["held at one time", 1000]];
        let expected = "|                  | calls |\n|------------------|------:|\n| errors           |     0 |\n\
                        | held at one time |  1000 |\n";
        assert_eq!(super::markdown(&rows), expected);
    }
}
