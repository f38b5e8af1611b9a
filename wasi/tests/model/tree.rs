//! What a file system is made of: files with contents, directories with names, links with targets.
//!
//! Knows neither paths nor what may be refused: `walk` and `names` do. Nothing is ever taken out of the arena, so that what is
//! open stays although it has no name any more.

use sarsen_wasi::Errno;
use std::collections::{BTreeMap, BTreeSet};

/// A file, directory or link, whatever names it has.
pub(crate) type NodeId = usize;

/// The granted directory.
pub(crate) const ROOT: NodeId = 0;

/// What may come of something: errors are all those that would be right.
pub(crate) type Allowed<T> = Result<T, Vec<Errno>>;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) what: What,
    /// How many names it has.
    pub(crate) links: u64,
    /// The number that the host has given it, once that is known.
    pub(crate) inode: Option<u64>,
    /// When it was changed last, if a guest has said so since.
    pub(crate) modified: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum What {
    File(Vec<u8>),
    Dir(Dir),
    Link(String),
}

#[derive(Debug, Default)]
pub(crate) struct Dir {
    pub(crate) names: BTreeMap<String, NodeId>,
    /// None for the granted directory.
    pub(crate) parent: Option<NodeId>,
    /// It has been removed, and never has names again.
    pub(crate) removed: bool,
    /// How often its names have changed.
    pub(crate) changes: u64,
    /// All names that it has had.
    pub(crate) ever: BTreeSet<String>,
    /// Where listings have shown names since the last change.
    pub(crate) places: BTreeMap<u64, String>,
}

#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// An empty directory.
    pub(crate) fn new() -> Tree {
        Tree { nodes: vec![Node { what: What::Dir(Dir::default()), links: 1, inode: None, modified: None }] }
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id]
    }

    pub(crate) fn what(&self, id: NodeId) -> &What {
        &self.nodes[id].what
    }

    pub(crate) fn is_dir(&self, id: NodeId) -> bool {
        matches!(self.what(id), What::Dir(_))
    }

    /// A node that is known to be a directory.
    pub(crate) fn dir(&self, id: NodeId) -> &Dir {
        match self.what(id) {
            What::Dir(dir) => dir,
            other => panic!("no directory: {other:?}"),
        }
    }

    pub(crate) fn dir_mut(&mut self, id: NodeId) -> &mut Dir {
        match &mut self.nodes[id].what {
            What::Dir(dir) => dir,
            other => panic!("no directory: {other:?}"),
        }
    }

    /// The contents of a node that is known to be a file.
    pub(crate) fn contents(&self, id: NodeId) -> &[u8] {
        match self.what(id) {
            What::File(contents) => contents,
            other => panic!("no file: {other:?}"),
        }
    }

    /// The same to be changed.
    pub(crate) fn change(&mut self, id: NodeId) -> &mut Vec<u8> {
        self.nodes[id].modified = None;
        match &mut self.nodes[id].what {
            What::File(contents) => contents,
            other => panic!("no file: {other:?}"),
        }
    }

    /// Whether one directory is another, or above it.
    pub(crate) fn is_above(&self, above: NodeId, below: NodeId) -> bool {
        let mut at = Some(below);
        while let Some(id) = at {
            if id == above {
                return true;
            }
            at = self.dir(id).parent;
        }
        false
    }

    /// Makes something with a first name.
    pub(crate) fn add(&mut self, dir: NodeId, name: &str, what: What) -> NodeId {
        self.nodes.push(Node { what, links: 0, inode: None, modified: None });
        let id = self.nodes.len() - 1;
        self.put(dir, name, id);
        id
    }

    /// Gives something a name that is free.
    pub(crate) fn put(&mut self, dir: NodeId, name: &str, id: NodeId) {
        self.nodes[id].links += 1;
        if let What::Dir(moved) = &mut self.nodes[id].what {
            moved.parent = Some(dir);
        }
        let dir = self.change_names(dir);
        dir.ever.insert(name.to_owned());
        let before = dir.names.insert(name.to_owned(), id);
        assert_eq!(before, None, "{name} is taken");
    }

    /// Takes a name away. What it stood for.
    pub(crate) fn take(&mut self, dir: NodeId, name: &str) -> NodeId {
        let id = self.change_names(dir).names.remove(name).expect("a name that is there");
        self.nodes[id].links -= 1;
        id
    }

    /// A directory whose names will not be what they were.
    fn change_names(&mut self, dir: NodeId) -> &mut Dir {
        self.nodes[dir].modified = None;
        let dir = self.dir_mut(dir);
        dir.changes += 1;
        dir.places.clear();
        dir
    }

    /// The host says what number something has: always the same, and one that nothing else has meanwhile. `open` has what may
    /// have no name.
    pub(crate) fn learn(&mut self, id: NodeId, inode: u64, open: &[NodeId]) -> Result<(), String> {
        if let Some(before) = self.nodes[id].inode {
            let same = before == inode;
            return if same { Ok(()) } else { Err(format!("inode {before} has become {inode}")) };
        }
        let is_there = |other: NodeId| self.nodes[other].links > 0 || open.contains(&other);
        let taken = (0..self.nodes.len())
            .find(|&other| other != id && self.nodes[other].inode == Some(inode) && is_there(other));
        if let Some(other) = taken {
            return Err(format!("inode {inode} is that of {:?}", self.nodes[other].what));
        }
        self.nodes[id].inode = Some(inode);
        Ok(())
    }
}
