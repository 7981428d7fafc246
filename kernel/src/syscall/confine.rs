//! System calls by which a process gives up what it could do, for itself and its children.

use crate::fs::{FS, KeptInode};
use crate::proc::Current;
use abi::limits::MAXPATH;
use abi::{Error, Syscall};
use fs::Kind;

/// Whether the process has given up this call. Those from 64 on are always allowed.
pub fn is_denied(call: Syscall, p: &Current) -> bool {
    let number = call as u32;
    number < u64::BITS && p.seccomp & 1 << number == 0
}

/// `seccomp(mask)`: bit `n` of the mask clear: no more calls number `n`.
pub fn sys_seccomp(p: &mut Current) -> Result<usize, Error> {
    p.seccomp &= p.arg(0) as u64;
    Ok(0)
}

/// `chroot(dir)`: the directory is `/` from now on, and there is no way up from there. Relative
/// paths start there, too: a working directory that is outside would be a way out.
pub fn sys_chroot(p: &mut Current) -> Result<usize, Error> {
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    let op = FS.begin();
    let dir = FS.follow(p.base(), path)?;
    if dir.lock()?.kind() != Kind::Dir {
        return Err(Error::NotADirectory);
    }
    // The old ones are let go in operations of their own.
    drop(op);
    let dir = KeptInode::new(dir);
    p.cwd = dir.clone();
    p.root = Some(dir);
    Ok(0)
}
