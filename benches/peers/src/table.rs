//! Tables as aligned text, which are Markdown tables too.
//!
//! Does not format numbers.

/// Rows of cells below a header; the first column is aligned left, the others right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles.
    pub(crate) fn new<T: ToString>(header: impl IntoIterator<Item = T>) -> Self {
        Self { rows: vec![header.into_iter().map(|title| title.to_string()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row<T: ToString>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(|cell| cell.to_string()).collect());
    }

    /// The text.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows[0].len();
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let width = widths[column];
                let cell = if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") };
                text.push_str(if column == 0 { "| " } else { " | " });
                text.push_str(&cell);
            }
            text.push_str(" |\n");
            if index == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let dashes = "-".repeat(width + 1);
                    text.push_str(&if column == 0 { format!("|:{dashes}") } else { format!("|{dashes}:") });
                }
                text.push_str("|\n");
            }
        }
        text
    }
}
