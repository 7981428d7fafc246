//! `mstatus`: its fields, and how traps and returns shift them.
//! Source: Privileged ISA, "Machine Status (mstatus and mstatush) Registers".

use super::Mode;

pub(super) const SIE: u64 = 1 << 1;
pub(super) const MIE: u64 = 1 << 3;
const SPIE: u64 = 1 << 5;
const MPIE: u64 = 1 << 7;
const SPP: u64 = 1 << 8;
const MPP: u64 = 3 << MPP_SHIFT;
const MPP_SHIFT: u32 = 11;
/// The floating-point unit: 0 off, 1 initial, 2 clean, 3 dirty.
pub(super) const FS: u64 = 3 << 13;
/// Some unit's state is dirty: for us, that FS says so. Never stored, see [`view`].
const SD: u64 = 1 << 63;
pub(super) const MPRV: u64 = 1 << 17;
pub(super) const SUM: u64 = 1 << 18;
pub(super) const MXR: u64 = 1 << 19;
pub(super) const TVM: u64 = 1 << 20;
pub(super) const TW: u64 = 1 << 21;
pub(super) const TSR: u64 = 1 << 22;
/// UXL and SXL: both say 64 bits, for ever.
const XL: u64 = 2 << 34 | 2 << 32;

/// What software can change. Without V, VS reads as zero.
const WRITABLE: u64 = SIE | MIE | SPIE | MPIE | SPP | MPP | FS | MPRV | SUM | MXR | TVM | TW | TSR;
/// What of it `sstatus` shows.
const SUPERVISOR_WRITABLE: u64 = SIE | SPIE | SPP | FS | SUM | MXR;
const SUPERVISOR_VISIBLE: u64 = SUPERVISOR_WRITABLE | 3 << 32;

/// The register at reset.
pub(super) const RESET: u64 = XL;

/// The field `MPP`.
pub(super) fn mpp(status: u64) -> Mode {
    match status >> MPP_SHIFT & 3 {
        0 => Mode::User,
        1 => Mode::Supervisor,
        _ => Mode::Machine,
    }
}

/// `status` after software wrote `value`; an `MPP` that is no mode stays as it was.
pub(super) fn write(status: u64, value: u64) -> u64 {
    let writable = if value & MPP == 2 << MPP_SHIFT {
        WRITABLE & !MPP
    } else {
        WRITABLE
    };
    status & !writable | value & writable
}

/// `mstatus` as it reads.
pub(super) fn view(status: u64) -> u64 {
    if status & FS == FS {
        status | SD
    } else {
        status
    }
}

/// `sstatus` as a view of `status`.
pub(super) fn supervisor_view(status: u64) -> u64 {
    view(status) & (SUPERVISOR_VISIBLE | SD)
}

/// `status` after software wrote `value` to `sstatus`.
pub(super) fn write_supervisor(status: u64, value: u64) -> u64 {
    status & !SUPERVISOR_WRITABLE | value & SUPERVISOR_WRITABLE
}

/// Copies bit `from` to bit `to`, both single-bit masks.
fn copy(status: u64, from: u64, to: u64) -> u64 {
    if status & from != 0 {
        status | to
    } else {
        status & !to
    }
}

pub(super) fn enter_machine(status: u64, from: Mode) -> u64 {
    copy(status, MIE, MPIE) & !(MIE | MPP) | (from as u64) << MPP_SHIFT
}

pub(super) fn enter_supervisor(status: u64, from: Mode) -> u64 {
    let status = copy(status, SIE, SPIE) & !(SIE | SPP);
    if from == Mode::User {
        status
    } else {
        status | SPP
    }
}

pub(super) fn leave_machine(status: u64) -> (u64, Mode) {
    let to = mpp(status);
    let status = (copy(status, MPIE, MIE) | MPIE) & !MPP;
    (drop_mprv(status, to), to)
}

pub(super) fn leave_supervisor(status: u64) -> (u64, Mode) {
    let to = if status & SPP != 0 {
        Mode::Supervisor
    } else {
        Mode::User
    };
    let status = (copy(status, SPIE, SIE) | SPIE) & !SPP;
    (drop_mprv(status, to), to)
}

fn drop_mprv(status: u64, to: Mode) -> u64 {
    if to == Mode::Machine {
        status
    } else {
        status & !MPRV
    }
}
