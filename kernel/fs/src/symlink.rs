//! Symbolic links: files that hold the path they lead to. Only who asks for it follows them,
//! and only at the end of a path, as in the MIT labs.

use abi::Error;
use abi::limits::MAXPATH;

use crate::host::Host;
use crate::path::Base;
use crate::{FileSystem, InodeRef, Kind, Op};

/// Links that are followed one after the other before it is taken for a circle.
const DEEPEST: usize = 10;

impl<H: Host> FileSystem<H> {
    /// Makes a symbolic link at `path` that leads to `target`, whether or not there is
    /// anything.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a target that is empty or no path; else as
    /// [`create`](Self::create).
    #[inline(never)]
    pub fn symlink<'fs: 'a, 'a>(
        &'fs self,
        op: &Op<'fs, H>,
        base: impl Into<Base<'a, 'fs, H>>,
        target: &[u8],
        path: &[u8],
    ) -> Result<(), Error> {
        if target.is_empty() || target.len() >= MAXPATH || target.contains(&0) {
            return Err(Error::InvalidArgument);
        }
        let base = base.into();
        let link = self.create(op, base, path, Kind::Symlink)?;
        let mut done = 0;
        let written = link.lock()?.writei(op, 0, target.len(), |into| {
            into.copy_from_slice(&target[done..done + into.len()]);
            done += into.len();
            Ok(())
        });
        match written {
            Ok(_) => Ok(()),
            Err(error) => self.unlink(op, base, path).and(Err(error)),
        }
    }

    /// The inode `path` leads to, and if that is a symbolic link, the one at its end. Where a
    /// link leads is looked up from the directory it lies in.
    ///
    /// # Errors
    /// [`Error::LinkLoop`]; [`Error::Corrupt`] for a link that holds no path; else as
    /// [`resolve`](Self::resolve).
    #[inline(never)]
    pub fn follow<'fs: 'a, 'a>(
        &'fs self,
        base: impl Into<Base<'a, 'fs, H>>,
        path: &[u8],
    ) -> Result<InodeRef<'fs, H>, Error> {
        let base = base.into();
        let mut inode = self.resolve(base, path)?;
        if inode.lock()?.kind() != Kind::Symlink {
            return Ok(inode);
        }
        let mut dir = self.resolve_parent(base, path)?.0;
        let mut target = [0; MAXPATH];
        for _ in 0..DEEPEST {
            let len = read_target(&inode, &mut target)?;
            let from = Base {
                root: base.root,
                cwd: &dir,
            };
            inode = self.resolve(from, &target[..len])?;
            if inode.lock()?.kind() != Kind::Symlink {
                return Ok(inode);
            }
            let next = self.resolve_parent(from, &target[..len])?.0;
            dir = next;
        }
        Err(Error::LinkLoop)
    }
}

/// Reads where `link` leads to; how long that is.
fn read_target<H: Host>(link: &InodeRef<'_, H>, into: &mut [u8; MAXPATH]) -> Result<usize, Error> {
    let guard = link.lock()?;
    let mut done = 0;
    guard.readi(0, MAXPATH, |bytes| {
        into[done..done + bytes.len()].copy_from_slice(bytes);
        done += bytes.len();
        Ok(())
    })?;
    if done == 0 || done == MAXPATH {
        Err(guard.damaged())
    } else {
        Ok(done)
    }
}
