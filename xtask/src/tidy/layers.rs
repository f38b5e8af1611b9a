//! Who may depend on whom, as absences.
//!
//! Owns the table of layers.
//! It reads the lines of manifests and knows no more of TOML than that.

use super::tree::File;

/// Each crate, and the crates of ours that it must not know.
const ABSENCES: &[(&str, &[&str])] = &[
    ("crates/isa/", &["sarsen"]),
    (
        "crates/abi/",
        &[
            "sarsen-module",
            "sarsen-vm",
            "sarsen-interp",
            "sarsen-jit",
            "sarsen-wast",
            "sarsen-wasi",
            "sarsen-component",
            "sarsen =",
            "sarsen.",
            "wasmparser",
            "cranelift",
        ],
    ),
    ("crates/module/", &["sarsen-vm", "sarsen-interp", "sarsen-jit", "sarsen-wast", "cranelift"]),
    ("crates/vm/", &["sarsen-interp", "sarsen-jit", "sarsen-wast", "wasmparser", "cranelift"]),
    ("crates/interp/", &["sarsen-jit", "sarsen-wast", "cranelift"]),
    (
        "crates/jit/",
        &["sarsen-interp", "sarsen-wast", "sarsen =", "sarsen.", "sarsen-wasi", "sarsen-component"],
    ),
    ("crates/sarsen/", &["sarsen-component", "sarsen-wasi", "sarsen-wast", "wasmparser", "cranelift"]),
    (
        "crates/capi/",
        &[
            "sarsen-isa",
            "sarsen-module",
            "sarsen-vm",
            "sarsen-interp",
            "sarsen-jit",
            "wasmparser",
            "cranelift",
        ],
    ),
    ("crates/cli/", &["sarsen-vm", "sarsen-interp", "sarsen-jit", "cranelift"]),
    (
        "wasi/",
        &[
            "sarsen-isa",
            "sarsen-abi",
            "sarsen-module",
            "sarsen-vm",
            "sarsen-interp",
            "sarsen-jit",
            "sarsen-wast",
            "wasmparser",
            "cranelift",
        ],
    ),
    ("spec-tests/", &["sarsen-vm", "sarsen-interp", "sarsen-jit", "cranelift"]),
];

/// Checks one manifest.
pub(super) fn check(file: &File, complain: &mut impl FnMut(usize, &str)) {
    let Some((folder, absences)) =
        ABSENCES.iter().find(|(folder, _)| file.path == format!("{folder}Cargo.toml"))
    else {
        return;
    };
    let mut section = "";
    let mut linted = false;
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.starts_with('[') {
            section = line;
        }
        linted |= section == "[lints]" && line.replace(' ', "") == "workspace=true";
        // Tests may look at anything.
        if !section.contains("dependencies") || section.contains("dev-") {
            continue;
        }
        if let Some(absence) = absences.iter().find(|absence| line.starts_with(**absence)) {
            complain(number, &format!("{folder} must not know {absence}"));
        }
    }
    if !linted {
        complain(1, "does not take the lints of the workspace");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interp_does_not_know_jit() {
        let text = "[dependencies]\nsarsen-jit.workspace = true\n[lints]\nworkspace = true\n";
        let file = File { path: "crates/interp/Cargo.toml".to_owned(), text: text.to_owned() };
        let mut problems = Vec::new();
        check(&file, &mut |line, problem| problems.push((line, problem.to_owned())));
        assert_eq!(problems, [(2, "crates/interp/ must not know sarsen-jit".to_owned())]);
    }
}
