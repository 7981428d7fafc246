//! System calls by which a process gives up what it could do, for itself and its children.

use super::file::arg_dir;
use crate::proc::Current;
use abi::{Error, Syscall};

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
    let dir = arg_dir(p)?;
    p.cwd = dir.clone();
    p.root = Some(dir);
    Ok(0)
}
