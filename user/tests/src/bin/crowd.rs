//! `crowd [ROUNDS]`: processes that together use up all memory at once, each in a way of its
//! own, some by forks that share their pages. Who asks too much may fail or be killed, as
//! the kernel says; nobody's data may change, and afterwards every frame must be free again.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::Syscall;
use abi::file::{MAP_PRIVATE, MAP_SHARED, O_CREATE, O_RDWR, O_TRUNC, PROT_READ, PROT_WRITE};
use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::sys::{self, Mapped};
use ulib::{Args, Failed, File, Fork, Region, eprintln, println};

ulib::entry!(main);

/// What a process of the crowd does with `shared`, which it has of its parent, and whether it
/// found its data as they should be.
type Way = fn(shared: &mut [u8], mark: u8) -> bool;

const WAYS: &[Way] = &[
    take_early,
    touch_late,
    touch_late,
    fork_and_write,
    fill_by_kernel,
    copy_onto_itself,
    copy_onto_itself,
    breathe,
    run_others,
];

/// The file of those who copy it onto itself.
const FILE: &CStr = c"crowd.f";
/// Bytes of it, each an `f`.
const LEN: usize = 3 * PGSIZE;

/// Pages that all have from the start.
const N_SHARED: usize = 200;
/// Bytes of addresses that those ask for who touch them late: more than there is memory.
const MUCH: usize = 1 << 30;

fn main(mut args: Args) -> i32 {
    let rounds = match args.next() {
        None => Some(2),
        Some(text) => ulib::number(text.to_bytes()),
    };
    let (Some(rounds), None) = (rounds, args.next()) else {
        eprintln!("usage: crowd [rounds]");
        return 1;
    };
    match run(rounds) {
        Ok(()) => {
            println!("CROWD TEST PASSED");
            0
        }
        Err(complaint) => {
            println!("crowd: {complaint}");
            1
        }
    }
}

fn run(rounds: u32) -> Result<(), &'static str> {
    let mut shared = Region::new(N_SHARED).map_err(|Failed| "no memory left")?;
    mark(&mut shared, 1);
    let before = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
    for _ in 0..rounds {
        gather(&mut shared)?;
        // Children whose parents were killed end by themselves, but later.
        for _ in 0..1000 {
            if ulib::sysinfo().is_ok_and(|now| now.nproc == before.nproc) {
                break;
            }
            let _ = ulib::pause(1);
        }
        let after = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
        println!("free: {} before, {} after", before.freemem, after.freemem);
        if after != before {
            return Err("frames or processes were lost");
        }
        if !is_marked(&shared, 1) {
            return Err("the parent's data changed");
        }
    }
    Ok(())
}

/// Has one child for each way, at once, and waits for them.
fn gather(shared: &mut [u8]) -> Result<(), &'static str> {
    let file = File::open_with(FILE, O_CREATE | O_RDWR | O_TRUNC).map_err(|Failed| "no file")?;
    for _ in 0..LEN / 512 {
        file.write_all(&[b'f'; 512]).map_err(|Failed| "no space")?;
    }
    drop(file);
    for (way, number) in WAYS.iter().zip(2..) {
        if ulib::fork() == Ok(Fork::Child) {
            ulib::exit(if way(shared, number) { 0 } else { 1 });
        }
    }
    let mut is_well = true;
    while let Ok(child) = ulib::wait() {
        is_well &= matches!(child.status, 0 | -1);
    }
    let _ = ulib::unlink(FILE);
    if is_well {
        Ok(())
    } else {
        Err("a child's data changed")
    }
}

/// Marks each page of `data`, at its ends, as `owner`'s.
fn mark(data: &mut [u8], owner: u8) {
    for page in data.chunks_mut(PGSIZE) {
        (page[0], page[PGSIZE - 1]) = (owner, owner);
    }
}

/// Whether each page of `data` is `owner`'s.
fn is_marked(data: &[u8], owner: u8) -> bool {
    let mut pages = data.chunks(PGSIZE);
    pages.all(|page| (page[0], page[PGSIZE - 1]) == (owner, owner))
}

/// Asks for a few pages after the other until the kernel refuses.
fn take_early(shared: &mut [u8], owner: u8) -> bool {
    mark(&mut shared[PGSIZE..], owner);
    while let Ok(mut pages) = Region::new(16) {
        mark(&mut pages, owner);
        if !is_marked(&pages, owner) {
            return false;
        }
        core::mem::forget(pages);
    }
    is_marked(&shared[..PGSIZE], 1) && is_marked(&shared[PGSIZE..], owner)
}

/// Touches one page after the other until the kernel kills.
fn touch_late(shared: &mut [u8], owner: u8) -> bool {
    let Ok(mut pages) = Region::lazy(MUCH / PGSIZE) else {
        return true;
    };
    mark(&mut shared[..N_SHARED / 2 * PGSIZE], owner);
    mark(&mut pages, owner);
    is_marked(&shared[N_SHARED / 2 * PGSIZE..], 1)
}

/// Forks as long as it can; each of them writes to what it shares with all before it.
fn fork_and_write(shared: &mut [u8], owner: u8) -> bool {
    for n in 0..8 {
        let half = shared.len() / 2;
        let mine = if n % 2 == 0 {
            &mut shared[..half]
        } else {
            &mut shared[half..]
        };
        mark(mine, owner + n);
        if !is_marked(mine, owner + n) {
            return false;
        }
        match ulib::fork() {
            Ok(Fork::Child) => {}
            Ok(Fork::Parent(_)) => {
                return ulib::wait().is_ok_and(|child| matches!(child.status, 0 | -1));
            }
            Err(Failed) => return true,
        }
    }
    touch_late(shared, owner + 8);
    true
}

/// Has the kernel write to pages that are not there, until it cannot.
fn fill_by_kernel(shared: &mut [u8], _owner: u8) -> bool {
    let (Ok((from, to)), Ok(mut pages)) = (ulib::pipe(), Region::lazy(MUCH / PGSIZE)) else {
        return true;
    };
    let (from, to) = (File::from_fd(from), File::from_fd(to));
    for page in pages.chunks_mut(PGSIZE) {
        if to.write_all(b"!").is_err() || from.read(&mut page[..1]) != Ok(1) {
            break;
        }
        if page[..2] != *b"!\0" {
            return false;
        }
    }
    is_marked(shared, 1)
}

/// Takes all there is, and then gives back a little and takes it again, over and over: whoever
/// asks twice for memory may be refused and then not.
fn breathe(shared: &mut [u8], owner: u8) -> bool {
    let Ok(mut pages) = Region::new(1) else {
        return true;
    };
    for _ in 0..1500 {
        while pages.resize(pages.len() + PGSIZE).is_ok() {
            // Where memory comes late, this is the end.
            let last = pages.len() - 1;
            pages[last] = owner;
        }
        let fewer = pages.len().saturating_sub(8 * PGSIZE);
        let _ = pages.resize(fewer);
    }
    is_marked(shared, 1)
}

/// Has the kernel read a file to pages that are the file's own, and write it from them, while there
/// may be no memory for them: the file is locked then, and to bring a page takes the same lock.
fn copy_onto_itself(shared: &mut [u8], _owner: u8) -> bool {
    let is_well = |n: usize| {
        let call = [Syscall::Read, Syscall::Write][n % 2];
        let flags = [MAP_PRIVATE, MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED][n / 2 % 4];
        let file = File::open_with(FILE, O_RDWR)?;
        let mapped = Mapped::new(*file, LEN, PROT_READ | PROT_WRITE, flags, 0)?;
        let args = [file.0 as usize, mapped.address(), LEN];
        let copied = sys::call_wildly(call, args, &mut []);
        // Without memory it fails. With it the pages are there.
        Ok(copied.is_err() || (0..LEN).step_by(511).all(|n| mapped.read(n) == b'f'))
    };
    (0..200).all(|n| is_well(n) == Ok::<bool, Failed>(true)) && is_marked(shared, 1)
}

/// Starts programs over and over, whether that works or not.
fn run_others(shared: &mut [u8], _owner: u8) -> bool {
    for _ in 0..100 {
        match ulib::fork() {
            Ok(Fork::Child) => {
                ulib::exec(c"sleep", [c"sleep", c"0"]);
                ulib::exit(0);
            }
            Ok(Fork::Parent(_)) => {
                let _ = ulib::wait();
            }
            Err(Failed) => {}
        }
    }
    is_marked(shared, 1)
}
