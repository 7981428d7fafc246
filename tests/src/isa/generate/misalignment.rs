//! Every load, store and atomic at every offset around the border of two pages, the second of
//! which is of every kind, for `cause`, `tval` and what is written all the same.

use machine::Mode;
use machine::isa::{Format, Insn, Row, rows};

use super::super::case::{Case, Slot};
use super::super::layout::{CODE, DATA, SUPERVISOR_PAGE, WHOLE_ARENA};
use super::tables::{A, D, G, R, Tables, V, W, X};

/// Where the pages are mapped.
const PAGES: u64 = 0x10_0000_0000;
/// Registers with addresses before the border, each some offsets further.
const POINTER: u8 = 8;

/// What the second page is like.
#[derive(Clone, Copy)]
enum Second {
    Writable,
    ReadOnly,
    Unmarked,
    Absent,
    /// An entry leads where no memory is.
    Nowhere,
}

/// The cases: S-mode with page tables, and M-mode without.
pub fn sweep() -> Vec<Case> {
    use Second::{Absent, Nowhere, ReadOnly, Unmarked, Writable};
    let mut cases = Vec::new();
    for second in [Writable, ReadOnly, Unmarked, Absent, Nowhere] {
        for row in rows().iter().filter(|row| accesses(row)) {
            for first_is_open in [true, false] {
                let mut case = mapped(second, first_is_open);
                case.slots = slots(row);
                cases.push(case);
            }
        }
    }
    for row in rows().iter().filter(|row| accesses(row)) {
        let mut case = Case::new("every misalignment", Mode::Machine);
        begin(&mut case, DATA + 0x1000);
        case.slots = slots(row);
        cases.push(case);
    }
    cases
}

fn accesses(row: &Row) -> bool {
    use Format::{Amo, FLoad, FStore, Load, Lr, S};
    matches!(row.format, Load | S | FLoad | FStore | Amo | Lr)
}

/// One access at each offset from 8 bytes before the border to 1 after it.
fn slots(row: &Row) -> Vec<Slot> {
    let has_offset = !matches!(row.format, Format::Amo | Format::Lr);
    let mut slots = Vec::new();
    for offset in -8..2 {
        // Atomics take no offset: the pointer moves.
        let step = Insn::new(machine::isa::Kind::addi, 9, POINTER, 0, offset).word();
        let (base, offset) = if has_offset {
            (POINTER, offset)
        } else {
            (9, 0)
        };
        let access = Insn::new(row.kind, 5, base, 6, offset).word();
        slots.push(Slot(vec![step, access]));
    }
    slots
}

fn begin(case: &mut Case, border: u64) {
    const FS: u64 = 3 << 13;
    case.mstatus = FS;
    case.f = Some(([0x0123_4567_89ab_cdef; 32], 0));
    case.x[usize::from(POINTER)] = border;
    case.x[6] = 0xfedc_ba98_7654_3210;
    case.memory
        .push((DATA + 0xff0, vec![0x1111_2222_3333_4444; 4]));
}

fn mapped(second: Second, first_is_open: bool) -> Case {
    let mut case = Case::new("every misalignment", Mode::Supervisor);
    case.arena = WHOLE_ARENA;
    begin(&mut case, PAGES + 0x1000);
    let all = V | R | W | A | D;
    let mut tables = Tables::new(3);
    tables.map(SUPERVISOR_PAGE, SUPERVISOR_PAGE, 0, V | X | R | A | D | G);
    tables.map(CODE, CODE, 0, V | X | R | A);
    tables.map(PAGES, DATA, 0, if first_is_open { all } else { 0 });
    let next = DATA + 0x1000;
    let (to, flags) = match second {
        Second::Writable => (next, all),
        Second::ReadOnly => (next, V | R | A | D),
        Second::Unmarked => (next, V | R | W),
        Second::Absent => (next, 0),
        Second::Nowhere => (0x1_0000_0000, all),
    };
    tables.map(PAGES + 0x1000, to, 0, flags);
    case.memory.extend(tables.memory());
    const ADUE: u64 = 1 << 61;
    case.csrs = vec![(0x30a, ADUE), (0x180, tables.satp(false))];
    case
}
