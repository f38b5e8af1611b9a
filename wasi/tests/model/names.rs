//! What is done with paths: looked up, made, moved, removed or opened.
//!
//! Says what Linux would do below a directory that paths cannot leave, and where it has a choice, all that may be chosen. Rights and
//! permissions are checked before.

use crate::tree::{Allowed, Dir, NodeId, Tree, What};
use crate::walk::{End, Follow, Last};
use sarsen_wasi::Errno;

/// How a path is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) follow: bool,
    pub(crate) write: bool,
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
    pub(crate) truncate: bool,
    pub(crate) directory: bool,
}

/// Refused for one reason.
pub(crate) fn no<T>(errno: Errno) -> Allowed<T> {
    Err(vec![errno])
}

/// Refused unless it holds.
pub(crate) fn check(holds: bool, errno: Errno) -> Allowed<()> {
    if holds { Ok(()) } else { no(errno) }
}

/// Both, or any reason against one of them: nobody says what is looked at first.
pub(crate) fn both<A, B>(a: Allowed<A>, b: Allowed<B>) -> Allowed<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(errnos), Ok(_)) | (Ok(_), Err(errnos)) => Err(errnos),
    }
}

/// The same for any number of conditions.
pub(crate) fn all(checks: impl IntoIterator<Item = Allowed<()>>) -> Allowed<()> {
    let errnos: Vec<Errno> = checks.into_iter().filter_map(Result::err).flatten().collect();
    if errnos.is_empty() { Ok(()) } else { Err(errnos) }
}

impl Tree {
    fn end(&self, start: NodeId, path: &str, follow: Follow) -> Allowed<End> {
        self.walk(start, path, follow).map_err(|errno| vec![errno])
    }

    /// What is at the end of a path, which is a directory if a slash says so.
    pub(crate) fn find(&self, start: NodeId, path: &str, follow: Follow) -> Allowed<NodeId> {
        let end = self.end(start, path, follow)?;
        let Some(node) = end.node else { return no(Errno::NoEnt) };
        check(!end.slash || self.is_dir(node), Errno::NotDir)?;
        Ok(node)
    }

    /// A directory, for a new name.
    fn room(&self, end: End) -> Allowed<(NodeId, String)> {
        match end.last {
            Last::Name(name) if end.node.is_none() => {
                check(!self.dir(end.dir).removed, Errno::NoEnt)?;
                Ok((end.dir, name))
            }
            _ => no(Errno::Exist),
        }
    }

    /// The same for what is no directory. What is there may be looked at as a directory if a slash says so.
    fn room_for_no_dir(&self, start: NodeId, path: &str) -> Allowed<(NodeId, String)> {
        let end = self.end(start, path, Follow::Never)?;
        let slash = end.slash;
        match self.room(end) {
            Ok(_) if slash => no(Errno::NoEnt),
            Err(mut errnos) if slash => {
                errnos.extend(self.find(start, path, Follow::Always).err().into_iter().flatten());
                Err(errnos)
            }
            room => room,
        }
    }

    pub(crate) fn create_dir(&mut self, start: NodeId, path: &str) -> Allowed<()> {
        let (dir, name) = self.room(self.end(start, path, Follow::Never)?)?;
        self.add(dir, &name, What::Dir(Dir::default()));
        Ok(())
    }

    pub(crate) fn symlink(&mut self, target: &str, start: NodeId, path: &str) -> Allowed<()> {
        let relative = check(!target.starts_with('/'), Errno::Perm);
        let (_, (dir, name)) = both(relative, self.room_for_no_dir(start, path))?;
        self.add(dir, &name, What::Link(target.to_owned()));
        Ok(())
    }

    pub(crate) fn link(&mut self, start: NodeId, path: &str, to: NodeId, new: &str) -> Allowed<()> {
        let found = self.find(start, path, Follow::IfSlash);
        let found = found.and_then(|node| check(!self.is_dir(node), Errno::Perm).map(|()| node));
        let (node, (dir, name)) = both(found, self.room_for_no_dir(to, new))?;
        self.put(dir, &name, node);
        Ok(())
    }

    pub(crate) fn remove_dir(&mut self, start: NodeId, path: &str) -> Allowed<()> {
        let end = self.end(start, path, Follow::Never)?;
        let name = match end.last {
            Last::Name(name) => name,
            Last::Dot => return no(Errno::Inval),
            // Its end is a directory that has a name, at least the one that was walked through.
            Last::DotDot => return Err(vec![Errno::Inval, Errno::NotEmpty]),
        };
        let Some(node) = end.node else { return no(Errno::NoEnt) };
        check(self.is_dir(node), Errno::NotDir)?;
        check(self.dir(node).names.is_empty(), Errno::NotEmpty)?;
        self.take(end.dir, &name);
        self.dir_mut(node).removed = true;
        Ok(())
    }

    pub(crate) fn unlink(&mut self, start: NodeId, path: &str) -> Allowed<()> {
        let end = self.end(start, path, Follow::Never)?;
        let Last::Name(name) = end.last else { return no(Errno::IsDir) };
        let Some(node) = end.node else { return no(Errno::NoEnt) };
        check(!self.is_dir(node), Errno::IsDir)?;
        check(!end.slash, Errno::NotDir)?;
        self.take(end.dir, &name);
        Ok(())
    }

    pub(crate) fn rename(&mut self, start: NodeId, path: &str, to: NodeId, new: &str) -> Allowed<()> {
        let source = self.source(start, path);
        let moves_file = source.as_ref().is_ok_and(|&(_, _, node)| !self.is_dir(node));
        let target = both(self.target(to, new), check(!moves_file || !new.ends_with('/'), Errno::NotDir));
        let ((dir, name, node), ((new_dir, new_name, replaced), ())) = both(source, target)?;
        if replaced == Some(node) {
            return Ok(());
        }
        let moves_dir = !moves_file;
        all([
            check(!self.dir(new_dir).removed, Errno::NoEnt),
            check(!(moves_dir && self.is_above(node, new_dir)), Errno::Inval),
        ])?;
        if let Some(replaced) = replaced {
            let is_dir = self.is_dir(replaced);
            let is_full = is_dir && !self.dir(replaced).names.is_empty();
            all([
                check(!moves_dir || is_dir, Errno::NotDir),
                check(moves_dir || !is_dir, Errno::IsDir),
                // What is moved may be inside, which is looked at first.
                check(!is_full || !(moves_dir || self.is_above(replaced, dir)), Errno::NotEmpty),
            ])?;
            self.take(new_dir, &new_name);
            if is_dir {
                self.dir_mut(replaced).removed = true;
            }
        }
        self.take(dir, &name);
        self.put(new_dir, &new_name, node);
        Ok(())
    }

    /// What can be moved away: its directory, its name, and what it is.
    fn source(&self, start: NodeId, path: &str) -> Allowed<(NodeId, String, NodeId)> {
        let end = self.end(start, path, Follow::Never)?;
        let Last::Name(name) = end.last else { return no(Errno::Busy) };
        let Some(node) = end.node else { return no(Errno::NoEnt) };
        check(!end.slash || self.is_dir(node), Errno::NotDir)?;
        Ok((end.dir, name, node))
    }

    /// Where something can be moved to: a directory, a name, and what has that now.
    fn target(&self, start: NodeId, path: &str) -> Allowed<(NodeId, String, Option<NodeId>)> {
        let end = self.end(start, path, Follow::Never)?;
        let Last::Name(name) = end.last else { return no(Errno::Busy) };
        Ok((end.dir, name, end.node))
    }

    pub(crate) fn read_link(&self, start: NodeId, path: &str) -> Allowed<String> {
        let node = self.find(start, path, Follow::IfSlash)?;
        let What::Link(target) = self.what(node) else { return no(Errno::Inval) };
        // The host's paths are the host's.
        check(!target.starts_with('/'), Errno::Perm)?;
        Ok(target.clone())
    }

    /// Opens what is there, or what is made.
    pub(crate) fn open(&mut self, start: NodeId, path: &str, how: Opening) -> Allowed<NodeId> {
        let opened = self.open_or_refuse(start, path, how);
        // A slash behind what is to be made may be an error in itself.
        let asks_for_dir =
            self.walk(start, path, Follow::UnlessSlash).is_ok_and(|end| end.slash && end.last.is_name());
        match opened {
            Err(mut errnos) if how.create && asks_for_dir => {
                errnos.push(Errno::IsDir);
                Err(errnos)
            }
            opened => opened,
        }
    }

    fn open_or_refuse(&mut self, start: NodeId, path: &str, how: Opening) -> Allowed<NodeId> {
        let exclusive = how.create && how.exclusive;
        let follow = if how.follow && !exclusive { Follow::Always } else { Follow::IfSlash };
        let end = self.end(start, path, follow)?;
        let Some(node) = end.node else {
            check(how.create && !end.slash, Errno::NoEnt)?;
            let (dir, name) = self.room(end)?;
            return Ok(self.add(dir, &name, What::File(Vec::new())));
        };
        match self.what(node) {
            _ if exclusive && (!end.slash || self.is_dir(node)) => no(Errno::Exist),
            What::Dir(_) => {
                check(!how.write && !how.truncate, Errno::IsDir)?;
                Ok(node)
            }
            What::Link(_) if how.directory => Err(vec![Errno::Loop, Errno::NotDir]),
            What::Link(_) => no(Errno::Loop),
            What::File(_) => {
                check(!how.directory && !end.slash, Errno::NotDir)?;
                if how.truncate {
                    self.change(node).clear();
                }
                Ok(node)
            }
        }
    }
}
