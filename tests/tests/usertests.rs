//! The programs that test the kernel from within, on QEMU and on our machine: xv6's usertests,
//! and those of the labs. And what must be found on the disk after a power cut.

use machine::Stop;
use tests::boot::{config, or_fail, qemu_at_prompt};
use tests::races::LABS;
use tests::{Artefacts, Guest, Native};

fn artefacts() -> Artefacts {
    or_fail(Artefacts::with_tests())
}

fn native(artefacts: &Artefacts, harts: usize, seed: u64, bootargs: &str) -> Native {
    or_fail(Native::boot(artefacts, &config(harts, seed, bootargs)))
}

/// Runs `command` at the prompt, and returns what was shown by the next.
fn run(guest: &mut impl Guest, command: &str) -> String {
    or_fail(guest.send(format!("{command}\n").as_bytes()));
    let shown = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
    assert!(!shown.contains("panic"), "{shown}");
    shown
}

/// Runs tests that end with the line `passed`.
fn pass(guest: &mut impl Guest, command: &str, passed: &str) {
    let shown = run(guest, command);
    assert!(shown.ends_with(&format!("\n{passed}\n$ ")), "{shown}");
}

/// The labs' tests: each ends with a line that its grader looks for.
fn labs(guest: &mut impl Guest) {
    for (command, passed) in LABS {
        pass(guest, command, passed);
    }
    let shown = run(guest, "bttest");
    let lines = shown.lines().filter(|line| line.starts_with("0x000000008"));
    let names: Vec<_> = lines
        .filter_map(|line| line.split([' ', '+']).nth(1))
        .collect();
    let way = ["kernel::syscall::syscall", "kernel::trap::usertrap"];
    assert!(names.len() >= 3 && names.ends_with(&way), "{shown}");
}

#[test]
fn qemu_usertests() {
    pass(
        &mut qemu_at_prompt(3, ""),
        "usertests -q",
        "ALL TESTS PASSED",
    );
}

#[test]
fn native_usertests() {
    let mut guest = native(
        &artefacts(),
        3,
        1,
        "fork=cow sbrk=lazy kalloc=percpu bcache=hashed quantum=20",
    );
    or_fail(guest.wait_for("\n$ "));
    pass(&mut guest, "usertests -q", "ALL TESTS PASSED");
    let report = fsimg::check(guest.machine.disk());
    assert!(report.is_clean(), "{report:?}");
}

#[test]
fn qemu_labs() {
    labs(&mut qemu_at_prompt(1, "fork=cow"));
}

#[test]
fn native_labs() {
    let mut guest = native(&artefacts(), 3, 2, "kalloc=percpu");
    or_fail(guest.wait_for("\n$ "));
    labs(&mut guest);
}

/// How often `bcachetest` finds a lock of the buffer cache taken.
fn test_and_sets(bootargs: &str) -> u32 {
    let mut guest = native(&artefacts(), 4, 0, &format!("kalloc=percpu {bootargs}"));
    or_fail(guest.wait_for("\n$ "));
    let shown = run(&mut guest, "bcachetest");
    let mut lines = shown.lines();
    let told = lines.find_map(|line| line.strip_prefix("test-and-sets: "));
    let told = told.and_then(|number| number.parse().ok());
    told.unwrap_or_else(|| panic!("{shown}"))
}

/// The lock lab's aim.
#[test]
fn a_hashed_cache_is_fought_over_less() {
    let (global, hashed) = (
        test_and_sets("bcache=global"),
        test_and_sets("bcache=hashed"),
    );
    println!("{global} {hashed}");
    assert!(hashed < global / 10, "{hashed} instead of {global}");
}

/// ^C ends what the shell waits for, all of a pipeline; at the prompt it drops the line.
#[test]
fn interrupts_end_the_foreground_job() {
    let mut guest = native(&artefacts(), 1, 0, "");
    or_fail(guest.wait_for("\n$ "));
    or_fail(guest.send(b"sleep 1000 & sleep 5000 | cat\n"));
    or_fail(guest.wait_for("cat\n"));
    for _ in 0..60 {
        let t = guest.machine.t() + 100_000;
        if let Stop::Idle { next: Some(next) } = guest.machine.run(t) {
            guest.machine.skip(next);
        }
    }
    or_fail(guest.send(b"\x03"));
    or_fail(guest.wait_for("^C\n$ "));
    let shown = run(&mut guest, "echo $?");
    assert_eq!(shown, "echo $?\n-1\n$ ");
    let shown = run(&mut guest, "ps");
    assert_eq!(shown.matches("sleep\n").count(), 1, "{shown}");
    assert!(!shown.contains(" cat"), "{shown}");
    or_fail(guest.send(b"rubbish\x03"));
    or_fail(guest.wait_for("^C\n$ "));
    assert_eq!(run(&mut guest, "echo on"), "echo on\non\n$ ");
}

/// What the shell makes of words, names and files of commands.
#[test]
fn the_shell_finds_programs_and_keeps_quotes() {
    let mut guest = native(&artefacts(), 1, 0, "");
    or_fail(guest.wait_for("\n$ "));
    for (command, expected) in [
        ("false; echo $?'$?' \"a  $?\" b\\ c", "1$? a  1 b c"),
        (
            "echo '#!/sh' > d1; echo 'echo from $?' >> d1; true; d1",
            "from 0",
        ),
        (
            "mkdir q; cd q; seq 12 | tail -2 | sort -r | head -1; cd ..",
            "12",
        ),
        (
            "(echo b; echo a; echo b) | sort | uniq -c | tail -1",
            "   2 b",
        ),
        (
            "seq 2 | xargs echo n | tee t1 | wc; cp t1 q; mv q/t1 q/t2; find q t2",
            "2 4 8 \nq/t2",
        ),
        (
            "hexdump t1",
            "00000000  6e 20 31 0a 6e 20 32 0a                          n 1.n 2.",
        ),
        ("echo old > q/t1; mv t1 q; head -1 q/t1", "n 1"),
        // Onto itself it is refused, and all there.
        (
            "cp q/t2 q; wc q/t2",
            "cp: cannot copy q/t2 to q\n2 4 8 q/t2",
        ),
        ("seq 9 | tail -n 3 | head -n 1", "7"),
        ("nosuch; echo $?", "exec nosuch failed\n1"),
        ("echo 'open", "syntax error: a quote's end is missing"),
    ] {
        let shown = run(&mut guest, command);
        assert_eq!(shown, format!("{command}\n{expected}\n$ "));
    }
}

/// Boots once more, from what is on the disk now; returns what was shown up to the prompt.
fn after_power_cut(guest: &Native, name: &str) -> (Native, String) {
    let mut again = artefacts();
    let image = std::env::temp_dir().join(format!("orrery-{name}-{}.img", std::process::id()));
    std::fs::write(&image, guest.machine.disk()).expect("there is room for temporary files");
    again.image.clone_from(&image);
    let mut booted = native(&again, 1, 0, "");
    std::fs::remove_file(image).expect("it was written");
    let shown = or_fail(booted.wait_for("\n$ "));
    (booted, shown)
}

#[test]
fn what_nobody_names_is_reclaimed() {
    for program in ["forphan", "dorphan"] {
        let mut guest = native(&artefacts(), 1, 0, "");
        or_fail(guest.wait_for("\n$ "));
        or_fail(guest.send(format!("{program}\n").as_bytes()));
        or_fail(guest.wait_for("wait for kill and reclaim "));
        let (rebooted, shown) = after_power_cut(&guest, program);
        assert!(shown.contains("ireclaim: orphaned inode "), "{shown}");
        let report = fsimg::check(rebooted.machine.disk());
        assert!(report.is_clean(), "{report:?}");
    }
}

#[test]
fn a_power_cut_in_the_middle_is_recovered_from() {
    let mut guest = native(&artefacts(), 1, 0, "");
    or_fail(guest.wait_for("\n$ "));
    or_fail(guest.send(b"logstress f0 f1 f2 f3 f4 f5\n"));
    // Some moment at which a transaction is in the log, and not yet home.
    let logstart = 2 * 1024;
    let is_committed = |guest: &Native| guest.machine.disk()[logstart] != 0;
    let start = guest.machine.t() + 30_000_000;
    let (mut t, limit) = (start, start + 100_000_000);
    while !is_committed(&guest) || guest.machine.t() < start {
        assert!(t < limit, "no transaction was seen in the log");
        if let Stop::Idle { next: Some(next) } = guest.machine.run(t) {
            guest.machine.skip(next);
        }
        t = guest.machine.t() + 1000;
    }
    let (mut rebooted, shown) = after_power_cut(&guest, "logstress");
    assert!(shown.contains("recovering tail 0 dst "), "{shown}");
    assert!(run(&mut rebooted, "ls").contains("f0 "), "a file is gone");
    let report = fsimg::check(rebooted.machine.disk());
    assert!(report.is_clean(), "{report:?}");
}

/// Each mistake made on purpose is printed at boot, and `sysctl` tells what holds.
#[test]
fn policies_are_told() {
    for bug in ["lostwakeup", "nolog", "badlockorder"] {
        let mut guest = native(&artefacts(), 1, 0, &format!("bug={bug} quantum=5"));
        let shown = or_fail(guest.wait_for("\n$ "));
        assert!(
            shown.contains(&format!("bug={bug}: a mistake made on purpose")),
            "{shown}"
        );
        let told = run(&mut guest, "sysctl");
        let expected =
            format!("fork=eager sbrk=eager kalloc=global bcache=global quantum=5 bug={bug}");
        assert!(told.contains(&expected), "{told}");
    }
}
