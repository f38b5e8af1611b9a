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

    /// What users get one way or the other, to the better of what they could ask for.
    fn to_our_best(&self, ours: usize) -> Option<f64> {
        let best = (1..OURS).filter_map(|engine| self.wall(engine)).reduce(f64::min);
        Some(self.wall(ours)? / best?)
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
    for ours in [0, OURS] {
        text += &ratios(engines, rows, ours).render();
        text.push('\n');
    }
    text
}

/// What one of our ways takes, to all others.
fn ratios(engines: &[Engine], rows: &[Row], ours: usize) -> Table {
    let ratio = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let to = |row: &Row, engine| Some(row.wall(ours)? / row.wall(engine)?);
    let title = format!("{} to", engines[ours].name);
    let others: Vec<usize> = (0..engines.len()).filter(|&engine| engine != ours).collect();
    let names = others.iter().map(|&engine| engines[engine].name);
    let mut table = Table::new([&*title, "our best"].into_iter().chain(names));
    for row in rows {
        let ratios = others.iter().map(|&engine| ratio(to(row, engine)));
        table.row([row.program.name.to_owned(), ratio(row.to_our_best(ours))].into_iter().chain(ratios));
    }
    let mut means = vec!["geometric mean".to_owned()];
    let mut totals = vec!["total".to_owned(), String::new()];
    let mut worst = vec!["worst".to_owned()];
    let mut add = |ratios: Vec<f64>| {
        means.push(ratio((!ratios.is_empty()).then(|| geometric_mean(&ratios))));
        worst.push(ratio(ratios.into_iter().reduce(f64::max)));
    };
    add(rows.iter().filter_map(|row| row.to_our_best(ours)).collect());
    for engine in others {
        add(rows.iter().filter_map(|row| to(row, engine)).collect());
        // Only of programs that both have run.
        let both = rows.iter().filter_map(|row| Some((row.wall(ours)?, row.wall(engine)?)));
        let (all_ours, theirs) = both.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        totals.push(ratio((theirs > 0.0).then(|| all_ours / theirs)));
    }
    for row in [means, totals, worst] {
        table.row(row);
    }
    table
}
