//! Files: what they hold, how long they can get, and that they live as long as they are open.

use abi::disk::BSIZE;
use abi::file::{O_CREATE, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use core::ffi::CStr;
use ulib::{Failed, File, STDOUT, sys};
use user_tests::{
    Outcome, Test, check, create, exists, in_child, length_of_all, numbered, open, spawn,
    status_of, unlink, wait_well,
};

pub const TESTS: &[(&str, Test)] = &[
    ("truncate1", truncate1),
    ("truncate2", truncate2),
    ("truncate3", truncate3),
    ("openiput", openiput),
    ("exitiput", exitiput),
    ("iput", iput),
    ("opentest", opentest),
    ("writetest", writetest),
    ("writebig", writebig),
    ("createtest", createtest),
    ("dirtest", dirtest),
    ("exectest", exectest),
    ("sharedfd", sharedfd),
    ("fourfiles", fourfiles),
    ("createdelete", createdelete),
    ("unlinkread", unlinkread),
    ("bigwrite", bigwrite),
    ("bigfile", bigfile),
];

const TRUNC: &CStr = c"truncfile";

/// Others see at once that a file was cut, and reading on is at an end.
fn truncate1() -> Outcome {
    create(TRUNC)?.write_all(b"abcd")?;
    let reader = open(TRUNC)?;
    let mut buffer = [0; 32];
    check(
        reader.read(&mut buffer) == Ok(4),
        "it does not hold what was written",
    )?;
    let writer = File::open_with(TRUNC, O_WRONLY | O_TRUNC)?;
    let fresh = open(TRUNC)?;
    check(fresh.read(&mut buffer) == Ok(0), "it was not cut")?;
    check(
        reader.read(&mut buffer) == Ok(0),
        "there is more to read on",
    )?;
    writer.write_all(b"abcdef")?;
    check(
        fresh.read(&mut buffer) == Ok(6),
        "what was written is not there",
    )?;
    check(reader.read(&mut buffer) == Ok(2), "the offset is lost")?;
    unlink(TRUNC)
}

/// A write beyond the end of a file that was cut fails.
fn truncate2() -> Outcome {
    let first = create(TRUNC)?;
    first.write_all(b"abcd")?;
    let second = File::open_with(TRUNC, O_TRUNC | O_WRONLY)?;
    check(first.write(b"x") == Err(Failed), "it wrote beyond the end")?;
    drop(second);
    unlink(TRUNC)
}

/// Cut by one process while another writes.
fn truncate3() -> Outcome {
    drop(create(TRUNC)?);
    spawn(|| {
        for _ in 0..100 {
            let file = File::open_with(TRUNC, O_WRONLY)?;
            check(file.write(b"1234567890") == Ok(10), "a write was short")?;
            drop(file);
            let mut buffer = [0; 32];
            open(TRUNC)?.read(&mut buffer)?;
        }
        Ok(())
    })?;
    for _ in 0..150 {
        let file = File::open_with(TRUNC, O_CREATE | O_WRONLY | O_TRUNC)?;
        check(file.write(b"xxx") == Ok(3), "a write was short")?;
    }
    wait_well(1)?;
    unlink(TRUNC)
}

/// The working directory's last name goes.
fn iput() -> Outcome {
    ulib::mkdir(c"iputdir")?;
    ulib::chdir(c"iputdir")?;
    unlink(c"../iputdir")?;
    ulib::chdir(c"/")?;
    Ok(())
}

/// And that of a process that ends.
fn exitiput() -> Outcome {
    in_child(|| {
        ulib::mkdir(c"iputdir")?;
        ulib::chdir(c"iputdir")?;
        unlink(c"../iputdir")
    })
}

/// An open that fails lets go in an operation of its own, whoever unlinks meanwhile.
fn openiput() -> Outcome {
    ulib::mkdir(c"oidir")?;
    spawn(|| {
        check(
            sys::open(c"oidir", O_RDWR).is_err(),
            "a directory was opened to be written",
        )
    })?;
    ulib::pause(1)?;
    unlink(c"oidir")?;
    wait_well(1)
}

fn opentest() -> Outcome {
    check(exists(c"echo"), "echo is not there")?;
    check(!exists(c"doesnotexist"), "what is not there was opened")
}

fn writetest() -> Outcome {
    let file = create(c"small")?;
    for _ in 0..100 {
        check(file.write(b"aaaaaaaaaa") == Ok(10), "a write was short")?;
        check(file.write(b"aaaaaaaaaa") == Ok(10), "a write was short")?;
    }
    drop(file);
    let len = length_of_all(&open(c"small")?, b'a')?;
    check(len == 2000, "it is not as long as was written")?;
    unlink(c"small")
}

/// A file as large as there can be.
fn writebig() -> Outcome {
    let file = create(c"big")?;
    let mut block = [0; BSIZE];
    let mut n_blocks = 0;
    loop {
        block[..4].copy_from_slice(&(n_blocks as u32).to_le_bytes());
        match file.write(&block) {
            Ok(n) => check(n == BSIZE, "a write was short")?,
            Err(Failed) => break,
        }
        n_blocks += 1;
    }
    check(
        user_tests::LARGEST.contains(&n_blocks),
        "it could get as long as no format lets it",
    )?;
    let file = open(c"big")?;
    for n in 0..n_blocks {
        check(file.read(&mut block) == Ok(BSIZE), "it is too short")?;
        check(
            block[..4] == (n as u32).to_le_bytes(),
            "blocks are mixed up",
        )?;
    }
    check(file.read(&mut block) == Ok(0), "it is too long")?;
    drop(file);
    unlink(c"big")
}

fn createtest() -> Outcome {
    for n in 0..52 {
        drop(create(&numbered("a", n))?);
    }
    (0..52).try_for_each(|n| unlink(&numbered("a", n)))
}

fn dirtest() -> Outcome {
    ulib::mkdir(c"dir0")?;
    ulib::chdir(c"dir0")?;
    ulib::chdir(c"..")?;
    unlink(c"dir0")
}

/// A program's output goes to the file that was open as descriptor 1.
fn exectest() -> Outcome {
    let status = status_of(|| {
        sys::close(STDOUT)?;
        let file = create(c"echo-ok")?;
        check(file.0 == 1, "it got another descriptor")?;
        ulib::exec(c"echo", [c"echo", c"OK"]);
        Err(user_tests::Complaint("exec failed"))
    })?;
    check(status == 0, "echo failed")?;
    let mut buffer = [0; 4];
    check(
        open(c"echo-ok")?.read(&mut buffer) == Ok(3),
        "nothing was printed",
    )?;
    check(&buffer[..3] == b"OK\n", "it printed something else")?;
    unlink(c"echo-ok")
}

/// Two processes write by one descriptor: nothing overwrites anything.
fn sharedfd() -> Outcome {
    let file = create(c"sharedfd")?;
    let write = |byte: u8| -> Outcome {
        for _ in 0..1000 {
            check(file.write(&[byte; 10]) == Ok(10), "a write was short")?;
        }
        Ok(())
    };
    spawn(|| write(b'c'))?;
    write(b'p')?;
    wait_well(1)?;
    let reader = open(c"sharedfd")?;
    let (mut n_c, mut n_p) = (0, 0);
    let mut buffer = [0; 10];
    while reader.read(&mut buffer)? > 0 {
        n_c += buffer.iter().filter(|&&byte| byte == b'c').count();
        n_p += buffer.iter().filter(|&&byte| byte == b'p').count();
    }
    check(n_c == 10_000 && n_p == 10_000, "something was overwritten")?;
    unlink(c"sharedfd")
}

/// Four processes write files at the same time.
fn fourfiles() -> Outcome {
    for n in 0..4 {
        spawn(|| {
            let file = create(&numbered("f", n))?;
            for _ in 0..12 {
                check(
                    file.write(&[b'0' + n as u8; 500]) == Ok(500),
                    "a write was short",
                )?;
            }
            Ok(())
        })?;
    }
    wait_well(4)?;
    for n in 0..4 {
        let len = length_of_all(&open(&numbered("f", n))?, b'0' + n as u8)?;
        check(len == 12 * 500, "a file is not as long as was written")?;
        unlink(&numbered("f", n))?;
    }
    Ok(())
}

/// Four processes make and unlink files in the same directory.
fn createdelete() -> Outcome {
    const N: usize = 20;
    const NAMES: [&str; 4] = ["p", "q", "r", "s"];
    for start in NAMES {
        spawn(|| {
            for n in 0..N {
                drop(create(&numbered(start, n))?);
                if n > 0 && n % 2 == 0 {
                    unlink(&numbered(start, n / 2))?;
                }
            }
            Ok(())
        })?;
    }
    wait_well(NAMES.len())?;
    for n in 0..N {
        for start in NAMES {
            let name = numbered(start, n);
            let is_gone = (1..N / 2).contains(&n);
            check(
                exists(&name) != is_gone,
                "a file is there that should not, or the reverse",
            )?;
            let _ = ulib::unlink(&name);
        }
    }
    Ok(())
}

/// A file without a name can be read as long as it is open.
fn unlinkread() -> Outcome {
    create(c"unlinkread")?.write_all(b"hello")?;
    let file = File::open_with(c"unlinkread", O_RDWR)?;
    unlink(c"unlinkread")?;
    create(c"unlinkread")?.write_all(b"yyy")?;
    let mut buffer = [0; 64];
    check(file.read(&mut buffer) == Ok(5), "it is not what it was")?;
    check(buffer[0] == b'h', "it holds another file's bytes")?;
    check(file.write(&buffer[..10]) == Ok(10), "it cannot be written")?;
    drop(file);
    unlink(c"unlinkread")
}

/// Writes of every kind of length.
fn bigwrite() -> Outcome {
    static BYTES: [u8; 12 * 1024] = [b'w'; 12 * 1024];
    for len in (499..BYTES.len()).step_by(471) {
        let file = create(c"bigwrite")?;
        for _ in 0..2 {
            check(file.write(&BYTES[..len]) == Ok(len), "a write was short")?;
        }
        drop(file);
        unlink(c"bigwrite")?;
    }
    Ok(())
}

fn bigfile() -> Outcome {
    const N: usize = 20;
    const LEN: usize = 600;
    let file = create(c"bigfile.dat")?;
    for n in 0..N {
        check(file.write(&[n as u8; LEN]) == Ok(LEN), "a write was short")?;
    }
    drop(file);
    let file = File::open_with(c"bigfile.dat", O_RDONLY)?;
    let mut half = [0; LEN / 2];
    for n in 0..2 * N {
        check(file.read(&mut half) == Ok(LEN / 2), "a read was short")?;
        check(
            half.iter().all(|&byte| byte == (n / 2) as u8),
            "it holds other bytes",
        )?;
    }
    check(file.read(&mut half) == Ok(0), "it is too long")?;
    drop(file);
    unlink(c"bigfile.dat")
}
