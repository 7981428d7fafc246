//! The symbols of a program whose types are known: of this test itself.

use std::mem::offset_of;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::LazyLock;

use inspect_digest::{Error, Guest, digest};
use symbols::{Field, Symbols, Type, TypeId};

/// Something of every sort that a kernel's variables are made of.
#[repr(C)]
struct Sample {
    flag: bool,
    small: i16,
    state: State,
    grid: [[u32; 3]; 5],
    next: Option<&'static Sample>,
    niche: Option<NonZeroU32>,
    shape: Shape,
    either: Either,
    name: &'static str,
}

#[allow(dead_code, reason = "read from outside")]
#[derive(Clone, Copy)]
#[repr(u8)]
enum State {
    Unused,
    Sleeping = 7,
    Zombie = 200,
}

#[allow(dead_code, reason = "read from outside")]
enum Shape {
    Nothing,
    Point { x: u64 },
    Line(u64, u64),
}

#[allow(dead_code, reason = "read from outside")]
#[repr(C)]
union Either {
    number: u64,
    bytes: [u8; 8],
}

static SAMPLE: Sample = Sample {
    flag: true,
    small: -2,
    state: State::Zombie,
    grid: [[0; 3]; 5],
    next: Some(&SAMPLE),
    niche: NonZeroU32::new(3),
    shape: Shape::Line(1, 2),
    either: Either { number: 5 },
    name: "sample",
};

/// Called, so that it is there; its line is looked for.
#[inline(never)]
fn looked_for() -> u64 {
    let Shape::Line(a, b) = std::hint::black_box(&SAMPLE).shape else {
        return 0;
    };
    a + b
}

/// Made once: Rust's library comes along, and that takes a while.
static ITSELF: LazyLock<Symbols> = LazyLock::new(|| {
    let path = std::env::current_exe().expect("it runs from a file");
    let elf = std::fs::read(path).expect("it can be read");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let root = root.canonicalize().expect("it is there");
    let symbols = digest(Guest {
        kernel: &elf,
        kernel_debug: &elf,
        programs: Vec::new(),
        root: &root.to_string_lossy(),
        text: &|path| std::fs::read_to_string(root.join(path)).ok(),
    });
    symbols.expect("it has debug information")
});

struct Types<'a>(&'a Symbols);

impl<'a> Types<'a> {
    fn at(&self, ty: TypeId) -> &'a Type {
        &self.0.types[ty as usize]
    }

    fn field(&self, ty: TypeId, name: &str) -> &'a Field {
        let Type::Struct { fields, .. } = self.at(ty) else {
            panic!("{:?} has no fields", self.at(ty))
        };
        let found = fields.iter().find(|field| field.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {fields:?}"))
    }

    /// The names of the variants of `ty`, with their tags.
    fn arms(&self, ty: TypeId) -> Vec<(&'a str, Option<u64>)> {
        let Type::Struct {
            variants: Some(variants),
            ..
        } = self.at(ty)
        else {
            panic!("{:?} has no variants", self.at(ty))
        };
        assert!(variants.tag.is_some());
        let arms = variants.arms.iter();
        arms.map(|arm| (arm.name.as_str(), arm.tag)).collect()
    }
}

#[test]
fn types_are_as_the_compiler_lays_them_out() {
    assert_eq!(looked_for(), 3);
    let symbols = &*ITSELF;
    let types = Types(symbols);
    let sample = symbols
        .variable("itself::SAMPLE")
        .expect("it is a variable");
    assert_eq!(symbols.size_of(sample.ty), size_of::<Sample>() as u64);
    assert_eq!(types.at(sample.ty).name(), "itself::Sample");
    let offsets = [
        ("flag", offset_of!(Sample, flag)),
        ("small", offset_of!(Sample, small)),
        ("grid", offset_of!(Sample, grid)),
        ("shape", offset_of!(Sample, shape)),
        ("name", offset_of!(Sample, name)),
    ];
    for (name, offset) in offsets {
        assert_eq!(types.field(sample.ty, name).offset, offset as u64, "{name}");
    }

    let of = |name| types.field(sample.ty, name).ty;
    let Type::Number {
        is_signed, bytes, ..
    } = types.at(of("small"))
    else {
        panic!("no number")
    };
    assert_eq!((*is_signed, *bytes), (true, 2));
    let Type::Enum { values, .. } = types.at(of("state")) else {
        panic!("no enum")
    };
    let named: Vec<_> = values
        .iter()
        .map(|(value, name)| (*value, &**name))
        .collect();
    assert_eq!(named, [(0, "Unused"), (7, "Sleeping"), (200, "Zombie")]);
    let Type::Array { of: row, count: 5 } = types.at(of("grid")) else {
        panic!("no rows")
    };
    assert!(matches!(types.at(*row), Type::Array { count: 3, .. }));
    assert_eq!(symbols.size_of(of("grid")), 60);
}

#[test]
fn variants_have_their_tags() {
    let symbols = &*ITSELF;
    let types = Types(symbols);
    let sample = symbols
        .variable("itself::SAMPLE")
        .expect("it is a variable");
    let of = |name| types.field(sample.ty, name).ty;
    assert_eq!(types.arms(of("next")), [("None", Some(0)), ("Some", None)]);
    assert_eq!(types.arms(of("niche")), [("None", Some(0)), ("Some", None)]);
    let shapes = [("Nothing", Some(0)), ("Point", Some(1)), ("Line", Some(2))];
    assert_eq!(types.arms(of("shape")), shapes);
    let (number, bytes) = (
        types.field(of("either"), "number"),
        types.field(of("either"), "bytes"),
    );
    assert_eq!((number.offset, bytes.offset), (0, 0));
    let text = of("name");
    assert_eq!(types.field(text, "length").offset, 8);
    let Type::Pointer { to } = types.at(types.field(text, "data_ptr").ty) else {
        panic!("no pointer")
    };
    assert_eq!(symbols.size_of(*to), 1);
}

#[test]
fn functions_have_lines() {
    assert_eq!(looked_for(), 3);
    let symbols = &*ITSELF;
    let function = symbols
        .functions("itself::looked_for")
        .next()
        .expect("it is there");
    let path = symbols.path(function.file);
    assert_eq!(path, "machine/inspect/digest/tests/itself.rs");
    let text = symbols.text(path).expect("it is a source");
    let line = |n: u32| text.lines().nth(n as usize - 1);
    assert_eq!(line(function.line), Some("fn looked_for() -> u64 {"));
    let mut lines = Vec::new();
    for address in function.start..function.end {
        let at = symbols.kernel.line_at(address).expect("each has a line");
        lines.extend(line(at.line));
    }
    assert!(lines.iter().any(|line| line.contains("black_box")));
    assert!(lines.iter().any(|line| line.contains("a + b")));
}

#[test]
fn what_is_no_elf_is_named() {
    let guest = Guest {
        kernel: b"",
        kernel_debug: b"no ELF",
        programs: Vec::new(),
        root: "/",
        text: &|_| None,
    };
    let refused = digest(guest).expect_err("it is no ELF");
    assert!(matches!(&refused, Error::Elf(name, _) if name == "the kernel"));
    assert_eq!(refused.to_string(), "the kernel cannot be read as ELF");
}
