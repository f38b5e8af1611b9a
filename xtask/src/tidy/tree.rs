//! The files of the workspace.
//!
//! Owns which of them are the project's own text.
//! It reads them, and leaves rules to the files beside it.

use std::path::Path;
use std::{fs, io};

/// A text file.
pub(super) struct File {
    /// Relative to the workspace, with `/` between folders.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Whether the file is a test: its tests may use what code may not.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

/// Every text file of the workspace, without build output.
pub(super) fn files(workspace: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    collect(workspace, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            // Build output and what fuzzers find are not the project's text.
            if !matches!(name, "target" | ".git" | "corpus" | "artifacts") {
                collect(&path, &format!("{prefix}{name}/"), files)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(File { path: format!("{prefix}{name}"), text });
        }
    }
    Ok(())
}
