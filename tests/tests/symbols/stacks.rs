//! Call stacks and places.

use crate::{Watched, boot};
use inspect::symbols::short;
use inspect::view::{Call, Frame, Mode, Process, ProcessState, View, ViewRequest};

/// The functions of `stack` by their own names, innermost first.
fn functions(stack: &[Frame], user: bool) -> Vec<&str> {
    let frames = stack.iter().filter(|frame| frame.user == user);
    let names = frames.map(|frame| frame.function.as_deref().unwrap_or("?"));
    names.map(short).collect()
}

/// Whether `wanted` come in this order in `found`, with others between.
fn come_in_order(found: &[&str], wanted: &[&str]) -> bool {
    let mut found = found.iter();
    wanted.iter().all(|name| found.any(|other| other == name))
}

/// The line of source that `frame` is at.
fn line_of<'a>(guest: &'a Watched, frame: &Frame) -> &'a str {
    let text = guest
        .symbols
        .text(frame.file.as_deref().expect("it has a file"));
    let line = frame.line.expect("it has a line") as usize;
    let text = text.expect("its text is there");
    text.lines().nth(line - 1).expect("the file is so long")
}

fn frame<'a>(process: &'a Process, function: &str) -> &'a Frame {
    let mut frames = process.stack.iter();
    let found = frames.find(|frame| frame.function.as_deref() == Some(function));
    found.unwrap_or_else(|| panic!("{function} is not in {:#?}", process.stack))
}

#[test]
fn a_shell_that_waits_for_a_line_sleeps_in_consoleread() {
    for harts in [1, 3] {
        let guest = boot(harts, "");
        let sh = guest.named("sh");
        let kernel = functions(&sh.stack, false);
        let way = [
            "sched",
            "sleep",
            "consoleread",
            "syscall",
            "usertrap",
            "uservec",
        ];
        assert!(come_in_order(&kernel, &way), "{kernel:?}");
        assert_eq!(kernel.last(), Some(&"uservec"));
        let user = functions(&sh.stack, true);
        assert!(
            come_in_order(&user, &["read_line", "main", "start"]),
            "{user:?}"
        );
        assert_eq!(user.last(), Some(&"start"));

        let at = |function| line_of(&guest, frame(&sh, function));
        assert!(at("kernel::console::consoleread").contains("sleep"));
        assert!(at("kernel::trap::usertrap").contains("syscall::syscall("));
        assert!(at("sh::main").contains("input.line()"));
    }
}

/// Each frame of a stack has its line, the program's behind the trap too.
#[test]
fn every_call_on_a_stack_can_be_looked_at() {
    let guest = boot(1, "");
    let sh = guest.named("sh");
    let look = |pid, frame| {
        guest.view(&ViewRequest::Source {
            hart: 0,
            call: Some(Call { pid, frame }),
        })
    };
    let mut n_lines = 0;
    for (n, frame) in (0..).zip(&sh.stack) {
        let View::Source(source) = look(sh.pid, n) else {
            panic!("no source of {frame:?}")
        };
        assert_eq!(source.place, *frame);
        assert!(source.code.iter().any(|insn| insn.pc == frame.pc));
        if let Some(line) = frame.line.filter(|_| !source.lines.is_empty()) {
            let shown = &source.lines[(line - source.first_line) as usize];
            assert_eq!(shown, line_of(&guest, frame));
            n_lines += 1;
        }
    }
    assert!(n_lines >= 6, "{n_lines} of {}", sh.stack.len());
    let told = |view| match view {
        View::Missing { why } => why,
        other => panic!("{other:?}"),
    };
    let n = sh.stack.len() as u32;
    assert_eq!(
        told(look(sh.pid, n)),
        format!("the stack of process {} has no frame {n}", sh.pid)
    );
    assert_eq!(told(look(77, 0)), "there is no process 77");
}

#[test]
fn init_waits_for_its_children() {
    let init = boot(1, "").named("init");
    let kernel = functions(&init.stack, false);
    assert!(
        come_in_order(&kernel, &["sleep", "wait", "sys_wait", "usertrap"]),
        "{kernel:?}"
    );
    assert!(functions(&init.stack, true).contains(&"main"));
}

#[test]
fn a_hart_in_a_program_is_at_a_line_of_it() {
    let mut guest = boot(1, "");
    guest.type_line("compute");
    guest.run(5_000_000);
    let hart = loop {
        let hart = guest.harts().remove(0);
        if hart.mode == Mode::U {
            break hart;
        }
        guest.run(1);
    };
    assert_eq!(
        hart.process.map(|process| process.name).as_deref(),
        Some("compute")
    );
    let place = hart.place.expect("it is in a function");
    assert!(
        place.user
            && place
                .function
                .as_deref()
                .is_some_and(|f| f.starts_with("compute::"))
    );
    let text = std::fs::read_to_string("../user/src/bin/compute.rs").expect("it is there");
    let View::Source(source) = guest.view(&ViewRequest::Source {
        hart: 0,
        call: None,
    }) else {
        panic!("no source")
    };
    assert_eq!(source.place, place);
    assert_eq!(place.file.as_deref(), Some("user/src/bin/compute.rs"));
    assert!(!source.awaits_sources);
    let line = place.line.expect("it has a line");
    let shown = source.lines.get((line - source.first_line) as usize);
    assert_eq!(
        shown.map(String::as_str),
        text.lines().nth(line as usize - 1)
    );
    assert!(source.code.iter().any(|insn| insn.pc == hart.pc));
    assert_eq!(hart.code[0].pc, hart.pc);
    guest.symbols.sources = None;
    let View::Source(source) = guest.view(&ViewRequest::Source {
        hart: 0,
        call: None,
    }) else {
        panic!("no source")
    };
    assert_eq!((source.place, source.lines.len()), (place, 0));
    assert!(source.awaits_sources);
    let stack = guest.named("compute").stack;
    assert!(come_in_order(&functions(&stack, true), &["main", "start"]));
    assert!(functions(&stack, false).is_empty());
}

#[test]
fn a_hart_that_idles_is_in_the_scheduler() {
    let mut guest = boot(3, "");
    while !guest.harts().iter().all(|hart| hart.waiting) {
        guest.run(1);
    }
    for hart in guest.harts() {
        let place = hart.place.expect("it is in a function");
        let file = place.file.as_deref();
        // At `wfi`, which is inlined there, or just behind.
        let idles = ["kernel/src/proc/scheduler.rs", "kernel/src/hal/csr.rs"];
        assert!(file.is_some_and(|file| idles.contains(&file)), "{place:?}");
        assert!(hart.process.is_none() && !place.user);
        assert_eq!(hart.mode, Mode::S);
        let satp = hart
            .csrs
            .iter()
            .find(|csr| csr.name == "satp")
            .expect("it has one");
        assert_eq!(satp.fields[0].value, "Sv39");
    }
    assert!(matches!(
        guest.view(&ViewRequest::Source {
            hart: 3,
            call: None
        }),
        View::Missing { .. }
    ));
}

/// Whether the stack of `process` leads, as it must, to where its program began.
fn is_whole(process: &Process) -> bool {
    let is_in = |function: &str| {
        let mut frames = process.stack.iter();
        frames.any(|frame| frame.function.as_deref() == Some(function))
    };
    let last = process.stack.last();
    let has_begun = last.is_some_and(|frame| frame.function.as_deref() == Some("start"));
    // Without memory, while it is being made, or while `exec` takes the old program's down, there
    // is none.
    let is_made = process.state != ProcessState::Used;
    has_begun || !is_made || process.root.is_none() || is_in("kernel::proc::exec::exec")
}

/// Goes on by `stride` for `n` times, and looks at the stack of each process on a hart; how
/// often an interrupt of the kernel was among what was seen.
fn walk(guest: &mut Watched, stride: u64, n: usize) -> usize {
    let mut n_interrupts = 0;
    for _ in 0..n {
        guest.run(stride);
        for process in guest.processes(None).iter().filter(|p| p.hart.is_some()) {
            let process = guest.process(process.pid);
            assert!(
                is_whole(&process),
                "t = {}: {process:#?}",
                guest.machine.t()
            );
            let kernel = functions(&process.stack, false);
            n_interrupts += usize::from(kernel.contains(&"kernelvec"));
        }
    }
    n_interrupts
}

/// At every instruction of a few system calls: in the first and the last of a function, in
/// the trampoline, in a switch.
#[test]
fn stacks_are_whole_at_every_instruction() {
    let mut guest = boot(2, "fork=cow sbrk=lazy");
    guest.type_line("echo one | cat | wc");
    for _ in 0..6 {
        guest.run(40_000);
        walk(&mut guest, 1, 400);
    }
}

/// Over some millions: many processes, interrupts in programs and in the kernel.
#[test]
fn stacks_are_whole_at_any_time() {
    let mut guest = boot(2, "");
    guest.type_line("compute & grep the README | wc & cowdemo & forktest & ls");
    let n_interrupts = walk(&mut guest, 2503, 1500);
    assert!(n_interrupts > 0, "no interrupt of the kernel was seen");
}

/// Those that sleep, too.
#[test]
fn stacks_of_all_processes_are_whole() {
    let mut guest = boot(3, "");
    guest.type_line("compute & sleep 100 & grep x | wc &");
    for _ in 0..40 {
        guest.run(70_001);
        for process in guest.processes(None) {
            let process = guest.process(process.pid);
            assert!(
                is_whole(&process),
                "t = {}: {process:#?}",
                guest.machine.t()
            );
        }
    }
}
