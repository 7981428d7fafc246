//! The symbols file: what is written is read, and nothing else is.

use proptest::prelude::*;
use symbols::{
    Arm, BadSymbols, Code, Field, Function, Head, Inlined, Line, Program, SourceFile, Sources,
    Symbols, Tag, Type, Variable, Variants,
};

/// A little of everything.
fn sample() -> Symbols {
    let function = |start, end, name| Function {
        start,
        end,
        name,
        file: 0,
        line: 3,
    };
    let line = |address, line| Line {
        address,
        file: 0,
        line,
    };
    Symbols {
        kernel_sha256: [7; 32],
        kernel: Code {
            functions: vec![function(0x1000, 0x1040, 0), function(0x1040, 0x1100, 1)],
            lines: vec![line(0x1000, 3), line(0x1010, 9), line(0x1040, 0)],
            inlined: vec![Inlined {
                start: 0x1010,
                end: 0x1020,
                name: 2,
                call_file: 0,
                call_line: 4,
            }],
        },
        programs: vec![Program {
            name: "sh".into(),
            head: Head::of(0x10, b"instructions"),
            code: Code::default(),
        }],
        names: ["kernel::fork", "kernel::exit", "kernel::proc::copy"]
            .map(String::from)
            .to_vec(),
        files: vec![SourceFile {
            path: "kernel/main.rs".into(),
            has_text: true,
        }],
        variables: vec![Variable {
            name: "kernel::PROC".into(),
            address: 0x2000,
            ty: 1,
        }],
        types: types(),
        sources_hash: sources().hash(),
        sources: None,
    }
}

fn sources() -> Sources {
    Sources {
        texts: vec!["fn main() {}\n".into()],
    }
}

fn types() -> Vec<Type> {
    let number = Type::Number {
        name: "u32".into(),
        bytes: 4,
        is_signed: false,
    };
    let optional = Type::Struct {
        name: "Option".into(),
        bytes: 8,
        fields: vec![Field {
            name: "rest".into(),
            offset: 4,
            ty: 0,
        }],
        variants: Some(Variants {
            tag: Some(Tag {
                offset: 0,
                bytes: 4,
            }),
            arms: vec![Arm {
                name: "Some".into(),
                tag: None,
                offset: 0,
                ty: 0,
            }],
        }),
    };
    let state = Type::Enum {
        name: "State".into(),
        bytes: 1,
        values: vec![(0, "Unused".into())],
    };
    let array = Type::Array { of: 2, count: 64 };
    vec![number, array, optional, state, Type::Pointer { to: 1 }]
}

/// Asks everything that searches or counts.
fn use_all(symbols: &Symbols) {
    let codes = symbols.programs.iter().map(|program| &program.code);
    for code in codes.chain([&symbols.kernel]) {
        let starts = code.functions.iter().map(|f| f.start);
        for address in starts.chain([0, u64::MAX, 0x1018]) {
            code.places(address, symbols);
        }
    }
    for variable in &symbols.variables {
        symbols.size_of(variable.ty);
        _ = symbols.variable(&variable.name);
        symbols.variable_at(variable.address.wrapping_add(4));
    }
    symbols.functions("fork").count();
    symbols.program("sh");
    symbols.program_in("sh", |_, _| Some(b"instructions"));
}

#[test]
fn what_is_written_is_read() {
    let symbols = sample();
    assert_eq!(Symbols::from_bytes(&symbols.to_bytes()), Ok(symbols));
}

/// Libraries are linked into each program: what that costs is their places.
#[test]
fn a_function_of_many_programs_is_written_once() {
    let mut symbols = sample();
    let alone = symbols.to_bytes().len();
    for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
        let moved = 0x40_0000 * (n as u64 + 1);
        let mut code = symbols.kernel.clone();
        for function in &mut code.functions {
            function.start += moved;
            function.end += moved;
        }
        for line in &mut code.lines {
            line.address += moved;
        }
        for call in &mut code.inlined {
            call.start += moved;
            call.end += moved;
        }
        let head = Head::default();
        let name = name.to_owned();
        symbols.programs.insert(n, Program { name, head, code });
    }
    let bytes = symbols.to_bytes();
    assert_eq!(Symbols::from_bytes(&bytes), Ok(symbols));
    let each = (bytes.len() - alone) / 3;
    assert!(each <= 16, "{each} bytes each");
}

#[test]
fn the_source_text_comes_apart() {
    let mut symbols = sample();
    assert_eq!(symbols.text("kernel/main.rs"), None);
    let file = sources().to_bytes();
    assert_eq!(symbols.give_sources(&file), Ok(()));
    assert_eq!(symbols.text("kernel/main.rs"), Some("fn main() {}\n"));
    assert_eq!(symbols.text("kernel/other.rs"), None);
    assert_eq!(symbols.to_bytes(), sample().to_bytes());
    // What is wrong with another file does not take away what is there.
    for len in 0..file.len() {
        let refused = match len {
            0..7 => BadSymbols::NotSources,
            _ => BadSymbols::Damaged("it ends too early"),
        };
        assert_eq!(symbols.give_sources(&file[..len]), Err(refused));
    }
    let other = Sources::default().to_bytes();
    assert_eq!(symbols.give_sources(&other), Err(BadSymbols::OtherSources));
    assert_eq!(
        symbols.give_sources(&sample().to_bytes()),
        Err(BadSymbols::NotSources)
    );
    assert_eq!(symbols.sources, Some(sources()));
}

#[test]
fn names_are_found_in_full_and_by_their_end() {
    let symbols = sample();
    assert!(symbols.variable("kernel::PROC").is_ok());
    assert!(symbols.variable("PROC").is_ok());
    let missing = symbols.variable("ROC").expect_err("no such variable");
    assert_eq!(missing.to_string(), "this kernel's symbols have no `ROC`");
    assert_eq!(symbols.functions("fork").count(), 1);
    assert_eq!(
        symbols.variable_at(0x2000 + 64 * 8 - 1).map(|v| &*v.name),
        Some("kernel::PROC")
    );
    assert_eq!(symbols.variable_at(0x2000 + 64 * 8), None);
}

#[test]
fn an_inlined_call_is_within_its_caller() {
    let symbols = sample();
    let places = symbols.kernel.places(0x1018, &symbols);
    let told: Vec<_> = places
        .iter()
        .map(|p| (p.function, p.line, p.is_inlined))
        .collect();
    let file = "kernel/main.rs";
    assert_eq!(
        told,
        [
            ("kernel::proc::copy", Some((file, 9)), true),
            ("kernel::fork", Some((file, 4)), false),
        ]
    );
    let places = symbols.kernel.places(0x1030, &symbols);
    assert_eq!(places.len(), 1);
    assert!(symbols.kernel.places(0x1100, &symbols).is_empty());
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let whole = sample().to_bytes();
    for len in 0..whole.len() {
        let refused = Symbols::from_bytes(&whole[..len]).expect_err("it is not whole");
        let expected = match len {
            0..7 => BadSymbols::NotSymbols,
            _ => BadSymbols::Damaged("it ends too early"),
        };
        assert_eq!(refused, expected, "{len} bytes of {}", whole.len());
    }
    let longer = [&*whole, b"!"].concat();
    let refused = Symbols::from_bytes(&longer).expect_err("it goes on");
    assert_eq!(refused, BadSymbols::Damaged("it goes on behind its end"));
}

#[test]
fn another_version_and_another_kernel_are_named() {
    let mut bytes = sample().to_bytes();
    bytes[7] = 99;
    assert_eq!(Symbols::from_bytes(&bytes), Err(BadSymbols::Version(99)));
    let symbols = sample();
    assert_eq!(symbols.check_kernel(&[7; 32]), Ok(()));
    let refused = symbols.check_kernel(&[8; 32]).expect_err("another kernel");
    assert_eq!(
        refused.to_string(),
        "these symbols belong to another kernel (SHA-256 07070707…) than the one that runs \
         (08080808…): build both anew"
    );
}

#[test]
fn ids_that_lead_nowhere_are_refused() {
    let mut nameless = sample();
    nameless.names.clear();
    let mut untyped = sample();
    untyped.types.truncate(2);
    let mut unordered = sample();
    unordered.kernel.functions.reverse();
    for (damaged, why) in [
        (nameless, "a function has no name"),
        (untyped, "a type is missing"),
        (unordered, "its addresses are not in order"),
    ] {
        let refused = Symbols::from_bytes(&damaged.to_bytes());
        assert_eq!(refused, Err(BadSymbols::Damaged(why)));
    }
}

/// A type that contains itself has some size, and asking for it ends.
#[test]
fn types_may_go_round() {
    let mut symbols = sample();
    symbols.types[1] = Type::Array { of: 1, count: 2 };
    let read = Symbols::from_bytes(&symbols.to_bytes()).expect("it leads somewhere");
    assert_eq!(read.size_of(1), u64::MAX);
}

proptest! {
    #[test]
    fn any_bytes_are_symbols_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [&sample().to_bytes()[..8], &*bytes].concat();
        if let Ok(symbols) = Symbols::from_bytes(&bytes) {
            use_all(&symbols);
        }
    }

    #[test]
    fn a_damaged_file_is_used_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let mut bytes = sample().to_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(symbols) = Symbols::from_bytes(&bytes) {
            use_all(&symbols);
        }
    }
}
