//! `fptest [PROCESSES]`: floating-point registers are a process's own. Several processes, each
//! with numbers and a rounding mode of its own, compute while they are preempted, fork, are
//! interrupted by alarms whose handlers compute too, and become other programs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use ulib::sys::float::{self, Registers};
use ulib::{Args, println, sys};
use user_tests::{Complaint, Outcome, check, in_child, spawn, status_of, wait_well};

ulib::entry!(main);

/// A test with so many processes.
type Test = fn(usize) -> Outcome;

fn main(args: Args) -> i32 {
    let mut number = None;
    for arg in args {
        if arg == c"fresh" {
            return i32::from(!are_zero(&float::read()));
        }
        number = ulib::number(arg.to_bytes());
    }
    let n_processes = number.unwrap_or(6) as usize;
    let tests: [(&str, Test); 4] = [
        ("preempted", preempted),
        ("forked", forked),
        ("interrupted", interrupted),
        ("replaced", replaced),
    ];
    for (name, test) in tests {
        if let Err(Complaint(words)) = test(n_processes) {
            println!("{name}: FAILED: {words}");
            return 1;
        }
        println!("{name}: OK");
    }
    println!("FLOAT TEST PASSED");
    0
}

/// Registers that are nobody else's.
fn registers(owner: usize) -> Registers {
    Registers {
        f: core::array::from_fn(|n| ((owner as u64 + 1) << 32 | n as u64) * 0x1_0000_0001),
        // A rounding mode, and flags.
        fcsr: ((owner % 5) << 5) | (owner % 32),
    }
}

fn are_zero(registers: &Registers) -> bool {
    registers.f == [0; 32] && registers.fcsr == 0
}

/// Holds its registers for so long; how many times it looked does not matter.
fn hold(owner: usize, n_ticks: usize) -> Outcome {
    let mine = registers(owner);
    let end = sys::uptime() + n_ticks;
    float::write(&mine);
    while sys::uptime() < end {
        // Interrupts come here, and system calls above.
        let is_same = (0..2000).all(|_| float::read() == mine);
        check(is_same, "registers changed")?;
    }
    check(float::read() == mine, "registers changed over system calls")
}

/// As many as there are harts, and more, at the same time.
fn preempted(n_processes: usize) -> Outcome {
    for owner in 0..n_processes {
        spawn(|| hold(owner, 5))?;
    }
    // And one that has never used any: it must not find theirs.
    spawn(|| {
        ulib::pause(2)?;
        check(are_zero(&float::read()), "another's registers were seen")
    })?;
    wait_well(n_processes + 1)
}

/// A child begins with its parent's, and what it does to them is its own affair.
fn forked(n_processes: usize) -> Outcome {
    for owner in 0..n_processes {
        spawn(|| {
            let mine = registers(owner);
            float::write(&mine);
            for n in 0..20 {
                spawn(|| {
                    check(float::read() == mine, "a child has other registers")?;
                    float::write(&registers(owner + 100 + n));
                    Ok(())
                })?;
                wait_well(1)?;
                check(float::read() == mine, "a child changed its parent's")?;
            }
            Ok(())
        })?;
    }
    wait_well(n_processes)
}

static N_ALARMS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn alarm() {
    N_ALARMS.fetch_add(1, Relaxed);
    float::write(&registers(77));
    let _ = sys::sigreturn();
}

/// A handler that computes leaves the registers of what it interrupted alone.
fn interrupted(n_processes: usize) -> Outcome {
    for owner in 0..n_processes {
        spawn(|| {
            sys::sigalarm(1, alarm)?;
            hold(owner, 4)?;
            sys::sigalarm(0, alarm)?;
            check(
                N_ALARMS.load(Relaxed) > 0 || n_processes > 1,
                "no alarm came",
            )
        })?;
    }
    wait_well(n_processes)
}

/// Another program in the same process finds nothing of its predecessor's.
fn replaced(n_processes: usize) -> Outcome {
    for owner in 0..n_processes {
        in_child(|| {
            float::write(&registers(owner));
            ulib::exec(c"fptest", [c"fptest", c"fresh"]);
            Err(Complaint("no exec"))
        })?;
    }
    // A failing exec changes nothing.
    let status = status_of(|| {
        let mine = registers(3);
        float::write(&mine);
        ulib::exec(c"nosuch", [c"nosuch"]);
        check(float::read() == mine, "a failing exec changed registers")
    })?;
    check(status == 0, "a child failed")
}
