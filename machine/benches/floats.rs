//! How fast floats are: loops of them, rounding to nearest even, where the host's floats
//! serve, and rounding down, where all is computed the slow way. The ratio is what the fast
//! way gains. Guest instructions a second (criterion's "elements").

#[path = "../tests/guest/mod.rs"]
mod guest;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use guest::*;
use machine::isa::Kind::{self, *};

const STEPS: u64 = 4_000_000;
const FRM: i32 = 0x002;
const DYN: i32 = 7;

/// The arithmetic of one format.
struct Format {
    from_integer: Kind,
    mul: Kind,
    add: Kind,
    sub: Kind,
    div: Kind,
    sqrt: Kind,
    fused: Kind,
    less: Kind,
}

const SINGLE: Format = Format {
    from_integer: fcvt_s_w,
    mul: fmul_s,
    add: fadd_s,
    sub: fsub_s,
    div: fdiv_s,
    sqrt: fsqrt_s,
    fused: fmadd_s,
    less: flt_s,
};
const DOUBLE: Format = Format {
    from_integer: fcvt_d_w,
    mul: fmul_d,
    add: fadd_d,
    sub: fsub_d,
    div: fdiv_d,
    sqrt: fsqrt_d,
    fused: fmadd_d,
    less: flt_d,
};

/// A program that rounds by mode `frm`, with `f1` and `f2` = 0, `f10` = -2/5, `f11` = 2/5
/// and `f12` = 4.
fn program(frm: i32, format: &Format) -> Program {
    let mut program = Program::new();
    program.li(T0, 1 << 13).csrw(MSTATUS, T0);
    program.imm(csrrwi, ZERO, frm as u8, FRM);
    for (number, register) in [(0, 1), (0, 2), (-2, 10), (2, 11), (4, 12), (5, 13)] {
        program.imm(addi, T0, ZERO, number);
        program.op(format.from_integer, register, T0, 0, DYN);
    }
    program.op(format.div, 10, 10, 13, DYN);
    program.op(format.div, 11, 11, 13, DYN);
    program
}

/// z² + c again and again, of a c whose orbit stays within bounds, as the inner loop of a
/// picture of the Mandelbrot set: three products, four sums and a comparison of ten steps.
fn orbit(frm: i32, format: &Format) -> Program {
    let mut program = program(frm, format);
    program.label("loop");
    program
        .op(format.mul, 3, 1, 1, DYN)
        .op(format.mul, 4, 2, 2, DYN);
    program
        .op(format.mul, 5, 1, 2, DYN)
        .op(format.add, 6, 3, 4, DYN);
    program
        .op(format.sub, 1, 3, 4, DYN)
        .op(format.add, 1, 1, 10, DYN);
    program
        .op(format.add, 2, 5, 5, DYN)
        .op(format.add, 2, 2, 11, DYN);
    program.op(format.less, A0, 6, 12, 0);
    program.branch(bne, A0, ZERO, "loop").power_off(1);
    program
}

/// Horner's rule: products with sums, fused, each of which needs the one before.
fn fused(frm: i32, format: &Format) -> Program {
    let mut program = program(frm, format);
    program.label("loop");
    for _ in 0..8 {
        // rs3 stands above rm in the immediate.
        program.op(format.fused, 1, 1, 10, 11 << 3 | DYN);
    }
    program.jump(ZERO, "loop");
    program
}

/// Quotients and roots: √(x + 2/5) ÷ 4, which stays near 1/5.
fn roots(frm: i32, format: &Format) -> Program {
    let mut program = program(frm, format);
    program.label("loop");
    program
        .op(format.add, 1, 1, 11, DYN)
        .op(format.sqrt, 1, 1, 0, DYN);
    program.op(format.div, 1, 1, 12, DYN);
    program.jump(ZERO, "loop");
    program
}

fn floats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("floats");
    group
        .throughput(Throughput::Elements(STEPS))
        .sample_size(10);
    type Make = fn(i32, &Format) -> Program;
    let programs: [(&str, Make); 3] = [("orbit", orbit), ("fused", fused), ("roots", roots)];
    for (name, make) in programs {
        for (width, format) in [("single", SINGLE), ("double", DOUBLE)] {
            for (way, frm) in [("fast", 0), ("slow", 2)] {
                let mut machine = make(frm, &format).machine(&one_hart());
                let id = BenchmarkId::new(name, format!("{width}, {way}"));
                group.bench_function(id, |bencher| {
                    bencher.iter(|| machine.run(machine.t() + STEPS));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, floats);
criterion_main!(benches);
