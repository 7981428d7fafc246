//! What the guest says of itself, on QEMU and on our machine: `ps` and `vmprint`, which the
//! panels are held against, ^P and a panic's last words, how dear it is to say much, and by
//! which names its functions are found.

use fsimg::{Layout, Source};
use inspect::symbols::Symbols;
use tests::boot::{self, config, native_at_prompt, or_fail, qemu_at_prompt};
use tests::{Artefacts, Guest, Native, OwnImage};

/// Runs `command` at the prompt, and returns the lines it printed.
fn run(guest: &mut impl Guest, command: &str) -> Vec<String> {
    let printed = boot::run(guest, command);
    printed.lines().map(String::from).collect()
}

/// `ps` lists who there is, and the frames that are free stay free.
fn ps(guest: &mut impl Guest) {
    let row = |line: &String| {
        line.split_whitespace()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let table = run(guest, "sleep 100 & ps");
    let rows: Vec<Vec<String>> = table.iter().map(row).collect();
    let [head, init, sh, others @ .., sum] = rows.as_slice() else {
        panic!("{table:?}");
    };
    assert_eq!(head.join(" "), "PID PARENT STATE SIZE NAME");
    assert_eq!(init[..3].join(" "), "1 0 sleeping");
    assert_eq!(init[4], "init");
    assert_eq!(sh[..3].join(" "), "2 1 sleeping");
    assert_eq!(sh[4], "sh");
    assert_eq!(sum[..2].join(" "), "4 processes,");
    let [ps] = others
        .iter()
        .filter(|row| row[4] == "ps")
        .collect::<Vec<_>>()[..]
    else {
        panic!("{table:?}");
    };
    assert_eq!(ps[1..3].join(" "), "2 running");
    // Text, data if any, a guard, a page of stack.
    assert!(
        ps[3]
            .parse()
            .is_ok_and(|size: u32| size >= 3 * 4096 && size.is_multiple_of(4096))
    );
    // The other may not be `sleep` yet.
    let [other] = others
        .iter()
        .filter(|row| row[4] != "ps")
        .collect::<Vec<_>>()[..]
    else {
        panic!("{table:?}");
    };
    assert_eq!(other[1], "2", "{table:?}");

    run(guest, &format!("kill {}", other[0]));
    // It is buried, not just dying.
    run(guest, "wait");
    let sums: Vec<String> = (0..3).filter_map(|_| run(guest, "ps").pop()).collect();
    assert!(sums[0].starts_with("3 processes, "), "{sums:?}");
    assert!(sums.iter().all(|sum| *sum == sums[0]), "{sums:?}");
}

#[test]
fn qemu_ps() {
    ps(&mut qemu_at_prompt(3, ""));
}

#[test]
fn native_ps() {
    ps(&mut native_at_prompt(&config(1, 0, "")));
    ps(&mut native_at_prompt(&config(3, 0, "fork=cow sbrk=lazy")));
}

/// ^P has the kernel list the processes, whatever the shell is about.
fn procdump(guest: &mut impl Guest) {
    run(guest, "sleep 1000000 & compute 1000000000 &");
    // Until both have become what they will be.
    let is_ready = |table: &[String]| {
        let runs = |name| table.iter().any(|row: &String| row.ends_with(name));
        runs(" sleep") && runs(" compute")
    };
    while !is_ready(&run(guest, "ps")) {}
    or_fail(guest.send(b"\x10"));
    let shown = or_fail(guest.wait_for(" compute\n")).replace('\r', "");
    let rows: Vec<&str> = shown.trim_start().lines().collect();
    // The shell may still be on its way to wait for keys.
    let expected: [&[&str]; 4] = [
        &["1 sleep  init"],
        &["2 sleep  sh", "2 run    sh", "2 runble sh"],
        &["3 sleep  sleep"],
        &["4 run    compute", "4 runble compute"],
    ];
    assert_eq!(rows.len(), expected.len(), "{shown}");
    for (row, expected) in rows.iter().zip(expected) {
        assert!(expected.contains(row), "{row:?} of {shown}");
    }
    assert_eq!(run(guest, "echo on"), ["on"]);
}

#[test]
fn qemu_procdump() {
    procdump(&mut qemu_at_prompt(3, ""));
}

#[test]
fn native_procdump() {
    procdump(&mut native_at_prompt(&config(1, 0, "")));
    procdump(&mut native_at_prompt(&config(3, 0, "")));
}

/// A panic's addresses are, by the symbols, how the kernel came there.
#[test]
fn a_panic_tells_how_it_came_there() {
    // An `init` that ends, which it must not.
    let init = Source {
        name: "init".into(),
        bytes: or_fail(OwnImage::program("true")),
    };
    let image = or_fail(OwnImage::bytes(Layout::CLASSIC, &[], vec![init]));
    let image = or_fail(OwnImage::new("panic", &image));
    let mut guest = or_fail(Native::boot(&image.guest, &config(2, 0, "")));
    or_fail(guest.wait_for("panic: init exiting\n"));
    let place = or_fail(guest.wait_for("\n"));
    assert!(
        place.starts_with("  at kernel/src/proc/life.rs:"),
        "{place}"
    );
    let symbols = boot::symbols();
    let mut functions = Vec::new();
    // After its last words the machine waits for ever.
    while let Ok(line) = guest.wait_for("\n") {
        let (address, place) = line
            .trim_end()
            .split_once(' ')
            .unwrap_or((line.trim_end(), ""));
        let digits = address.strip_prefix("0x");
        let address = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let address = address.unwrap_or_else(|| panic!("{line:?}"));
        // It is where the call returns to, which may be another function's start.
        let function = symbols.kernel.function_at(address - 1);
        let name = function.map_or("?", |function| symbols.name(function.name));
        // The kernel says so itself.
        let said = place.rsplit_once("+0x").map_or("?", |(said, _)| said);
        assert_eq!(said, name, "{line:?}");
        functions.push(name);
    }
    // The last is the trampoline, which no address of the kernel's leads to.
    let way = ["kernel::proc::life::exit", "kernel::trap::usertrap", "?"];
    assert!(functions.ends_with(&way), "{functions:?}");
}

/// An entry of a page table as `vmprint` shows it.
struct Entry {
    /// 0 below the root.
    depth: usize,
    va: u64,
    pte: u64,
    pa: u64,
}

const PTE_W: u64 = 1 << 2;
const PTE_U: u64 = 1 << 4;
const PTE_COW: u64 = 1 << 8;

/// A table: the pid that stands above it, and its entries.
fn page_table(lines: &[String]) -> (u32, Vec<Entry>) {
    let pid = lines[0]
        .strip_prefix("pid ")
        .and_then(|pid| pid.parse().ok());
    let pid = pid.unwrap_or_else(|| panic!("{lines:?}"));
    assert!(lines[1].starts_with("page table 0x00000000"), "{lines:?}");
    assert_eq!(lines[1].len(), "page table 0x0123456789abcdef".len());
    (pid, lines[2..].iter().map(|line| entry(line)).collect())
}

/// ` .. ..0xVA: pte 0xPTE pa 0xPA`, each number of 16 digits.
fn entry(line: &str) -> Entry {
    let number = |text: &str| {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 16);
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        number.unwrap_or_else(|| panic!("{text} in {line}"))
    };
    let rest = line.trim_start_matches(" ..");
    let depth = (line.len() - rest.len()) / 3 - 1;
    let [va, "pte", pte, "pa", pa] = rest.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{line}");
    };
    let va = number(va.strip_suffix(':').expect("a colon behind the address"));
    Entry {
        depth,
        va,
        pte: number(pte),
        pa: number(pa),
    }
}

/// The leaves of the program's data in a table: what is behind the guard and the stack.
fn data(table: &[Entry]) -> Vec<&Entry> {
    let leaves = table
        .iter()
        .filter(|entry| entry.depth == 2 && entry.va < 1 << 30);
    let guard = |entry: &&Entry| entry.pte & PTE_U == 0;
    leaves.skip_while(|entry| !guard(entry)).skip(2).collect()
}

/// `vmprint` shows whole tables, and what `fork` made of the pages.
fn vmprint(guest: &mut impl Guest, is_cow: bool) {
    let lines = run(guest, "vmprint 3 fork");
    let second = lines.iter().rposition(|line| line.starts_with("pid "));
    let (child, parent) = lines.split_at(second.expect("two tables"));
    let ((child_pid, child), (parent_pid, parent)) = (page_table(child), page_table(parent));
    assert!(child_pid > parent_pid);
    for table in [&child, &parent] {
        let [.., trapframe, trampoline] = table.as_slice() else {
            panic!("{lines:?}");
        };
        assert_eq!((trapframe.depth, trapframe.va), (2, 0x3f_ffff_e000));
        assert_eq!((trampoline.depth, trampoline.va), (2, 0x3f_ffff_f000));
        assert_eq!(table[0].depth, 0);
        for entry in table {
            assert_eq!(entry.pa, entry.pte >> 10 << 12, "{lines:?}");
        }
    }
    let pairs: Vec<_> = data(&parent).into_iter().zip(data(&child)).collect();
    assert_eq!(pairs.len(), 3, "{lines:?}");
    for (parent, child) in pairs {
        assert_eq!(parent.va, child.va);
        let rights = [parent, child].map(|entry| entry.pte & (PTE_W | PTE_COW));
        if is_cow {
            assert_eq!(parent.pa, child.pa, "shared");
            assert_eq!(rights, [PTE_COW; 2]);
        } else {
            assert_ne!(parent.pa, child.pa, "copied");
            assert_eq!(rights, [PTE_W; 2]);
        }
    }
}

#[test]
fn qemu_vmprint() {
    vmprint(&mut qemu_at_prompt(1, ""), false);
    vmprint(&mut qemu_at_prompt(3, "fork=cow"), true);
}

#[test]
fn native_vmprint() {
    vmprint(&mut native_at_prompt(&config(1, 0, "")), false);
    vmprint(
        &mut native_at_prompt(&config(3, 0, "fork=cow sbrk=lazy")),
        true,
    );
}

#[test]
fn a_megabyte_is_cheap_to_print() {
    const LINES: u64 = 16 << 10;
    let mut guest = native_at_prompt(&config(1, 0, ""));
    let start = guest.machine.t();
    let lines = run(&mut guest, &format!("flood {LINES}"));
    assert_eq!(lines.len() as u64, LINES);
    assert!(lines.iter().all(|line| *line == lines[0]));
    let per_byte = (guest.machine.t() - start) / (LINES * 64);
    assert!(per_byte <= 100, "{per_byte} instructions a byte");
}

/// Events hang on calls of these: each stands in the kernel once, out of line.
const FUNCTIONS: &[&str] = &[
    "fork",
    "exec",
    "exit",
    "wait",
    "kill",
    "sleep",
    "wakeup",
    "swtch",
    "yield_",
    "sched",
    "scheduler",
    "kalloc",
    "kfree",
    "uvmcopy",
    "vmfault",
    "cow_fault",
    "uvmalloc",
    "uvmdealloc",
    "begin_op",
    "end_op",
    "commit",
    "log_write",
    "write_head",
    "install_trans",
    "acquire",
    "release",
    "acquiresleep",
    "releasesleep",
    "usertrap",
    "kerneltrap",
    "syscall",
    "bread",
    "bwrite",
    "virtio_disk_rw",
    "consoleread",
    "consolewrite",
];

#[test]
fn functions_that_events_hang_on_are_found() {
    let artefacts = or_fail(Artefacts::with_tests());
    let bytes = std::fs::read(&artefacts.symbols).expect("the symbols were built");
    let symbols = Symbols::from_bytes(&bytes).expect("they are ours");
    for name in FUNCTIONS {
        let found = symbols.functions(name).map(|function| function.start);
        let found: std::collections::BTreeSet<u64> = found.collect();
        assert_eq!(found.len(), 1, "{name} at {found:x?}");
    }
}
