//! The program's memory: how it grows and shrinks, late or at once, up to all there is.

use abi::Syscall;
use abi::limits::PGSIZE;
use alloc::vec::Vec;
use ulib::{Failed, File, Fork, Pid, Region, sys};
use user_tests::{
    Outcome, Test, check, create, in_child, open, pipe, size, spawn, status_of, unlink, wait_well,
};

pub const TESTS: &[(&str, Test)] = &[
    ("mem", mem),
    ("sbrkbasic", sbrkbasic),
    ("sbrkmuch", sbrkmuch),
    ("sbrkfail", sbrkfail),
    ("sbrkarg", sbrkarg),
    ("sbrkbugs", sbrkbugs),
    ("sbrklast", sbrklast),
    ("sbrk8000", sbrk8000),
    ("lazy_alloc", lazy_alloc),
    ("lazy_unmap", lazy_unmap),
    ("lazy_copy", lazy_copy),
    ("lazy_copyinstr", lazy_copyinstr),
    ("lazy_sbrk", lazy_sbrk),
];

const MIB: usize = 1 << 20;
/// One past the last address a program can have: its trapframe comes next.
const TRAPFRAME: usize = sys::USYSCALL + PGSIZE;

/// Takes all there is on the heap, gives it back, and takes some again. Where memory comes
/// late nobody is refused: who touches more than there is, is killed.
fn mem() -> Outcome {
    let status = status_of(|| {
        let mut blocks: Vec<Vec<u8>> = Vec::new();
        loop {
            let mut block = Vec::new();
            if blocks.try_reserve(1).is_err() || block.try_reserve_exact(100_001).is_err() {
                break;
            }
            block.resize(100_001, 1);
            blocks.push(block);
        }
        check(blocks.len() > 100, "there is hardly any memory")?;
        drop(blocks);
        let mut block: Vec<u8> = Vec::new();
        check(
            block.try_reserve_exact(20 * 1024).is_ok(),
            "what was given back is lost",
        )
    })?;
    check(matches!(status, 0 | -1), "a child failed")
}

fn sbrkbasic() -> Outcome {
    // Too much at once is refused, and nothing is lost by asking.
    in_child(|| {
        let before = size();
        if sys::sbrk(1024 * MIB).is_ok() {
            return Ok(());
        }
        check(size() == before, "a refused sbrk changed something")
    })?;
    let mut expected = size();
    for _ in 0..5000 {
        let at = sys::sbrk(1)?;
        check(at == expected, "sbrk skipped a byte")?;
        expected += 1;
    }
    spawn(|| {
        sys::sbrk(1)?;
        check(
            sys::sbrk(1)? == expected + 1,
            "a child's memory is of another size",
        )
    })?;
    wait_well(1)
}

/// 100 MiB, then less, then again: pages are zeroes when they come.
fn sbrkmuch() -> Outcome {
    in_child(|| {
        let first = size().div_ceil(PGSIZE);
        let mut memory = Region::new(100 * MIB / PGSIZE - first)?;
        for byte in memory.iter_mut().step_by(PGSIZE) {
            *byte = 1;
        }
        let len = memory.len();
        memory[len - 1] = 99;
        memory.resize(len - PGSIZE)?;
        check(
            size().is_multiple_of(PGSIZE) && size() == 100 * MIB - PGSIZE,
            "it did not shrink",
        )?;
        memory.resize(len)?;
        check(memory[len - 1] == 0, "a page came back with what it held")?;
        memory.resize(PGSIZE)?;
        check(size() == (first + 1) * PGSIZE, "it did not shrink")
    })
}

/// Memory runs out while several ask for it; then files can be read into what there is.
fn sbrkfail() -> Outcome {
    const N: usize = 10;
    let (read, write) = pipe()?;
    for _ in 0..N {
        spawn(|| {
            // Who touches more than there is may be killed: then nobody else tells.
            let status = status_of(|| take_and_tell(&write))?;
            if status == -1 {
                let _ = write.write_all(&NOBODY.0.to_le_bytes());
            }
            Ok(())
        })?;
    }
    let mut answers = [0; 4 * N];
    let n = read.read_full(&mut answers)?;
    let (pids, _) = answers.as_chunks();
    let has_run_out = pids.contains(&NOBODY.0.to_le_bytes());
    check(n == 4 * N && has_run_out, "no memory ran out")?;
    let page = Region::new(1);
    for pid in pids.iter().map(|&pid| Pid(i32::from_le_bytes(pid))) {
        if pid != NOBODY {
            ulib::kill(pid)?;
        }
    }
    wait_well(N)?;
    drop(page);
    // Who needs more than there is to be read into is refused or dies; the kernel lives.
    let status = status_of(|| {
        let Ok(memory) = Region::new(1000 * MIB / PGSIZE) else {
            return Ok(());
        };
        let sum = memory
            .iter()
            .step_by(PGSIZE)
            .map(|&byte| usize::from(byte))
            .sum::<usize>();
        check(sum == 0, "a page was not zeroes")
    })?;
    check(matches!(status, 0 | -1), "a child failed")
}

/// No process has this number.
const NOBODY: Pid = Pid(0);

/// Takes and touches 100 MiB, tells who has it and keeps it; or tells that nobody does.
fn take_and_tell(to: &File) -> Outcome {
    let Ok(mut memory) = Region::new(100 * MIB / PGSIZE) else {
        return Ok(to.write_all(&NOBODY.0.to_le_bytes())?);
    };
    memory.iter_mut().step_by(PGSIZE).for_each(|byte| *byte = 1);
    to.write_all(&ulib::getpid().0.to_le_bytes())?;
    loop {
        ulib::pause(1000)?;
    }
}

/// The kernel reads from and writes to memory just had.
fn sbrkarg() -> Outcome {
    let page = Region::new(1)?;
    let file = create(c"sbrk")?;
    file.write_all(&page)?;
    drop(file);
    unlink(c"sbrk")?;
    let mut page = Region::new(1)?;
    let args = [page.as_ptr().addr(), 0, 0];
    let answer = sys::call_wildly(Syscall::Pipe, args, &mut page);
    check(answer == Ok(0), "the kernel did not write there")
}

/// Programs that give back what they run in: they die, and nothing else does.
fn sbrkbugs() -> Outcome {
    let all = size();
    check(
        status_of(|| sys::shrink_and_exit(all, 0))? != 0,
        "a program lives without memory",
    )?;
    for rest in [3500, 10 * PGSIZE + 2048] {
        // What is left may be enough to go on in, or not.
        status_of(|| sys::shrink_and_exit(all.saturating_sub(rest), 10))?;
    }
    Ok(())
}

/// The last bytes of a page that a program gave the end of back.
fn sbrklast() -> Outcome {
    in_child(|| {
        let mut memory = Region::new(2)?;
        memory.resize(PGSIZE + 64)?;
        memory.resize(PGSIZE + 10)?;
        let len = memory.len();
        memory[len - 10..].copy_from_slice(b"sbrklast\0\0");
        let file = create(c"sbrklast")?;
        file.write_all(&memory[len - 10..])?;
        let mut back = [0; 10];
        open(c"sbrklast")?.read_full(&mut back)?;
        check(&back == b"sbrklast\0\0", "it is not what was written")
    })?;
    unlink(c"sbrklast")
}

/// Sizes about 2 GiB.
fn sbrk8000() -> Outcome {
    in_child(|| {
        let _ = sys::sbrk(0x7fff_ffff);
        let _ = sys::sbrk(0x7fff_ffff);
        check(size() >= PGSIZE, "the memory is gone")
    })
}

/// A gigabyte, of which every 64th page is touched.
fn lazy_alloc() -> Outcome {
    in_child(|| {
        const STEP: usize = 64 * PGSIZE;
        let mut memory = Region::lazy(1024 * MIB / PGSIZE)?;
        for n in (0..memory.len()).step_by(STEP) {
            memory[n] = (n / STEP) as u8;
        }
        let is_there = |n: usize| memory[n] == (n / STEP) as u8 && memory[n + 1] == 0;
        check(
            (0..memory.len()).step_by(STEP).all(is_there),
            "it is not what was written",
        )
    })
}

/// Pages that a child gave back are not the child's any more.
fn lazy_unmap() -> Outcome {
    in_child(|| {
        let mut memory = Region::lazy(1024 * MIB / PGSIZE)?;
        let start = memory.as_ptr().addr();
        for byte in memory.iter_mut().step_by(16 * MIB) {
            *byte = 1;
        }
        for n in (0..memory.len()).step_by(16 * MIB) {
            if ulib::fork()? == Fork::Child {
                let given_back = memory.resize(0);
                if given_back.is_ok() {
                    sys::poke_and_exit(start + n);
                }
                ulib::exit(1);
            }
            check(
                ulib::wait()?.status == -1,
                "a child wrote to what it gave back",
            )?;
        }
        Ok(())
    })
}

/// The kernel touches pages that are not there yet, and none that never will be.
fn lazy_copy() -> Outcome {
    in_child(|| {
        // It is there for whoever reads it, and no buffer all the same.
        check(sys::ugetpid() == ulib::getpid(), "another's number")?;
        let mut memory = Region::lazy(4)?;
        let file = open(c"README")?;
        check(
            file.read(&mut memory[PGSIZE..PGSIZE + 64]) == Ok(64),
            "a late page was refused",
        )?;
        let (read, write) = pipe()?;
        check(
            write.write(&memory[2 * PGSIZE..2 * PGSIZE + 10]) == Ok(10),
            "a late page was refused",
        )?;
        let mut back = [1; 10];
        read.read_full(&mut back)?;
        check(back == [0; 10], "a late page was not zeroes")?;
        for address in [
            0x3f_ffff_c000,
            sys::USYSCALL,
            0x3f_ffff_e000,
            0x3f_ffff_f000,
            0x40_0000_0000,
            0x80_0000_0000,
        ] {
            for (call, fd) in [(Syscall::Read, file.0), (Syscall::Write, write.0)] {
                let args = [fd as usize, address, 512];
                let answer = sys::call_wildly(call, args, &mut memory);
                check(answer == Err(Failed), "a wild address was taken")?;
            }
        }
        let before = size();
        check(
            sys::sbrk_below_zero() == Ok(before),
            "to give back too much is refused",
        )?;
        check(
            size() == before && memory[PGSIZE] != 0,
            "less than nothing did damage",
        )
    })
}

/// A path on a page that is not there yet.
fn lazy_copyinstr() -> Outcome {
    in_child(|| {
        let mut memory = Region::lazy(2)?;
        let at = memory.as_ptr().addr() + PGSIZE;
        // The empty path, which is the working directory.
        let answer = sys::call_wildly(Syscall::Open, [at, 0, 0], &mut memory);
        check(answer.is_ok(), "a late page was refused")
    })
}

/// Addresses up to the last that a program can have.
fn lazy_sbrk() -> Outcome {
    in_child(|| {
        while size() < TRAPFRAME - (2 << 30) {
            sys::sbrklazy(1 << 30)?;
        }
        while size() < TRAPFRAME - PGSIZE {
            sys::sbrklazy((TRAPFRAME - PGSIZE - size()).min(1 << 30))?;
        }
        let mut last = Region::new(1)?;
        check(
            last.as_ptr().addr() == TRAPFRAME - PGSIZE,
            "the last page is elsewhere",
        )?;
        last[0] = 1;
        check(last[1] == 0, "the last page is not zeroes")?;
        check(sys::sbrk(1).is_err(), "there was more than there can be")?;
        check(
            sys::sbrklazy(1).is_err(),
            "there was more than there can be, late",
        )
    })
}
