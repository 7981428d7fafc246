//! `memtest`: what a program may do with addresses, and what the kernel must refuse, whatever
//! the policies are.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::Syscall;
use abi::file::{O_CREATE, O_RDWR, O_TRUNC};
use abi::limits::PGSIZE;
use ulib::{Args, Failed, File, Fork, Region, println, sys};

ulib::entry!(main);

/// A test says what went wrong.
type Test = fn() -> Result<(), &'static str>;

const TESTS: &[(&str, Test)] = &[
    ("wild addresses", wild_addresses),
    ("the program's code", own_code),
    ("ends of memory", ends_of_memory),
    ("guard below the stack", guard),
    ("fresh pages", fresh_pages),
    ("a gigabyte, late", late_gigabyte),
    ("holes and fork", holes_and_fork),
    ("shrinking", shrinking),
    ("a status nobody can have", bad_status),
    ("arguments of exec", exec_arguments),
    ("a write that fails half-way", half_a_write),
];

fn main(_args: Args) -> i32 {
    for (name, test) in TESTS {
        if let Err(complaint) = test() {
            println!("{name}: {complaint}");
            return 1;
        }
        println!("{name}: ok");
    }
    println!("ADDRESS TEST PASSED");
    0
}

const FILE: &core::ffi::CStr = c"memtest.f";

fn file(mode: u32) -> Result<File, &'static str> {
    File::open_with(FILE, mode).map_err(|Failed| "no file")
}

fn region(n_pages: usize) -> Result<Region, &'static str> {
    Region::new(n_pages).map_err(|Failed| "no memory left")
}

fn late(n_pages: usize) -> Result<Region, &'static str> {
    Region::lazy(n_pages).map_err(|Failed| "no addresses left")
}

fn free_frames() -> Result<u64, &'static str> {
    let info = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
    Ok(info.freemem / PGSIZE as u64)
}

/// `complaint`, unless `is_well`.
fn check(is_well: bool, complaint: &'static str) -> Result<(), &'static str> {
    if is_well { Ok(()) } else { Err(complaint) }
}

/// The status of a child that does `act`, and ends well if that comes back with `true`.
fn status_of(act: impl FnOnce() -> bool) -> Result<i32, &'static str> {
    if ulib::fork().map_err(|Failed| "fork failed")? == Fork::Child {
        ulib::exit(if act() { 0 } else { 1 });
    }
    let child = ulib::wait().map_err(|Failed| "a child is missing")?;
    Ok(child.status)
}

/// Nobody's addresses, the kernel's, and those that no page table leads to.
fn wild_addresses() -> Result<(), &'static str> {
    let mut arena = region(1)?;
    let file = file(O_CREATE | O_RDWR | O_TRUNC)?;
    file.write_all(&arena).map_err(|Failed| "no space")?;
    let fd = file.0 as usize;
    let beyond = sys::sbrk(0).map_err(|Failed| "no sbrk")? + 64 * PGSIZE;
    for address in [
        beyond,
        0x8000_0000,
        0x3f_ffff_e000,
        0x3f_ffff_f000,
        0x40_0000_0000,
        0xffff_ffc0_0000_0000,
        usize::MAX - 7,
        usize::MAX,
    ] {
        for (call, args) in [
            (Syscall::Write, [fd, address, PGSIZE]),
            (Syscall::Write, [1, address, PGSIZE]),
            (Syscall::Pipe, [address, 0, 0]),
            (Syscall::Fstat, [fd, address, 0]),
            (Syscall::Open, [address, 0, 0]),
            (Syscall::Exec, [address, address, 0]),
            (Syscall::Link, [address, address, 0]),
            (Syscall::Sysinfo, [address, 0, 0]),
            (Syscall::Procs, [address, 4, 0]),
        ] {
            let answer = sys::call_wildly(call, args, &mut arena);
            check(answer == Err(Failed), "the kernel took it")?;
        }
        let again = File::open(FILE).map_err(|Failed| "no file")?;
        let args = [again.0 as usize, address, PGSIZE];
        let answer = sys::call_wildly(Syscall::Read, args, &mut arena);
        check(answer == Err(Failed), "the kernel wrote there")?;
        let status = status_of(|| ulib::peek(address) == 0)?;
        check(status == -1, "a program read there")?;
    }
    Ok(())
}

/// Code can be read, and not be written.
fn own_code() -> Result<(), &'static str> {
    let mut arena = region(1)?;
    let file = file(O_CREATE | O_RDWR | O_TRUNC)?;
    let args = [file.0 as usize, 0, 512];
    let answer = sys::call_wildly(Syscall::Write, args, &mut arena);
    check(answer == Ok(512), "the kernel could not read it")?;
    let again = File::open(FILE).map_err(|Failed| "no file")?;
    let args = [again.0 as usize, 0, 512];
    let answer = sys::call_wildly(Syscall::Read, args, &mut arena);
    check(answer == Err(Failed), "the kernel wrote over it")
}

/// What begins in memory and ends behind it.
fn ends_of_memory() -> Result<(), &'static str> {
    let mut arena = region(1)?;
    arena.fill(b'/');
    let end = arena.as_ptr_range().end.addr();
    check(sys::sbrk(0) == Ok(end), "the arena is not last")?;
    let file = file(O_CREATE | O_RDWR | O_TRUNC)?;
    for (call, args) in [
        (Syscall::Open, [end - 3, 0, 0]),
        (Syscall::Fstat, [file.0 as usize, end - 8, 0]),
        (Syscall::Pipe, [end - 4, 0, 0]),
        (Syscall::Write, [file.0 as usize, end - 3, 4]),
        (Syscall::Sysinfo, [end - 15, 0, 0]),
    ] {
        let answer = sys::call_wildly(call, args, &mut arena);
        check(answer == Err(Failed), "the kernel went on behind it")?;
    }
    let args = [file.0 as usize, end - 4, 4];
    let answer = sys::call_wildly(Syscall::Write, args, &mut arena);
    check(answer == Ok(4), "the kernel stopped too early")
}

/// The stack is a page; the page below it is nobody's.
fn guard() -> Result<(), &'static str> {
    let place = 0_u8;
    let stack = core::ptr::from_ref(&place).addr() / PGSIZE * PGSIZE;
    let above = status_of(|| ulib::peek(stack) == ulib::peek(stack))?;
    let below = status_of(|| ulib::peek(stack - 1) == 0)?;
    check(above == 0 && below == -1, "the stack has no end")
}

/// Pages are zeroes when they come, whoever had them, and come when the policy says.
fn fresh_pages() -> Result<(), &'static str> {
    const N_PAGES: usize = 50;
    for grow in [region, late] {
        for fill in [1, 2] {
            let before = free_frames()?;
            let mut pages = grow(N_PAGES)?;
            check(pages.iter().all(|&byte| byte == 0), "somebody else's bytes")?;
            pages.fill(fill);
            let taken = before - free_frames()?;
            check(taken >= N_PAGES as u64, "pages that take no frame")?;
            check(taken <= N_PAGES as u64 + 1, "pages that take two frames")?;
            drop(pages);
            // A page table may stay.
            check(before - free_frames()? <= 1, "frames did not come back")?;
        }
    }
    Ok(())
}

/// More than there is memory, of which little is touched.
fn late_gigabyte() -> Result<(), &'static str> {
    const N_PAGES: usize = (1 << 30) / PGSIZE;
    const STEP: usize = 64 * PGSIZE;
    let status = status_of(|| {
        let Ok(mut pages) = late(N_PAGES) else {
            return false;
        };
        for n in (0..pages.len()).step_by(STEP) {
            pages[n] = (n / STEP) as u8;
        }
        (0..pages.len())
            .step_by(STEP)
            .all(|n| pages[n] == (n / STEP) as u8 && pages[n + 1] == 0)
    })?;
    check(status == 0, "it is not what was written")
}

/// What is not there yet at `fork` comes to each of the two for itself.
fn holes_and_fork() -> Result<(), &'static str> {
    let mut pages = late(8)?;
    pages[0] = 1;
    let status = status_of(|| {
        (pages[0], pages[PGSIZE]) = (2, 2);
        pages[2 * PGSIZE] == 0
    })?;
    let is_apart = pages[0] == 1 && pages[PGSIZE] == 0 && pages[2 * PGSIZE] == 0;
    check(status == 0 && is_apart, "a child's page is its parent's")
}

/// What was given back is not there any more.
fn shrinking() -> Result<(), &'static str> {
    let pages = region(4)?;
    let address = pages.as_ptr().addr();
    check(
        status_of(|| ulib::peek(address) == 0)? == 0,
        "it is not there",
    )?;
    drop(pages);
    check(
        status_of(|| ulib::peek(address) == 0)? == -1,
        "it is still there",
    )
}

/// A child waits on for a parent that can be told.
fn bad_status() -> Result<(), &'static str> {
    let mut arena = region(1)?;
    if ulib::fork().map_err(|Failed| "fork failed")? == Fork::Child {
        ulib::exit(42);
    }
    let wild = sys::call_wildly(Syscall::Wait, [0x8000_0000, 0, 0], &mut arena);
    check(wild == Err(Failed), "the kernel took it")?;
    let told = ulib::wait().is_ok_and(|child| child.status == 42);
    check(told, "the child is gone")
}

/// Too many, too long, or nobody's.
fn exec_arguments() -> Result<(), &'static str> {
    let mut arena = region(4)?;
    let start = arena.as_ptr().addr();
    let (path, long, argv) = (start, start + PGSIZE, start + 3 * PGSIZE);
    arena[..6].copy_from_slice(b"/sleep");
    arena[PGSIZE..2 * PGSIZE].fill(b'x');
    for args in [
        &[path; 32][..],
        &[path, long],
        &[path, 1 << 40],
        &[usize::MAX],
    ] {
        let place = &mut arena[3 * PGSIZE..];
        place.fill(0);
        for (place, arg) in place.chunks_mut(8).zip(args) {
            place.copy_from_slice(&arg.to_le_bytes());
        }
        let answer = sys::call_wildly(Syscall::Exec, [path, argv, 0], &mut arena);
        check(answer == Err(Failed), "exec came back with something else")?;
    }
    Ok(())
}

/// What was written before the bad page stays written, and the next write goes on there.
fn half_a_write() -> Result<(), &'static str> {
    const LEN: usize = 2048;
    let mut arena = region(1)?;
    arena.fill(b'a');
    let end = arena.as_ptr_range().end.addr();
    let file = file(O_CREATE | O_RDWR | O_TRUNC)?;
    // Two blocks of the disk are good, the third is not there.
    let args = [file.0 as usize, end - LEN, LEN + 1];
    let answer = sys::call_wildly(Syscall::Write, args, &mut arena);
    check(answer == Err(Failed), "the kernel took it")?;
    file.write_all(b"b").map_err(|Failed| "no space")?;
    let mut bytes = region(1)?;
    let again = File::open(FILE).map_err(|Failed| "no file")?;
    let len = again.read_full(&mut bytes).map_err(|Failed| "no file")?;
    let is_well = len == LEN + 1 && bytes[..LEN] == arena[..LEN] && bytes[LEN] == b'b';
    check(is_well, "the file is not what was written")?;
    ulib::unlink(FILE).map_err(|Failed| "no file")
}
