//! Many numbers at once.

use crate::Calculator;
use crate::exports::sarsen::calculator::statistics::{Guest, Summary};

impl Guest for Calculator {
    fn mean(values: Vec<f64>) -> Option<f64> {
        mean(&values)
    }

    fn describe(values: Vec<f64>) -> Summary {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let runs = sorted.chunk_by(|a, b| a == b);
        Summary {
            count: values.len() as u64,
            range: sorted.first().copied().zip(sorted.last().copied()),
            mean: mean(&values),
            repeated: runs.filter(|run| run.len() > 1).map(|run| (run[0], run.len() as u32)).collect(),
            ascending: values.is_sorted(),
        }
    }

    fn multiply(left: Vec<Vec<f32>>, right: Vec<Vec<f32>>) -> Option<Vec<Vec<f32>>> {
        let width = right.first().map_or(0, Vec::len);
        if left.iter().any(|row| row.len() != right.len()) || right.iter().any(|row| row.len() != width) {
            return None;
        }
        let cell =
            |row: &[f32], column: usize| row.iter().zip(&right).map(|(x, other)| x * other[column]).sum();
        Some(left.iter().map(|row| (0..width).map(|column| cell(row, column)).collect()).collect())
    }

    fn histogram(bytes: Vec<u8>) -> Vec<(u8, u32)> {
        let mut counts = [0; 256];
        for byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        (0..=255).zip(counts).filter(|&(_, count)| count > 0).collect()
    }

    fn fill(samples: Vec<Option<i16>>) -> (Vec<i16>, Vec<bool>) {
        let mut last = 0;
        let fill = |sample: Option<i16>| {
            last = sample.unwrap_or(last);
            (last, sample.is_none())
        };
        samples.into_iter().map(fill).unzip()
    }

    #[rustfmt::skip]
    fn polynomial(
        x: f64, c0: f64, c1: f64, c2: f64, c3: f64, c4: f64, c5: f64, c6: f64, c7: f64, c8: f64,
        c9: f64, c10: f64, c11: f64, c12: f64, c13: f64, c14: f64, c15: f64, c16: f64,
    ) -> f64 {
        let coefficients = [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16];
        coefficients.iter().rev().fold(0.0, |value, coefficient| value * x + coefficient)
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
