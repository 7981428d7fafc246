//! What the panels show, against what the guest itself says: processes, page tables, locks,
//! the log and the disk, read from outside on the real kernel.

mod disk;
mod hostile;
mod locks;
mod page_tables;
mod processes;

use inspect::time::{Condition, Observatory, Patience, Reason};
use inspect::view::{
    Addr, DiskView, LockView, LogView, PageTableView, Process, ProcessesView, View, ViewRequest,
};
use tests::boot::{config, observatory};

/// A guest, and what it has shown that nobody read yet.
struct Watched {
    observatory: Observatory,
    shown: String,
}

fn boot(harts: usize, bootargs: &str) -> Watched {
    let mut watched = at_reset(harts, bootargs);
    watched.wait("$ ");
    watched
}

fn at_reset(harts: usize, bootargs: &str) -> Watched {
    Watched {
        observatory: observatory(&config(harts, 0, bootargs)),
        shown: String::new(),
    }
}

impl Watched {
    /// Runs until the next event that meets `condition`.
    fn until(&mut self, condition: &str) {
        let parsed: Condition = condition.parse().expect("a condition");
        let arrival = self.observatory.run_until(&parsed, Patience::RUN);
        assert_eq!(arrival.reason, Reason::Met, "{condition}");
    }

    fn send(&mut self, bytes: &[u8]) {
        self.observatory.input(bytes).expect("the present");
    }

    fn type_line(&mut self, line: &str) {
        self.send(format!("{line}\n").as_bytes());
    }

    /// Runs so far and no further, letting time pass while all wait.
    fn run(&mut self, t: u64) {
        let end = self.observatory.position().t + t;
        while self.observatory.position().t < end {
            let left = end - self.observatory.position().t;
            if let inspect::time::Pause::Idle { next } = self.observatory.run(left) {
                self.observatory
                    .skip(next.map_or(end, |next| next.min(end)));
            }
        }
        let bytes = self.observatory.take_output();
        self.shown += &String::from_utf8_lossy(&bytes).replace('\r', "");
    }

    /// Runs until `text` is shown, and returns what was shown up to there.
    fn wait(&mut self, text: &str) -> String {
        for _ in 0..100_000 {
            if let Some(at) = self.shown.find(text) {
                let rest = self.shown.split_off(at + text.len());
                return std::mem::replace(&mut self.shown, rest);
            }
            self.run(100_000);
        }
        panic!("{text:?} does not come: {}", self.shown);
    }

    fn view(&self, request: &ViewRequest) -> View {
        self.observatory.view(request)
    }

    fn table(&self, pid: Option<i32>) -> PageTableView {
        let request = ViewRequest::PageTable { pid, va: None };
        match self.view(&request) {
            View::PageTable(table) => table,
            other => panic!("{other:?}"),
        }
    }

    fn processes(&self) -> ProcessesView {
        match self.view(&ViewRequest::Processes { stack_of: None }) {
            View::Processes(processes) => processes,
            other => panic!("{other:?}"),
        }
    }

    fn locks(&self) -> Vec<LockView> {
        match self.view(&ViewRequest::Locks) {
            View::Locks(locks) => locks.locks,
            other => panic!("{other:?}"),
        }
    }

    fn log(&self) -> LogView {
        match self.view(&ViewRequest::Log) {
            View::Log(log) => log,
            other => panic!("{other:?}"),
        }
    }

    fn disk(&self) -> DiskView {
        match self.view(&ViewRequest::Disk) {
            View::Disk(disk) => disk,
            other => panic!("{other:?}"),
        }
    }
}

fn named<'a>(view: &'a ProcessesView, name: &str) -> Vec<&'a Process> {
    let processes = view.processes.iter();
    processes.filter(|process| process.name == name).collect()
}

/// Without symbols there are the tables a hart uses and the disk; the rest says why not.
#[test]
fn without_symbols_some_views_remain() {
    let guest = boot(1, "");
    let machine = guest.observatory.machine();
    let view = |request: &ViewRequest| inspect::view(machine, None, request);
    let table = ViewRequest::PageTable {
        pid: None,
        va: Some(Addr(0x8000_0000)),
    };
    let View::PageTable(table) = view(&table) else {
        panic!("no table")
    };
    assert_eq!(table.root, guest.table(None).root);
    assert_eq!(table.walk.and_then(|walk| walk.pa), Some(Addr(0x8000_0000)));
    assert!(matches!(view(&ViewRequest::Disk), View::Disk(_)));
    assert!(matches!(view(&ViewRequest::Harts), View::Harts(_)));
    for request in [
        ViewRequest::Locks,
        ViewRequest::Log,
        ViewRequest::Processes { stack_of: None },
    ] {
        let View::Missing { why } = view(&request) else {
            panic!("{request:?}")
        };
        assert!(why.contains("symbols"), "{why}");
    }
    let View::Missing { why } = guest.view(&ViewRequest::PageTable {
        pid: Some(77),
        va: None,
    }) else {
        panic!("there is no process 77");
    };
    assert!(why.contains("77"), "{why}");
}

/// Before the kernel has run at all, nothing is there that it would have made.
#[test]
fn at_reset_there_is_little_to_see() {
    let guest = at_reset(1, "");
    let table = ViewRequest::PageTable {
        pid: None,
        va: None,
    };
    let View::Missing { why } = guest.view(&table) else {
        panic!("there is a page table");
    };
    assert!(why.contains("hart 0"), "{why}");
    assert!(guest.processes().processes.is_empty());
    assert!(guest.locks().iter().all(|lock| !lock.held));
    let log = guest.log();
    assert!(log.cache.is_empty() && log.in_memory.is_empty() && log.size > 0);
    assert!(guest.disk().written.is_empty());
}
