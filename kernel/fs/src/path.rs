//! Paths: from names to inodes, and the operations that make and take names.
//!
//! Looking up holds one directory's lock at a time. The operations lock a directory, then
//! an inode named in it; never the other way round, so nobody waits in a circle. On a damaged
//! disk two directories may each be named in the other: who locks one under the other, to
//! take its name away, first takes the lock that there is for that.

use abi::Error;
use abi::disk::ROOTINO;

use crate::dir::cut;
use crate::host::{Guarded, Host, Lock};
use crate::{FileSystem, InodeGuard, InodeRef, Kind, Op};

/// Names an inode can have at most.
const NLINK_MAX: i16 = i16::MAX;

/// What who takes a directory's name away holds meanwhile.
pub(crate) struct Removal;

impl Guarded for Removal {
    const NAME: &'static str = "removal";
    const INIT: Self = Removal;
}

/// Where the paths of whoever asks start.
pub struct Base<'a, 'fs, H: Host> {
    /// What `/` is, and where `..` climbs no further; the disk's own root if none.
    pub root: Option<&'a InodeRef<'fs, H>>,
    /// Where a path starts that does not begin with `/`.
    pub cwd: &'a InodeRef<'fs, H>,
}

impl<H: Host> Clone for Base<'_, '_, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H: Host> Copy for Base<'_, '_, H> {}

impl<'a, 'fs, H: Host> From<&'a InodeRef<'fs, H>> for Base<'a, 'fs, H> {
    fn from(cwd: &'a InodeRef<'fs, H>) -> Self {
        Base { root: None, cwd }
    }
}

impl<H: Host> FileSystem<H> {
    /// The inode `path` leads to, from `base`. The empty path is the working directory.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`], [`Error::TableFull`],
    /// [`Error::Corrupt`], [`Error::Io`].
    pub fn resolve<'fs: 'a, 'a>(
        &'fs self,
        base: impl Into<Base<'a, 'fs, H>>,
        path: &[u8],
    ) -> Result<InodeRef<'fs, H>, Error> {
        let found = self.namex(base.into(), path, Until::Last);
        found.map(|(inode, _)| inode)
    }

    /// The directory that holds, or would hold, the last name of `path`, and that name
    /// (cut to `DIRSIZ` bytes).
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve); [`Error::InvalidArgument`] if `path` has no name in it,
    /// or one with a NUL.
    pub fn resolve_parent<'fs: 'a, 'a, 'p>(
        &'fs self,
        base: impl Into<Base<'a, 'fs, H>>,
        path: &'p [u8],
    ) -> Result<(InodeRef<'fs, H>, &'p [u8]), Error> {
        self.namex(base.into(), path, Until::BeforeLast)
    }

    #[inline(never)]
    fn namex<'fs, 'p>(
        &'fs self,
        base: Base<'_, 'fs, H>,
        path: &'p [u8],
        until: Until,
    ) -> Result<(InodeRef<'fs, H>, &'p [u8]), Error> {
        let mut inode = match base.root {
            Some(root) if path.first() == Some(&b'/') => root.clone(),
            None if path.first() == Some(&b'/') => self.root()?,
            Some(_) | None => base.cwd.clone(),
        };
        let mut rest = path;
        while let Some((name, after)) = skipelem(rest) {
            let dir = inode.lock()?;
            dir.need_linked_dir()?;
            if until == Until::BeforeLast && after.is_empty() {
                drop(dir);
                let whole = !name.contains(&0);
                return if whole {
                    Ok((inode, name))
                } else {
                    Err(Error::InvalidArgument)
                };
            }
            rest = after;
            if name == b".." && base.root.is_some_and(|root| root.is_same(&inode)) {
                continue;
            }
            // Counted before the lock opens, or the inode might be freed in between.
            let next = self.iget(dir.dirlookup(name)?.0)?;
            drop(dir);
            inode = next;
        }
        match until {
            Until::Last => Ok((inode, rest)),
            Until::BeforeLast => Err(Error::InvalidArgument),
        }
    }

    /// Makes a new inode of `kind` at `path`; a directory comes with `.` and `..`.
    /// For `Kind::File`, a file or device that is there already is returned as it is.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::NoSpace`]; [`Error::NotFound`] also if the directory has
    /// itself been unlinked; [`Error::FileTooLarge`] if the directory can grow no more; else
    /// as [`resolve_parent`](Self::resolve_parent).
    #[inline(never)]
    pub fn create<'fs: 'a, 'a>(
        &'fs self,
        op: &Op<'fs, H>,
        base: impl Into<Base<'a, 'fs, H>>,
        path: &[u8],
        kind: Kind,
    ) -> Result<InodeRef<'fs, H>, Error> {
        let (parent, name) = self.resolve_parent(base, path)?;
        let mut dir = parent.lock()?;
        // Again: it may have been unlinked since it was resolved.
        dir.need_linked_dir()?;
        match dir.dirlookup(name) {
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
            Ok((inum, _)) => {
                let inode = self.iget(inum)?;
                drop(dir);
                let there = inode.lock()?.kind();
                return if kind == Kind::File && there != Kind::Dir {
                    Ok(inode)
                } else {
                    Err(Error::Exists)
                };
            }
        }
        if kind == Kind::Dir && dir.nlink() == NLINK_MAX {
            return Err(Error::NoSpace);
        }
        let inode = self.ialloc(op, kind)?;
        self.name_new(op, &inode, &mut dir, name)?;
        Ok(inode)
    }

    /// Gives the inode that `ialloc` made its first name. If that fails it has none, and
    /// is freed as any inode without names.
    fn name_new(
        &self,
        op: &Op<'_, H>,
        inode: &InodeRef<'_, H>,
        dir: &mut InodeGuard<'_, H>,
        name: &[u8],
    ) -> Result<(), Error> {
        let mut new = inode.lock()?;
        if new.kind() == Kind::Dir {
            new.dirlink(op, b".", inode.inum())?;
            new.dirlink(op, b"..", dir.of.inum())?;
        }
        dir.dirlink(op, name, inode.inum())?;
        new.set_nlink(op, 1)?;
        if new.kind() == Kind::Dir {
            // For `..`. There is none for `.`, which would keep every directory alive.
            dir.set_nlink(op, dir.nlink() + 1)?;
        }
        Ok(())
    }

    /// Gives the file at `old` the further name `new`.
    ///
    /// # Errors
    /// [`Error::IsADirectory`] if `old` is one; [`Error::Exists`]; [`Error::NoSpace`], also
    /// when the file has 32767 names; else as [`create`](Self::create).
    #[inline(never)]
    pub fn link<'fs: 'a, 'a>(
        &'fs self,
        op: &Op<'fs, H>,
        base: impl Into<Base<'a, 'fs, H>>,
        old: &[u8],
        new: &[u8],
    ) -> Result<(), Error> {
        let base = base.into();
        let inode = self.resolve(base, old)?;
        // Before the lock on `dir`: two directories could wait for each other. That it is
        // none stays true when the lock is open.
        if inode.lock()?.kind() == Kind::Dir {
            return Err(Error::IsADirectory);
        }
        let (parent, name) = self.resolve_parent(base, new)?;
        let mut dir = parent.lock()?;
        dir.need_linked_dir()?;
        match dir.dirlookup(name) {
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(Error::Exists),
        }
        let mut file = inode.lock()?;
        let nlink = file.nlink();
        match nlink {
            0 => return Err(Error::NotFound),
            NLINK_MAX => return Err(Error::NoSpace),
            _ => {}
        }
        dir.dirlink(op, name, inode.inum())?;
        file.set_nlink(op, nlink + 1)
    }

    /// Takes the name `path` away; the inode goes with its last name and reference.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for `.` and `..`; [`Error::NotEmpty`]; else as
    /// [`resolve_parent`](Self::resolve_parent).
    #[inline(never)]
    pub fn unlink<'fs: 'a, 'a>(
        &'fs self,
        op: &Op<'fs, H>,
        base: impl Into<Base<'a, 'fs, H>>,
        path: &[u8],
    ) -> Result<(), Error> {
        let (parent, name) = self.resolve_parent(base, path)?;
        if name == b"." || name == b".." {
            return Err(Error::InvalidArgument);
        }
        let dir = parent.lock()?;
        let inode = self.iget(dir.dirlookup(name)?.0)?;
        // A directory that names itself or the root is damaged; locking on would wait for ever.
        if inode.is_same(&parent) || inode.inum() == ROOTINO {
            return Err(dir.damaged());
        }
        drop(dir);
        // What it is stays so. Of those that hold two directories' locks there is one at a time.
        let is_dir = inode.lock()?.kind() == Kind::Dir;
        let _removal = is_dir.then(|| self.removal.lock());
        let mut dir = parent.lock()?;
        let (inum, offset) = dir.dirlookup(name)?;
        if inum != inode.inum() {
            // Another one has the name now: in between, nobody had it.
            return Err(Error::NotFound);
        }
        let mut named = inode.lock()?;
        let nlink = named.nlink();
        if nlink == 0 {
            return Err(named.damaged());
        }
        if named.kind() == Kind::Dir {
            if !named.isdirempty()? {
                return Err(Error::NotEmpty);
            }
            if dir.nlink() < 2 {
                return Err(dir.damaged());
            }
        }
        dir.dirunlink(op, offset)?;
        if named.kind() == Kind::Dir {
            dir.set_nlink(op, dir.nlink() - 1)?;
        }
        named.set_nlink(op, nlink - 1)
    }
}

/// Where looking up stops.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// At the inode the whole path leads to.
    Last,
    /// At the directory the last name is in.
    BeforeLast,
}

/// The first name of `path`, cut to `DIRSIZ` bytes, and what follows it without
/// slashes in front; nothing if there is no name.
fn skipelem(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let path = skip_slashes(path);
    if path.is_empty() {
        return None;
    }
    let len = path
        .iter()
        .position(|&byte| byte == b'/')
        .unwrap_or(path.len());
    Some((cut(&path[..len]), skip_slashes(&path[len..])))
}

fn skip_slashes(path: &[u8]) -> &[u8] {
    let n = path.iter().take_while(|&&byte| byte == b'/').count();
    &path[n..]
}

#[cfg(test)]
mod tests {
    use super::skipelem;

    #[test]
    fn names_are_split_at_slashes_and_cut() {
        let check = |path: &str, name: &str, rest: &str| {
            let split = skipelem(path.as_bytes());
            assert_eq!(split, Some((name.as_bytes(), rest.as_bytes())), "{path}");
        };
        check("a/bb/c", "a", "bb/c");
        check("///a//bb", "a", "bb");
        check("a", "a", "");
        check("a///", "a", "");
        check("exactly14bytes/x", "exactly14bytes", "x");
        check("morethan14bytes/x", "morethan14byte", "x");
        assert_eq!(skipelem(b""), None);
        assert_eq!(skipelem(b"////"), None);
    }
}
