//! Names: of files, of directories, made and taken away by several at once.

use abi::file::{O_CREATE, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use abi::limits::NINODE;
use core::ffi::CStr;
use ulib::{File, Fork, sys};
use user_tests::{
    Outcome, Test, check, create, exists, in_child, numbered, open, spawn, unlink, wait_well,
};

pub const TESTS: &[(&str, Test)] = &[
    ("linktest", linktest),
    ("concreate", concreate),
    ("linkunlink", linkunlink),
    ("subdir", subdir),
    ("fourteen", fourteen),
    ("rmdot", rmdot),
    ("dirfile", dirfile),
    ("iref", iref),
    ("unlinkcwd", unlinkcwd),
];

/// `path` cannot be linked to, unlinked, opened in any way, made or gone to.
fn is_nothing(path: &CStr) -> bool {
    ulib::link(path, c"README2").is_err()
        && ulib::unlink(path).is_err()
        && [O_RDONLY, O_RDWR, O_WRONLY]
            .into_iter()
            .all(|mode| sys::open(path, mode).is_err())
        && ulib::chdir(path).is_err()
}

fn linktest() -> Outcome {
    create(c"lf1")?.write_all(b"hello")?;
    ulib::link(c"lf1", c"lf2")?;
    unlink(c"lf1")?;
    check(!exists(c"lf1"), "unlinked, and still there")?;
    let mut buffer = [0; 16];
    check(
        open(c"lf2")?.read(&mut buffer) == Ok(5),
        "the link does not hold what was written",
    )?;
    check(
        ulib::link(c"lf2", c"lf2").is_err(),
        "a link to itself succeeded",
    )?;
    unlink(c"lf2")?;
    check(
        ulib::link(c"lf2", c"lf1").is_err(),
        "a link to what is gone succeeded",
    )?;
    check(
        ulib::link(c".", c"lf1").is_err(),
        "a link to a directory succeeded",
    )
}

/// Creates, links and unlinks of the same names at the same time.
fn concreate() -> Outcome {
    const N: usize = 40;
    for n in 0..N {
        let name = numbered("C", n);
        let _ = ulib::unlink(&name);
        match ulib::fork()? {
            Fork::Parent(_) => {
                if n % 3 == 1 {
                    let _ = ulib::link(c"C0", &name);
                } else {
                    drop(create(&name)?);
                }
                wait_well(1)?;
            }
            Fork::Child => {
                let is_well = match n % 5 {
                    1 => {
                        let _ = ulib::link(c"C0", &name);
                        true
                    }
                    _ => File::open_with(&name, O_CREATE | O_RDWR).is_ok(),
                };
                ulib::exit(i32::from(!is_well));
            }
        }
    }
    let mut seen = [false; N];
    for entry in ulib::entries(&open(c".")?) {
        if let [b'C', digits @ ..] = entry.name()
            && let Some(n) = ulib::number(digits)
        {
            let place = seen.get_mut(n as usize);
            let is_new = place.is_some_and(|seen| !core::mem::replace(seen, true));
            check(is_new, "a name is there twice, or is nobody's")?;
        }
    }
    check(seen == [true; N], "a name is missing")?;
    for n in 0..N {
        spawn(|| churn(&numbered("C", n), n))?;
        churn(&numbered("C", n), n + 1)?;
        wait_well(1)?;
        let _ = ulib::unlink(&numbered("C", n));
    }
    Ok(())
}

fn churn(name: &CStr, how: usize) -> Outcome {
    for _ in 0..6 {
        if how.is_multiple_of(2) {
            let _ = File::open(name);
        } else {
            let _ = ulib::unlink(name);
        }
    }
    Ok(())
}

/// One process links and unlinks what another makes anew.
fn linkunlink() -> Outcome {
    let _ = ulib::unlink(c"x");
    let churn = |seed: u32| {
        let mut random = seed;
        for _ in 0..100 {
            random = random.wrapping_mul(1_103_515_245).wrapping_add(12345);
            match (random >> 16) % 3 {
                0 => drop(File::open_with(c"x", O_RDWR | O_CREATE)),
                1 => drop(ulib::link(c"cat", c"x")),
                _ => drop(ulib::unlink(c"x")),
            }
        }
        Ok(())
    };
    spawn(|| churn(1))?;
    churn(97)?;
    wait_well(1)?;
    let _ = ulib::unlink(c"x");
    Ok(())
}

/// Directories in directories, and every wrong way to use a path.
fn subdir() -> Outcome {
    ulib::mkdir(c"dd")?;
    create(c"dd/ff")?.write_all(b"ff")?;
    check(
        ulib::unlink(c"dd").is_err(),
        "a directory that is not empty was unlinked",
    )?;
    ulib::mkdir(c"/dd/dd")?;
    create(c"dd/dd/ff")?.write_all(b"FF")?;
    let mut buffer = [0; 8];
    check(
        open(c"dd/dd/../ff")?.read(&mut buffer) == Ok(2),
        "dd/dd/../ff is too short",
    )?;
    check(buffer[0] == b'f', "dd/dd/../ff is another file")?;
    ulib::link(c"dd/dd/ff", c"dd/dd/ffff")?;
    unlink(c"dd/dd/ff")?;
    check(!exists(c"dd/dd/ff"), "unlinked, and still there")?;
    for path in [c"dd", c"dd/../../dd", c"dd/../../../dd"] {
        ulib::chdir(path)?;
    }
    ulib::chdir(c"./..")?;
    check(
        open(c"dd/dd/ffff")?.read(&mut buffer) == Ok(2),
        "the link is too short",
    )?;
    for path in [c"dd/ff/ff", c"dd/xx/ff", c"dd/dd/ff"] {
        check(
            is_nothing(path),
            "a path leads through what is no directory",
        )?;
    }
    for path in [c"dd/ff/ff", c"dd/xx/ff"] {
        check(
            File::open_with(path, O_CREATE | O_RDWR).is_err(),
            "it could be made there",
        )?;
        check(
            ulib::mkdir(path).is_err(),
            "a directory could be made there",
        )?;
    }
    for mode in [O_CREATE, O_RDWR, O_WRONLY, O_TRUNC] {
        check(
            File::open_with(c"dd", mode).is_err(),
            "a directory can be written",
        )?;
    }
    check(
        ulib::mkdir(c"dd/dd/ffff").is_err(),
        "a name was taken twice",
    )?;
    check(
        ulib::link(c"dd/ff", c"dd/dd/ffff").is_err(),
        "a name was taken twice",
    )?;
    check(ulib::chdir(c"dd/ff").is_err(), "chdir to a file succeeded")?;
    for path in [c"dd/dd/ffff", c"dd/ff"] {
        unlink(path)?;
    }
    check(
        ulib::unlink(c"dd").is_err(),
        "a directory that is not empty was unlinked",
    )?;
    unlink(c"dd/dd")?;
    unlink(c"dd")
}

/// Names are cut to 14 bytes.
fn fourteen() -> Outcome {
    ulib::mkdir(c"12345678901234")?;
    ulib::mkdir(c"12345678901234/123456789012345")?;
    drop(create(c"123456789012345/123456789012345/123456789012345")?);
    check(
        exists(c"12345678901234/12345678901234"),
        "a name was not cut",
    )?;
    for again in [
        c"12345678901234/12345678901234",
        c"123456789012345/12345678901234",
    ] {
        check(ulib::mkdir(again).is_err(), "cut names are not the same")?;
    }
    let _ = ulib::unlink(c"12345678901234/12345678901234/12345678901234");
    unlink(c"12345678901234/12345678901234")?;
    unlink(c"12345678901234")
}

fn rmdot() -> Outcome {
    ulib::mkdir(c"dots")?;
    ulib::chdir(c"dots")?;
    for path in [c".", c".."] {
        check(ulib::unlink(path).is_err(), "a dot was unlinked")?;
    }
    ulib::chdir(c"/")?;
    for path in [c"dots/.", c"dots/.."] {
        check(ulib::unlink(path).is_err(), "a dot was unlinked")?;
    }
    unlink(c"dots")
}

/// A file is no directory.
fn dirfile() -> Outcome {
    drop(create(c"dirfile")?);
    check(
        ulib::chdir(c"dirfile").is_err(),
        "chdir to a file succeeded",
    )?;
    check(is_nothing(c"dirfile/xx"), "a path leads through a file")?;
    check(
        sys::open(c"dirfile/xx", O_CREATE).is_err(),
        "something was made in a file",
    )?;
    check(
        ulib::mkdir(c"dirfile/xx").is_err(),
        "something was made in a file",
    )?;
    check(
        ulib::link(c"README", c"dirfile/xx").is_err(),
        "something was made in a file",
    )?;
    unlink(c"dirfile")?;
    check(
        sys::open(c".", O_RDWR).is_err(),
        "a directory can be written",
    )?;
    let dot = File::open(c".")?;
    check(dot.write(b"x").is_err(), "a directory can be written")
}

/// Calls that fail lose no reference: the table of inodes would be full soon.
fn iref() -> Outcome {
    for _ in 0..=NINODE {
        ulib::mkdir(c"irefd")?;
        ulib::chdir(c"irefd")?;
        let _ = ulib::mkdir(c"");
        let _ = ulib::link(c"README", c"");
        drop(File::open_with(c"", O_CREATE));
        drop(File::open_with(c"xx", O_CREATE));
        unlink(c"xx")?;
    }
    for _ in 0..=NINODE {
        ulib::chdir(c"..")?;
        unlink(c"irefd")?;
    }
    ulib::chdir(c"/")?;
    Ok(())
}

/// Nothing can be made in a directory that is gone.
fn unlinkcwd() -> Outcome {
    in_child(|| {
        ulib::mkdir(c"gone")?;
        ulib::chdir(c"gone")?;
        unlink(c"/gone")?;
        check(
            File::open_with(c"x", O_CREATE | O_RDWR).is_err(),
            "a file was made",
        )?;
        check(ulib::mkdir(c"x").is_err(), "a directory was made")?;
        check(ulib::link(c"/README", c"x").is_err(), "a link was made")?;
        check(ulib::mknod(c"x", 1, 1).is_err(), "a device was made")
    })
}
