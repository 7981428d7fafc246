//! The calls that came after xv6's first: of the MIT labs, and our own.

use super::{Failed, Fd, Pid, ecall, plain, with_path};
use abi::Syscall;
use abi::file::KEYS;
use abi::info::FsInfo;
use core::ffi::CStr;

/// Where a program may read its own number without asking; see [`ugetpid`].
pub const USYSCALL: usize = abi::info::USYSCALL as usize;

/// Waits until all that is over is on the disk.
///
/// # Errors
/// The disk takes no more.
pub fn sync() -> Result<(), Failed> {
    plain(Syscall::Sync, [0; 3]).map(drop)
}

/// Gives up every system call below 64 whose bit in `mask` is clear.
///
/// # Errors
/// That call has been given up.
pub fn seccomp(mask: u64) -> Result<(), Failed> {
    // SAFETY: the argument is no address.
    unsafe { ecall(Syscall::Seccomp, [mask as usize, 0, 0]) }.map(drop)
}

/// Makes `path` what `/` is from now on, and where relative paths start, for this process and its
/// children.
///
/// # Errors
/// Not a directory.
pub fn chroot(path: &CStr) -> Result<(), Failed> {
    with_path(Syscall::Chroot, path, [0; 2]).map(drop)
}

/// Has the kernel print the calls of this process, and of those it makes, whose bit in `mask`
/// is set.
///
/// # Errors
/// That call has been given up.
pub fn trace(mask: u64) -> Result<(), Failed> {
    // SAFETY: the argument is no address.
    unsafe { ecall(Syscall::Trace, [mask as usize, 0, 0]) }.map(drop)
}

/// Has the kernel call `handler` every `ticks` ticks that the program runs. It has to end with
/// [`sigreturn`], not by returning. No ticks: never again.
///
/// # Errors
/// A negative number.
pub fn sigalarm(ticks: i32, handler: extern "C" fn()) -> Result<(), Failed> {
    // SAFETY: the kernel keeps all registers while the handler runs.
    unsafe { ecall(Syscall::Sigalarm, [ticks as usize, handler as usize, 0]) }.map(drop)
}

/// Ends an alarm's handler: the program goes on where it was interrupted. What `a0` was there,
/// if anybody looks.
///
/// # Errors
/// No alarm has come.
pub fn sigreturn() -> Result<usize, Failed> {
    plain(Syscall::Sigreturn, [0; 3])
}

/// Makes `path` a name that leads to `target`, whether or not there is anything.
///
/// # Errors
/// As [`mkdir`](super::mkdir).
pub fn symlink(target: &CStr, path: &CStr) -> Result<(), Failed> {
    let args = [target.as_ptr() as usize, path.as_ptr() as usize, 0];
    // SAFETY: the kernel reads both up to their NUL.
    unsafe { ecall(Syscall::Symlink, args) }.map(drop)
}

/// The page-table entry for an address, as it lies there; 0 if there is none.
pub fn pgpte(address: usize) -> usize {
    // SAFETY: the kernel only looks at the table.
    unsafe { ecall(Syscall::Pgpte, [address, 0, 0]) }.unwrap_or(0)
}

/// Which of the first 32 pages of `data` have been used since this was last asked, a bit each.
///
/// # Errors
/// None that a program could cause.
pub fn pgaccess(data: &[u8]) -> Result<u32, Failed> {
    let mut used = 0_u32;
    let n_pages = data.len().div_ceil(abi::limits::PGSIZE).min(32);
    let args = [data.as_ptr() as usize, n_pages, &raw mut used as usize];
    // SAFETY: the kernel writes the four bytes of `used`.
    unsafe { ecall(Syscall::Pgaccess, args) }?;
    Ok(used)
}

/// This process's number, read where the kernel has put it instead of asked for.
#[cfg(target_os = "none")]
pub fn ugetpid() -> Pid {
    let place = core::ptr::with_exposed_provenance::<i32>(USYSCALL);
    // SAFETY: the kernel keeps a page there that can be read, unless the heap reaches so far:
    // then it is the heap's.
    Pid(unsafe { place.read_volatile() })
}

/// Has the kernel print its own call stack.
///
/// # Errors
/// None that a program could cause.
pub fn backtrace() -> Result<(), Failed> {
    plain(Syscall::Backtrace, [0; 3]).map(drop)
}

/// Puts the policies that hold, in words as `bootargs` has them, into `text`; gives how many
/// bytes there are.
///
/// # Errors
/// None that a program could cause.
pub fn sysctl(text: &mut [u8]) -> Result<usize, Failed> {
    let args = [text.as_mut_ptr() as usize, text.len(), 0];
    // SAFETY: the kernel writes at most that many bytes.
    unsafe { ecall(Syscall::Sysctl, args) }
}

/// Makes a process, and those it makes from now on, belong to a job.
///
/// # Errors
/// No such process.
pub fn setjob(pid: Pid, job: Pid) -> Result<(), Failed> {
    plain(Syscall::Setjob, [pid.0, job.0, 0]).map(drop)
}

/// Gives the keyboard to a job, which ^C then kills; `None`: to this process's own.
///
/// # Errors
/// None that a program could cause.
pub fn foreground(job: Option<Pid>) -> Result<(), Failed> {
    plain(Syscall::Setjob, [0, job.map_or(0, |job| job.0), 0]).map(drop)
}

/// Keys of the console as they come, not shown and not edited, none behind the end of a line;
/// gives how many. None if none comes for so many `ticks`; 0: it waits until one comes.
///
/// # Errors
/// Not the console.
pub fn readkeys(fd: Fd, keys: &mut [u8; KEYS], ticks: i32) -> Result<usize, Failed> {
    let args = [fd.0 as usize, keys.as_mut_ptr() as usize, ticks as usize];
    // SAFETY: the kernel writes at most the bytes of `keys`.
    unsafe { ecall(Syscall::Readkeys, args) }
}

/// Puts the last of what the kernel has printed into `text`; gives how many bytes there are.
///
/// # Errors
/// None that a program could cause.
pub fn dmesg(text: &mut [u8]) -> Result<usize, Failed> {
    let args = [text.as_mut_ptr() as usize, text.len(), 0];
    // SAFETY: the kernel writes at most that many bytes.
    unsafe { ecall(Syscall::Dmesg, args) }
}

/// Seconds since 1970.
///
/// # Errors
/// That call has been given up.
pub fn time_of_day() -> Result<u64, Failed> {
    plain(Syscall::Time, [0; 3]).map(|seconds| seconds as u64)
}

/// How full the disk is.
///
/// # Errors
/// The disk cannot be read.
pub fn statfs() -> Result<FsInfo, Failed> {
    let mut info = FsInfo::default();
    // SAFETY: the kernel writes the bytes of `info`, all of which may be anything.
    unsafe { ecall(Syscall::Statfs, [&raw mut info as usize, 0, 0]) }?;
    Ok(info)
}
