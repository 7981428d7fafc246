//! `pgtbltest`: page tables, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Region, println, sys};
use user_tests::{Outcome, check, in_child};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let tests: [(&str, user_tests::Test); 3] = [
        ("ugetpid_test", ugetpid_test),
        ("pgaccess_test", pgaccess_test),
        ("pgpte_test", pgpte_test),
    ];
    if ulib::kpgtbl().is_err() {
        return 1;
    }
    for (name, test) in tests {
        println!("{name} starting");
        if let Err(user_tests::Complaint(words)) = test() {
            println!("{name}: FAILED: {words}");
            return 1;
        }
        println!("{name}: OK");
    }
    println!("pgtbltest: all tests succeeded");
    0
}

fn ugetpid_test() -> Outcome {
    for _ in 0..64 {
        in_child(|| check(ulib::getpid() == sys::ugetpid(), "mismatched PID"))?;
    }
    in_child(|| check(ulib::peek(sys::USYSCALL + 4) == 0, "somebody else's bytes"))?;
    let status = user_tests::status_of(|| sys::poke_and_exit(sys::USYSCALL))?;
    check(status == -1, "it can be written")
}

fn pgaccess_test() -> Outcome {
    let mut pages = Region::new(32)?;
    let used = |pages: &Region| sys::pgaccess(pages).unwrap_or(u32::MAX);
    used(&pages);
    for n in [1, 2, 30] {
        pages[n * PGSIZE] += 1;
    }
    check(
        used(&pages) == 1 << 1 | 1 << 2 | 1 << 30,
        "incorrect access bits set",
    )?;
    check(used(&pages) == 0, "access bits were not cleared")
}

fn pgpte_test() -> Outcome {
    let mut page = Region::new(1)?;
    // It may come late.
    page[0] = 1;
    let pte = sys::pgpte(page.as_ptr().addr());
    // Valid, and to be read and written by the program; nothing behind it.
    check(pte & 0b1_0111 == 0b1_0111, "the entry of a page of data")?;
    check(
        sys::pgpte(0) & 0b1_1111 == 0b1_1011,
        "the entry of a page of code",
    )?;
    check(
        sys::pgpte(user_tests::size() + PGSIZE) == 0,
        "an entry for nothing",
    )?;
    check(sys::pgpte(usize::MAX) == 0, "an entry for no address")
}
