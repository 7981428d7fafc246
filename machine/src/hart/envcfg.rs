//! `menvcfg` and `senvcfg`: what the less privileged modes are given.
//! Source: Privileged ISA, "Machine Environment Configuration (menvcfg) Register" and
//! "Supervisor Environment Configuration (senvcfg) Register".

/// Fences order devices' memory too. Everything is in order here: the bit is only kept.
pub(super) const FIOM: u64 = 1;
/// `cbo.inval`: 0 forbids it, 1 makes it a flush, 3 allows it, 2 is reserved.
pub(super) const CBIE: u64 = 3 << 4;
const CBIE_RESERVED: u64 = 2 << 4;
/// `cbo.clean` and `cbo.flush`.
pub(super) const CBCFE: u64 = 1 << 6;
/// `cbo.zero`.
pub(super) const CBZE: u64 = 1 << 7;
/// The hart sets bits A and D of page-table entries; without it, software does.
pub(super) const ADUE: u64 = 1 << 61;
/// Page-table entries may name a memory type.
pub(super) const PBMTE: u64 = 1 << 62;
/// S-mode has `stimecmp`.
pub(super) const STCE: u64 = 1 << 63;

const SUPERVISOR_WRITABLE: u64 = FIOM | CBIE | CBCFE | CBZE;
const WRITABLE: u64 = SUPERVISOR_WRITABLE | ADUE | PBMTE | STCE;

/// `menvcfg` at reset, which the manual leaves open: the hart sets A and D, as on QEMU, where
/// kernels that know nothing of it rely on it.
pub(super) const RESET: u64 = ADUE;

/// `menvcfg`, which held `old`, after software wrote `value`.
pub(super) fn write(old: u64, value: u64) -> u64 {
    legal(old, value) & WRITABLE
}

/// `senvcfg`, which held `old`, after software wrote `value`.
pub(super) fn write_supervisor(old: u64, value: u64) -> u64 {
    legal(old, value) & SUPERVISOR_WRITABLE
}

/// `value`, with a reserved CBIE as it was.
fn legal(old: u64, value: u64) -> u64 {
    if value & CBIE == CBIE_RESERVED {
        value & !CBIE | old & CBIE
    } else {
        value
    }
}
