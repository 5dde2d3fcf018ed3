//! Plain text tables: the first column to the left, the others to the right.

/// Formats rows; the first is the heading. Rows may be shorter than it, never longer.
pub(crate) fn render(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line += &if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
        }
        text += line.trim_end();
        text.push('\n');
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
    fn columns_line_up_and_lines_have_no_spaces_at_their_end() {
        let rows = [row!["file", "bytes", ""], row!["a.wasm", 1234, "lazy"], row!["b", 5, ""]];
        assert_eq!(super::render(&rows), "file    bytes\na.wasm   1234  lazy\nb           5\n");
    }
}
