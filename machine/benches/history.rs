//! What looking at a machine costs: snapshots, hashes, going back, and single steps.

#[path = "../tests/guest/mod.rs"]
mod guest;

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use guest::*;
use machine::isa::Kind::*;
use machine::{Config, History, Machine};

/// Scribbles over 16 pages of 128 MiB for ever.
fn scribbler() -> Machine {
    let mut program = Program::new();
    program
        .li(S0, 0x8100_0000)
        .li(S1, 0x8101_0000)
        .li(A2, 0x508);
    program.label("again").imm(addi, T0, S0, 0);
    program.label("loop").store(sd, A0, T0, 0);
    program.imm(addi, A0, A0, 1).reg(add, T0, T0, A2);
    program.branch(bltu, T0, S1, "loop").jump(ZERO, "again");
    program.machine(&Config::default())
}

/// Looking after 10,000 steps, which cost about 20 us themselves.
fn looking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("looking");
    const STEPS: u64 = 10_000;
    let mut machine = scribbler();
    group.bench_function("run alone", |bencher| {
        bencher.iter(|| machine.run(machine.t() + STEPS));
    });
    group.bench_function("run and snapshot", |bencher| {
        bencher.iter(|| {
            machine.run(machine.t() + STEPS);
            machine.snapshot()
        });
    });
    group.bench_function("run and hash", |bencher| {
        bencher.iter(|| {
            machine.run(machine.t() + STEPS);
            machine.state_hash()
        });
    });
    let snapshot = machine.snapshot();
    group.bench_function("run and go back", |bencher| {
        bencher.iter(|| {
            machine.run(machine.t() + STEPS);
            machine.restore(&snapshot);
        });
    });
    // The alternative: a list of a counted pointer for each page.
    let pages: Vec<Arc<[u8; 4096]>> = (0..32_768).map(|_| Arc::new([0; 4096])).collect();
    group.bench_function("a pointer for each page", |bencher| {
        bencher.iter(|| pages.clone())
    });
    group.finish();
}

fn stepping(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stepping");
    let mut machine = scribbler();
    machine.run(100_000);
    group.bench_function("one step of a machine", |bencher| {
        bencher.iter(|| machine.run(machine.t() + 1));
    });
    let mut history = History::new(machine);
    group.bench_function("one step in the present", |bencher| {
        bencher.iter(|| history.run(history.t() + 1));
    });
    history.run(history.t() + 50_000_000);
    group.bench_function("one seek forward", |bencher| {
        history.seek(history.end() / 2);
        bencher.iter(|| history.seek(history.t() + 1));
    });
    group.bench_function("one seek back", |bencher| {
        history.seek(history.end() / 2);
        bencher.iter(|| history.seek(history.t() - 1));
    });
    group.finish();
}

criterion_group!(benches, looking, stepping);
criterion_main!(benches);
