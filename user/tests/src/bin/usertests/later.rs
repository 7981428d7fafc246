//! What later editions of xv6 added or mended and their usertests have no name for: giving calls
//! up, another root, `sync`, and whose child somebody is.

use abi::Syscall;
use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::{Failed, Region, STDERR, STDOUT, sys};
use user_tests::{
    Outcome, Test, check, create, exists, in_child, numbered, open, pipe, spawn, status_of, unlink,
    wait_well,
};

pub const TESTS: &[(&str, Test)] = &[
    ("sync", sync),
    ("seccomp", seccomp),
    ("seccompall", seccomp_all),
    ("chroot", chroot),
    ("chrootcwd", chroot_cwd),
    ("onechild", one_child),
    ("lazyargs", lazy_args),
];

/// It comes back however busy others keep the log, and there is nothing to wait for when they
/// are done.
fn sync() -> Outcome {
    const N: usize = 3;
    for n in 0..N {
        spawn(|| {
            let file = create(&numbered("sync", n))?;
            (0..30).try_for_each(|_| Ok(file.write_all(&[b's'; 700])?))
        })?;
    }
    for _ in 0..10 {
        ulib::sync()?;
    }
    wait_well(N)?;
    ulib::sync()?;
    (0..N).try_for_each(|n| unlink(&numbered("sync", n)))
}

/// What a process has given up is refused without a word: to it, to its children and to the
/// programs that it becomes; and it is not to be had again.
fn seccomp() -> Outcome {
    let denied = [Syscall::Mkdir, Syscall::Uptime];
    let denied = denied.iter().fold(0, |mask, &call| mask | 1 << call as u64);
    let is_denied = || {
        let uptime = sys::call_wildly(Syscall::Uptime, [0; 3], &mut []);
        uptime.is_err() && ulib::mkdir(c"denied").is_err()
    };
    in_child(|| {
        ulib::seccomp(!denied)?;
        ulib::seccomp(u64::MAX)?;
        check(is_denied(), "a call that was given up was made")?;
        in_child(|| check(is_denied(), "a child made a call that was given up"))?;
        let others = exists(c"README") && ulib::sysinfo().is_ok() && ulib::procs(&mut []).is_ok();
        check(others, "a call was refused that was not given up")?;
        let status = status_of(|| {
            // It would complain.
            sys::close(STDERR)?;
            ulib::exec(c"mkdir", [c"mkdir", c"denied"]);
            Ok(())
        })?;
        check(status == 1, "a program made a call that was given up")
    })?;
    check(!exists(c"denied"), "a call that was given up was made")?;
    // Nobody else has given up anything.
    ulib::mkdir(c"denied")?;
    unlink(c"denied")
}

/// Who has given up every call cannot even end, but be killed.
fn seccomp_all() -> Outcome {
    let (read, write) = pipe()?;
    let child = spawn(|| {
        write.write_all(b"x")?;
        ulib::seccomp(0)?;
        ulib::exit(0)
    })?;
    check(read.read(&mut [0]) == Ok(1), "the child did not run")?;
    ulib::pause(1)?;
    ulib::kill(child)?;
    let end = ulib::wait()?;
    check(
        end.pid == child && end.status == -1,
        "exit was not given up",
    )
}

/// Has a child do `act` where there is a directory `jail`, in which are `in` and `in/mark`.
fn near_jail(act: impl FnOnce() -> Outcome) -> Outcome {
    ulib::mkdir(c"jail")?;
    ulib::mkdir(c"jail/in")?;
    drop(create(c"jail/in/mark")?);
    let outcome = in_child(act);
    for path in [c"jail/in/mark", c"jail/in", c"jail"] {
        unlink(path)?;
    }
    outcome
}

fn inode(path: &CStr) -> Result<u32, Failed> {
    ulib::stat(path).map(|stat| stat.ino)
}

/// What the process sees as `/` is all there is: for paths, links, children and programs.
fn chroot() -> Outcome {
    near_jail(|| {
        let outside = inode(c"/")?;
        for path in [c"/jail/in/mark", c"/jail/none", c"README"] {
            check(ulib::chroot(path).is_err(), "no directory became the root")?;
        }
        check(inode(c"/")? == outside, "a refused chroot did something")?;
        let jail = inode(c"/jail")?;
        ulib::chroot(c"/jail")?;
        check(inode(c"/")? == jail, "the root is another")?;
        check(exists(c"/in/mark"), "what is inside is not there")?;
        check(!exists(c"/README"), "what is outside is there")?;
        ulib::chdir(c"/in")?;
        let ways_up = [c"..", c"../..", c"/..", c"../../../in/..", c"/in/../.."];
        for path in ways_up {
            check(inode(path)? == jail, "there is a way up")?;
        }
        sys::symlink(c"/../../README", c"up")?;
        let is_link_a_way = exists(c"up");
        unlink(c"up")?;
        check(!is_link_a_way, "a link is a way up")?;
        in_child(|| check(inode(c"../..")? == jail, "a child finds a way up"))?;
        let status = status_of(|| {
            ulib::exec(c"/true", [c"true"]);
            ulib::exit(747)
        })?;
        check(status == 747, "a program from outside ran")?;
        ulib::chdir(c"..")?;
        check(inode(c".")? == jail, "chdir found a way up")
    })
}

/// A working directory that is outside of the root is no way out: not the one of before, nor one
/// that a second root further in leaves outside.
fn chroot_cwd() -> Outcome {
    near_jail(|| {
        let jail = inode(c"/jail")?;
        ulib::chroot(c"jail")?;
        for path in [c".", c"", c"..", c"../.."] {
            check(inode(path)? == jail, "the working directory is outside")?;
        }
        check(!exists(c"README"), "what is outside can be opened")?;
        let within = inode(c"/in")?;
        ulib::chroot(c"in")?;
        for path in [c".", c"..", c"../..", c"/", c"/.."] {
            check(inode(path)? == within, "there is a way to the first root")?;
        }
        check(exists(c"mark") && !exists(c"../in"), "the root is another")
    })
}

/// Who has buried its only child has none, whoever's child takes that place in the table next.
fn one_child() -> Outcome {
    for _ in 0..2 {
        spawn(|| {
            for _ in 0..200 {
                check(status_of(|| Ok(()))? == 0, "a child failed")?;
                check(ulib::wait().is_err(), "there is a child too many")?;
            }
            Ok(())
        })?;
    }
    wait_well(2)
}

/// Arguments that lie on pages which are not there yet, where the new program has no memory.
fn lazy_args() -> Outcome {
    const N_PAGES: usize = (1 << 30) / PGSIZE;
    let status = status_of(|| {
        sys::close(STDOUT)?;
        let file = create(c"lazyargs")?;
        check(file.0 == STDOUT.0, "it got another descriptor")?;
        let mut memory = Region::lazy(N_PAGES)?;
        let start = memory.as_ptr().addr();
        let (path, untouched) = (start + memory.len() - PGSIZE, start + memory.len() / 2);
        let page = &mut memory[(N_PAGES - 1) * PGSIZE..];
        page[..5].copy_from_slice(b"echo\0");
        page[64..96].copy_from_slice(
            [path, untouched, path, 0]
                .map(usize::to_le_bytes)
                .as_flattened(),
        );
        let answer = sys::call_wildly(Syscall::Exec, [path, path + 64, 0], &mut memory);
        check(answer != Err(Failed), "exec refused late pages")
    })?;
    check(status == 0, "echo failed")?;
    let mut printed = [0; 16];
    let len = open(c"lazyargs")?.read(&mut printed)?;
    check(&printed[..len] == b" echo\n", "the arguments are others")?;
    unlink(c"lazyargs")
}
