//! Names of imports and exports, with versions that stand in for each other: what is called `a:b/c@0.2.1` can be had as
//! `a:b/c@0.2.0`, and the other way around.

use std::collections::HashMap;
use std::sync::Arc;

/// Things by name, in order.
#[derive(Clone, Debug)]
pub(crate) struct Names<V> {
    entries: Vec<(Arc<str>, V)>,
    exact: HashMap<Arc<str>, usize>,
    /// The newest of versions that stand in for each other, by what they have in common.
    tracks: HashMap<String, (semver::Version, usize)>,
}

impl<V> Default for Names<V> {
    fn default() -> Names<V> {
        Names { entries: Vec::new(), exact: HashMap::new(), tracks: HashMap::new() }
    }
}

impl<V> Names<V> {
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &V)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    /// Adds something, or replaces what has the name.
    pub(crate) fn insert(&mut self, name: Arc<str>, value: V) {
        if let Some(&index) = self.exact.get(&name) {
            self.entries[index].1 = value;
            return;
        }
        let index = self.entries.len();
        if let Some((track, version)) = track(&name) {
            let newest = self.tracks.entry(track).or_insert_with(|| (version.clone(), index));
            if newest.0 < version {
                *newest = (version, index);
            }
        }
        self.exact.insert(Arc::clone(&name), index);
        self.entries.push((name, value));
    }

    /// What has this very name.
    pub(crate) fn get_exact(&self, name: &str) -> Option<&V> {
        self.exact.get(name).map(|&index| &self.entries[index].1)
    }

    pub(crate) fn get_exact_mut(&mut self, name: &str) -> Option<&mut V> {
        self.exact.get(name).map(|&index| &mut self.entries[index].1)
    }

    /// What has this name, or a version of it that stands in: the newest.
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        let index = self.exact.get(name).copied().or_else(|| {
            let (track, _) = track(name)?;
            self.tracks.get(&track).map(|(_, index)| *index)
        })?;
        Some(&self.entries[index].1)
    }
}

/// What a versioned name has in common with those that stand in for it, and its version. Versions that promise nothing to
/// each other (`0.0.1`, or those before a release) have none.
fn track(name: &str) -> Option<(String, semver::Version)> {
    let (base, version) = name.split_once('@')?;
    let version = semver::Version::parse(version).ok()?;
    if !version.pre.is_empty() {
        return None;
    }
    let track = match (version.major, version.minor) {
        (0, 0) => return None,
        (0, minor) => format!("{base}@0.{minor}"),
        (major, _) => format!("{base}@{major}"),
    };
    Some((track, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_for_each_other_if_they_promise_to() {
        let mut names = Names::default();
        for name in [
            "a:b/c@0.2.1",
            "a:b/c@0.2.6",
            "a:b/c@0.2.3",
            "a:b/d@1.4.0",
            "a:b/e@0.0.1",
            "a:b/f@0.2.0-rc.1",
            "plain",
        ] {
            names.insert(name.into(), name);
        }
        let find = |name| names.get(name).copied();
        assert_eq!(find("a:b/c@0.2.0"), Some("a:b/c@0.2.6"));
        assert_eq!(find("a:b/c@0.2.1"), Some("a:b/c@0.2.1"));
        assert_eq!(find("a:b/c@0.2.9"), Some("a:b/c@0.2.6"));
        assert_eq!(find("a:b/c@0.3.0"), None);
        assert_eq!(find("a:b/d@1.0.0"), Some("a:b/d@1.4.0"));
        assert_eq!(find("a:b/d@2.0.0"), None);
        assert_eq!(find("a:b/e@0.0.2"), None);
        assert_eq!(find("a:b/f@0.2.0"), None);
        assert_eq!(find("a:b/f@0.2.0-rc.1"), Some("a:b/f@0.2.0-rc.1"));
        assert_eq!(find("plain"), Some("plain"));
    }
}
