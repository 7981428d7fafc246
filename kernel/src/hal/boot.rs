//! From reset to `main`: the few instructions in machine mode, and what the machine
//! tells about itself.

use super::{board, timer};
use abi::limits::NCPU;
use core::arch::{asm, global_asm};
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};
use kernel::fdt;

global_asm!(include_str!("entry.S"), NCPU = const NCPU, start = sym start);

const MSTATUS_MPP_S: usize = 1 << 11;
const MSTATUS_MPP_MASK: usize = 3 << 11;
/// Software, timer and external interrupts of supervisor mode, in `sie`.
const SIE_ALL: usize = 1 << 1 | 1 << 5 | 1 << 9;
/// `cycle`, `time` and `instret`, in `mcounteren` and `scounteren`.
const COUNTERS: usize = 0b111;

/// Longest `bootargs` that is kept.
const BOOTARGS_LEN: usize = 256;
/// A device tree larger than this is not believed.
const FDT_MAX: usize = 1 << 20;

/// Where hart 0 was told the device tree is.
static FDT: AtomicUsize = AtomicUsize::new(0);

/// Sets the hart up in machine mode and goes on as supervisor in `main`.
///
/// # Safety
/// Called once on each hart, by `_entry`.
unsafe extern "C" fn start(hart: usize, fdt: usize) -> ! {
    if hart == 0 {
        FDT.store(fdt, Ordering::Relaxed);
    }
    // SAFETY: machine mode set-up of this hart alone. All of memory is opened to
    // supervisor mode (on a machine without PMP it is open: a trap there lands behind
    // the two writes), all that can be delegated is, everybody may read the counters, and
    // paging is off.
    unsafe {
        asm!(
            "la   {scratch}, 1f",
            "csrw mtvec, {scratch}",
            "csrw pmpaddr0, {everything}",
            "csrw pmpcfg0, {rwx}",
            ".balign 4",
            "1:",
            "csrw satp, zero",
            "csrw medeleg, {all}",
            "csrw mideleg, {all}",
            "csrw sie, {sie}",
            "csrw mcounteren, {counters}",
            "csrw scounteren, {counters}",
            scratch = out(reg) _,
            everything = in(reg) usize::MAX >> 10,
            rwx = in(reg) 0xf,
            all = in(reg) 0xffff,
            sie = in(reg) SIE_ALL,
            counters = in(reg) COUNTERS,
            options(nostack),
        );
        timer::start(hart);
        asm!(
            "csrc mstatus, {mpp}",
            "csrs mstatus, {supervisor}",
            "csrw mepc, {main}",
            "mv   tp, {hart}",
            "mret",
            mpp = in(reg) MSTATUS_MPP_MASK,
            supervisor = in(reg) MSTATUS_MPP_S,
            main = in(reg) crate::main as *const () as usize,
            hart = in(reg) hart,
            options(noreturn),
        );
    }
}

/// What the device tree told, copied out of it.
pub struct BootFacts {
    bootargs: [u8; BOOTARGS_LEN],
    bootargs_len: usize,
    /// The RAM that may be used, from [`board::KERNBASE`] on.
    pub ram: Range<usize>,
    /// Harts that will come up, at least one and at most [`NCPU`].
    pub n_harts: usize,
}

impl BootFacts {
    /// Reads the device tree. Before `kalloc` is given the memory that holds it.
    pub fn read() -> BootFacts {
        let mut facts = BootFacts {
            bootargs: [0; BOOTARGS_LEN],
            bootargs_len: 0,
            ram: board::DEFAULT_RAM,
            n_harts: 1,
        };
        if let Some(tree) = device_tree().and_then(fdt::facts) {
            facts.take(&tree);
        }
        facts
    }

    fn take(&mut self, tree: &fdt::Facts) {
        let bootargs = tree.bootargs.as_bytes();
        self.bootargs_len = bootargs.len().min(BOOTARGS_LEN);
        self.bootargs[..self.bootargs_len].copy_from_slice(&bootargs[..self.bootargs_len]);
        self.n_harts = tree.n_harts.clamp(1, NCPU);
        if let Some(ram) = &tree.ram
            && ram.start as usize == board::KERNBASE
        {
            self.ram = board::KERNBASE..ram.end as usize;
        }
    }

    /// The `bootargs`, cut to what is kept.
    pub fn bootargs(&self) -> &str {
        core::str::from_utf8(&self.bootargs[..self.bootargs_len]).unwrap_or("")
    }
}

/// The bytes of the device tree, if a1 led to one.
fn device_tree() -> Option<&'static [u8]> {
    let start = FDT.load(Ordering::Relaxed);
    if start == 0 || !start.is_multiple_of(8) {
        return None;
    }
    let start: *const u8 = ptr::with_exposed_provenance(start);
    // SAFETY: whoever starts a hart passes a tree in a1, so the first bytes can be read;
    // paging is still off. Nothing writes there while the slice lives: `read` is over
    // before memory is given out.
    unsafe {
        let len = fdt::total_size(start.cast::<[u8; 8]>().read())?;
        (len <= FDT_MAX).then(|| core::slice::from_raw_parts(start, len))
    }
}
