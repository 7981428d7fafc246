//! Page tables, against `vmprint`, and what `fork` and `sbrk` make of them.

use std::collections::BTreeMap;

use crate::{Watched, boot, named};
use inspect::view::{Entry, Flag, PageTableView, Region, RegionKind};

const PAGE: u64 = 4096;

/// The leaves of a tree: address, entry.
fn leaves(tree: &[Entry]) -> BTreeMap<u64, u64> {
    let mut leaves = BTreeMap::new();
    for entry in tree {
        if entry
            .flags
            .iter()
            .any(|flag| matches!(flag, Flag::R | Flag::W | Flag::X))
        {
            let span = PAGE << (9 * entry.level);
            for n in 0..u64::from(entry.count) {
                let pte = entry.pte.0 + n * (span / PAGE * 1024);
                leaves.insert(entry.va.0 + n * span, pte);
            }
        }
        leaves.append(&mut self::leaves(&entry.children));
    }
    leaves
}

fn regions<'a>(table: &'a PageTableView, name: &str) -> Vec<&'a Region> {
    let map = table.map.iter();
    map.filter(|region| region.name.as_deref() == Some(name))
        .collect()
}

/// What `vmprint` prints, entry by entry, is what is shown.
#[test]
fn page_tables_are_those_vmprint_prints() {
    for (harts, bootargs) in [(1, ""), (3, "fork=cow")] {
        let mut guest = boot(harts, bootargs);
        guest.type_line("vmprint 5 fork");
        for _ in ["child", "parent"] {
            guest.until("return:kpgtbl");
            let view = guest.processes();
            let pid = view
                .processes
                .iter()
                .filter(|p| p.name == "vmprint" && p.hart.is_some());
            let pid = pid.map(|p| p.pid).max().expect("it is running");
            let shown = leaves(&guest.table(Some(pid)).tree);
            guest.run(1);
            let printed = guest
                .shown
                .rsplit_once(&format!("pid {pid}\n"))
                .expect("it says so")
                .1;
            let mut leaves = BTreeMap::new();
            for line in printed.lines().filter(|line| line.starts_with(" .. .. ..")) {
                let number = |word: &str| {
                    u64::from_str_radix(
                        word.trim_matches(['.', ':', ' ']).trim_start_matches("0x"),
                        16,
                    )
                };
                let words: Vec<&str> = line.trim_start_matches(" ..").split(' ').collect();
                let number = |n: usize| number(words[n]).expect("a number");
                leaves.insert(number(0), number(2));
            }
            assert!(leaves.len() >= 5 + 3, "{printed}");
            // A and D may have been set since.
            let settled = |leaves: BTreeMap<u64, u64>| -> BTreeMap<u64, u64> {
                leaves
                    .into_iter()
                    .map(|(va, pte)| (va, pte & !0xc0))
                    .collect()
            };
            assert_eq!(settled(shown), settled(leaves));
        }
    }
}

/// The rights of a leaf and its frame, without A and D.
fn rights(pte: u64) -> u64 {
    pte & 0x31f
}

const V: u64 = 1;
const R: u64 = 2;
const W: u64 = 4;
const U: u64 = 16;
const COW: u64 = 256;

/// Parent and child of `cowdemo`, and where its four pages of data are.
fn family(guest: &Watched) -> ([i32; 2], Vec<u64>) {
    let view = guest.processes();
    let both: Vec<i32> = named(&view, "cowdemo")
        .iter()
        .map(|process| process.pid)
        .collect();
    let table = guest.table(Some(both[0]));
    let heap = regions(&table, "heap");
    let (start, end) = (heap[0].start.0, heap.last().expect("a heap").end.0);
    assert_eq!(end - start, 4 * PAGE, "{heap:?}");
    (
        both.try_into().expect("two of them"),
        (start..end).step_by(4096).collect(),
    )
}

#[test]
fn copy_on_write_shares_until_written() {
    let mut guest = boot(1, "fork=cow");
    guest.type_line("cowdemo");
    // The child has begun to speak: it has written to its stack only.
    guest.until("print:/child: reads ABCD/");
    let (pids, pages) = family(&guest);
    let tables = pids.map(|pid| guest.table(Some(pid)));
    for (table, other) in tables.iter().zip([pids[1], pids[0]]) {
        let leaves = leaves(&table.tree);
        for va in &pages {
            assert_eq!(rights(leaves[va]), V | R | U | COW);
        }
        let [heap] = regions(table, "heap")[..] else {
            panic!("{:?}", table.map)
        };
        let is = |flag| heap.flags.contains(&flag);
        assert!(is(Flag::Cow) && is(Flag::U) && !is(Flag::W), "{heap:?}");
        assert_eq!(
            heap.shared_with.iter().map(|p| p.pid).collect::<Vec<_>>(),
            [other]
        );
        let text = regions(table, "text");
        assert!(
            text.iter().all(|region| region.shared_with.len() == 1),
            "{text:?}"
        );
        // Each has a trapframe of its own; the trampoline is everybody's and no sharing.
        for name in ["trapframe", "trampoline"] {
            assert!(regions(table, name)[0].shared_with.is_empty());
        }
    }
    let same = |va: &&u64| leaves(&tables[0].tree)[va] >> 10 == leaves(&tables[1].tree)[va] >> 10;
    assert_eq!(pages.iter().filter(same).count(), 4);

    guest.until("print:/child: reads AxCD/");
    let [parent, child] = pids.map(|pid| guest.table(Some(pid)));
    let (parents, childs) = (leaves(&parent.tree), leaves(&child.tree));
    for (n, va) in pages.iter().enumerate() {
        let is_copied = n == 1;
        assert_eq!(parents[va] >> 10 != childs[va] >> 10, is_copied, "page {n}");
        assert_eq!(rights(parents[va]), V | R | U | COW, "page {n}");
        assert_eq!(
            rights(childs[va]),
            V | R | U | if is_copied { W } else { COW },
            "page {n}"
        );
    }
    assert_eq!(regions(&child, "heap").len(), 3, "shared, own, shared");
    assert_eq!(parent.shared_pages, child.shared_pages);
}

#[test]
fn an_eager_fork_shares_nothing() {
    let mut guest = boot(1, "fork=eager");
    guest.type_line("cowdemo");
    guest.until("print:/child: reads ABCD/");
    let (pids, pages) = family(&guest);
    for table in pids.map(|pid| guest.table(Some(pid))) {
        assert_eq!(table.shared_pages, 0);
        let leaves = leaves(&table.tree);
        assert!(pages.iter().all(|va| rights(leaves[va]) == V | R | W | U));
    }
}

#[test]
fn lazy_memory_is_promised_until_touched() {
    let mut guest = boot(1, "sbrk=lazy");
    guest.type_line("lazydemo");
    let promised = |guest: &Watched| -> Vec<(u64, u32, RegionKind)> {
        let pid = named(&guest.processes(), "lazydemo")[0].pid;
        let table = guest.table(Some(pid));
        let heap = regions(&table, "heap");
        heap.iter().map(|r| (r.start.0, r.pages, r.kind)).collect()
    };
    guest.until("trap:store-fault pid=3");
    let before = promised(&guest);
    assert!(
        before.iter().any(|r| r.2 == RegionKind::Promised),
        "{before:?}"
    );
    let count = |regions: &[(u64, u32, RegionKind)], kind| -> u32 {
        regions.iter().filter(|r| r.2 == kind).map(|r| r.1).sum()
    };
    guest.until("return:write pid=3");
    let after = promised(&guest);
    assert_eq!(
        count(&after, RegionKind::Mapped),
        count(&before, RegionKind::Mapped) + 1
    );
    assert_eq!(
        count(&after, RegionKind::Promised) + 1,
        count(&before, RegionKind::Promised)
    );
}

/// Text, guard, stack and the ends of the address space; kernel stacks and their guards.
#[test]
fn regions_have_names() {
    let guest = boot(1, "");
    let sh = guest.table(Some(2));
    let outline: Vec<_> = sh
        .map
        .iter()
        .map(|r| (r.name.as_deref().unwrap_or("?"), r.kind))
        .collect();
    let [
        ("text", RegionKind::Mapped),
        ..,
        ("trapframe", _),
        ("trampoline", _),
    ] = outline[..]
    else {
        panic!("{outline:?}");
    };
    let guard = outline
        .iter()
        .position(|&(_, kind)| kind == RegionKind::Guard)
        .expect("a guard");
    assert_eq!(outline[guard + 1].0, "stack");
    let sp = guest.processes().processes[1]
        .trapframe
        .iter()
        .find(|r| r.name == "sp")
        .map(|r| r.value.0);
    let stack = regions(&sh, "stack")[0];
    assert!(sp.is_some_and(|sp| (stack.start.0..stack.end.0).contains(&sp)));

    let kernel = guest.table(None);
    for name in [
        "UART",
        "virtio",
        "PLIC",
        "kernel text",
        "kernel read-only data",
        "kernel data",
        "boot stacks",
        "memory for pages",
        "kernel stack of pid 1",
        "kernel stack of pid 2",
        "kernel stack of slot 2",
        "kernel stack of slot 63",
        "trampoline",
    ] {
        let found = regions(&kernel, name);
        assert!(!found.is_empty(), "{name}");
        assert!(found.iter().all(|r| r.kind == RegionKind::Mapped));
    }
    let text = regions(&kernel, "kernel text")[0];
    assert_eq!(
        (text.start.0, text.flags.contains(&Flag::X)),
        (0x8000_0000, true)
    );
    let stack = regions(&kernel, "kernel stack of pid 2")[0];
    let below = kernel
        .map
        .iter()
        .find(|r| r.end == stack.start)
        .expect("a guard");
    assert_eq!((below.kind, below.pages), (RegionKind::Guard, 4));
    assert_eq!(
        kernel
            .map
            .iter()
            .filter(|r| r.kind == RegionKind::Guard)
            .count(),
        64 + 8
    );
    assert!(!kernel.is_cut);
}
