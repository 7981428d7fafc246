//! What the tests have in common: how they complain, and what they do with children, names
//! and files.
#![no_std]
#![forbid(unsafe_code)]
#![cfg(target_os = "none")]

extern crate alloc;

use abi::disk::Indirection;
use abi::file::{O_CREATE, O_RDWR, O_TRUNC, STATISTICS};
use abi::info::ProcInfo;
use abi::limits::{NPROC, PGSIZE};
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;
use ulib::{Failed, File, Fork, Pid};

/// Blocks of the largest file: in xv6's own format, and in that of MIT's fs lab.
pub const LARGEST: [usize; 2] = [
    Indirection::Single.max_blocks(),
    Indirection::Double.max_blocks(),
];

/// What a test says went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint(pub &'static str);

impl From<Failed> for Complaint {
    fn from(_: Failed) -> Complaint {
        Complaint("a system call failed")
    }
}

/// How a test ends.
pub type Outcome = Result<(), Complaint>;

/// A test.
pub type Test = fn() -> Outcome;

/// `complaint`, unless `is_well`.
pub fn check(is_well: bool, complaint: &'static str) -> Outcome {
    if is_well {
        Ok(())
    } else {
        Err(Complaint(complaint))
    }
}

/// Starts a child that does `act`, and ends with status 0 if that is well, else 1.
pub fn spawn(act: impl FnOnce() -> Outcome) -> Result<Pid, Complaint> {
    match ulib::fork().map_err(|Failed| Complaint("fork failed"))? {
        Fork::Parent(child) => Ok(child),
        Fork::Child => ulib::exit(match act() {
            Ok(()) => 0,
            Err(Complaint(words)) => {
                ulib::println!("{words}");
                1
            }
        }),
    }
}

/// The status of a child that does `act`.
pub fn status_of(act: impl FnOnce() -> Outcome) -> Result<i32, Complaint> {
    let child = spawn(act)?;
    let exited = ulib::wait().map_err(|Failed| Complaint("wait failed"))?;
    check(exited.pid == child, "wait told of another child")?;
    Ok(exited.status)
}

/// Has a child do `act`, which must end well.
pub fn in_child(act: impl FnOnce() -> Outcome) -> Outcome {
    check(status_of(act)? == 0, "a child failed")
}

/// Kills all whose number is higher than `first`'s, but the caller: some may have become other
/// programs. Numbers rise.
#[inline(never)]
pub fn kill_after(first: Pid) {
    let mut infos = [ProcInfo::default(); NPROC];
    let n_procs = ulib::procs(&mut infos).unwrap_or(0);
    for pid in infos.iter().take(n_procs).map(|info| Pid(info.pid)) {
        if pid > first && pid != ulib::getpid() {
            let _ = ulib::kill(pid);
        }
    }
}

/// Kills all that came after `first`, those whose parents went before them, too, until there are
/// `n_processes` left; whether it comes to that.
pub fn clear_after(first: Pid, n_processes: u64) -> bool {
    let is_clear = || {
        kill_after(first);
        let _ = ulib::pause(1);
        ulib::sysinfo().is_ok_and(|now| now.nproc == n_processes)
    };
    (0..100).any(|_| is_clear())
}

/// Waits for `n` children, which must end well.
pub fn wait_well(n: usize) -> Outcome {
    for _ in 0..n {
        let exited = ulib::wait().map_err(|Failed| Complaint("a child is missing"))?;
        check(exited.status == 0, "a child failed")?;
    }
    Ok(())
}

/// A name of `start` and a number.
pub fn numbered(start: &str, n: usize) -> CString {
    CString::new(alloc::format!("{start}{n}")).unwrap_or_default()
}

/// Makes the file `name` empty, and opens it.
pub fn create(name: &CStr) -> Result<File, Complaint> {
    let file = File::open_with(name, O_CREATE | O_RDWR | O_TRUNC);
    file.map_err(|Failed| Complaint("a file could not be made"))
}

/// Opens the file `name` to be read.
pub fn open(name: &CStr) -> Result<File, Complaint> {
    File::open(name).map_err(|Failed| Complaint("a file could not be opened"))
}

/// Takes the name away, which there must be.
pub fn unlink(name: &CStr) -> Outcome {
    ulib::unlink(name).map_err(|Failed| Complaint("a name could not be unlinked"))
}

/// Whether there is such a file.
pub fn exists(name: &CStr) -> bool {
    File::open(name).is_ok()
}

/// Reads the whole file, all of whose bytes must be `byte`; how many there are.
pub fn length_of_all(file: &File, byte: u8) -> Result<usize, Complaint> {
    let (mut buffer, mut len) = ([0; 256], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(len),
            n => {
                let is_well = buffer[..n].iter().all(|&found| found == byte);
                check(is_well, "a file holds other bytes than were written")?;
                len += n;
            }
        }
    }
}

/// A pipe's ends: to read from, and to write to.
pub fn pipe() -> Result<(File, File), Complaint> {
    let (read, write) = ulib::pipe().map_err(|Failed| Complaint("no pipe"))?;
    Ok((File::from_fd(read), File::from_fd(write)))
}

/// Pages of memory that nobody has.
pub fn free_pages() -> Result<usize, Complaint> {
    Ok(ulib::sysinfo()?.freemem as usize / PGSIZE)
}

/// What the device `statistics` tells: how often locks were taken, and tried in vain.
pub fn statistics() -> Result<Vec<u8>, Complaint> {
    let file = File::open(c"statistics").or_else(|_| {
        ulib::mknod(c"statistics", STATISTICS, 0)?;
        File::open(c"statistics")
    })?;
    let mut text = alloc::vec![0; 4096];
    let len = file.read_full(&mut text)?;
    text.truncate(len);
    Ok(text)
}

/// How often, by these `statistics`, somebody tried a lock of allocator or cache in vain.
pub fn test_and_sets(statistics: &[u8]) -> Result<u32, Complaint> {
    let mut lines = statistics.split(|&byte| byte == b'\n');
    let line = lines.find_map(|line| line.strip_prefix(b"tot= "));
    let number = line.and_then(ulib::number);
    number.ok_or(Complaint("statistics say nothing"))
}

/// Bytes of the program's memory.
pub fn size() -> usize {
    ulib::sys::sbrk(0).unwrap_or(0)
}

/// Runs each of `tests`: says its name, and then how it went, in the labs' words.
pub fn run_all(tests: &[(&str, Test)]) -> bool {
    tests.iter().all(|(name, test)| {
        ulib::println!("{name}");
        let outcome = test();
        match outcome {
            Ok(()) => ulib::println!("{name}: OK"),
            Err(Complaint(words)) => ulib::println!("{name}: FAILED: {words}"),
        }
        outcome.is_ok()
    })
}
