//! How fast the interpreter is: guest instructions a second (criterion's "elements").

#[path = "../tests/guest/mod.rs"]
mod guest;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use guest::*;
use machine::isa::Kind::*;

const STEPS: u64 = 10_000_000;

/// A shift-and-add loop that stays in registers.
fn registers() -> Program {
    let mut program = Program::new();
    program.li(A0, 88_172_645_463_325_252);
    program.label("loop");
    program.imm(slli, A1, A0, 13).reg(xor, A0, A0, A1);
    program.imm(srli, A1, A0, 7).reg(xor, A0, A0, A1);
    program.imm(slli, A1, A0, 17).reg(xor, A0, A0, A1);
    program.reg(add, A2, A2, A0).imm(addiw, A3, A3, 1);
    program.jump(ZERO, "loop");
    program
}

/// Insertion sort of 256 words, filled anew each time: loads, stores, branches.
fn sort() -> Program {
    let mut program = Program::new();
    program
        .li(S0, 0x8010_0000)
        .li(S1, 0x8010_0800)
        .li(A0, 12_345);
    program.label("fill").imm(addi, T0, S0, 0);
    program
        .label("next")
        .imm(slli, T1, A0, 13)
        .reg(xor, A0, A0, T1);
    program
        .imm(srli, T1, A0, 7)
        .reg(xor, A0, A0, T1)
        .store(sd, A0, T0, 0);
    program.imm(addi, T0, T0, 8).branch(bltu, T0, S1, "next");
    program.imm(addi, T0, S0, 8);
    program
        .label("outer")
        .imm(ld, A1, T0, 0)
        .imm(addi, T2, T0, 0);
    program
        .label("inner")
        .imm(ld, A2, T2, -8)
        .branch(bgeu, A1, A2, "placed");
    program
        .store(sd, A2, T2, 0)
        .imm(addi, T2, T2, -8)
        .branch(bltu, S0, T2, "inner");
    program
        .label("placed")
        .store(sd, A1, T2, 0)
        .imm(addi, T0, T0, 8);
    program.branch(bltu, T0, S1, "outer");
    program.jump(ZERO, "fill");
    program
}

/// Loads from 1,024 pages in turn: the TLB's whole reach.
fn pages() -> Program {
    let mut program = Program::new();
    program.li(S0, 0x8010_0000).li(S1, 0x8050_0000).li(A2, 4096);
    program.label("again").imm(addi, T0, S0, 0);
    program
        .label("loop")
        .imm(ld, A0, T0, 0)
        .reg(add, A1, A1, A0);
    program.reg(add, T0, T0, A2).branch(bltu, T0, S1, "loop");
    program.jump(ZERO, "again");
    program
}

/// Recursive calls: Fibonacci numbers.
fn calls() -> Program {
    let mut program = Program::new();
    program.li(SP, 0x8020_0000);
    program
        .label("again")
        .imm(addi, A0, ZERO, 20)
        .jump(RA, "fib")
        .jump(ZERO, "again");
    program
        .label("fib")
        .imm(slti, T0, A0, 2)
        .branch(bne, T0, ZERO, "return");
    program
        .imm(addi, SP, SP, -24)
        .store(sd, RA, SP, 0)
        .store(sd, A0, SP, 8);
    program
        .imm(addi, A0, A0, -1)
        .jump(RA, "fib")
        .store(sd, A0, SP, 16);
    program
        .imm(ld, A0, SP, 8)
        .imm(addi, A0, A0, -2)
        .jump(RA, "fib");
    program.imm(ld, T0, SP, 16).reg(add, A0, A0, T0);
    program.imm(ld, RA, SP, 0).imm(addi, SP, SP, 24);
    program.label("return").imm(jalr, ZERO, RA, 0);
    program
}

fn interpreter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("instructions");
    group
        .throughput(Throughput::Elements(STEPS))
        .sample_size(20);
    let programs = [
        ("registers", registers()),
        ("sort", sort()),
        ("pages", pages()),
        ("calls", calls()),
    ];
    for (name, program) in programs {
        let mut machine = program.machine(&one_hart());
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| machine.run(machine.t() + STEPS));
        });
    }
    group.finish();
}

criterion_group!(benches, interpreter);
criterion_main!(benches);
