//! Writes what the page's panels show at some moments, as JSON, for their gallery and its
//! tests: a real guest's views, without a machine.
//!
//! `cargo run --release -p tests --example moments`

use inspect::time::{Condition, Observatory, Patience, Reason};
use inspect::view::{Addr, View, ViewRequest};
use machine::{Config, Machine};
use tests::Artefacts;

/// Locks that nobody holds or waits for, as many as a reader needs to see that there are some.
const FREE_LOCKS: usize = 12;

/// A moment: what is typed first, and the conditions that lead to the stop before it and to it.
struct Moment {
    name: &'static str,
    typed: &'static str,
    before: &'static str,
    now: &'static str,
    /// Whose page tables are shown; the last one's call stack too.
    pids: &'static [Option<i32>],
    va: Option<u64>,
    hart: u32,
}

const MOMENTS: [Moment; 5] = [
    Moment {
        name: "fork",
        typed: "cowdemo\n",
        before: "syscall:fork pid=3",
        now: "return:fork pid=3",
        pids: &[None, Some(4), Some(3)],
        va: None,
        hart: 0,
    },
    Moment {
        name: "fault",
        typed: "",
        before: "trap:store-fault pid=4",
        now: "syscall:write pid=4",
        pids: &[Some(3), Some(4)],
        va: Some(0x3f48),
        hart: 0,
    },
    Moment {
        name: "exit",
        typed: "",
        before: "syscall:exit pid=4",
        now: "return:wait pid=3",
        pids: &[Some(3)],
        va: None,
        hart: 0,
    },
    Moment {
        name: "lazy",
        typed: "lazydemo\n",
        before: "print:/asks for/",
        now: "trap:store-fault pid=5",
        pids: &[Some(5)],
        va: Some(0x4000),
        hart: 0,
    },
    Moment {
        name: "log",
        typed: "echo hi > a\n",
        before: "disk-write block=3",
        now: "disk-write block=2",
        pids: &[Some(2)],
        va: None,
        hart: 1,
    },
];

fn main() {
    let mut guest = boot();
    for moment in &MOMENTS {
        if !moment.typed.is_empty() {
            run_until(&mut guest, "syscall:read pid=2");
            let typed = guest.input(moment.typed.as_bytes());
            typed.expect("it is the present");
        }
        run_until(&mut guest, moment.before);
        let before = views(&guest, moment);
        run_until(&mut guest, moment.now);
        let now = views(&guest, moment);
        let path = format!(
            "{}/../web/ui/panels/gallery/moments/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            moment.name
        );
        let json = format!("{{\"before\": {before},\n\"now\": {now}}}\n");
        std::fs::write(&path, json).unwrap_or_else(|error| panic!("{path}: {error}"));
        println!("{}: t {}", moment.name, guest.position().t);
    }
}

fn boot() -> Observatory {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let read = |path| std::fs::read(path).expect("it was just found");
    let config = Config {
        harts: 2,
        bootargs: "fork=cow sbrk=lazy".into(),
        ..Config::default()
    };
    let machine = Machine::new(&config, &read(&guest.kernel), read(&guest.image));
    Observatory::new(
        machine.expect("our own guest"),
        Some(tests::boot::symbols()),
    )
}

fn run_until(guest: &mut Observatory, condition: &str) {
    let parsed: Condition = condition.parse().expect("a condition");
    let arrival = guest.run_until(&parsed, Patience::RUN);
    assert_eq!(arrival.reason, Reason::Met, "{condition}");
}

/// All views of a moment, a line each: a name, and the view.
fn views(guest: &Observatory, moment: &Moment) -> String {
    let mut requests = vec![
        ("processes".to_owned(), processes(moment)),
        ("locks".to_owned(), ViewRequest::Locks),
        ("log".to_owned(), ViewRequest::Log),
        ("disk".to_owned(), ViewRequest::Disk),
        ("harts".to_owned(), ViewRequest::Harts),
        (
            "source".to_owned(),
            ViewRequest::Source {
                hart: moment.hart,
                call: None,
            },
        ),
    ];
    for &pid in moment.pids {
        let name = pid.map_or("kernel".to_owned(), |pid| pid.to_string());
        let va = moment.va.map(Addr);
        requests.push((
            format!("page-table {name}"),
            ViewRequest::PageTable { pid, va },
        ));
    }
    let lines: Vec<String> = requests
        .iter()
        .map(|(name, request)| {
            let view = brief(guest.view(request));
            let json = serde_json::to_string(&view).expect("a view is JSON");
            format!("{name:?}: {json}")
        })
        .collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn processes(moment: &Moment) -> ViewRequest {
    ViewRequest::Processes {
        stack_of: moment.pids.last().copied().flatten(),
    }
}

/// `view` without most of what is the same in all: free locks, registers of others.
fn brief(mut view: View) -> View {
    match &mut view {
        View::Locks(locks) => {
            let mut n_free = 0;
            locks.locks.retain(|lock| {
                let is_free = !lock.held && lock.spinning.is_empty() && lock.sleeping.is_empty();
                n_free += usize::from(is_free);
                !is_free || n_free <= FREE_LOCKS
            });
        }
        View::Processes(processes) => {
            let others = processes.processes.iter_mut();
            others
                .filter(|process| process.stack.is_empty())
                .for_each(|process| process.trapframe.clear());
        }
        View::PageTable(_) | View::Log(_) | View::Disk(_) | View::Harts(_) => {}
        View::Source(_) | View::Missing { .. } => {}
    }
    view
}
