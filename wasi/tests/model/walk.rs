//! Where a path ends: component by component, through links, and never out of where it starts.
//!
//! Says what is at the end; what may be done with it is said in `names`.

use crate::tree::{NodeId, Tree, What};
use sarsen_wasi::Errno;

/// Bytes of the longest name.
const LONGEST_NAME: usize = 255;
/// Links that one path goes through.
const MOST_LINKS: usize = 40;

/// Whether a link at the end stands for what it points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Follow {
    Never,
    /// Where a slash behind it asks for a directory.
    IfSlash,
    /// Where none does.
    UnlessSlash,
    Always,
}

/// The last component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Last {
    Name(String),
    Dot,
    DotDot,
}

impl Last {
    pub(crate) fn is_name(&self) -> bool {
        matches!(self, Last::Name(_))
    }
}

/// The end of a path.
#[derive(Debug)]
pub(crate) struct End {
    /// The directory of the name, or that which dots stand for.
    pub(crate) dir: NodeId,
    pub(crate) last: Last,
    /// What is there.
    pub(crate) node: Option<NodeId>,
    /// There is a slash behind it.
    pub(crate) slash: bool,
}

impl Tree {
    /// Goes from a directory along a path that is not empty.
    pub(crate) fn walk(&self, start: NodeId, path: &str, follow: Follow) -> Result<End, Errno> {
        let (mut at, mut links, mut rest) = (start, 0, path.to_owned());
        loop {
            let (name, behind) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let next = behind.trim_start_matches('/');
            let (is_last, slash) = (next.is_empty(), !behind.is_empty());
            let dots = match name {
                // Only what begins with a slash has an empty component.
                "" => return Err(Errno::Perm),
                "." => Some(Last::Dot),
                ".." if at == start => return Err(Errno::Perm),
                ".." => {
                    at = self.dir(at).parent.expect("below a directory that has been walked through");
                    Some(Last::DotDot)
                }
                _ => None,
            };
            if let Some(last) = dots {
                if is_last {
                    return Ok(End { dir: at, last, node: Some(at), slash });
                }
                rest = next.to_owned();
                continue;
            }
            if name.len() > LONGEST_NAME {
                let is_removed = self.dir(at).removed;
                return Err(if is_removed { Errno::NoEnt } else { Errno::NameTooLong });
            }
            let node = self.dir(at).names.get(name).copied();
            let followed = match follow {
                Follow::Never => false,
                Follow::IfSlash => slash,
                Follow::UnlessSlash => !slash,
                Follow::Always => true,
            };
            match node.map(|node| self.what(node)) {
                Some(What::Link(target)) if !is_last || followed => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(Errno::Loop);
                    }
                    rest = format!("{target}{behind}");
                }
                _ if is_last => {
                    return Ok(End { dir: at, last: Last::Name(name.to_owned()), node, slash });
                }
                Some(What::Dir(_)) => {
                    at = node.expect("it is there");
                    rest = next.to_owned();
                }
                Some(_) => return Err(Errno::NotDir),
                None => return Err(Errno::NoEnt),
            }
        }
    }
}
