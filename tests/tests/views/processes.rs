//! Processes, against `^P` and `ps`.

use crate::{boot, named};
use inspect::view::{Addr, ProcessState};

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
        assert_eq!(of("init").chan.as_deref(), Some("PROC[0]"));
        assert_eq!(of("sh").chan.as_deref(), Some("CONS"));
        assert_eq!(of("sleep").chan.as_deref(), Some("TICKS"));
        assert_eq!((of("init").parent, of("sh").parent), (None, Some(1)));
        let ecall = of("sh")
            .trapframe
            .iter()
            .find(|r| r.name == "a7")
            .map(|r| r.value);
        assert_eq!(ecall, Some(Addr(5)), "sh is in read");
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
