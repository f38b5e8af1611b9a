//! Tables of what was measured.

use super::Cell;
use super::engines::{Engine, OURS};
use super::list::Program;
use crate::clock::{geometric_mean, median};
use crate::table::Table;
use std::fmt::Write;

/// A program and its figures, one cell for each engine.
pub(crate) struct Row {
    pub(crate) program: &'static Program,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// Median seconds by the wall clock.
    fn wall(&self, engine: usize) -> Option<f64> {
        self.median_of(engine, |&(wall, _)| wall)
    }

    /// Median seconds of processors.
    fn cpu(&self, engine: usize) -> Option<f64> {
        self.median_of(engine, |&(_, cpu)| cpu)
    }

    fn median_of(&self, engine: usize, figure: impl Fn(&(f64, f64)) -> f64) -> Option<f64> {
        match &self.cells[engine] {
            Cell::Times(times) if !times.is_empty() => Some(median(times.iter().map(figure))),
            _ => None,
        }
    }

    /// What users get, to the better of what they could ask for.
    fn to_our_best(&self) -> Option<f64> {
        let best = (1..OURS).filter_map(|engine| self.wall(engine)).reduce(f64::min);
        Some(self.wall(0)? / best?)
    }

    /// All figures of the program, for those who wait.
    pub(crate) fn text(&self, engines: &[Engine]) -> String {
        let mut text = format!("{}:", self.program.name);
        for (engine, cell) in engines.iter().zip(&self.cells) {
            match cell {
                Cell::Skipped(why) => write!(text, "\n  {}: {why}", engine.name),
                Cell::Times(times) => {
                    let times: Vec<_> =
                        times.iter().map(|(wall, cpu)| format!("{wall:.3} ({cpu:.3})")).collect();
                    write!(text, "\n  {}: {}", engine.name, times.join(", "))
                }
            }
            .expect("strings take what is written");
        }
        text + "\n"
    }
}

/// Something about a program with an engine.
type Figure = fn(&Row, usize) -> Option<f64>;

/// Medians and ratios of all programs, totals and geometric means.
pub(crate) fn report(engines: &[Engine], rows: &[Row]) -> String {
    let milliseconds = |seconds: Option<f64>| seconds.map_or("-".to_owned(), |s| format!("{:.0}", s * 1e3));
    let ratio = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let to = |row: &Row, engine| Some(row.wall(0)? / row.wall(engine)?);
    let mut text = String::new();
    let figures: [(&str, Figure); 2] = [("wall ms", Row::wall), ("processor ms", Row::cpu)];
    for (title, figure) in figures {
        let mut table = Table::new([title].into_iter().chain(engines.iter().map(|engine| engine.name)));
        for row in rows {
            let figures = (0..engines.len()).map(|engine| milliseconds(figure(row, engine)));
            table.row([row.program.name.to_owned()].into_iter().chain(figures));
        }
        text += &table.render();
        text.push('\n');
    }
    let titles = ["tiered to", "our best"].into_iter().chain(engines[1..].iter().map(|engine| engine.name));
    let mut table = Table::new(titles);
    for row in rows {
        let ratios = (1..engines.len()).map(|engine| ratio(to(row, engine)));
        table.row([row.program.name.to_owned(), ratio(row.to_our_best())].into_iter().chain(ratios));
    }
    let mut means = vec!["geometric mean".to_owned()];
    let mut totals = vec!["total".to_owned(), String::new()];
    let mut worst = vec!["worst".to_owned()];
    let mut add = |ratios: Vec<f64>| {
        means.push(ratio((!ratios.is_empty()).then(|| geometric_mean(&ratios))));
        worst.push(ratio(ratios.into_iter().reduce(f64::max)));
    };
    add(rows.iter().filter_map(Row::to_our_best).collect());
    for engine in 1..engines.len() {
        add(rows.iter().filter_map(|row| to(row, engine)).collect());
        // Only of programs that both have run.
        let both = rows.iter().filter_map(|row| Some((row.wall(0)?, row.wall(engine)?)));
        let (ours, theirs) = both.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        totals.push(ratio((theirs > 0.0).then(|| ours / theirs)));
    }
    for row in [means, totals, worst] {
        table.row(row);
    }
    text + &table.render()
}
