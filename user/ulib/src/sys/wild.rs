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
    let size = sbrk(0)?;
    let may_harm = match Syscall::from_number(number) {
        Some(Syscall::Poweroff) => true,
        Some(Syscall::Sbrk) => (args[0] as i32) < 0,
        // A handler that is there would run.
        Some(Syscall::Sigalarm) => args[0] as i32 > 0 && args[1] < size,
        _ => false,
    };
    if may_harm || !is_harmless(&args, arena, size) {
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

/// Whether the kernel finds nothing to write to but `arena`, in memory of `size` bytes.
fn is_harmless(args: &[usize], arena: &[u8], size: usize) -> bool {
    let range = arena.as_ptr_range();
    let (start, end) = (range.start.addr(), range.end.addr());
    // The most that any call writes: as many records, or bytes, as an argument says.
    let most = args.iter().copied().max().unwrap_or(0).max(NPROC);
    args.iter().all(|&arg| match arg {
        // The program's code, which nobody writes.
        _ if arg < PGSIZE => true,
        _ if (start..end).contains(&arg) => {
            end == size || most.saturating_mul(ProcInfo::LEN) <= end - arg
        }
        _ => arg >= size || is_guard(arg),
    })
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

/// Asks for one byte less than no memory.
///
/// # Errors
/// As it should.
pub fn sbrk_below_zero() -> Result<usize, Failed> {
    let size = sbrk(0)?;
    // SAFETY: the kernel refuses. One that does not is wrong, and that is what is tried.
    unsafe { ecall(Syscall::Sbrk, [(size + 1).wrapping_neg(), 1, 0]) }
}
