//! Symbols and memory that do not belong together: whatever lies where the kernel's
//! variables should, there is an answer, soon and of bounded size.

use crate::boot;
use inspect::symbols::{Symbols, Type};
use inspect::view::{Addr, Call, View, ViewRequest};

/// A generator of test choices: SplitMix64.
struct Choices(u64);

impl Choices {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// An offset, a count or an address: mostly small or in RAM, sometimes absurd.
    fn number(&mut self) -> u64 {
        match self.below(5) {
            0 => self.next() % 16,
            1 => self.next() % 4096,
            2 => 0x8000_0000 + self.next() % (1 << 20),
            3 => 0x8000_0000 + self.next() % (1 << 27),
            _ => self.next(),
        }
    }
}

/// Changes something in `symbols`.
fn spoil(symbols: &mut Symbols, choices: &mut Choices) {
    let n_types = symbols.types.len();
    if choices.below(4) == 0 {
        let nth = choices.below(symbols.variables.len());
        let variable = &mut symbols.variables[nth];
        match choices.below(3) {
            0 => variable.ty = choices.below(n_types) as u32,
            1 => variable.address = choices.number(),
            _ => variable.address = variable.address.wrapping_add(choices.number()),
        }
        return;
    }
    let (number, other) = (choices.number(), choices.below(n_types) as u32);
    let nth = choices.below(n_types);
    match &mut symbols.types[nth] {
        Type::Opaque { bytes, .. } => *bytes = number,
        Type::Number { bytes, .. } | Type::Enum { bytes, .. } => *bytes = number as u8 % 17,
        Type::Pointer { to } => *to = other,
        Type::Array { of, count } => match choices.below(2) {
            0 => *of = other,
            _ => *count = number,
        },
        Type::Struct {
            bytes,
            fields,
            variants,
            ..
        } => match (choices.below(4), variants) {
            (0, Some(variants)) => {
                let arm = choices.below(variants.arms.len().max(1));
                if let Some(arm) = variants.arms.get_mut(arm) {
                    (arm.tag, arm.offset, arm.ty) = (Some(number), number, other);
                }
            }
            (1, Some(variants)) => {
                if let Some(tag) = &mut variants.tag {
                    (tag.offset, tag.bytes) = (number, number as u8);
                }
            }
            (2, _) => *bytes = number,
            _ if fields.is_empty() => *bytes = number,
            _ => {
                let field = choices.below(fields.len());
                match choices.below(3) {
                    0 => fields[field].offset = number,
                    1 => fields[field].ty = other,
                    _ => _ = fields.remove(field),
                }
            }
        },
    }
}

fn requests() -> Vec<ViewRequest> {
    let table = |pid| ViewRequest::PageTable {
        pid,
        va: Some(Addr(0x4000)),
    };
    vec![
        table(Some(2)),
        table(None),
        ViewRequest::Processes { stack_of: Some(2) },
        ViewRequest::Locks,
        ViewRequest::Log,
        ViewRequest::Harts,
        ViewRequest::Source {
            hart: 0,
            call: None,
        },
        ViewRequest::Source {
            hart: 0,
            call: Some(Call { pid: 2, frame: 1 }),
        },
    ]
}

/// A view that is there is of a size a page can draw.
fn has_bounds(view: &View) -> bool {
    serde_json::to_string(view).expect("views are data").len() < 8 << 20
}

#[test]
fn spoilt_symbols_are_survived() {
    let mut guest = boot(3, "fork=cow");
    guest.type_line("cowdemo");
    guest.until("print:/child: reads AxCD/");
    let machine = guest.observatory.machine();
    let good = guest.observatory.symbols().expect("they are there").clone();
    let mut choices = Choices(1);
    let (mut there, mut missing) = (0, 0);
    for _ in 0..400 {
        let mut symbols = good.clone();
        for _ in 0..1 + choices.below(8) {
            spoil(&mut symbols, &mut choices);
        }
        for request in requests() {
            match inspect::view(machine, Some(&symbols), &request) {
                View::Missing { why } => {
                    missing += 1;
                    assert!(!why.is_empty());
                }
                view => {
                    there += 1;
                    assert!(has_bounds(&view), "{request:?}");
                }
            }
        }
    }
    assert!(there > 0 && missing > 0, "{there} {missing}");
}

/// A name that is missing costs the views that need it, and they say which it is.
#[test]
fn a_missing_name_is_named() {
    let guest = boot(1, "");
    let machine = guest.observatory.machine();
    let without = |name: &str| {
        let mut symbols = guest.observatory.symbols().expect("they are there").clone();
        symbols
            .variables
            .retain(|variable| !variable.name.ends_with(name));
        symbols
    };
    let check = |name: &str, request: ViewRequest| match inspect::view(
        machine,
        Some(&without(name)),
        &request,
    ) {
        View::Missing { why } => assert!(why.contains(name), "{why}"),
        view => panic!("{view:?}"),
    };
    check("PROC", ViewRequest::Processes { stack_of: None });
    check("CPUS", ViewRequest::Processes { stack_of: None });
    check(
        "PROC",
        ViewRequest::PageTable {
            pid: Some(1),
            va: None,
        },
    );
    check("FS", ViewRequest::Log);
    let kernel = ViewRequest::PageTable {
        pid: None,
        va: None,
    };
    for name in ["PROC", "_etext", "KERNEL_PAGETABLE"] {
        let View::PageTable(table) = inspect::view(machine, Some(&without(name)), &kernel) else {
            panic!("the kernel's table needs no {name}");
        };
        assert!(
            table
                .map
                .iter()
                .any(|r| r.name.as_deref() == Some("kernel text"))
        );
    }
    let processes = ViewRequest::Processes { stack_of: None };
    let View::Processes(view) = inspect::view(machine, Some(&without("KMEM")), &processes) else {
        panic!("processes need no KMEM");
    };
    assert_eq!((view.processes.len(), view.free_frames), (2, None));
}
