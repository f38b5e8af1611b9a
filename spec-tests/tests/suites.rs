//! The official suites in every tier, as trials named `tier/suite/file`.
//!
//! Owns the comparison with `expect.toml`, and the totals, which are printed at the end and must be
//! those of the table in `sarsen_wast::suites`.
//! Suites that are not there are skipped by name, and are an error where the environment variable `CI` is set.

mod tiers;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sarsen::Engine;
use sarsen_wast::suites::{self, File, SUITES, Suite};
use sarsen_wast::{Action, Report, expect};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::{env, fs};
use tiers::{TIERS, Tier};

/// Failures of one script that are shown.
const SHOWN: usize = 10;

/// Fuel that each action of a script gets: more than any takes, and so little that many end in the middle.
const FUEL: [u64; 3] = [1 << 32, 60, 7];

/// What a suite came to in a tier.
#[derive(Clone, Copy, Default)]
struct Total {
    ran: usize,
    passed: usize,
    held: usize,
}

/// By position in [`TIERS`] and [`SUITES`].
type Totals = Arc<Mutex<BTreeMap<(usize, usize), Total>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let totals = Totals::default();
    let trials = match trials(&totals) {
        Ok(trials) => trials,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    let complete = print_totals(&totals.lock().expect("no trial panics while it counts"));
    if complete { conclusion.exit_code() } else { ExitCode::FAILURE }
}

/// Every script of every suite in every tier.
fn trials(totals: &Totals) -> Result<Vec<Trial>, String> {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/expect.toml");
    let text = fs::read_to_string(list).map_err(|error| format!("{list}: {error}"))?;
    let mut expected = expect::parse(&text).map_err(|error| format!("{list}: {error}"))?;

    let Some(root) = suites::root() else {
        return Ok(SUITES.iter().map(skipped).collect());
    };
    let mut trials = Vec::new();
    for (tier_index, tier) in TIERS.iter().enumerate() {
        for (suite_index, suite) in SUITES.iter().enumerate() {
            let Ok(files) = suite.scripts(&root) else {
                trials.push(skipped(suite));
                continue;
            };
            for file in files {
                let name = format!("{}/{}/{}", tier.name, suite.name, file.name);
                let reason = expected.remove(&name);
                let totals = Arc::clone(totals);
                trials.push(Trial::test(name, move || {
                    trial(*tier, suite, &file, reason, |report| {
                        let mut totals = totals.lock().expect("no trial panics while it counts");
                        let total = totals.entry((tier_index, suite_index)).or_default();
                        total.ran += 1;
                        total.passed += usize::from(report.passed());
                        total.held += report.held;
                    })
                }));
            }
        }
    }
    trials.extend(fuel_trials(&root));
    match expected.into_keys().next() {
        Some(name) => Err(format!("{list}: no trial is called {name}")),
        None => Ok(trials),
    }
}

/// Suites whose scripts have threads: what these do, and so what it costs, is up to who comes first.
const THREADS: &str = "threads";

/// Every script whose actions must leave the same fuel in every tier, and stop at the same places.
fn fuel_trials(root: &Path) -> Vec<Trial> {
    let mut trials = Vec::new();
    for suite in SUITES.iter().filter(|suite| !suite.name.starts_with(THREADS)) {
        for file in suite.scripts(root).unwrap_or_default() {
            let name = format!("fuel/{}/{}", suite.name, file.name);
            trials.push(Trial::test(name, move || same_fuel(suite, &file)));
        }
    }
    trials
}

fn same_fuel(suite: &Suite, file: &File) -> Result<(), Failed> {
    let source = fs::read_to_string(&file.path)?;
    let path = file.path.display().to_string();
    let mut engines = Vec::new();
    for tier in TIERS {
        engines.push((tier.name, Engine::new(tier.config(suite)?.consume_fuel(true))?));
    }
    let (reference, others) = engines.split_first().ok_or("no tiers")?;
    for fuel in FUEL {
        let expected = sarsen_wast::record(&reference.1, &path, &source, fuel)?;
        for (name, engine) in others {
            let actions = sarsen_wast::record(engine, &path, &source, fuel)?;
            if let Some(difference) = difference(&expected, &actions) {
                return Err(format!("{difference} in {name}; each action gets {fuel}").into());
            }
        }
    }
    Ok(())
}

/// The first action that ended in another way than in the reference tier.
fn difference(expected: &[Action], actions: &[Action]) -> Option<String> {
    let pair = expected.iter().zip(actions).find(|(expected, action)| expected != action);
    if let Some((expected, action)) = pair {
        let Action { file, line, what, .. } = expected;
        let (tier, expected, end) = (TIERS[0].name, expected.end(), action.end());
        return Some(format!("{file}:{line}: {what}: {expected} in {tier}, {end}"));
    }
    let (expected, count) = (expected.len(), actions.len());
    (expected != count).then(|| format!("{expected} actions in {}, {count}", TIERS[0].name))
}

fn skipped(suite: &'static Suite) -> Trial {
    let reason = format!("no folder {}; set {} or run `cargo xtask suites`", suite.folder, suites::VARIABLE);
    Trial::ignorable_test(format!("skipped/{}", suite.name), move || {
        if env::var_os("CI").is_some() { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) }
    })
}

/// Runs one script and compares the outcome with what is expected of it.
fn trial(
    tier: Tier,
    suite: &Suite,
    file: &File,
    known: Option<String>,
    count: impl FnOnce(&Report),
) -> Result<(), Failed> {
    let source = fs::read_to_string(&file.path)?;
    let engine = Engine::new(&tier.config(suite)?)?;
    let report = sarsen_wast::run(&engine, &file.path.display().to_string(), &source);
    count(&report);
    match (known, report.passed()) {
        (None, true) | (Some(_), false) => Ok(()),
        (Some(reason), true) => Err(format!("passes, but expect.toml says: {reason}").into()),
        (None, false) => Err(shown(&report).into()),
    }
}

fn shown(report: &Report) -> String {
    let mut text: Vec<String> = report.failures.iter().take(SHOWN).map(ToString::to_string).collect();
    if report.failures.len() > SHOWN {
        text.push(format!("and {} more", report.failures.len() - SHOWN));
    }
    text.join("\n")
}

/// Prints what ran; `false` if a suite that ran completely is not what the table says.
fn print_totals(totals: &BTreeMap<(usize, usize), Total>) -> bool {
    let mut complete = true;
    for (&(tier, suite), total) in totals {
        let (tier, suite) = (TIERS[tier], SUITES[suite]);
        println!(
            "{}/{}: {}/{} files, {} assertions hold",
            tier.name, suite.name, total.passed, suite.files, total.held
        );
        if total.ran >= suite.files && total.passed == total.ran {
            let counted = (total.ran, total.held);
            if counted != (suite.files, suite.assertions) {
                println!(
                    "  but the table in suites.rs says {} files, {} assertions",
                    suite.files, suite.assertions
                );
                complete = false;
            }
        }
    }
    complete
}
