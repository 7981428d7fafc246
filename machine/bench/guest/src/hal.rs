//! The bare machine: entry, page tables, system calls, and how a program ends.
//! All `unsafe` of the benchmarks is here.

use crate::{Outcome, Parameters};
use core::arch::global_asm;
use core::cell::UnsafeCell;
use core::ptr::{addr_of, with_exposed_provenance_mut};

global_asm!(
    include_str!("entry.S"),
    start = sym start,
    fail = sym fail,
    answer = sym answer,
);

/// Data of the one hart there is.
#[repr(C, align(4096))]
pub struct Own<T>(UnsafeCell<T>);

// SAFETY: one hart runs one thread; the trap handler touches only its frame.
unsafe impl<T> Sync for Own<T> {}

impl<T> Own<T> {
    /// Holds `value`.
    pub const fn new(value: T) -> Own<T> {
        Own(UnsafeCell::new(value))
    }

    /// Lends it to `work`, which must not ask for it again.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: one thread, and each program uses what it holds in one place.
        work(unsafe { &mut *self.0.get() })
    }
}

#[unsafe(no_mangle)]
#[unsafe(link_section = ".data.bench")]
static bench_parameters: Parameters = Parameters {
    rounds: 1,
    is_paged: 1,
};
#[unsafe(no_mangle)]
static bench_outcome: Own<Outcome> = Own::new(Outcome { state: 0, value: 0 });

unsafe extern "C" {
    safe fn bench_main(rounds: u64) -> u64;
    fn enter_supervisor(satp: u64, next: extern "C" fn() -> !) -> !;
    fn call_from_user(frame: *mut [u64; 34], satp: u64, count: u64) -> u64;
}

/// Entries of a page table: one page.
type Table = [u64; 512];
/// RAM that is mapped, in blocks of 2 MiB.
const BLOCKS: usize = 24;

/// Tables for the kernel, and for the user.
struct Tables {
    roots: [Table; 2],
    blocks: Table,
    pages: [Table; BLOCKS],
    /// The user's view of the first block.
    user_blocks: Table,
    user_pages: Table,
}

static TABLES: Own<Tables> = Own::new(Tables {
    roots: [[0; 512]; 2],
    blocks: [0; 512],
    pages: [[0; 512]; BLOCKS],
    user_blocks: [0; 512],
    user_pages: [0; 512],
});

const RAM: u64 = 0x8000_0000;
const FINISHER: usize = 0x10_0000;
/// Accessed, dirty and valid: no walk has to set a bit.
const LINK: u64 = 1;
const LEAF: u64 = 1 | 1 << 6 | 1 << 7;
const READ_WRITE: u64 = 3 << 1;
const EXECUTE: u64 = 1 << 3;
const USER: u64 = 1 << 4;

fn entry(pa: u64, bits: u64) -> u64 {
    pa >> 12 << 10 | bits
}

fn link(table: &Table) -> u64 {
    entry(table.as_ptr() as u64, LINK)
}

fn satp(root: &Table) -> u64 {
    8 << 60 | root.as_ptr() as u64 >> 12
}

/// Fills the tables; the `satp` of the kernel and of the user.
fn fill_tables(tables: &mut Tables) -> [u64; 2] {
    for (n, page) in tables.pages.iter_mut().flatten().enumerate() {
        *page = entry(RAM + 4096 * n as u64, LEAF | READ_WRITE | EXECUTE);
    }
    for (n, page) in tables.user_pages.iter_mut().enumerate() {
        *page = entry(RAM + 4096 * n as u64, LEAF | READ_WRITE | EXECUTE | USER);
    }
    for (block, pages) in tables.blocks.iter_mut().zip(&tables.pages) {
        *block = link(pages);
    }
    tables.user_blocks[0] = link(&tables.user_pages);
    for root in &mut tables.roots {
        root[0] = entry(0, LEAF | READ_WRITE);
        root[2] = link(&tables.blocks);
        root[3] = link(&tables.user_blocks);
    }
    [satp(&tables.roots[0]), satp(&tables.roots[1])]
}

extern "C" fn start() -> ! {
    // SAFETY: a valid static; the host may have changed it in the file.
    let is_paged = unsafe { addr_of!(bench_parameters.is_paged).read_volatile() };
    if is_paged == 0 {
        run();
    }
    let [kernel, _] = TABLES.with(fill_tables);
    // SAFETY: the table maps all of RAM that is used at its own address.
    unsafe {
        core::arch::asm!("csrs medeleg, {0}", in(reg) 1 << 8);
        enter_supervisor(kernel, run)
    }
}

extern "C" fn run() -> ! {
    // SAFETY: a valid static; the host may have changed it in the file.
    let rounds = unsafe { addr_of!(bench_parameters.rounds).read_volatile() };
    let value = bench_main(rounds);
    end(1, value)
}

/// Makes `count` system calls from user mode; the sum of what they gave.
pub fn system_calls(count: u64) -> u64 {
    if count == 0 {
        return 0;
    }
    static FRAME: Own<[u64; 34]> = Own::new([0; 34]);
    let user = TABLES.with(|tables| satp(&tables.roots[1]));
    // SAFETY: the frame is long enough, and the user's table maps what the kernel's does.
    unsafe { call_from_user(FRAME.0.get(), user, count) }
}

/// What the kernel does for a system call.
extern "C" fn answer(argument: u64, number: u64) -> u64 {
    argument ^ number
}

extern "C" fn fail(cause: u64) -> ! {
    end(cause + 2, 0)
}

/// Tells how it ended, waits a little for hosts that only look now and then, and switches
/// the power off.
fn end(state: u64, value: u64) -> ! {
    bench_outcome.with(|outcome| {
        let outcome: *mut Outcome = outcome;
        // SAFETY: a valid static, which the host reads.
        unsafe {
            (&raw mut (*outcome).value).write_volatile(value);
            (&raw mut (*outcome).state).write_volatile(state);
        }
    });
    for _ in 0..2_000 {
        core::hint::black_box(());
    }
    let code = if state == 1 { 0x5555 } else { 0x1_3333 };
    loop {
        // SAFETY: the test finisher's register, mapped at its own address.
        unsafe { with_exposed_provenance_mut::<u32>(FINISHER).write_volatile(code) };
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    fail(1000)
}
