//! A comparison as a table and as a chart.
//!
//! Formats what `interleave` measured. Means are over guests that need nothing special, so that they cover the same set for all peers.

use crate::chart::{self, Bar};
use crate::clock::geometric_mean;
use crate::engine::Engine;
use crate::interleave::Measured;
use crate::table::Table;
use sarsen_benches::Class;

/// One row per guest, and the geometric means.
pub(crate) fn table(measured: &[Measured], engines: &[Box<dyn Engine>]) -> String {
    let mut header = vec!["guest".to_owned(), format!("{} ms", engines[0].name())];
    for peer in &engines[1..] {
        header.extend([format!("{} ms", peer.name()), "ratio".to_owned(), "of best".to_owned()]);
    }
    let mut table = Table::new(header);
    for row in measured.iter().filter(|row| row.seconds.iter().any(Option::is_some)) {
        let milliseconds = |engine| cell(row.best(engine).map(|seconds| seconds * 1e3), 2);
        let mut cells = vec![row.guest.name.to_owned(), milliseconds(0)];
        for peer in 1..engines.len() {
            cells.extend([milliseconds(peer), cell(row.ratio(peer), 3), cell(row.ratio_of_best(peer), 3)]);
        }
        table.row(cells);
    }
    let mut cells = vec!["geometric mean".to_owned(), String::new()];
    for peer in 1..engines.len() {
        let of_best = mean(measured, |row| row.ratio_of_best(peer));
        cells.extend([String::new(), cell(mean(measured, |row| row.ratio(peer)), 3), cell(of_best, 3)]);
    }
    table.row(cells);
    table.render()
}

/// Bars of the first engine's ratio to the second.
pub(crate) fn chart(measured: &[Measured], engines: &[Box<dyn Engine>]) -> String {
    let (ours, theirs) = (engines[0].name(), engines[1].name());
    let mut bars: Vec<Bar> = measured
        .iter()
        .filter_map(|row| Some(Bar { label: row.guest.name.to_owned(), ratio: row.ratio(1)?, strong: false }))
        .collect();
    if let Some(ratio) = mean(measured, |row| row.ratio(1)) {
        bars.push(Bar { label: "geometric mean".to_owned(), ratio, strong: true });
    }
    let heading = format!("Run time of {ours} divided by run time of {theirs}");
    chart::render(
        &heading,
        "One process, interleaved rounds, median of the rounds' ratios. Shorter is better for us.",
        &bars,
    )
}

fn mean(measured: &[Measured], ratio: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
    let ratios: Vec<f64> =
        measured.iter().filter(|row| row.guest.class == Class::Plain).filter_map(ratio).collect();
    (!ratios.is_empty()).then(|| geometric_mean(&ratios))
}

fn cell(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}
