//! What the symbols of the real guest say: call stacks from the kernel through the trap into
//! the program, places in the source, and the symbols file itself.

mod digest;
mod stacks;

use inspect::symbols::Symbols;
use inspect::view::{HartDetail, Process, View, ViewRequest};
use machine::{Config, Input, Machine, Stop};
use tests::boot::{or_fail, symbols};
use tests::{Artefacts, Guest, Native};

fn read(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A machine at its prompt, and the symbols of what it runs.
struct Watched {
    machine: Machine,
    symbols: Symbols,
}

fn boot(harts: usize, bootargs: &str) -> Watched {
    let artefacts = or_fail(Artefacts::find());
    let config = Config {
        harts,
        bootargs: bootargs.into(),
        ..Config::default()
    };
    let mut native = or_fail(Native::boot(&artefacts, &config));
    or_fail(native.wait_for("\n$ "));
    Watched {
        machine: native.machine,
        symbols: symbols(),
    }
}

impl Watched {
    fn type_line(&mut self, line: &str) {
        let bytes = format!("{line}\n").into_bytes();
        self.machine.input(Input::Console(bytes));
    }

    /// Lets `t` pass.
    fn run(&mut self, t: u64) {
        let end = self.machine.t() + t;
        while self.machine.t() < end {
            if let Stop::Idle { .. } = self.machine.run(end) {
                self.machine.skip(end);
            }
        }
    }

    fn view(&self, request: &ViewRequest) -> View {
        inspect::view(&self.machine, Some(&self.symbols), request)
    }

    /// All processes, that of `stack_of` with its call stack.
    fn processes(&self, stack_of: Option<i32>) -> Vec<Process> {
        match self.view(&ViewRequest::Processes { stack_of }) {
            View::Processes(view) => view.processes,
            other => panic!("{other:?}"),
        }
    }

    /// The process `pid`, with its call stack.
    fn process(&self, pid: i32) -> Process {
        let processes = self.processes(Some(pid));
        let found = processes.into_iter().find(|process| process.pid == pid);
        found.unwrap_or_else(|| panic!("there is no process {pid}"))
    }

    /// The process that runs the program `name`, with its call stack.
    fn named(&self, name: &str) -> Process {
        let processes = self.processes(None);
        let found = processes.iter().find(|process| process.name == name);
        self.process(found.unwrap_or_else(|| panic!("nobody runs {name}")).pid)
    }

    fn harts(&self) -> Vec<HartDetail> {
        match self.view(&ViewRequest::Harts) {
            View::Harts(view) => view.harts,
            other => panic!("{other:?}"),
        }
    }
}
