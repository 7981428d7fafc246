//! The system calls as functions.
//!
//! The number goes in `a7`, arguments in `a0` to `a2`, the result comes in `a0`;
//! -1 says that the call failed, and nothing says why. The numbers are `abi`'s rows.

use abi::file::{SBRK_EAGER, SBRK_LAZY, Stat};
use abi::info::{ProcInfo, SysInfo};
use abi::{Syscall, limits::MAXARG};
use core::ffi::{CStr, c_char};
use core::fmt;

mod counters;
#[cfg(target_os = "none")]
pub mod float;
mod lab;
#[cfg(target_os = "none")]
mod mapped;
mod start;
#[cfg(target_os = "none")]
mod wild;

pub use counters::{rdinstret, rdtime};
pub use lab::*;
#[cfg(target_os = "none")]
pub use mapped::Mapped;
pub use start::{Args, run};
#[cfg(target_os = "none")]
pub use wild::{
    call_any, call_wildly, is_harmless, poke_and_exit, sbrk_below_zero, shrink_and_exit,
};

/// A system call said -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

/// A process, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pid(pub i32);

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A file descriptor: a number that may or may not be open. [`crate::File`] owns one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fd(pub i32);

/// Where a program reads unless told otherwise.
pub const STDIN: Fd = Fd(0);
/// Where a program writes its results.
pub const STDOUT: Fd = Fd(1);
/// Where a program complains.
pub const STDERR: Fd = Fd(2);

/// Which side of a [`fork`] this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The new process.
    Child,
    /// The old one, with the child's number.
    Parent(Pid),
}

/// A child that [`wait`] found dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exited {
    /// Which child.
    pub pid: Pid,
    /// What it gave to `exit`; -1 if it was killed.
    pub status: i32,
}

/// Makes the call.
///
/// # Safety
/// Arguments that are addresses must be good for what the call does with them.
unsafe fn ecall(call: Syscall, args: [usize; 3]) -> Result<usize, Failed> {
    let result: usize;
    // SAFETY: the kernel keeps every register but a0, and touches no memory of ours
    // except where the arguments say; the caller vouches for those.
    #[cfg(target_arch = "riscv64")]
    unsafe {
        core::arch::asm!(
            "ecall",
            inlateout("a0") args[0] => result,
            in("a1") args[1],
            in("a2") args[2],
            in("a7") call as usize,
            options(nostack),
        );
    }
    // On the host there is no kernel to ask.
    #[cfg(not(target_arch = "riscv64"))]
    {
        let _ = (call, args);
        result = usize::MAX;
    }
    if result == usize::MAX {
        Err(Failed)
    } else {
        Ok(result)
    }
}

/// Makes a call whose arguments are plain numbers.
fn plain(call: Syscall, args: [i32; 3]) -> Result<usize, Failed> {
    // SAFETY: no argument is an address, and only `sbrk_back` gives memory back.
    unsafe { ecall(call, args.map(|arg| arg as usize)) }
}

/// Makes a call whose first argument is a path and whose others are numbers.
fn with_path(call: Syscall, path: &CStr, rest: [i32; 2]) -> Result<usize, Failed> {
    let args = [path.as_ptr() as usize, rest[0] as usize, rest[1] as usize];
    // SAFETY: the kernel reads `path` up to its NUL.
    unsafe { ecall(call, args) }
}

/// Ends the process.
pub fn exit(status: i32) -> ! {
    let _ = plain(Syscall::Exit, [status, 0, 0]);
    // Exit does not return; on the host, where it does, there is nothing to run on to.
    loop {
        core::hint::spin_loop();
    }
}

/// Makes a copy of this process, which goes on from here too.
///
/// # Errors
/// No room for another process.
pub fn fork() -> Result<Fork, Failed> {
    match plain(Syscall::Fork, [0; 3])? {
        0 => Ok(Fork::Child),
        pid => Ok(Fork::Parent(Pid(pid as i32))),
    }
}

/// Waits until a child is dead and buries it.
///
/// # Errors
/// There are no children.
pub fn wait() -> Result<Exited, Failed> {
    let mut status = 0_i32;
    // SAFETY: the kernel writes the four bytes of `status`.
    let pid = unsafe { ecall(Syscall::Wait, [&raw mut status as usize, 0, 0]) }?;
    Ok(Exited {
        pid: Pid(pid as i32),
        status,
    })
}

/// Runs the program `path` in place of this one; `args[0]` is its name for itself.
/// Returns only if that fails: no such program, not an executable, or arguments that
/// are more than [`MAXARG`] - 1 or do not fit the new stack.
// Out of line, as `open_at_end`.
#[inline(never)]
pub fn exec<'a>(path: &CStr, args: impl IntoIterator<Item = &'a CStr>) -> Failed {
    let mut argv = [core::ptr::null::<c_char>(); MAXARG];
    let mut slots = argv.iter_mut();
    for arg in args {
        match slots.next() {
            Some(slot) => *slot = arg.as_ptr(),
            None => return Failed,
        }
    }
    // The last pointer must stay null: it ends the list.
    if slots.next().is_none() {
        return Failed;
    }
    // SAFETY: the kernel reads `path` and each argument up to its NUL, and `argv` up to
    // its null; all outlive the call.
    let _ = unsafe {
        ecall(
            Syscall::Exec,
            [path.as_ptr() as usize, argv.as_ptr() as usize, 0],
        )
    };
    Failed
}

/// Kills a process: it dies when it next leaves the kernel.
///
/// # Errors
/// No such process.
pub fn kill(pid: Pid) -> Result<(), Failed> {
    plain(Syscall::Kill, [pid.0, 0, 0]).map(drop)
}

/// This process's number.
pub fn getpid() -> Pid {
    Pid(plain(Syscall::Getpid, [0; 3]).map_or(0, |pid| pid as i32))
}

/// Sleeps for `ticks` ticks of the clock, about a tenth of a second each.
///
/// # Errors
/// The process was killed.
pub fn pause(ticks: i32) -> Result<(), Failed> {
    plain(Syscall::Pause, [ticks, 0, 0]).map(drop)
}

/// Ticks of the clock since boot.
pub fn uptime() -> usize {
    plain(Syscall::Uptime, [0; 3]).unwrap_or(0)
}

/// Grows the process's memory by `size` bytes, at most 2 GiB at once; gives the
/// address where the new bytes start.
///
/// # Errors
/// No memory left.
pub fn sbrk(size: usize) -> Result<usize, Failed> {
    let size = i32::try_from(size).map_err(|_| Failed)?;
    plain(Syscall::Sbrk, [size, SBRK_EAGER, 0])
}

/// As [`sbrk`], but the bytes come page by page, when touched. If there are none left by
/// then, the process is killed.
///
/// # Errors
/// No addresses left.
pub fn sbrklazy(size: usize) -> Result<usize, Failed> {
    let size = i32::try_from(size).map_err(|_| Failed)?;
    plain(Syscall::Sbrk, [size, SBRK_LAZY, 0])
}

/// Gives back the last `size` bytes of the process's memory.
///
/// # Safety
/// Nobody uses them any more.
///
/// # Errors
/// There are not as many.
pub unsafe fn sbrk_back(size: usize) -> Result<(), Failed> {
    let size = i32::try_from(size).map_err(|_| Failed)?;
    plain(Syscall::Sbrk, [-size, SBRK_EAGER, 0]).map(drop)
}

/// Opens `path`; `mode` is made of `abi::file::O_*`.
///
/// # Errors
/// No such file, a directory opened for writing, or no descriptor left.
pub fn open(path: &CStr, mode: u32) -> Result<Fd, Failed> {
    with_path(Syscall::Open, path, [mode as i32, 0]).map(|fd| Fd(fd as i32))
}

/// Closes a descriptor.
///
/// # Errors
/// It is not open.
pub fn close(fd: Fd) -> Result<(), Failed> {
    plain(Syscall::Close, [fd.0, 0, 0]).map(drop)
}

/// Makes the lowest free descriptor mean the same as `fd`.
///
/// # Errors
/// `fd` is not open, or none is free.
pub fn dup(fd: Fd) -> Result<Fd, Failed> {
    plain(Syscall::Dup, [fd.0, 0, 0]).map(|fd| Fd(fd as i32))
}

/// Makes a pipe: what is written to the second descriptor is read from the first.
///
/// # Errors
/// No two descriptors, or no memory, left.
pub fn pipe() -> Result<(Fd, Fd), Failed> {
    let mut fds = [0_i32; 2];
    // SAFETY: the kernel writes the two numbers of `fds`.
    unsafe { ecall(Syscall::Pipe, [fds.as_mut_ptr() as usize, 0, 0]) }?;
    Ok((Fd(fds[0]), Fd(fds[1])))
}

impl Fd {
    /// Reads into `buffer`; gives how many bytes came, 0 at the end of the file.
    ///
    /// # Errors
    /// Not open for reading, or the device failed.
    pub fn read(self, buffer: &mut [u8]) -> Result<usize, Failed> {
        let len = buffer.len().min(i32::MAX as usize);
        let args = [self.0 as usize, buffer.as_mut_ptr() as usize, len];
        // SAFETY: the kernel writes at most `len` bytes of `buffer`.
        unsafe { ecall(Syscall::Read, args) }
    }

    /// Writes from `bytes`; gives how many bytes went.
    ///
    /// # Errors
    /// Not open for writing, the disk is full, or nobody reads the pipe.
    pub fn write(self, bytes: &[u8]) -> Result<usize, Failed> {
        let len = bytes.len().min(i32::MAX as usize);
        let args = [self.0 as usize, bytes.as_ptr() as usize, len];
        // SAFETY: the kernel reads at most `len` bytes of `bytes`.
        unsafe { ecall(Syscall::Write, args) }
    }

    /// What the descriptor leads to.
    ///
    /// # Errors
    /// Not open, or a pipe.
    pub fn stat(self) -> Result<Stat, Failed> {
        let mut stat = Stat::default();
        // SAFETY: the kernel writes the 24 bytes of `stat`, all of which may be anything.
        unsafe { ecall(Syscall::Fstat, [self.0 as usize, &raw mut stat as usize, 0]) }?;
        Ok(stat)
    }
}

/// Makes `path` the directory that relative paths start from.
///
/// # Errors
/// Not a directory.
pub fn chdir(path: &CStr) -> Result<(), Failed> {
    with_path(Syscall::Chdir, path, [0; 2]).map(drop)
}

/// Makes a directory.
///
/// # Errors
/// The name is taken, its parent is missing, or the disk is full.
pub fn mkdir(path: &CStr) -> Result<(), Failed> {
    with_path(Syscall::Mkdir, path, [0; 2]).map(drop)
}

/// Makes a file that stands for a device.
///
/// # Errors
/// As [`mkdir`].
pub fn mknod(path: &CStr, major: i16, minor: i16) -> Result<(), Failed> {
    with_path(Syscall::Mknod, path, [major.into(), minor.into()]).map(drop)
}

/// Removes a name; the last name takes the file with it.
///
/// # Errors
/// No such name, or a directory that is not empty.
pub fn unlink(path: &CStr) -> Result<(), Failed> {
    with_path(Syscall::Unlink, path, [0; 2]).map(drop)
}

/// Gives the file `old` the further name `new`.
///
/// # Errors
/// `old` is missing or a directory, or `new` is taken.
pub fn link(old: &CStr, new: &CStr) -> Result<(), Failed> {
    let args = [old.as_ptr() as usize, new.as_ptr() as usize, 0];
    // SAFETY: the kernel reads both paths up to their NUL.
    unsafe { ecall(Syscall::Link, args) }.map(drop)
}

/// How much memory is free, and how many processes there are.
///
/// # Errors
/// None that a program could cause.
pub fn sysinfo() -> Result<SysInfo, Failed> {
    let mut info = SysInfo::default();
    // SAFETY: the kernel writes the bytes of `info`, all of which may be anything.
    unsafe { ecall(Syscall::Sysinfo, [&raw mut info as usize, 0, 0]) }?;
    Ok(info)
}

/// Fills in a record for each process, as far as there are places; gives how many
/// processes there are.
///
/// # Errors
/// None that a program could cause.
pub fn procs(infos: &mut [ProcInfo]) -> Result<usize, Failed> {
    let args = [infos.as_mut_ptr() as usize, infos.len(), 0];
    // SAFETY: the kernel writes at most that many records, whose bytes may be anything.
    unsafe { ecall(Syscall::Procs, args) }
}

/// Has the kernel print this process's page table.
///
/// # Errors
/// None that a program could cause.
pub fn kpgtbl() -> Result<(), Failed> {
    plain(Syscall::Kpgtbl, [0; 3]).map(drop)
}

/// Switches the machine off; whoever started it is given `status`.
///
/// # Errors
/// The machine cannot.
pub fn poweroff(status: i32) -> Result<(), Failed> {
    plain(Syscall::Poweroff, [status, 0, 0]).map(drop)
}
