//! The folder of a cache: files that appear at once and whole, and go when there are too many.

use super::CacheStats;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, DirEntry, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// What files are called after the point.
const KINDS: [&str; 7] = ["module", "code", "seen", "seen-code", "lock", "file", "new"];

/// How long files are kept that are not done: their writers have gone.
const UNFINISHED: Duration = Duration::from_secs(3600);

/// How long it is remembered what files hold.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

/// Makes the folder, for this user alone.
pub(super) fn make(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    if is_private(dir) {
        Ok(())
    } else {
        Err(io::Error::other("others can write to the folder of the cache"))
    }
}

/// Whether there is such a folder, to which only this user can write.
pub(super) fn is_private(dir: &Path) -> bool {
    fs::metadata(dir).is_ok_and(|dir| dir.is_dir() && is_ours(&dir))
}

/// Whether what has been opened is a file to which only this user can write.
pub(super) fn is_own(file: &File) -> bool {
    file.metadata().is_ok_and(|file| file.is_file() && is_ours(&file))
}

/// Whether something is this user's, and nobody else can write to it.
#[cfg(unix)]
fn is_ours(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

/// What is in folders of users is theirs alone.
#[cfg(not(unix))]
fn is_ours(_: &Metadata) -> bool {
    true
}

/// When the system was started, if it says so: what was written before may have been lost in part.
pub(super) fn boot() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(boot.trim().to_owned())
}

/// Writes a file that is there when it is whole, in the place of the one that there was.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Relaxed);
    // Processes may have the same number in different containers.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let unfinished = path.with_extension(format!("{}-{count}-{now:x}.new", std::process::id()));
    let mut file = own(File::options().write(true).create_new(true)).open(&unfinished)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// What is made so is this user's alone.
pub(super) fn own(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The files of a cache in the folder; none if there is no folder.
fn files(dir: &Path) -> io::Result<Vec<DirEntry>> {
    let files = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut found = Vec::new();
    for file in files {
        let file = file?;
        if KINDS.contains(&kind(&file.path()).as_str()) {
            found.push(file);
        }
    }
    Ok(found)
}

fn kind(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().into_owned()
}

/// What is there.
pub(super) fn stats(dir: &Path) -> io::Result<CacheStats> {
    let mut stats = CacheStats::default();
    for file in files(dir)? {
        // Others may remove it at any time.
        let Ok(metadata) = file.metadata() else { continue };
        stats.bytes += metadata.len();
        stats.modules += usize::from(kind(&file.path()) == "module");
    }
    Ok(stats)
}

/// Removes everything; what that was.
pub(super) fn clean(dir: &Path) -> io::Result<CacheStats> {
    let stats = stats(dir)?;
    for file in files(dir)? {
        match fs::remove_file(file.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(stats)
}

/// Removes what nobody will use, and then modules from the one on that was used longest ago, until the others have at most
/// so many bytes. The one that has just been written stays.
pub(super) fn sweep(dir: &Path, max_size: u64, written: &str) -> io::Result<()> {
    let mut modules: HashMap<OsString, Kept> = HashMap::new();
    for file in files(dir)? {
        let Ok(metadata) = file.metadata() else { continue };
        let (path, changed) = (file.path(), metadata.modified()?);
        let age = changed.elapsed().unwrap_or_default();
        let kind = kind(&path);
        match kind.as_str() {
            "file" if age > REMEMBERED => remove(&path),
            "new" if age > UNFINISHED => remove(&path),
            "file" | "new" => {}
            _ => {
                let module = modules.entry(path.file_stem().unwrap_or_default().to_owned()).or_default();
                module.is_whole |= kind == "module";
                module.size += metadata.len();
                module.used = module.used.max(Some(changed));
                module.files.push(path);
            }
        }
    }
    // Of some, all has gone but what was noted of them.
    let (mut modules, rests): (Vec<_>, Vec<_>) = modules.into_iter().partition(|(_, module)| module.is_whole);
    rests.iter().flat_map(|(_, module)| &module.files).for_each(|file| remove(file));
    modules.sort_by_key(|(_, module)| module.used);
    let mut size: u64 = modules.iter().map(|(_, module)| module.size).sum();
    for (name, module) in modules {
        if size <= max_size {
            break;
        }
        if name != written {
            module.files.iter().for_each(|file| remove(file));
            size -= module.size;
        }
    }
    Ok(())
}

/// The files of a module.
#[derive(Default)]
struct Kept {
    files: Vec<PathBuf>,
    size: u64,
    used: Option<SystemTime>,
    /// The module itself is among them.
    is_whole: bool,
}

/// Removes a file, unless it cannot be: then it stays until the next time.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}
