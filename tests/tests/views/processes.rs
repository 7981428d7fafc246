//! Processes, against `^P` and `ps`.

use crate::{boot, named};
use inspect::view::{Addr, ProcessState, WaitsFor};

/// What `^P` prints is what is shown.
#[test]
fn processes_are_those_the_kernel_lists() {
    for harts in [1, 3] {
        let mut guest = boot(harts, "");
        guest.type_line("sleep 1000 &");
        guest.wait("$ ");
        guest.run(5_000_000);
        let view = guest.processes();
        guest.shown.clear();
        guest.send(b"\x10");
        guest.run(5_000_000);
        let listed: Vec<String> = guest.shown.trim().lines().map(String::from).collect();
        let shown: Vec<String> = view
            .processes
            .iter()
            .map(|process| {
                let state = match process.state {
                    ProcessState::Used => "used",
                    ProcessState::Sleeping => "sleep ",
                    ProcessState::Runnable => "runble",
                    ProcessState::Running => "run   ",
                    ProcessState::Zombie => "zombie",
                };
                format!("{} {state} {}", process.pid, process.name)
            })
            .collect();
        assert_eq!(shown, listed);
        let of = |name: &str| named(&view, name)[0].clone();
        let waiting = |name| (of(name).chan.unwrap_or_default(), of(name).waits_for);
        assert_eq!(waiting("init"), ("PROC[0]".into(), Some(WaitsFor::Child)));
        assert_eq!(waiting("sh"), ("CONS".into(), Some(WaitsFor::Input)));
        assert_eq!(waiting("sleep"), ("TICKS".into(), Some(WaitsFor::Time)));
        assert_eq!((of("init").parent, of("sh").parent), (None, Some(1)));
        let ecall = of("sh")
            .trapframe
            .iter()
            .find(|r| r.name == "a7")
            .map(|r| r.value);
        assert_eq!(ecall, Some(Addr(69)), "sh is in readkeys");
    }
}

/// What `ps` prints is what is shown when it asks.
#[test]
fn processes_are_those_ps_lists() {
    for (harts, bootargs) in [(1, ""), (3, "fork=cow sbrk=lazy")] {
        let mut guest = boot(harts, bootargs);
        guest.type_line("ps");
        guest.until("return:procs");
        let view = guest.processes();
        guest.wait("PID PARENT STATE    SIZE NAME\n");
        let listed = guest.wait("free frames\n");
        let mut shown: Vec<String> = view
            .processes
            .iter()
            .map(|process| {
                let state = format!("{:?}", process.state).to_lowercase();
                let parent = process.parent.unwrap_or(0);
                format!(
                    "{} {parent} {state} {} {}",
                    process.pid, process.size.0, process.name
                )
            })
            .collect();
        let free = view.free_frames.expect("KMEM is there");
        shown.push(format!(
            "{} processes, {free} free frames",
            view.processes.len()
        ));
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let listed: Vec<String> = listed.lines().map(words).collect();
        assert_eq!(shown, listed);
        let ps = named(&view, "ps")[0];
        assert_eq!(ps.state, ProcessState::Running);
        assert!(ps.hart.is_some_and(|hart| (hart as usize) < harts));
    }
}

/// A pipe lies in a page of its own, to which only an open file leads.
#[test]
fn a_reader_of_an_empty_pipe_waits_for_data() {
    let mut guest = boot(1, "");
    guest.type_line("cat | wc");
    guest.run(30_000_000);
    let view = guest.processes();
    let wc = named(&view, "wc")[0];
    assert_eq!(wc.waits_for, Some(WaitsFor::PipeData));
    assert!(
        wc.chan
            .as_deref()
            .is_some_and(|chan| chan.starts_with("FTABLE.places[")),
        "{wc:?}"
    );
    assert!(
        guest
            .locks()
            .iter()
            .any(|lock| lock.name == "pipe" && !lock.held)
    );
}
