//! What the kernel copies from and to a program: addresses that are nobody's, and arguments
//! that are too much.

use abi::Syscall;
use abi::file::O_RDWR;
use abi::limits::{NBUF, PGSIZE};
use alloc::vec::Vec;
use core::ffi::CStr;
use ulib::{Failed, File, Region, sys};
use user_tests::{Outcome, Test, check, create, in_child, open, pipe, size, status_of, unlink};

pub const TESTS: &[(&str, Test)] = &[
    ("copyin", copyin),
    ("copyout", copyout),
    ("copyinstr1", copyinstr1),
    ("copyinstr2", copyinstr2),
    ("copyinstr3", copyinstr3),
    ("rwsbrk", rwsbrk),
    ("kernmem", kernmem),
    ("MAXVAplus", maxvaplus),
    ("validatetest", validatetest),
    ("bsstest", bsstest),
    ("bigargtest", bigargtest),
    ("argptest", argptest),
    ("stacktest", stacktest),
    ("nowrite", nowrite),
    ("pgbug", pgbug),
    ("badarg", badarg),
    ("partial_write", partial_write),
];

/// The kernel's memory, its pages in the program's table, what no table leads to.
const WILD: [usize; 5] = [
    0x8000_0000,
    0x3f_ffff_e000,
    0x3f_ffff_f000,
    0x40_0000_0000,
    usize::MAX,
];

const FILE: &CStr = c"copies.f";

fn refused(call: Syscall, args: [usize; 3]) -> Outcome {
    let mut nothing = [];
    let answer = sys::call_wildly(call, args, &mut nothing);
    check(answer == Err(Failed), "a wild address was taken")
}

/// Has a child do `act`, which must come back: where `exec` takes what it should refuse, another
/// program ends in the child's place.
fn comes_back(act: impl FnOnce() -> Outcome) -> Outcome {
    const BACK: i32 = 747;
    let status = status_of(|| {
        act()?;
        ulib::exit(BACK)
    })?;
    check(status == BACK, "exec took what it should refuse")
}

fn copyin() -> Outcome {
    for address in WILD {
        let file = create(FILE)?;
        let (_read, write) = pipe()?;
        for fd in [file.0, 1, write.0] {
            refused(Syscall::Write, [fd as usize, address, 8192])?;
        }
    }
    unlink(FILE)
}

fn copyout() -> Outcome {
    for address in [0].into_iter().chain(WILD) {
        let file = open(c"README")?;
        let (read, write) = pipe()?;
        write.write_all(b"x")?;
        for fd in [file.0, read.0] {
            refused(Syscall::Read, [fd as usize, address, 8192])?;
        }
    }
    Ok(())
}

fn copyinstr1() -> Outcome {
    WILD.into_iter()
        .try_for_each(|address| refused(Syscall::Open, [address, 0x201, 0]))
}

/// A path as long as there can be none.
fn copyinstr2() -> Outcome {
    let mut path = [b'x'; 129];
    path[128] = 0;
    let path = CStr::from_bytes_with_nul(&path).map_err(|_| Failed)?;
    check(ulib::unlink(path).is_err(), "unlink of a long name")?;
    check(sys::open(path, 0x201).is_err(), "open of a long name")?;
    check(ulib::link(path, path).is_err(), "link of a long name")?;
    comes_back(|| {
        ulib::exec(path, [c"xx"]);
        // An argument of a page, with its NUL one too many.
        let mut long = Vec::from([b'x'; PGSIZE]);
        long.push(0);
        let long = CStr::from_bytes_with_nul(&long).map_err(|_| Failed)?;
        ulib::exec(c"echo", [long, long, long]);
        Ok(())
    })
}

/// A string that goes on where memory ends.
fn copyinstr3() -> Outcome {
    let mut page = Region::new(1)?;
    page.fill(b'x');
    let last = size() - 1;
    comes_back(|| {
        for (call, args) in [
            (Syscall::Unlink, [last, 0, 0]),
            (Syscall::Open, [last, 0x201, 0]),
            (Syscall::Link, [last, last, 0]),
            (Syscall::Exec, [last, 0, 0]),
        ] {
            let answer = sys::call_wildly(call, args, &mut page);
            check(answer == Err(Failed), "a string without an end was taken")?;
        }
        Ok(())
    })
}

/// Memory that was given back.
fn rwsbrk() -> Outcome {
    let gone = Region::new(2)?.as_ptr().addr();
    check(size() == gone, "memory was not given back")?;
    let file = create(FILE)?;
    refused(Syscall::Write, [file.0 as usize, gone + PGSIZE, 1024])?;
    drop(file);
    unlink(FILE)?;
    let file = open(c"README")?;
    refused(Syscall::Read, [file.0 as usize, gone + PGSIZE, 10])
}

/// Whether a child that reads at `address` is killed.
fn is_forbidden(address: usize) -> Outcome {
    let status = status_of(|| {
        ulib::peek(address);
        Ok(())
    })?;
    check(status == -1, "a forbidden address can be read")
}

fn kernmem() -> Outcome {
    (0x8000_0000..0x8000_0000 + 2_000_000)
        .step_by(50_000)
        .try_for_each(is_forbidden)
}

fn maxvaplus() -> Outcome {
    (38..64).try_for_each(|bit| {
        let status = status_of(|| sys::poke_and_exit(1 << bit))?;
        check(status == -1, "an address that there is not can be written")
    })
}

/// Pages, used or not, as a path.
fn validatetest() -> Outcome {
    for page in (0..1100 * 1024)
        .step_by(PGSIZE)
        .skip(1)
        .filter(|&page| page >= size())
    {
        refused(Syscall::Link, [page, page, 0])?;
    }
    Ok(())
}

fn bsstest() -> Outcome {
    static ZEROES: [core::sync::atomic::AtomicU8; 10_000] =
        [const { core::sync::atomic::AtomicU8::new(0) }; 10_000];
    let is_zero =
        |byte: &core::sync::atomic::AtomicU8| byte.load(core::sync::atomic::Ordering::Relaxed) == 0;
    check(ZEROES.iter().all(is_zero), "what should be zero is not")
}

/// More arguments, each a good one, than the stack has room for.
fn bigargtest() -> Outcome {
    let long = Vec::from([b'x'; 400]);
    let arg = alloc::ffi::CString::new(long).map_err(|_| Failed)?;
    let status = status_of(|| {
        ulib::exec(c"echo", (0..31).map(|_| arg.as_c_str()));
        create(c"bigarg-ok").map(drop)
    })?;
    check(status == 0, "the child failed")?;
    check(
        user_tests::exists(c"bigarg-ok"),
        "exec took too many arguments",
    )?;
    unlink(c"bigarg-ok")
}

fn argptest() -> Outcome {
    let file = open(c"init")?;
    let mut page = Region::new(1)?;
    let args = [file.0 as usize, size() - 1, usize::MAX];
    // Whatever it answers.
    let _ = sys::call_wildly(Syscall::Read, args, &mut page);
    Ok(())
}

/// Below the stack lies a page that is nobody's.
fn stacktest() -> Outcome {
    let place = 0_u8;
    let stack = core::ptr::from_ref(&place).addr() / PGSIZE * PGSIZE;
    is_forbidden(stack - 1)
}

/// The program's own code, the kernel, its pages, and what there is not.
fn nowrite() -> Outcome {
    [0].into_iter().chain(WILD).try_for_each(|address| {
        let status = status_of(|| sys::poke_and_exit(address))?;
        check(status != 0, "a forbidden address can be written")
    })
}

fn pgbug() -> Outcome {
    let wild = 0xffff_ff80_0000_0000;
    comes_back(|| {
        refused(Syscall::Exec, [wild, wild, 0])?;
        refused(Syscall::Pipe, [wild, 0, 0])?;
        refused(Syscall::Exec, [0xeaeb_0b5b_0000_2f5e, wild, 0])
    })
}

/// Arguments of exec that are nobody's, again and again: nothing may be lost.
fn badarg() -> Outcome {
    let mut page = Region::new(1)?;
    page[..5].copy_from_slice(b"echo\0");
    page[64..72].copy_from_slice(&0xffff_ffff_usize.to_le_bytes());
    let start = page.as_ptr().addr();
    comes_back(|| {
        for _ in 0..5_000 {
            let answer = sys::call_wildly(Syscall::Exec, [start, start + 64, 0], &mut page);
            check(answer == Err(Failed), "exec took a wild argument")?;
        }
        Ok(())
    })
}

/// A write of which only the first half is the program's memory fails, and leaves that half in
/// the file: in the cache, and on the disk when the cache has forgotten it.
fn partial_write() -> Outcome {
    create(FILE)?.write_all(&[b'A'; 512])?;
    in_child(|| {
        let mut page = Region::new(1)?;
        page.fill(b'p');
        let file = File::open_with(FILE, O_RDWR)?;
        let args = [file.0 as usize, size() - 256, 512];
        let answer = sys::call_wildly(Syscall::Write, args, &mut page);
        check(answer == Err(Failed), "memory beyond the end was taken")
    })?;
    has_first_half()?;
    let other = create(c"copies.big")?;
    for _ in 0..2 * NBUF {
        other.write_all(&[0; 1024])?;
    }
    unlink(c"copies.big")?;
    has_first_half()?;
    unlink(FILE)
}

fn has_first_half() -> Outcome {
    let mut bytes = [0; 512];
    let n = open(FILE)?.read_full(&mut bytes)?;
    check(n == 512, "the file is not as long as it was")?;
    let (first, second) = bytes.split_at(256);
    check(
        first.iter().all(|&byte| byte == b'p') && second.iter().all(|&byte| byte == b'A'),
        "it is not the first half that was written",
    )
}
