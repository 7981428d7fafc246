//! Page tables that nobody would make: cyclic, wild, misaligned, with reserved bits. What
//! is shown of them has bounds, and says of every address what the machine does with it.

#[path = "../../tests/guest/mod.rs"]
mod guest;

use guest::*;
use inspect::view::{Addr, Entry, Flag, Flaw, PageTableView, RegionKind, View, ViewRequest, Walk};
use machine::Machine;
use machine::isa::Kind::*;
use proptest::prelude::*;

/// Where everything lies, from the start of RAM: results of the loads, tables, data.
const RESULTS: u64 = RAM + 0x4000;
const TABLES: u64 = RAM + 0x1_0000;
const DATA: u64 = RAM + 0x2_0000;
const N_TABLES: u64 = 8;
const N_DATA: u64 = 16;
const PAGE: u64 = 4096;

const V: u64 = 1;
const W: u64 = 4;
const X: u64 = 8;
const LOAD_ACCESS: u64 = 5;
const LOAD_PAGE: u64 = 13;

/// The tables, of 512 entries each; the first is the root.
type Tables = Vec<Vec<u64>>;

/// How tables are walked: their levels, and whether entries may name a memory type.
#[derive(Clone, Copy, Debug)]
struct Scheme {
    levels: u32,
    has_types: bool,
}

const SV39: Scheme = Scheme {
    levels: 3,
    has_types: false,
};

impl Scheme {
    /// The address with its highest bits as they must be.
    fn canonical(self, va: u64) -> u64 {
        let unused = 64 - (12 + 9 * self.levels);
        ((va << unused) as i64 >> unused) as u64
    }
}

/// A machine whose hart has used the tables, in S-mode's name and whatever R and U say, to
/// load from each of `addresses`; and what became of that: the cause of the trap and the
/// value.
fn load_through(scheme: Scheme, tables: &Tables, addresses: &[u64]) -> (Machine, Vec<(u64, u64)>) {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler").csrr(T2, MEPC);
    program.imm(addi, T2, T2, 4).csrw(MEPC, T2);
    program.csrr(A0, MCAUSE).plain(mret);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    program.li(T0, -1).csrw(PMPADDR0, T0);
    program.li(T0, 0x1f).csrw(PMPCFG0, T0);
    let mode = u64::from(scheme.levels) + 5;
    program
        .li(T0, (mode << 60 | TABLES >> 12) as i64)
        .csrw(SATP, T0);
    // ADUE, and PBMTE where there are types.
    let environment = 1 << 61 | i64::from(scheme.has_types) << 62;
    program.li(T0, environment).csrw(0x30a, T0);
    // A trap returns to the instruction behind, in M-mode: MPP stays 3 until set anew.
    const MPRV_SUM_MXR: i64 = 1 << 17 | 1 << 18 | 1 << 19;
    program
        .li(S1, 1 << 11 | MPRV_SUM_MXR)
        .li(S2, RESULTS as i64);
    for &address in addresses {
        program.li(A1, address as i64).li(A0, 0).li(A2, 0);
        // The handler runs with MPRV too, but fetches and touches no memory.
        program.csrw(MSTATUS, S1).imm(ld, A2, A1, 0);
        program.csrw(MSTATUS, ZERO);
        program.store(sd, A0, S2, 0).store(sd, A2, S2, 8);
        program.imm(addi, S2, S2, 16);
    }
    program.power_off(0);
    assert!(program.here() <= RESULTS, "the program is too long");
    program.align(0x1_0000);
    for table in tables {
        let entries = table.iter().flat_map(|entry| entry.to_le_bytes());
        program.bytes(&entries.collect::<Vec<u8>>());
    }
    program.align(0x2_0000);
    for at in (0..N_DATA * PAGE).step_by(8) {
        program.bytes(&(DATA + at).to_le_bytes());
    }
    let machine = program.run();
    let word = |at: u64| {
        let offset = (at - RAM) as usize;
        let bytes = machine.ram()[offset..offset + 8].try_into();
        u64::from_le_bytes(bytes.expect("eight bytes"))
    };
    let results = (0..addresses.len() as u64).map(|n| RESULTS + 16 * n);
    let results = results.map(|at| (word(at), word(at + 8))).collect();
    (machine, results)
}

fn view(machine: &Machine, va: u64) -> PageTableView {
    let va = Some(Addr(va));
    match inspect::view(machine, None, &ViewRequest::PageTable { pid: None, va }) {
        View::PageTable(view) => view,
        other => panic!("{other:?}"),
    }
}

fn walk(machine: &Machine, va: u64) -> Walk {
    view(machine, va).walk.expect("it was asked for")
}

/// Whether what the hart found at `va` is where the view's walk ends.
fn agrees(machine: &Machine, walk: &Walk, (cause, value): (u64, u64)) -> bool {
    let ram_end = RAM + machine.ram().len() as u64;
    match (walk.pa, walk.flaw) {
        (Some(Addr(pa)), None) if (DATA..DATA + N_DATA * PAGE).contains(&pa) => {
            (cause, value) == (0, pa)
        }
        (Some(Addr(pa)), None) if (RAM..ram_end).contains(&pa) => cause == 0,
        (Some(_), None) | (None, Some(Flaw::NotRam)) => cause == LOAD_ACCESS,
        (None, Some(_)) => cause == LOAD_PAGE,
        _ => false,
    }
}

/// Slots of tables that are used: few, so that addresses meet.
const SLOTS: [u64; 6] = [0, 1, 2, 255, 256, 511];

fn pte(pa: u64, flags: u64) -> u64 {
    pa >> 12 << 10 | flags
}

fn an_entry() -> impl Strategy<Value = u64> {
    let flags = || 0_u64..1 << 10;
    prop_oneof![
        4 => (0..N_TABLES).prop_map(|n| pte(TABLES + n * PAGE, V)),
        4 => (0..N_DATA, flags()).prop_map(|(n, f)| pte(DATA + n * PAGE, f | V)),
        2 => flags().prop_map(|f| pte(RAM, f | V)),
        1 => (0..N_TABLES, flags()).prop_map(|(n, f)| pte(TABLES + n * PAGE, f | V)),
        1 => (0_u64..1 << 20, flags()).prop_map(|(n, f)| pte(0x40_0000_0000 + n * PAGE, f | V)),
        1 => (54_u32..64, flags()).prop_map(|(bit, f)| pte(DATA, f | V) | 1 << bit),
        1 => (0_u64..4, flags()).prop_map(|(t, f)| pte(DATA, f | V) | t << 61),
        1 => (0_u64..4, flags()).prop_map(|(t, f)| pte(TABLES, V) | t << 61 | f & V),
        1 => flags().prop_map(|f| pte(DATA + 0x8000, f | V) | 1 << 63),
        1 => any::<u64>().prop_map(|bits| bits | 1 << 53),
    ]
}

fn some_tables() -> impl Strategy<Value = Tables> {
    let slot = 0..SLOTS.len();
    let entries = proptest::collection::vec((0..N_TABLES as usize, slot, an_entry()), 0..60);
    entries.prop_map(|entries| {
        let mut tables = vec![vec![0; 512]; N_TABLES as usize];
        for (table, slot, entry) in entries {
            tables[table][SLOTS[slot] as usize] = entry;
        }
        tables
    })
}

fn a_scheme() -> impl Strategy<Value = Scheme> {
    (3_u32..=5, any::<bool>()).prop_map(|(levels, has_types)| Scheme { levels, has_types })
}

/// A scheme with addresses, most of them canonical for it.
fn some_addresses() -> impl Strategy<Value = (Scheme, Vec<u64>)> {
    let slots = proptest::collection::vec((0..SLOTS.len()).prop_map(|n| SLOTS[n]), 5);
    let parts = (slots, 0..PAGE / 8);
    let in_tables = parts.prop_map(|(slots, word)| {
        let page = slots.into_iter().fold(0, |page, slot| page << 9 | slot);
        (page << 12 | word << 3, true)
    });
    let anywhere = any::<u64>().prop_map(|va| (va & !7, false));
    let address = prop_oneof![9 => in_tables, 1 => anywhere];
    let addresses = proptest::collection::vec(address, 12);
    (a_scheme(), addresses).prop_map(|(scheme, addresses)| {
        let made = addresses.into_iter().map(|(va, is_canonical)| {
            if is_canonical {
                scheme.canonical(va)
            } else {
                va
            }
        });
        (scheme, made.collect())
    })
}

fn count(tree: &[Entry]) -> usize {
    tree.iter().map(|entry| 1 + count(&entry.children)).sum()
}

/// Pages of the leaves of `tree` that a hart follows.
fn pages(tree: &[Entry]) -> u64 {
    let of_entry = |entry: &Entry| {
        let is = |flag| entry.flags.contains(&flag);
        let is_leaf = is(Flag::R) || is(Flag::W) || is(Flag::X);
        let own = if is_leaf && entry.flaw.is_none() {
            u64::from(entry.count) << (9 * entry.level)
        } else {
            0
        };
        own + pages(&entry.children)
    };
    tree.iter().map(of_entry).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn walks_end_where_the_machine_goes(
        tables in some_tables(),
        (scheme, addresses) in some_addresses(),
    ) {
        let (machine, results) = load_through(scheme, &tables, &addresses);
        for (&va, &result) in addresses.iter().zip(&results) {
            let walk = walk(&machine, va);
            prop_assert!(agrees(&machine, &walk, result), "{va:#x} {result:x?} {walk:x?}");
        }
    }

    #[test]
    fn maps_and_trees_say_what_walks_do(
        tables in some_tables(),
        (scheme, addresses) in some_addresses(),
    ) {
        let (machine, _) = load_through(scheme, &tables, &[]);
        let whole = view(&machine, 0);
        prop_assert_eq!(u32::from(whole.levels), scheme.levels);
        prop_assert!(count(&whole.tree) <= 4096 + 2048);
        prop_assert!(whole.map.len() <= 4096);
        prop_assert!(whole.table_pages <= 2048);
        let starts = whole.map.iter().map(|region| region.start);
        prop_assert!(starts.is_sorted());
        if whole.is_cut {
            return Ok(());
        }
        let mapped: u64 = whole.map.iter().map(|region| u64::from(region.pages)).sum();
        prop_assert_eq!(mapped, pages(&whole.tree));
        prop_assert_eq!(mapped, u64::from(whole.mapped_pages));
        for va in addresses {
            let walk = walk(&machine, va);
            let region = whole.map.iter().find(|region| {
                va.wrapping_sub(region.start.0) < region.end.0.wrapping_sub(region.start.0)
            });
            prop_assert_eq!(region.is_some(), walk.pa.is_some(), "{:#x}", va);
            if let (Some(region), Some(step)) = (region, walk.steps.last()) {
                prop_assert_eq!(region.kind, RegionKind::Mapped);
                prop_assert!(region.flags.iter().all(|flag| step.flags.contains(flag)));
            }
        }
    }
}

/// A root all of whose entries lead to itself would be a tree of 134 million entries.
#[test]
fn a_table_of_itself_is_cut() {
    let mut tables = vec![vec![pte(TABLES, V); 512]];
    tables.resize(N_TABLES as usize, vec![0; 512]);
    let (machine, _) = load_through(SV39, &tables, &[]);
    let view = view(&machine, 0x1234_5000);
    assert!(view.is_cut);
    assert!(count(&view.tree) <= 4096 + 2048);
    let walk = view.walk.expect("it was asked for");
    assert_eq!((walk.steps.len(), walk.flaw), (3, Some(Flaw::NoLevelLeft)));
    assert!(view.map.is_empty());
}

#[test]
fn flaws_are_named() {
    let check = |entry: u64, flaw: Flaw| {
        let mut tables = vec![vec![0; 512]; N_TABLES as usize];
        tables[0][0] = entry;
        tables[1][0] = pte(TABLES, V);
        let (machine, results) = load_through(SV39, &tables, &[0]);
        let view = view(&machine, 0);
        let walk = view.walk.expect("it was asked for");
        assert_eq!((walk.pa, walk.flaw), (None, Some(flaw)));
        assert!(agrees(&machine, &walk, results[0]), "{results:x?}");
        assert!(view.map.is_empty());
        if flaw != Flaw::NotRam && flaw != Flaw::NotValid {
            assert_eq!(view.tree[0].flaw, Some(flaw));
        }
    };
    check(0, Flaw::NotValid);
    check(pte(RAM, V | W), Flaw::WriteOnly);
    check(pte(RAM, V | W | X), Flaw::WriteOnly);
    check(pte(RAM + PAGE, V | X), Flaw::Misaligned);
    check(pte(RAM, V | X) | 1 << 63, Flaw::ReservedBits);
    check(pte(TABLES, V | 1 << 4), Flaw::TableFlags);
    check(pte(0x40_0000_0000, V), Flaw::NotRam);
}

/// A tree of Sv57 with what the extensions say of its leaves.
#[test]
fn deep_tables_show_every_level_and_type() {
    const R: u64 = 2;
    let scheme = Scheme {
        levels: 5,
        has_types: true,
    };
    let mut tables = vec![vec![0; 512]; N_TABLES as usize];
    for n in 0..4 {
        tables[n as usize][1] = pte(TABLES + (n + 1) * PAGE, V);
    }
    tables[4][1] = pte(DATA, V | R) | 2 << 61;
    tables[4][2] = pte(DATA + PAGE, V | R) | 1 << 61;
    tables[4][0] = pte(DATA + 0x8000, V | R) | 1 << 63;
    let va = (0..5).fold(0, |va, level| va | 1 << (12 + 9 * level));
    let (machine, results) = load_through(scheme, &tables, &[va, va - PAGE]);
    let view = view(&machine, va);
    let walk = view.walk.expect("it was asked for");
    assert!(agrees(&machine, &walk, results[0]), "{results:x?}");
    let levels: Vec<_> = walk.steps.iter().map(|step| step.level).collect();
    assert_eq!((view.levels, levels), (5, vec![4, 3, 2, 1, 0]));
    let mut leaves = &view.tree;
    while !leaves[0].children.is_empty() {
        leaves = &leaves[0].children;
    }
    let flags: Vec<_> = leaves.iter().map(|leaf| leaf.flags[2..].to_vec()).collect();
    // The hart marked what it loaded from.
    let expected = [
        vec![Flag::A, Flag::N],
        vec![Flag::A, Flag::Io],
        vec![Flag::Nc],
    ];
    assert_eq!(flags, expected);
}

/// Leaves that follow each other are one entry, and one region whatever A and D say.
#[test]
fn equal_neighbours_are_one() {
    const R: u64 = 2;
    const A: u64 = 64;
    let mut tables = vec![vec![0; 512]; N_TABLES as usize];
    tables[0][0] = pte(TABLES + PAGE, V);
    tables[1][0] = pte(TABLES + 2 * PAGE, V);
    for n in 0..8 {
        let used = if n == 3 { A } else { 0 };
        tables[2][10 + n as usize] = pte(DATA + n * PAGE, V | R | W | used);
    }
    tables[2][18] = pte(DATA, V | R);
    let (machine, _) = load_through(SV39, &tables, &[]);
    let view = view(&machine, 0);
    let leaves = &view.tree[0].children[0].children;
    let runs: Vec<_> = leaves
        .iter()
        .map(|entry| (entry.index, entry.count))
        .collect();
    assert_eq!(runs, [(10, 3), (13, 1), (14, 4), (18, 1)]);
    let regions: Vec<_> = view
        .map
        .iter()
        .map(|r| (r.start.0, r.pages, r.flags.len()))
        .collect();
    assert_eq!(regions, [(0xa000, 8, 3), (0x12000, 1, 2)]);
    assert_eq!((view.mapped_pages, view.table_pages), (9, 3));
}

/// A program with a great many pages in no order: not all have a row, but all count.
#[test]
fn what_is_not_shown_counts() {
    const R: u64 = 2;
    let mut tables = vec![vec![0; 512]; N_TABLES as usize];
    tables[0][0] = pte(TABLES + PAGE, V);
    tables[1] = vec![pte(TABLES + 2 * PAGE, V); 512];
    for (n, entry) in tables[2].iter_mut().enumerate() {
        *entry = pte(DATA + (511 - n as u64) % N_DATA * PAGE, V | R);
    }
    let (machine, _) = load_through(SV39, &tables, &[]);
    let view = view(&machine, 0);
    assert!(view.is_cut);
    assert!(count(&view.tree) <= 4096 + 2048);
    assert_eq!((view.mapped_pages, view.table_pages), (512 * 512, 514));
    let [whole] = view.map.as_slice() else {
        panic!("{} regions", view.map.len());
    };
    assert_eq!((whole.start.0, whole.end.0), (0, 1 << 30));
}
