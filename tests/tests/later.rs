//! What later editions of xv6 added or mended, and what a shell's death or a full table must not
//! do, as far as it is seen from outside; the rest is in usertests' `later.rs`.

use abi::limits::PIDMAX;
use inspect::symbols::Type;
use machine::Input;
use tests::boot::{config, native_at_prompt, or_fail, qemu_at_prompt, run, symbols};
use tests::{Guest, Native};

/// The programs that confine others: what is typed, and what that shows.
const CONFINED: &[(&str, &str)] = &[
    ("seccomp echo fine", "fine\n"),
    ("seccomp cat README", "cat: cannot open README\n"),
    ("seccomp mkdir d", "mkdir: d failed to create\n"),
    ("seccomp rm README", "rm: README failed to delete\n"),
    ("seccomp ln README r", "link README r: failed\n"),
    ("seccomp; echo $?", "usage: seccomp PROGRAM [ARG…]\n1\n"),
    ("mkdir jail; cp ls jail/ls; cp cat jail/cat", ""),
    ("chroot jail cat /README", "cat: cannot open /README\n"),
    ("chroot jail cat ../README", "cat: cannot open ../README\n"),
    ("chroot jail echo", "exec echo failed\n"),
    ("chroot README ls", "chroot: cannot go to README\n"),
    ("sync; echo $?", "0\n"),
];

fn confine(guest: &mut impl Guest) {
    for (line, expected) in CONFINED {
        assert_eq!(run(guest, line), *expected, "{line}");
    }
    let shown = run(guest, "chroot jail ls ..");
    let names: Vec<_> = shown
        .lines()
        .filter_map(|row| row.split(' ').next())
        .collect();
    assert_eq!(names, [".", "..", "ls", "cat"]);
}

#[test]
fn native_confined() {
    confine(&mut native_at_prompt(&config(1, 0, "")));
}

#[test]
fn qemu_confined() {
    confine(&mut qemu_at_prompt(3, ""));
}

/// Where the number of the next process is.
fn next_pid() -> u64 {
    let symbols = symbols();
    let variable = symbols.variable("NEXT_PID").expect("there is one");
    let Some(Type::Struct { fields, .. }) = symbols.types.get(variable.ty as usize) else {
        panic!("it is not behind a lock");
    };
    let data = fields.iter().find(|field| field.name == "data");
    variable.address + data.expect("a lock has data").offset
}

/// The number of the process that `ps` itself is.
fn pid_of_ps(guest: &mut Native) -> i32 {
    let table = run(guest, "ps");
    let row = table.lines().find(|row| row.ends_with(" ps"));
    let pid = row.and_then(|row| row.split_whitespace().next()?.parse().ok());
    pid.unwrap_or_else(|| panic!("{table}"))
}

/// Behind the last they begin anew, and pass over those in use.
#[test]
fn numbers_of_processes_come_again() {
    let mut guest = native_at_prompt(&config(1, 0, ""));
    run(&mut guest, "sleep 1000000 &");
    guest.machine.input(Input::Memory {
        pa: next_pid(),
        bytes: (PIDMAX - 1).to_le_bytes().to_vec(),
    });
    let pids = [(); 4].map(|()| pid_of_ps(&mut guest));
    assert_eq!(pids, [PIDMAX - 1, PIDMAX, 4, 5]);
}

/// Who kills the shell gets another, and that has the keyboard.
fn lose_shell(guest: &mut impl Guest) {
    or_fail(guest.send(b"kill 2\n"));
    or_fail(guest.wait_for("init: starting sh\n$ "));
    assert_eq!(run(guest, "echo on"), "on\n");
}

#[test]
fn native_lost_shell() {
    lose_shell(&mut native_at_prompt(&config(1, 0, "")));
    lose_shell(&mut native_at_prompt(&config(3, 0, "")));
}

#[test]
fn qemu_lost_shell() {
    lose_shell(&mut qemu_at_prompt(3, ""));
}

/// While the table of processes is full there is no shell; then there is one again.
#[test]
fn a_full_table_does_not_end_init() {
    let mut n_refused = 0;
    for seed in 0..3 {
        let mut guest = native_at_prompt(&config(4, seed, ""));
        or_fail(guest.send(b"fullhouse\n"));
        let shown = or_fail(guest.wait_for("\n$ "));
        assert!(!shown.contains("panic"), "{shown}");
        n_refused += shown.matches("init: fork failed").count();
        assert_eq!(run(&mut guest, "echo on"), "on\n");
    }
    assert!(n_refused > 0, "there was a place each time");
}

/// A write to the console ends when its process is killed, however much is left of it.
fn interrupt_long_write(guest: &mut impl Guest) {
    or_fail(guest.send(b"longwrite\n"));
    or_fail(guest.wait_for("\0\0\0\0"));
    or_fail(guest.send(b"\x03"));
    or_fail(guest.wait_for("$ "));
    assert_eq!(run(guest, "echo on"), "on\n");
}

#[test]
fn native_long_write() {
    for harts in [1, 3] {
        let mut guest = native_at_prompt(&config(harts, 0, ""));
        guest.limit = guest.machine.t() + 1_000_000_000;
        interrupt_long_write(&mut guest);
    }
}

#[test]
fn qemu_long_write() {
    interrupt_long_write(&mut qemu_at_prompt(3, ""));
}
