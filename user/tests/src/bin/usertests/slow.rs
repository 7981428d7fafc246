//! The tests that take their time: tables and disk used up.

use abi::file::{O_CREATE, O_TRUNC, O_WRONLY};
use abi::limits::PGSIZE;
use ulib::{Failed, File, Region, STDOUT, sys};
use user_tests::{
    Outcome, Test, check, create, exists, free_pages, in_child, numbered, spawn, status_of, unlink,
    wait_well,
};

pub const TESTS: &[(&str, Test)] = &[
    ("bigdir", bigdir),
    ("manywrites", manywrites),
    ("badwrite", badwrite),
    ("execout", execout),
    ("diskfull", diskfull),
    ("outofinodes", outofinodes),
];

/// As in xv6, in no list: it takes its time.
pub const UNLISTED: &[(&str, Test)] = &[("linkoverflow", linkoverflow)];

/// A directory of several blocks.
fn bigdir() -> Outcome {
    const N: usize = 500;
    let _ = ulib::unlink(c"bd");
    drop(create(c"bd")?);
    for n in 0..N {
        ulib::link(c"bd", &numbered("x", n))
            .map_err(|Failed| user_tests::Complaint("a link failed"))?;
    }
    unlink(c"bd")?;
    (0..N).try_for_each(|n| unlink(&numbered("x", n)))
}

/// Writes from several sides, which the log has to keep apart.
fn manywrites() -> Outcome {
    const N: usize = 4;
    for n in 0..N {
        spawn(|| {
            let name = numbered("b", n);
            for _ in 0..30 {
                for _ in 0..=n {
                    let file = create(&name)?;
                    check(file.write(&[b'm'; 1024]) == Ok(1024), "a write was short")?;
                }
                unlink(&name)?;
            }
            Ok(())
        })?;
    }
    wait_well(N)
}

/// Writes that fail give their blocks back.
fn badwrite() -> Outcome {
    let mut nothing = [];
    for _ in 0..600 {
        let file = create(c"junk")?;
        let args = [file.0 as usize, 0xff_ffff_ffff, 1];
        check(
            sys::call_wildly(abi::Syscall::Write, args, &mut nothing).is_err(),
            "a wild address was taken",
        )?;
        drop(file);
        unlink(c"junk")?;
    }
    let file = create(c"junk")?;
    check(file.write(b"x") == Ok(1), "blocks were lost")?;
    drop(file);
    unlink(c"junk")
}

/// Exec with hardly any memory left: it works, or is refused, and nothing is lost.
fn execout() -> Outcome {
    for spare in 0..15 {
        status_of(|| {
            let _memory = all_but(spare)?;
            let _ = sys::close(STDOUT);
            ulib::exec(c"echo", [c"echo", c"x"]);
            ulib::exit(0)
        })?;
    }
    Ok(())
}

/// All memory that there is, or nearly, but `spare` pages. Each page is touched, and never one
/// that there may not be: where memory comes late, that would be the end.
fn all_but(spare: usize) -> Result<Region, user_tests::Complaint> {
    let mut memory = Region::new(0)?;
    loop {
        let n_left = free_pages()?.saturating_sub(spare + 1);
        // Some of what is left is for page tables.
        let n_pages = (n_left / 2).clamp(1, 4096);
        let len = memory.len();
        if n_left == 0 || memory.resize(len + n_pages * PGSIZE).is_err() {
            return Ok(memory);
        }
        memory[len..]
            .iter_mut()
            .step_by(PGSIZE)
            .for_each(|it| *it = 1);
    }
}

/// The disk runs full, and a directory cannot grow: nobody panics.
fn diskfull() -> Outcome {
    static BLOCK: [u8; 1024] = [b'd'; 1024];
    let mut n_files = 0;
    let mut is_full = false;
    while !is_full && n_files < 120 {
        let file = File::open_with(&numbered("big", n_files), O_CREATE | O_WRONLY | O_TRUNC);
        let Ok(file) = file else { break };
        n_files += 1;
        let n_blocks = (0..)
            .take_while(|_| file.write(&BLOCK) == Ok(BLOCK.len()))
            .count();
        is_full = !user_tests::LARGEST.contains(&n_blocks);
    }
    check(is_full, "the disk never ran full")?;
    // A directory needs a block, and there is none.
    let n_made = (0..128)
        .take_while(|&n| create(&numbered("zz", n)).is_ok())
        .count();
    check(
        ulib::mkdir(c"diskfulldir").is_err(),
        "a directory was made on a full disk",
    )?;
    for n in 0..n_made {
        unlink(&numbered("zz", n))?;
    }
    for n in 0..n_files {
        unlink(&numbered("big", n))?;
    }
    check(!exists(c"diskfulldir"), "half a directory was made")
}

/// Inodes run out.
fn outofinodes() -> Outcome {
    in_child(|| {
        let n = (0..1024)
            .take_while(|&n| create(&numbered("zz", n)).is_ok())
            .count();
        check(n < 1024, "inodes never ran out")?;
        (0..n).try_for_each(|n| unlink(&numbered("zz", n)))
    })
}

/// A file has as many names as its count can tell, and then no more. They are in many directories,
/// for a directory is searched from its start.
fn linkoverflow() -> Outcome {
    const NLINK_MAX: usize = 32_767;
    const IN_EACH: usize = 500;
    drop(create(c"lo")?);
    let n_directories = NLINK_MAX.div_ceil(IN_EACH);
    let mut n_names = 1;
    for n in 0..n_directories {
        let directory = numbered("lo", n);
        ulib::mkdir(&directory)?;
        ulib::chdir(&directory)?;
        for n in 0..IN_EACH.min(NLINK_MAX - n_names) {
            ulib::link(c"/lo", &numbered("n", n))
                .map_err(|Failed| user_tests::Complaint("a link failed"))?;
            n_names += 1;
        }
        ulib::chdir(c"/")?;
    }
    let told = File::open(c"lo")?.stat()?.nlink;
    check(told == i16::MAX, "the count tells another number of names")?;
    check(
        ulib::link(c"lo", c"lo-more").is_err(),
        "a name too many was given",
    )?;
    for n in 0..n_directories {
        let directory = numbered("lo", n);
        ulib::chdir(&directory)?;
        (0..IN_EACH)
            .take_while(|&n| ulib::unlink(&numbered("n", n)).is_ok())
            .for_each(drop);
        ulib::chdir(c"/")?;
        unlink(&directory)?;
    }
    check(
        File::open(c"lo")?.stat()?.nlink == 1,
        "names were not given back",
    )?;
    unlink(c"lo")
}
