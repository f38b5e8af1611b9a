//! Defences, each taken away to see a test fail: `cargo xtask defences [NAME]`.
//!
//! It owns how that is done: in a work tree of the last commit below `target/defences`, where one edit at a time is built, tried and
//! undone. Which text is a defence, and which test is to fail without it, is said in `table`; what each defends against, in SECURITY.md.
//!
//! # Invariant
//!
//! A defence counts as tested only if the test passes with it, and everything builds without it.

mod table;

use crate::delegate::{cargo, run as finish};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};
use table::{DEFENCES, Defence};

/// How long a test may take before that counts as its failure: what is defended against is often work without end.
const PATIENCE: Duration = Duration::from_secs(120);

/// Packages that are always built together: cargo builds dependencies anew for other sets of packages, which have other features.
const TOGETHER: [&str; 2] = ["sarsen", "sarsen-component"];

/// How a test has ended.
#[derive(Debug, PartialEq)]
enum End {
    /// So many were run, and all passed.
    Passed(usize),
    /// As this says.
    Failed(String),
}

/// Takes away the defences whose names contain one of these words, or all of them.
pub fn run(workspace: &Path, rest: &[String]) -> Result<(), String> {
    let is_wanted =
        |defence: &&Defence| rest.is_empty() || rest.iter().any(|word| defence.name.contains(word));
    let wanted: Vec<&Defence> = DEFENCES.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = DEFENCES.iter().map(|defence| defence.name).collect();
        return Err(format!("no defence is called so; there are\n{}", names.join("\n")));
    }
    let bench = Bench::new(workspace)?;
    let mut sound: Vec<&Defence> = Vec::new();
    let mut problems = Vec::new();
    let mut note = |defence: &Defence, outcome: Result<String, String>| match outcome {
        Ok(how) => println!("{}: {how}", defence.name),
        Err(problem) => {
            println!("{}: NOT TESTED, {problem}", defence.name);
            problems.push(defence.name);
        }
    };
    // First with all of them, because every edit makes much be built anew.
    for defence in wanted {
        match bench.passes(defence) {
            Ok(()) => sound.push(defence),
            Err(problem) => note(defence, Err(problem)),
        }
    }
    for defence in sound {
        note(defence, bench.fails_without(defence));
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("without a test: {}", problems.join(", "))) }
}

/// Where defences are taken away.
struct Bench {
    tree: PathBuf,
    build: PathBuf,
}

impl Bench {
    /// A work tree of the last commit.
    fn new(workspace: &Path) -> Result<Bench, String> {
        let folder = workspace.join("target/defences");
        let bench = Bench { tree: folder.join("tree"), build: folder.join("build") };
        let git = |folder: &Path, arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(arguments).current_dir(folder);
            // Hooks are told where their repository is: nothing but the work tree may be checked out.
            for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"] {
                command.env_remove(variable);
            }
            command
        };
        let commit =
            git(workspace, &["rev-parse", "HEAD"]).output().map_err(|error| format!("git: {error}"))?;
        if !commit.status.success() {
            return Err(format!("git: {}", String::from_utf8_lossy(&commit.stderr).trim()));
        }
        let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
        if bench.tree.join(".git").exists() {
            finish(&mut git(&bench.tree, &["checkout", "--quiet", "--force", "--detach", &commit]))?;
        } else {
            let mut add = git(workspace, &["worktree", "add", "--quiet", "--force", "--detach"]);
            finish(add.arg(&bench.tree).arg(&commit))?;
        }
        println!("commit {commit}; what is not committed is not looked at");
        Ok(bench)
    }

    /// Fails unless the test passes while the defence is there.
    fn passes(&self, defence: &Defence) -> Result<(), String> {
        let program = self.build(defence).map_err(|problem| format!("the test does not build\n{problem}"))?;
        match self.test(defence, &program)? {
            End::Passed(0) => Err(format!("no test is called {}", defence.filter)),
            End::Passed(_) => Ok(()),
            End::Failed(how) => Err(format!("the test fails with it as well: {how}")),
        }
    }

    /// How the test fails while the defence is not there.
    fn fails_without(&self, defence: &Defence) -> Result<String, String> {
        let _edit = Edit::new(self.tree.join(defence.file), defence)?;
        let program =
            self.build(defence).map_err(|problem| format!("nothing builds without it\n{problem}"))?;
        match self.test(defence, &program)? {
            End::Passed(_) => Err("the test passes without it".to_owned()),
            End::Failed(how) => Ok(how),
        }
    }

    /// Builds the program of a test.
    fn build(&self, defence: &Defence) -> Result<PathBuf, String> {
        let mut command = cargo(&self.tree, &["test", "--no-run", "--locked", "--target-dir"]);
        command.arg(&self.build).arg("--message-format=json-render-diagnostics");
        for package in TOGETHER {
            command.args(["--package", package]);
        }
        let package = defence.package.rsplit('/').next().unwrap_or_default();
        let manifest = self.tree.join(defence.package).join("Cargo.toml");
        if !TOGETHER.iter().any(|name| name.trim_start_matches("sarsen-") == package) {
            command.arg("--package").arg(format!("sarsen-{package}"));
        }
        match defence.program {
            "" => command.arg("--lib"),
            program => command.args(["--test", program]),
        };
        // Nobody reads it, and it is half of the time.
        let output = command.env("CARGO_PROFILE_DEV_DEBUG", "0").output();
        let output = output.map_err(|error| format!("{command:?}: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let path = executable(&said, &manifest).ok_or_else(|| format!("{command:?} names no program"))?;
        Ok(PathBuf::from(path))
    }

    /// Runs a test until it ends, or has taken too long.
    fn test(&self, defence: &Defence, program: &Path) -> Result<End, String> {
        let path = self.build.with_file_name("output");
        let in_file = |path: &Path| {
            let file = File::create(path)?;
            Ok((file.try_clone()?, file))
        };
        let failed = |error: std::io::Error| format!("{}: {error}", program.display());
        let (out, err) = in_file(&path).map_err(failed)?;
        let package = self.tree.join(defence.package);
        let mut command = Command::new(program);
        command.arg(defence.filter).current_dir(&package).env("CARGO_MANIFEST_DIR", &package);
        let mut child = command.stdout(out).stderr(err).spawn().map_err(failed)?;
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                break Some(status);
            }
            if start.elapsed() > PATIENCE {
                child.kill().and_then(|()| child.wait()).map_err(failed)?;
                break None;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let output = fs::read(&path).map_err(failed)?;
        Ok(end(status, &String::from_utf8_lossy(&output)))
    }
}

/// An edit of a file, undone when it is dropped.
struct Edit {
    path: PathBuf,
    before: String,
}

impl Edit {
    fn new(path: PathBuf, defence: &Defence) -> Result<Edit, String> {
        let before = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let after = defence.taken_from(&before)?;
        fs::write(&path, after).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Edit { path, before })
    }
}

impl Drop for Edit {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.path, &self.before) {
            eprintln!("{}: {error}; the next run undoes the edit", self.path.display());
        }
    }
}

impl Defence {
    /// A file's text without the defence.
    fn taken_from(&self, text: &str) -> Result<String, String> {
        match text.matches(self.text).count() {
            1 => Ok(text.replacen(self.text, self.instead, 1)),
            count => Err(format!("{}: its text is {count} times in {}", self.name, self.file)),
        }
    }
}

/// The program that cargo says it has built of the package with this manifest: lines are objects, of one artifact each.
fn executable<'a>(said: &'a str, manifest: &Path) -> Option<&'a str> {
    let manifest = format!("\"manifest_path\":\"{}\"", manifest.display());
    let mut of_package = said.lines().filter(|line| line.contains(&manifest));
    of_package.find_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next())
}

/// How a test has ended that had this status, or none in time.
fn end(status: Option<ExitStatus>, output: &str) -> End {
    let Some(status) = status else {
        return End::Failed(format!("has not ended after {} seconds", PATIENCE.as_secs()));
    };
    if status.success() {
        let passed = output
            .lines()
            .find_map(|line| line.strip_prefix("test result: ok. ")?.split_once(" passed")?.0.parse().ok());
        return End::Passed(passed.unwrap_or(0));
    }
    let failed = output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let failed: Vec<&str> = failed.collect();
    End::Failed(if failed.is_empty() { status.to_string() } else { format!("{} fails", failed.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defence_is_where_the_table_says() {
        let workspace = crate::workspace();
        let mut wrong = Vec::new();
        for defence in DEFENCES {
            let text = fs::read_to_string(workspace.join(defence.file)).expect(defence.file);
            match defence.taken_from(&text) {
                Ok(without) => assert_ne!(without, text, "{}", defence.name),
                Err(problem) => wrong.push(problem),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_test_is_where_the_table_says() {
        let workspace = crate::workspace();
        for Defence { name, package, program, filter, .. } in DEFENCES {
            let package = workspace.join(package);
            let manifest = fs::read_to_string(package.join("Cargo.toml")).expect("a manifest");
            let folder = package.join(if program.is_empty() { "src" } else { "tests" });
            let tests = folder.join(program);
            // Those whose name is not that of their file are in the manifest.
            let is_there = tests.is_dir()
                || tests.with_extension("rs").is_file()
                || manifest.contains(&format!("name = \"{program}\"\npath = "));
            assert!(is_there, "{name}: {}", tests.display());
            // The last part that says something is of a function's name, or of a module's.
            let word = filter.split("::").filter(|part| !part.is_empty()).last().unwrap_or_default();
            let is_named = sources(&folder).iter().any(|path| {
                let is_module = path.file_stem().is_some_and(|stem| stem == word);
                is_module || fs::read_to_string(path).expect("a source").contains(word)
            });
            assert!(is_named, "{name}: no test is called {filter}");
        }
        let mut names: Vec<&str> = DEFENCES.iter().map(|defence| defence.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DEFENCES.len(), "no two are called the same");
    }

    /// The source files below a folder.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut found = Vec::new();
        for path in entries.map(|entry| entry.path()) {
            match path.is_dir() {
                true => found.extend(sources(&path)),
                false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
                false => {}
            }
        }
        found
    }

    #[test]
    fn programs_are_found_in_what_cargo_says() {
        let line = |package: &str, program: &str| {
            format!(
                "{{\"manifest_path\":\"/{package}/Cargo.toml\",\"fresh\":true,\"executable\":{program}}}\n"
            )
        };
        let said =
            [line("vm", "null"), line("jit", "\"/deps/bombs-1\""), line("sarsen", "\"/deps/bombs-2\"")]
                .concat();
        assert_eq!(executable(&said, Path::new("/sarsen/Cargo.toml")), Some("/deps/bombs-2"));
        assert_eq!(executable(&said, Path::new("/jit/Cargo.toml")), Some("/deps/bombs-1"));
        assert_eq!(executable(&said, Path::new("/vm/Cargo.toml")), None);
    }

    #[test]
    fn tests_fail_by_failing() {
        let status = |command: &str| Command::new("sh").args(["-c", command]).status().ok();
        let passed = "running 2 tests\n\ntest result: ok. 2 passed; 0 failed; 0 ignored; 1 filtered out\n";
        assert_eq!(end(status("true"), passed), End::Passed(2));
        assert_eq!(end(status("true"), "running 0 tests"), End::Passed(0));
        let failed = "test one ... ok\ntest two ... FAILED\n\ntest result: FAILED. 1 passed; 1 failed\n";
        assert_eq!(end(status("exit 101"), failed), End::Failed("two fails".to_owned()));
        let End::Failed(how) = end(status("kill -SEGV $$"), "test two ... ") else {
            panic!("a crash is a failure")
        };
        assert!(how.contains("signal"), "{how}");
        assert!(matches!(end(None, ""), End::Failed(_)));
    }
}
