//! System calls with any arguments at all: for programs that try what the kernel bears.

use super::{Failed, ecall, sbrk};
use abi::Syscall;
use abi::info::ProcInfo;
use abi::limits::{NPROC, PGSIZE};

/// Makes the call, whatever the arguments mean to it, unless it could end the machine or
/// harm this program: the kernel may write to `arena` and to nothing else that is there.
///
/// # Errors
/// The kernel says so, or the call was not made.
pub fn call_wildly(call: Syscall, args: [usize; 3], arena: &mut [u8]) -> Result<usize, Failed> {
    let [a0, a1, a2] = args;
    call_any(call as usize, [a0, a1, a2, 0, 0, 0], arena)
}

/// As [`call_wildly`], for any number, whether or not there is such a call.
///
/// # Errors
/// As there.
pub fn call_any(number: usize, args: [usize; 6], arena: &mut [u8]) -> Result<usize, Failed> {
    if !is_harmless(number, &args, arena) {
        return Err(Failed);
    }
    let result: usize;
    // SAFETY: whatever the kernel takes for an address, it writes to `arena`, which is
    // borrowed mutably, or where nothing is; and no memory goes.
    unsafe {
        core::arch::asm!(
            "ecall",
            inlateout("a0") args[0] => result,
            in("a1") args[1],
            in("a2") args[2],
            in("a3") args[3],
            in("a4") args[4],
            in("a5") args[5],
            in("a7") number,
            options(nostack),
        );
    }
    if result == usize::MAX {
        Err(Failed)
    } else {
        Ok(result)
    }
}

/// Whether [`call_any`] makes such a call: it neither ends the machine nor takes memory away, no
/// handler of this program's runs, and the kernel finds nothing to write to but `arena`.
pub fn is_harmless(number: usize, args: &[usize; 6], arena: &[u8]) -> bool {
    let Ok(size) = sbrk(0) else { return false };
    let Some(call) = Syscall::from_number(number) else {
        return true;
    };
    match call {
        Syscall::Poweroff => false,
        Syscall::Sbrk => args[0] as i32 >= 0,
        Syscall::Sigalarm => args[0] as i32 <= 0 || args[1] >= size,
        _ => written_to(call).is_none_or(|n| is_nobodys(args[n], args, arena, size)),
    }
}

/// Which argument of `call` is an address that the kernel writes to.
fn written_to(call: Syscall) -> Option<usize> {
    match call {
        Syscall::Wait
        | Syscall::Pipe
        | Syscall::Sysinfo
        | Syscall::Procs
        | Syscall::Sysctl
        | Syscall::Dmesg
        | Syscall::Statfs => Some(0),
        Syscall::Read | Syscall::Fstat | Syscall::Readkeys => Some(1),
        Syscall::Pgaccess => Some(2),
        Syscall::Fork
        | Syscall::Exit
        | Syscall::Kill
        | Syscall::Exec
        | Syscall::Chdir
        | Syscall::Dup
        | Syscall::Getpid
        | Syscall::Sbrk
        | Syscall::Pause
        | Syscall::Uptime
        | Syscall::Open
        | Syscall::Write
        | Syscall::Mknod
        | Syscall::Unlink
        | Syscall::Link
        | Syscall::Mkdir
        | Syscall::Close
        | Syscall::Trace
        | Syscall::Sigalarm
        | Syscall::Sigreturn
        | Syscall::Symlink
        | Syscall::Mmap
        | Syscall::Munmap
        | Syscall::Pgpte
        | Syscall::Kpgtbl
        | Syscall::Sync
        | Syscall::Seccomp
        | Syscall::Chroot
        | Syscall::Poweroff
        | Syscall::Backtrace
        | Syscall::Setjob
        | Syscall::Time => None,
    }
}

/// Whether nothing but `arena` is from `address` on, as far as a call with `args` writes, in memory
/// of `size` bytes.
fn is_nobodys(address: usize, args: &[usize; 6], arena: &[u8], size: usize) -> bool {
    let range = arena.as_ptr_range();
    let (start, end) = (range.start.addr(), range.end.addr());
    if (start..end).contains(&address) {
        // The most that any call writes: as many records, or bytes, as an argument says.
        let most = args.iter().copied().filter(|&arg| arg != address).max();
        let most = most.unwrap_or(0).max(NPROC);
        return end == size || most.saturating_mul(ProcInfo::LEN) <= end - address;
    }
    // The program's code, which nobody writes; the guard; and what is behind it all.
    address < PGSIZE || address >= size || is_guard(address)
}

/// Whether `address` is in the guard page, which the kernel's walk through memory ends at.
fn is_guard(address: usize) -> bool {
    // The stack is one page, and the guard the one below it.
    let here = 0_u8;
    let stack = (&raw const here).addr() / PGSIZE;
    address / PGSIZE + 1 == stack
}

/// Stores a byte at any address at all, and exits with status 0 if it lives on.
pub fn poke_and_exit(address: usize) -> ! {
    // SAFETY: whatever it overwrites, nothing but the exit comes after.
    unsafe {
        core::arch::asm!(
            "sb zero, 0({address})",
            "li a0, 0",
            "ecall",
            address = in(reg) address,
            in("a7") Syscall::Exit as usize,
            options(noreturn),
        );
    }
}

/// Gives back the last `size` bytes of memory, whatever is there, then `more`, and exits with
/// status 0 if it lives on.
pub fn shrink_and_exit(size: usize, more: usize) -> ! {
    // SAFETY: nothing of the program comes after but the calls, if they are still there.
    unsafe {
        core::arch::asm!(
            "ecall",
            "mv a0, {more}",
            "ecall",
            "li a0, 0",
            "mv a7, {exit}",
            "ecall",
            more = in(reg) more.wrapping_neg(),
            exit = in(reg) Syscall::Exit as usize,
            in("a0") size.wrapping_neg(),
            in("a1") abi::file::SBRK_EAGER,
            in("a7") Syscall::Sbrk as usize,
            options(noreturn),
        );
    }
}

/// Gives back one byte more than there is, which is to give back nothing; what `sbrk` answers.
///
/// # Errors
/// It should not fail.
pub fn sbrk_below_zero() -> Result<usize, Failed> {
    let size = sbrk(0)?;
    // SAFETY: the kernel does nothing. One that does is wrong, and that is what is tried.
    unsafe { ecall(Syscall::Sbrk, [(size + 1).wrapping_neg(), 1, 0]) }
}
