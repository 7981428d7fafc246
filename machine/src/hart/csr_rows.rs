//! The CSRs, one row each: numbers, name, who may touch it, read, write. A uniform
//! table, so longer than most files.
//!
//! What has no row does not exist, and says so by an illegal instruction. So it is with
//! the registers of debug triggers, `tselect` to `tdata3`, of which there are none; QEMU 7.2
//! has two triggers.
//! Source: Privileged ISA, "CSR Listing"; Unprivileged ISA, "Zicntr and Zihpm".

use super::csr::MIP;
use super::envcfg::{self, STCE};
use super::trap::irq;
use super::{Hart, Mode, status};
use crate::board::Board;

/// A register, or a run of registers of one kind; `n` below counts from the first.
pub(super) struct Row {
    pub first: u16,
    pub last: u16,
    pub name: &'static str,
    /// The number in the name of the first register of a run.
    pub counted_from: u16,
    /// Whether it may be accessed now, beyond what its number says.
    pub is_open: fn(&Hart, u16) -> bool,
    pub read: fn(&Hart, &Board, u16) -> u64,
    pub write: fn(&mut Hart, &mut Board, u16, u64),
}

type Read = fn(&Hart, &Board, u16) -> u64;
type Write = fn(&mut Hart, &mut Board, u16, u64);

/// A register of its own.
const fn one(number: u16, name: &'static str, read: Read, write: Write) -> Row {
    run(number, number, name, 0, read, write)
}

/// Registers `first` to `last`, the first of which is called `name` and `counted_from`.
const fn run(
    first: u16,
    last: u16,
    name: &'static str,
    counted_from: u16,
    read: Read,
    write: Write,
) -> Row {
    Row {
        first,
        last,
        name,
        counted_from,
        is_open: |_, _| true,
        read,
        write,
    }
}

impl Row {
    /// The row with a condition on its use.
    const fn when(self, is_open: fn(&Hart, u16) -> bool) -> Row {
        Row { is_open, ..self }
    }
}

const ZERO: Read = |_, _, _| 0;
const IGNORE: Write = |_, _, _, _| {};

/// RV64 with A, C, D, F, I, M, S and U. Writes to it change nothing. The bit B, younger than
/// its parts Zba, Zbb and Zbs, stays clear as on QEMU: a clear bit promises nothing ("Machine
/// ISA (misa) Register"), and the device tree names the parts.
const MISA: u64 =
    2 << 62 | 1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20;
/// Every exception but the environment call from M-mode.
const DELEGABLE: u64 = 0xb3ff;
/// Counters: cycle, time, instret and 29 that count nothing.
const COUNTERS: u64 = 0xffff_ffff;

/// A vector register after a write: one that asks for a reserved mode has no effect.
fn vector(old: u64, value: u64) -> u64 {
    if value & 2 == 0 { value } else { old }
}

/// Supervisor's share of `mie` and `mip`.
fn delegated(hart: &Hart) -> u64 {
    hart.csr.mideleg & irq::SUPERVISOR
}

/// `old` with the bits of `mask` taken from `new`.
fn merge(old: u64, new: u64, mask: u64) -> u64 {
    old & !mask | new & mask
}

/// What software may write of `mip`: STIP belongs to `stimecmp` once that is enabled.
fn write_mip(hart: &mut Hart, value: u64) {
    let timer = if hart.csr.menvcfg & STCE != 0 {
        0
    } else {
        irq::STIP
    };
    let mask = irq::SSIP | irq::SEIP | timer;
    hart.csr.mip = merge(hart.csr.mip, value, mask);
}

/// All registers, by number.
pub(super) const ROWS: &[Row] = &[
    one(
        0x001,
        "fflags",
        |hart, _, _| hart.fcsr() & 0x1f,
        |hart, _, _, value| hart.write_fcsr(merge(hart.fcsr(), value, 0x1f)),
    )
    .when(|hart, _| hart.has_fpu()),
    one(
        0x002,
        "frm",
        |hart, _, _| hart.fcsr() >> 5,
        |hart, _, _, value| hart.write_fcsr(merge(hart.fcsr(), value << 5, 0xe0)),
    )
    .when(|hart, _| hart.has_fpu()),
    one(
        0x003,
        "fcsr",
        |hart, _, _| hart.fcsr(),
        |hart, _, _, value| hart.write_fcsr(value),
    )
    .when(|hart, _| hart.has_fpu()),
    one(
        0x100,
        "sstatus",
        |hart, _, _| status::supervisor_view(hart.csr.mstatus),
        |hart, _, _, value| hart.write_sstatus(value),
    ),
    one(
        0x104,
        "sie",
        |hart, _, _| hart.csr.mie & delegated(hart),
        |hart, _, _, value| hart.csr.mie = merge(hart.csr.mie, value, delegated(hart)),
    ),
    one(
        0x105,
        "stvec",
        |hart, _, _| hart.csr.stvec,
        |hart, _, _, value| hart.csr.stvec = vector(hart.csr.stvec, value),
    ),
    one(
        0x106,
        "scounteren",
        |hart, _, _| hart.csr.scounteren,
        |hart, _, _, value| hart.csr.scounteren = value & COUNTERS,
    ),
    one(
        0x10a,
        "senvcfg",
        |hart, _, _| hart.csr.senvcfg,
        |hart, _, _, value| {
            hart.csr.senvcfg = envcfg::write_supervisor(hart.csr.senvcfg, value);
        },
    ),
    one(
        0x140,
        "sscratch",
        |hart, _, _| hart.csr.sscratch,
        |hart, _, _, value| hart.csr.sscratch = value,
    ),
    one(
        0x141,
        "sepc",
        |hart, _, _| hart.csr.sepc,
        |hart, _, _, value| hart.csr.sepc = value & !1,
    ),
    one(
        0x142,
        "scause",
        |hart, _, _| hart.csr.scause,
        |hart, _, _, value| hart.csr.scause = value,
    ),
    one(
        0x143,
        "stval",
        |hart, _, _| hart.csr.stval,
        |hart, _, _, value| hart.csr.stval = value,
    ),
    one(
        0x144,
        "sip",
        |hart, _, _| hart.mip() & delegated(hart),
        |hart, _, _, value| {
            hart.csr.mip = merge(hart.csr.mip, value, delegated(hart) & irq::SSIP);
        },
    ),
    one(
        0x14d,
        "stimecmp",
        |hart, _, _| hart.csr.stimecmp,
        |hart, board, _, value| {
            hart.csr.stimecmp = value;
            board.touched = true;
        },
    )
    .when(|hart, _| hart.may_compare_time()),
    one(
        0x180,
        "satp",
        |hart, _, _| hart.csr.satp,
        |hart, board, _, value| hart.write_satp(board, value),
    )
    .when(|hart, _| hart.mode == Mode::Machine || hart.csr.mstatus & status::TVM == 0),
    one(
        0x300,
        "mstatus",
        |hart, _, _| status::view(hart.csr.mstatus),
        |hart, _, _, value| hart.write_mstatus(value),
    ),
    one(0x301, "misa", |_, _, _| MISA, IGNORE),
    one(
        0x302,
        "medeleg",
        |hart, _, _| hart.csr.medeleg,
        |hart, _, _, value| hart.csr.medeleg = value & DELEGABLE,
    ),
    one(
        0x303,
        "mideleg",
        |hart, _, _| hart.csr.mideleg,
        |hart, _, _, value| hart.csr.mideleg = value & irq::SUPERVISOR,
    ),
    one(
        0x304,
        "mie",
        |hart, _, _| hart.csr.mie,
        |hart, _, _, value| hart.csr.mie = value & irq::ALL,
    ),
    one(
        0x305,
        "mtvec",
        |hart, _, _| hart.csr.mtvec,
        |hart, _, _, value| hart.csr.mtvec = vector(hart.csr.mtvec, value),
    ),
    one(
        0x306,
        "mcounteren",
        |hart, _, _| hart.csr.mcounteren,
        |hart, _, _, value| hart.csr.mcounteren = value & COUNTERS,
    ),
    one(
        0x30a,
        "menvcfg",
        |hart, _, _| hart.csr.menvcfg,
        |hart, board, _, value| hart.write_menvcfg(board, value),
    ),
    // The counters that count nothing cannot be stopped.
    one(
        0x320,
        "mcountinhibit",
        |hart, _, _| hart.mcountinhibit(),
        |hart, board, _, value| hart.write_mcountinhibit(board, value),
    ),
    run(0x323, 0x33f, "mhpmevent", 3, ZERO, IGNORE),
    one(
        0x340,
        "mscratch",
        |hart, _, _| hart.csr.mscratch,
        |hart, _, _, value| hart.csr.mscratch = value,
    ),
    one(
        0x341,
        "mepc",
        |hart, _, _| hart.csr.mepc,
        |hart, _, _, value| hart.csr.mepc = value & !1,
    ),
    one(
        0x342,
        "mcause",
        |hart, _, _| hart.csr.mcause,
        |hart, _, _, value| hart.csr.mcause = value,
    ),
    one(
        0x343,
        "mtval",
        |hart, _, _| hart.csr.mtval,
        |hart, _, _, value| hart.csr.mtval = value,
    ),
    one(
        MIP,
        "mip",
        |hart, _, _| hart.mip(),
        |hart, _, _, value| write_mip(hart, value),
    ),
    // On RV64 the odd configuration registers do not exist.
    one(
        0x3a0,
        "pmpcfg0",
        |hart, _, _| hart.csr.pmp.read_cfg(0),
        |hart, _, _, value| hart.write_pmpcfg(0, value),
    ),
    one(
        0x3a2,
        "pmpcfg2",
        |hart, _, _| hart.csr.pmp.read_cfg(2),
        |hart, _, _, value| hart.write_pmpcfg(2, value),
    ),
    run(
        0x3b0,
        0x3bf,
        "pmpaddr",
        0,
        |hart, _, n| hart.csr.pmp.read_addr(n.into()),
        |hart, _, n, value| {
            hart.csr.pmp.write_addr(n.into(), value);
            hart.flush_tlb();
        },
    ),
    one(
        0xb00,
        "mcycle",
        |hart, board, _| hart.mcycle(board),
        |hart, board, _, value| hart.csr.mcycle.set(value, board.now),
    ),
    one(
        0xb02,
        "minstret",
        |hart, _, _| hart.minstret(),
        |hart, _, _, value| hart.write_minstret(value),
    ),
    run(0xb03, 0xb1f, "mhpmcounter", 3, ZERO, IGNORE),
    one(0xc00, "cycle", |hart, board, _| hart.mcycle(board), IGNORE)
        .when(|hart, _| hart.may_count(0)),
    one(0xc01, "time", |_, board, _| board.mtime(), IGNORE).when(|hart, _| hart.may_count(1)),
    one(0xc02, "instret", |hart, _, _| hart.minstret(), IGNORE).when(|hart, _| hart.may_count(2)),
    run(0xc03, 0xc1f, "hpmcounter", 3, ZERO, IGNORE).when(|hart, n| hart.may_count(n + 3)),
    one(0xf11, "mvendorid", ZERO, IGNORE),
    one(0xf12, "marchid", ZERO, IGNORE),
    one(0xf13, "mimpid", ZERO, IGNORE),
    one(0xf14, "mhartid", |hart, _, _| hart.csr.mhartid, IGNORE),
    one(0xf15, "mconfigptr", ZERO, IGNORE),
];
