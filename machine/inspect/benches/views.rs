//! How long each view takes, of the real kernel in the middle of `cowdemo`: while a machine
//! runs, panels ask for them 30 times a second. Needs the built guest.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use inspect::symbols::Symbols;
use inspect::time::{Observatory, Patience};
use inspect::view::{Addr, ViewRequest};
use machine::{Config, Machine};

fn read(name: &str) -> Vec<u8> {
    let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guest");
    let path = guest.join(name);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run `cargo xtask build guest` first",
            path.display()
        )
    })
}

/// Three processes and a child that has just written to a page it shared.
fn cowdemo() -> Observatory {
    let config = Config {
        bootargs: "fork=cow".into(),
        ..Config::default()
    };
    let machine = Machine::new(&config, &read("kernel"), read("fs.img")).expect("a machine");
    let mut symbols = Symbols::from_bytes(&read("symbols")).expect("this build's symbols");
    let sources = symbols.give_sources(&read("symbols.sources"));
    sources.expect("this build's sources");
    let mut observatory = Observatory::new(machine, Some(symbols));
    let mut run_until = |condition: &str, line: &[u8]| {
        let condition = condition.parse().expect("a condition");
        observatory.run_until(&condition, Patience::RUN);
        observatory.input(line).expect("the present");
    };
    run_until("ready", b"cowdemo\n");
    run_until("print:/child: reads AxCD/", b"");
    observatory
}

fn views(criterion: &mut Criterion) {
    let guest = cowdemo();
    let of = |pid| ViewRequest::PageTable {
        pid,
        va: Some(Addr(0x4000)),
    };
    let requests = [
        ("page table of a process", of(Some(4))),
        ("page table of the kernel", of(None)),
        ("processes", ViewRequest::Processes { stack_of: None }),
        (
            "processes, with a stack",
            ViewRequest::Processes { stack_of: Some(3) },
        ),
        ("locks", ViewRequest::Locks),
        ("log", ViewRequest::Log),
        ("disk", ViewRequest::Disk),
        ("harts", ViewRequest::Harts),
        (
            "source",
            ViewRequest::Source {
                hart: 0,
                call: None,
            },
        ),
    ];
    for (name, request) in &requests {
        criterion.bench_function(name, |bencher| bencher.iter(|| guest.view(request)));
    }
}

criterion_group!(benches, views);
criterion_main!(benches);
