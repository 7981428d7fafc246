//! `mmaptest`: mapped files, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::{MAP_PRIVATE, MAP_SHARED, O_RDONLY, O_RDWR, PROT_READ, PROT_WRITE};
use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::sys::{self, Mapped};
use ulib::{Args, File, println};
use user_tests::{Outcome, Test, check, create, in_child, open, run_all, status_of, unlink};

ulib::entry!(main);

const TESTS: &[(&str, Test)] = &[
    ("test basic mmap", basic),
    ("test mmap private", private),
    ("test mmap read-only", read_only),
    ("test mmap read/write", read_write),
    ("test mmap dirty", dirty),
    ("test not-mapped unmap", not_mapped),
    ("test lazy access", lazy),
    ("test mmap two files", two_files),
    ("test fork", fork),
    ("test munmap prevents access", no_access),
    ("test writes to read-only mapped memory", no_writes),
    ("test mmap and the kernel", the_kernel_uses_it),
];

fn main(_args: Args) -> i32 {
    if !run_all(TESTS) {
        return 1;
    }
    println!("mmaptest: all tests succeeded");
    0
}

const FILE: &CStr = c"mmap.dur";
/// A page and a half.
const LEN: usize = PGSIZE + PGSIZE / 2;

/// A file of a page and a half of `A`.
fn make() -> Outcome {
    let file = create(FILE)?;
    for _ in 0..LEN / 512 {
        file.write_all(&[b'A'; 512])?;
    }
    Ok(())
}

fn map(mode: u32, prot: i32, flags: i32) -> Result<Mapped, user_tests::Complaint> {
    let file = File::open_with(FILE, mode)?;
    // The mapping outlives the descriptor.
    Ok(Mapped::new(*file, 2 * PGSIZE, prot, flags, 0)?)
}

/// A page and a half of `byte`, and zeroes.
fn holds(mapped: &Mapped, byte: u8) -> Outcome {
    let is_well = |n: usize| mapped.read(n) == if n < LEN { byte } else { 0 };
    check(
        (0..2 * PGSIZE).all(is_well),
        "it is not what is in the file",
    )
}

/// What the file itself holds.
fn file_holds(n: usize, byte: u8) -> Outcome {
    let file = open(FILE)?;
    let mut bytes = [0; 512];
    for _ in 0..=n / 512 {
        file.read_full(&mut bytes)?;
    }
    check(bytes[n % 512] == byte, "the file is not what was written")
}

fn basic() -> Outcome {
    make()?;
    let mapped = map(O_RDONLY, PROT_READ, MAP_PRIVATE)?;
    holds(&mapped, b'A')
}

fn private() -> Outcome {
    let mut mapped = map(O_RDONLY, PROT_READ | PROT_WRITE, MAP_PRIVATE)?;
    holds(&mapped, b'A')?;
    (0..2 * PGSIZE).for_each(|n| mapped.write(n, b'Z'));
    mapped.unmap_back(1)?;
    check(mapped.read(7) == b'Z', "a page is gone")?;
    drop(mapped);
    file_holds(0, b'A')
}

fn read_only() -> Outcome {
    let refused = map(O_RDONLY, PROT_READ | PROT_WRITE, MAP_SHARED);
    check(refused.is_err(), "a file open for reading can be written")
}

fn read_write() -> Outcome {
    let mut mapped = map(O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED)?;
    holds(&mapped, b'A')?;
    (0..2 * PGSIZE).for_each(|n| mapped.write(n, b'B'));
    mapped.unmap_back(1)?;
    file_holds(PGSIZE + 100, b'B')?;
    mapped.write(3, b'C');
    mapped
        .unmap_front(1)
        .map_err(|_| user_tests::Complaint("the rest cannot be unmapped"))
}

fn dirty() -> Outcome {
    file_holds(3, b'C')?;
    file_holds(4, b'B')?;
    check(open(FILE)?.stat()?.size == LEN as u64, "the file has grown")
}

fn not_mapped() -> Outcome {
    let mut nothing = [];
    let answer = sys::call_wildly(
        abi::Syscall::Munmap,
        [0x3f_f000_0000, PGSIZE, 0],
        &mut nothing,
    );
    check(answer.is_err(), "nothing was unmapped")
}

/// Only what is touched takes memory.
fn lazy() -> Outcome {
    make()?;
    let before = user_tests::free_pages()?;
    let mapped = map(O_RDWR, PROT_READ, MAP_SHARED)?;
    check(user_tests::free_pages()? == before, "pages came untouched")?;
    check(mapped.read(PGSIZE) == b'A', "it is not what is in the file")?;
    check(
        user_tests::free_pages()? < before,
        "a page came from nowhere",
    )
}

fn two_files() -> Outcome {
    let names = [c"mmap1", c"mmap2"];
    let mut mapped = [None, None];
    for (name, place) in names.into_iter().zip(&mut mapped) {
        let file = create(name)?;
        file.write_all(name.to_bytes())?;
        *place = Some(Mapped::new(*file, PGSIZE, PROT_READ, MAP_PRIVATE, 0)?);
        drop(file);
        unlink(name)?;
    }
    for (name, mapped) in names.into_iter().zip(mapped.iter().flatten()) {
        let is_well = |(n, &byte): (usize, &u8)| mapped.read(n) == byte;
        check(
            name.to_bytes().iter().enumerate().all(is_well),
            "one file is the other",
        )?;
    }
    Ok(())
}

/// A child has the same mappings: of the same pages if they are shared.
fn fork() -> Outcome {
    make()?;
    let shared = map(O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED)?;
    let private = map(O_RDWR, PROT_READ | PROT_WRITE, MAP_PRIVATE)?;
    check(
        shared.read(0) == b'A' && private.read(0) == b'A',
        "it is not what is in the file",
    )?;
    in_child(|| {
        holds(&shared, b'A')?;
        holds(&private, b'A')?;
        shared.write(0, b'S');
        private.write(0, b'P');
        Ok(())
    })?;
    check(shared.read(0) == b'S', "what a child wrote is not there")?;
    check(private.read(0) == b'A', "what a child wrote is there")
}

fn no_access() -> Outcome {
    let mut mapped = map(O_RDWR, PROT_READ, MAP_SHARED)?;
    let address = mapped.address();
    mapped.read(0);
    mapped.unmap_front(1)?;
    let status = status_of(|| {
        ulib::peek(address);
        Ok(())
    })?;
    check(status == -1, "it is still there")?;
    check(mapped.read(0) == b'A', "the rest is gone")
}

fn no_writes() -> Outcome {
    let mapped = map(O_RDWR, PROT_READ, MAP_SHARED)?;
    let address = mapped.address();
    let status = status_of(|| sys::poke_and_exit(address))?;
    check(status == -1, "it could be written")
}

/// A file is read into its own mapping, and written from it.
fn the_kernel_uses_it() -> Outcome {
    make()?;
    let file = File::open_with(FILE, O_RDWR)?;
    let mapped = Mapped::new(*file, 2 * PGSIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0)?;
    for call in [abi::Syscall::Read, abi::Syscall::Write] {
        let mut nothing = [];
        let args = [file.0 as usize, mapped.address() + PGSIZE - 8, 16];
        let answer = sys::call_wildly(call, args, &mut nothing);
        check(answer == Ok(16), "the kernel could not use it")?;
    }
    drop(mapped);
    unlink(FILE)
}
