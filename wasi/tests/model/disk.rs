//! The tree on disk: written before a sequence of calls, and compared behind it.
//!
//! Goes past the host and its sandbox.

use crate::tree::{NodeId, Tree, What};
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

impl Tree {
    /// Writes what is in a directory into an empty one.
    pub(crate) fn write(&self, dir: NodeId, to: &Path) {
        for (name, &id) in &self.dir(dir).names {
            let path = to.join(name);
            match self.what(id) {
                What::File(contents) => fs::write(path, contents).unwrap(),
                What::Link(target) => symlink(target, path).unwrap(),
                What::Dir(_) => {
                    fs::create_dir(&path).unwrap();
                    self.write(id, &path);
                }
            }
        }
    }

    /// Whether exactly this is on disk. The error says what is not.
    pub(crate) fn compare(&self, on_disk: &Path) -> Result<(), String> {
        self.compare_dir(crate::tree::ROOT, on_disk, &mut HashMap::new())
    }

    /// The same for one directory; `seen` has the numbers of what has been compared.
    fn compare_dir(
        &self,
        dir: NodeId,
        on_disk: &Path,
        seen: &mut HashMap<u64, NodeId>,
    ) -> Result<(), String> {
        let entries = fs::read_dir(on_disk).unwrap().map(|entry| entry.unwrap().file_name());
        let mut found: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        found.sort();
        let expected: Vec<&String> = self.dir(dir).names.keys().collect();
        if !found.iter().eq(expected.iter().copied()) {
            return Err(format!("{}: {found:?}, not {expected:?}", on_disk.display()));
        }
        for (name, &id) in &self.dir(dir).names {
            let path = on_disk.join(name);
            let metadata = fs::symlink_metadata(&path).unwrap();
            let node = self.node(id);
            let is_same = match &node.what {
                What::File(contents) => metadata.is_file() && fs::read(&path).unwrap() == *contents,
                What::Link(target) => {
                    metadata.is_symlink() && fs::read_link(&path).unwrap() == Path::new(target)
                }
                What::Dir(_) => metadata.is_dir(),
            };
            let number = metadata.ino();
            let links = node.links == metadata.nlink() || metadata.is_dir();
            if !is_same || !links || *seen.entry(number).or_insert(id) != id {
                return Err(format!("{} is not {node:?}, but {metadata:?}", path.display()));
            }
            if node.inode.is_some_and(|told| told != number) {
                return Err(format!("{} has number {number}, not {:?}", path.display(), node.inode));
            }
            if metadata.is_dir() {
                self.compare_dir(id, &path, seen)?;
            }
        }
        Ok(())
    }
}
