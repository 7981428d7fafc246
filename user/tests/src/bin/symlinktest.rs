//! `symlinktest`: symbolic links, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::{O_CREATE, O_NOFOLLOW, O_RDONLY, O_RDWR, T_SYMLINK};
use ulib::{Args, File, println, sys};
use user_tests::{
    Complaint, Outcome, Test, check, create, exists, numbered, spawn, unlink, wait_well,
};

ulib::entry!(main);

const TESTS: &[(&str, Test)] = &[
    ("test symlinks", symlinks),
    ("test concurrent symlinks", concurrent),
];

fn main(_args: Args) -> i32 {
    i32::from(!TESTS.iter().all(|(name, test)| run(name, *test)))
}

/// Runs `test`, and says how it went in the lab's words; whether well.
fn run(name: &str, test: Test) -> bool {
    println!("Start: {name}");
    let outcome = test();
    match outcome {
        Ok(()) => println!("{name}: ok"),
        Err(Complaint(words)) => println!("FAILURE: {words}"),
    }
    outcome.is_ok()
}

fn symlinks() -> Outcome {
    ulib::mkdir(c"/testsymlink")?;
    create(c"/testsymlink/a")?.write_all(b"abcd")?;
    sys::symlink(c"/testsymlink/a", c"/testsymlink/b")?;
    let link = File::open_with(c"/testsymlink/b", O_NOFOLLOW)?;
    check(link.stat()?.kind == T_SYMLINK, "it is no symbolic link")?;
    let mut bytes = [0; 4];
    File::open_with(c"/testsymlink/b", O_RDWR)?.read_full(&mut bytes)?;
    check(&bytes == b"abcd", "it leads elsewhere")?;
    unlink(c"/testsymlink/a")?;
    check(!exists(c"/testsymlink/b"), "it leads to what is gone")?;
    sys::symlink(c"/testsymlink/b", c"/testsymlink/a")?;
    check(!exists(c"/testsymlink/b"), "it leads out of a circle")?;
    sys::symlink(c"/testsymlink/nonexistent", c"/testsymlink/c")?;
    for (target, path) in [(c"2", c"1"), (c"3", c"2"), (c"4", c"3")] {
        let _ = ulib::chdir(c"/testsymlink");
        sys::symlink(target, path)?;
    }
    drop(create(c"/testsymlink/4")?);
    File::open_with(c"/testsymlink/1", O_RDWR)?.write_all(b"#")?;
    let mut byte = [0];
    File::open_with(c"/testsymlink/4", O_RDONLY)?.read_full(&mut byte)?;
    check(&byte == b"#", "a chain leads elsewhere")?;
    // More of them than inodes fit in memory.
    for n in 0..60 {
        let name = numbered("l", n);
        sys::symlink(c"4", &name)?;
        check(exists(&name), "one of many leads nowhere")?;
    }
    for n in 0..60 {
        unlink(&numbered("l", n))?;
    }
    ulib::chdir(c"/")?;
    for name in [c"/testsymlink/a", c"/testsymlink/b", c"/testsymlink/c"] {
        unlink(name)?;
    }
    for n in 1..=4 {
        unlink(&numbered("/testsymlink/", n))?;
    }
    unlink(c"/testsymlink")
}

/// Made and taken away by several at once: it is always a whole link, or none.
fn concurrent() -> Outcome {
    drop(create(c"symz")?);
    for seed in 0..4_u32 {
        spawn(|| {
            let mut random = 97 + seed;
            for _ in 0..100 {
                random = random.wrapping_mul(1_103_515_245).wrapping_add(12345);
                if (random >> 16) % 3 == 0 {
                    let _ = sys::symlink(c"symz", c"symy");
                    if let Ok(link) = File::open_with(c"symy", O_NOFOLLOW) {
                        check(link.stat()?.kind == T_SYMLINK, "it is no symbolic link")?;
                    }
                } else {
                    let _ = ulib::unlink(c"symy");
                }
            }
            Ok(())
        })?;
    }
    wait_well(4)?;
    let _ = ulib::unlink(c"symy");
    drop(File::open_with(c"symz", O_CREATE)?);
    unlink(c"symz")
}
