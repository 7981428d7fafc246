//! Processes: how they begin, end, are killed and waited for; and pipes between them.

use core::hint::spin_loop;
use ulib::{Failed, Fork, Pid};
use user_tests::{Outcome, Test, check, pipe, spawn, status_of, wait_well};

pub const TESTS: &[(&str, Test)] = &[
    ("pipe1", pipe1),
    ("killstatus", killstatus),
    ("killzero", killzero),
    ("preempt", preempt),
    ("exitwait", exitwait),
    ("reparent", reparent),
    ("twochildren", twochildren),
    ("forkfork", forkfork),
    ("forkforkfork", forkforkfork),
    ("reparent2", reparent2),
    ("forktest", forktest),
];

/// Bytes come out of a pipe as they went in, whatever the lengths.
fn pipe1() -> Outcome {
    const N: usize = 5;
    const LEN: usize = 1033;
    let (read, write) = pipe()?;
    spawn(|| {
        for round in 0..N {
            let bytes: alloc::vec::Vec<u8> = (0..LEN).map(|n| (round * LEN + n) as u8).collect();
            check(write.write(&bytes) == Ok(LEN), "a write was short")?;
        }
        Ok(())
    })?;
    drop(write);
    let (mut total, mut want) = (0, 1);
    let mut buffer = [0; 700];
    loop {
        let n = read.read(&mut buffer[..want])?;
        if n == 0 {
            break;
        }
        for (idx, &byte) in buffer[..n].iter().enumerate() {
            check(
                byte == (total + idx) as u8,
                "bytes came out in another order",
            )?;
        }
        total += n;
        want = (want * 2).min(buffer.len());
    }
    check(total == N * LEN, "bytes are missing")?;
    wait_well(1)
}

/// Who is killed ends with -1, wherever it was.
fn killstatus() -> Outcome {
    for n in 0..100 {
        let child = spawn(|| {
            loop {
                ulib::getpid();
            }
        })?;
        if n % 10 == 0 {
            ulib::pause(1)?;
        }
        ulib::kill(child)?;
        check(
            ulib::wait()?.status == -1,
            "a killed child's status is not -1",
        )?;
    }
    Ok(())
}

fn killzero() -> Outcome {
    check(ulib::kill(Pid(0)).is_err(), "nobody was killed")?;
    check(ulib::kill(Pid(-1)).is_err(), "nobody was killed")
}

/// Processes that never give way do not keep others from it.
fn preempt() -> Outcome {
    let spin = || {
        loop {
            spin_loop();
        }
    };
    let spinning = [spawn(spin)?, spawn(spin)?];
    let (read, write) = pipe()?;
    let last = spawn(|| {
        write.write_all(b"x")?;
        spin()
    })?;
    check(read.read(&mut [0]) == Ok(1), "the third did not run")?;
    for child in spinning.into_iter().chain([last]) {
        ulib::kill(child)?;
    }
    for _ in 0..3 {
        check(
            ulib::wait()?.status == -1,
            "a killed child's status is not -1",
        )?;
    }
    Ok(())
}

/// Statuses are whole numbers.
fn exitwait() -> Outcome {
    for n in 0..100 {
        let status = status_of(|| ulib::exit(n * 747))?;
        check(status == n * 747, "wait told another status")?;
    }
    Ok(())
}

/// Forks; if there is no place left for it, a little later: `init` has to bury those first that were
/// left to it, and may not have had its turn.
fn fork_patiently() -> Result<Fork, Failed> {
    for _ in 0..100 {
        if let Ok(fork) = ulib::fork() {
            return Ok(fork);
        }
        ulib::pause(1)?;
    }
    Err(Failed)
}

/// Children of who ends are `init`'s.
fn reparent() -> Outcome {
    let me = ulib::getpid();
    for _ in 0..200 {
        if fork_patiently()? == Fork::Child {
            // Ends at once; so does its own child.
            fork_patiently()?;
            ulib::exit(0);
        }
        let status = ulib::wait()?.status;
        check(status == 0 && ulib::getpid() == me, "the wrong child")?;
    }
    Ok(())
}

fn twochildren() -> Outcome {
    for _ in 0..1000 {
        spawn(|| Ok(()))?;
        spawn(|| Ok(()))?;
        wait_well(2)?;
    }
    Ok(())
}

/// Forks at the same time.
fn forkfork() -> Outcome {
    for _ in 0..2 {
        spawn(|| {
            for _ in 0..200 {
                check(status_of(|| Ok(()))? == 0, "a grandchild failed")?;
            }
            Ok(())
        })?;
    }
    wait_well(2)
}

/// Forks until told to stop by a file, from all sides.
fn forkforkfork() -> Outcome {
    let _ = ulib::unlink(c"stopforking");
    spawn(|| {
        loop {
            if user_tests::exists(c"stopforking") {
                ulib::exit(0);
            }
            if ulib::fork().is_err() {
                drop(user_tests::create(c"stopforking")?);
            }
        }
    })?;
    ulib::pause(20)?;
    drop(user_tests::create(c"stopforking")?);
    while ulib::wait().is_ok() {}
    ulib::pause(10)?;
    user_tests::unlink(c"stopforking")
}

/// Parents and children end at the same time.
fn reparent2() -> Outcome {
    for _ in 0..800 {
        if fork_patiently()? == Fork::Child {
            // Whether there is a place or not.
            let _ = ulib::fork();
            let _ = ulib::fork();
            ulib::exit(0);
        }
        check(ulib::wait()?.status == 0, "a child failed")?;
    }
    Ok(())
}

/// Forks until the kernel refuses; then all can be waited for.
fn forktest() -> Outcome {
    let mut n_children = 0;
    while n_children < 1000 {
        match ulib::fork() {
            Ok(Fork::Child) => ulib::exit(0),
            Ok(Fork::Parent(_)) => n_children += 1,
            Err(_) => break,
        }
    }
    check(n_children > 0, "no fork at all")?;
    check(n_children < 1000, "fork claimed to work 1000 times")?;
    wait_well(n_children)?;
    check(ulib::wait().is_err(), "wait got too many")
}
