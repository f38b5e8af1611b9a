//! The C API: `sarsen.h`, which is made of the sources, and installation.
//!
//! It owns what is installed where, and what of the sources becomes the header; the headers' text is in `crates/capi`.

use crate::delegate::run as run_command;
use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the library is called by those who link with it, which its build script has told the linker: its major version, as long as
/// that is 0, promises nothing.
const SONAME: &str = "libsarsen.so.0";

/// The header, in the workspace.
const HEADER: &str = "crates/capi/include/sarsen.h";

/// What the header begins with.
const OPENING: &str = "\
/*
 * sarsen.h: what Sarsen adds to wasm.h: configurations, errors, linking by name, WASI, limits, fuel, components.
 *
 * What wasm.h says of ownership, null, checks and threads holds here. Functions that can fail return an error, which is the
 * caller's, or null if they have not failed. What they make is written to `out`, and is the caller's; it is null if
 * there is an error. Text is UTF-8 with a NUL at the end. Configurations and what WASI grants are used by one thread at a time;
 * with a linker, any number of threads can make instances at once, or one can define.
 *
 * This file is made from the sources by `cargo xtask capi --header`.
 */";

/// What callbacks and finalizers return and take is said by `wasm.h`'s own names.
const CLOSING: &str = "#endif /* SARSEN_H */";

const USAGE: &str = "usage: cargo xtask capi (--prefix DIR [--release | --built DIR] | --header | --check)
    --built: the folder where `cargo build` or `cargo test` has left both libraries";

/// Does what the arguments say.
pub fn run(workspace: &Path, arguments: &[String]) -> Result<(), String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--header"] => {
            let path = workspace.join(HEADER);
            fs::write(&path, header(workspace)?).map_err(|error| format!("{}: {error}", path.display()))
        }
        ["--check"] => check(workspace),
        ["--prefix", prefix] => install(workspace, Path::new(prefix), &build(workspace, false)?),
        ["--prefix", prefix, "--release"] | ["--release", "--prefix", prefix] => {
            install(workspace, Path::new(prefix), &build(workspace, true)?)
        }
        ["--prefix", prefix, "--built", folder] => install(workspace, Path::new(prefix), Path::new(folder)),
        _ => Err(USAGE.to_owned()),
    }
}

/// An error if the header is not what the sources say.
pub fn check(workspace: &Path) -> Result<(), String> {
    let path = workspace.join(HEADER);
    let found = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if found == header(workspace)? {
        return Ok(());
    }
    Err(format!("{HEADER} is not what the sources say; run `cargo xtask capi --header`"))
}

/// The header that the sources say.
pub fn header(workspace: &Path) -> Result<String, String> {
    let folder = workspace.join("crates/capi/src/sarsen_h");
    let list = folder.join("mod.rs");
    let list = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let modules = list.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let mut builder = Builder::new().with_config(config());
    for module in modules {
        builder = builder.with_src(folder.join(format!("{module}.rs")));
    }
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    Ok(format!("{}\n\n{CLOSING}\n", text.trim_end()))
}

fn config() -> Config {
    let mut config = Config {
        language: Language::C,
        cpp_compat: true,
        style: Style::Both,
        header: Some(format!("{OPENING}\n\n#ifndef SARSEN_H\n#define SARSEN_H\n")),
        includes: vec!["wasm.h".to_owned()],
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"].map(str::to_owned).to_vec(),
        documentation_style: DocumentationStyle::C99,
        usize_is_size_t: true,
        line_length: 110,
        tab_width: 2,
        ..Config::default()
    };
    config.sort_by = cbindgen::SortKey::None;
    config.function.sort_by = Some(cbindgen::SortKey::None);
    config.function.prefix = Some("WASM_API_EXTERN".to_owned());
    let finalizer = ("Finalizer".to_owned(), "sarsen_finalizer_t".to_owned());
    // Rust only takes it for a byte.
    let flag = ("Flag".to_owned(), "bool".to_owned());
    config.export.rename.extend([finalizer, flag]);
    config.after_includes = Some(
        "\n/* Called once with a pointer of the host's that is not needed any more; can be null. */\n\
         typedef void (*sarsen_finalizer_t)(void *);\n"
            .to_owned(),
    );
    config
}

/// What a program that has the static library in it needs of the system.
const SYSTEM: &str = if cfg!(target_vendor = "apple") {
    "-liconv -lSystem -lc -lm"
} else if cfg!(windows) {
    "-lkernel32 -ladvapi32 -lbcrypt -lntdll -luserenv -lws2_32 -lsecur32 -lcrypt32"
} else if cfg!(target_os = "freebsd") {
    "-lexecinfo -lpthread -lgcc_s -lkvm -lmemstat -lutil -lrt -lm -lc"
} else {
    "-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc"
};

/// Copies everything to where compilers look for it; both libraries from where they were built.
fn install(workspace: &Path, prefix: &Path, built: &Path) -> Result<(), String> {
    check(workspace)?;
    let (lib, include) = (prefix.join("lib"), prefix.join("include"));
    let pkgconfig = lib.join("pkgconfig");
    for folder in [&include, &pkgconfig] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    for header in ["wasm.h", "sarsen.h"] {
        copy(&workspace.join("crates/capi/include").join(header), &include.join(header))?;
    }
    copy(&built.join("libsarsen_capi.a"), &lib.join("libsarsen.a"))?;
    if cfg!(target_os = "linux") {
        copy(&built.join("libsarsen_capi.so"), &lib.join(SONAME))?;
        link(SONAME, &lib.join("libsarsen.so"))?;
    } else {
        let name = format!("libsarsen{}", std::env::consts::DLL_SUFFIX);
        copy(&built.join(format!("libsarsen_capi{}", std::env::consts::DLL_SUFFIX)), &lib.join(name))?;
    }
    let template = workspace.join("crates/capi/sarsen.pc.in");
    let template =
        fs::read_to_string(&template).map_err(|error| format!("{}: {error}", template.display()))?;
    let absolute = fs::canonicalize(prefix).map_err(|error| format!("{}: {error}", prefix.display()))?;
    let text = template
        .replace("@PREFIX@", &absolute.display().to_string())
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@SYSTEM@", SYSTEM);
    place(&pkgconfig.join("sarsen.pc"), |file| fs::write(file, text))
}

/// Builds both libraries; the folder in which they are.
fn build(workspace: &Path, release: bool) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace).args(["rustc", "--package", "sarsen-capi", "--lib"]);
    command.args(["--crate-type", "cdylib,staticlib"]);
    if release {
        // A panic in the compiler must end a compilation, and not the host.
        command.arg("--release").env("CARGO_PROFILE_RELEASE_PANIC", "unwind");
    }
    run_command(&mut command)?;
    Ok(built(workspace, release, |name| std::env::var_os(name).map(PathBuf::from)))
}

/// Where the build is, from the variables by which cargo is told.
fn built(workspace: &Path, release: bool, variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let target = variable("CARGO_TARGET_DIR").or_else(|| variable("CARGO_BUILD_TARGET_DIR"));
    let mut folder = workspace.join(target.unwrap_or_else(|| "target".into()));
    // For a target that is named, if only as the default, there is a folder of its own: that of a file has its bare name.
    if let Some(machine) = variable("CARGO_BUILD_TARGET").filter(|machine| !machine.as_os_str().is_empty()) {
        let is_file = machine.extension().is_some_and(|extension| extension == "json");
        folder.push(machine.file_stem().filter(|_| is_file).unwrap_or(machine.as_os_str()));
    }
    folder.join(if release { "release" } else { "debug" })
}

/// Makes a file beside its place, and moves it there: whoever runs with the one that is there keeps that.
fn place(at: &Path, make: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), String> {
    let mut name = std::ffi::OsString::from(".new-");
    name.push(at.file_name().unwrap_or_default());
    let new = at.with_file_name(name);
    // One that an installation has left which was ended in the middle.
    let _ = fs::remove_file(&new);
    let placed = make(&new).and_then(|()| fs::rename(&new, at));
    placed.map_err(|error| {
        let _ = fs::remove_file(&new);
        format!("{}: {error}", at.display())
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    place(to, |new| fs::copy(from, new).map(|_| ())).map_err(|error| format!("{} to {error}", from.display()))
}

/// Makes a symbolic link, in place of what has the name.
fn link(target: &str, at: &Path) -> Result<(), String> {
    #[cfg(unix)]
    place(at, |new| std::os::unix::fs::symlink(target, new))?;
    #[cfg(not(unix))]
    let _ = (target, at);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_is_where_cargo_puts_it() {
        let at = |variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                variables.iter().find(|(other, _)| *other == name).map(|(_, value)| PathBuf::from(value))
            };
            built(Path::new("/w"), true, variable).display().to_string()
        };
        assert_eq!(at(&[]), "/w/target/release");
        assert_eq!(at(&[("CARGO_TARGET_DIR", "out")]), "/w/out/release");
        assert_eq!(
            at(&[("CARGO_TARGET_DIR", "/out"), ("CARGO_BUILD_TARGET", "a-b-c")]),
            "/out/a-b-c/release"
        );
        assert_eq!(at(&[("CARGO_BUILD_TARGET", "/x/my.machine.json")]), "/w/target/my.machine/release");
        assert_eq!(at(&[("CARGO_BUILD_TARGET", "")]), "/w/target/release");
    }

    #[test]
    fn files_are_replaced_as_a_whole() {
        let folder = std::env::temp_dir().join(format!("sarsen-capi-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let at = folder.join("libsarsen.so.0");
        fs::write(&at, "old").unwrap();
        let mut running = fs::File::open(&at).unwrap();
        place(&at, |new| fs::write(new, "new")).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut running, &mut text).unwrap();
        assert_eq!((text.as_str(), fs::read_to_string(&at).unwrap().as_str()), ("old", "new"));
        // One that fails leaves what is there, and nothing beside it.
        let failed = place(&at, |new| fs::write(new, "half").and(Err(std::io::Error::other("no room"))));
        assert!(failed.unwrap_err().contains("no room"));
        assert_eq!(fs::read_to_string(&at).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_header_is_what_the_sources_say() {
        check(&crate::workspace()).unwrap();
    }
}
