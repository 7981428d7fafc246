//! Values and page tables in a memory whose every byte is known.

use super::{Guest, Memory, Unreadable, Value};
use crate::symbols::{Arm, Field, Symbols, Tag, Type, TypeId, Variable, Variants};
use crate::view::View;
use machine::{Config, Machine};

/// Where RAM begins.
pub const RAM: u64 = 0x8000_0000;

/// A machine whose RAM begins with `bytes`: they are the one segment of its kernel.
pub fn machine(bytes: &[u8]) -> Machine {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(16, 0);
    let half = |elf: &mut Vec<u8>, numbers: &[u16]| {
        numbers.iter().for_each(|n| elf.extend(n.to_le_bytes()));
    };
    // An executable for RISC-V, version 1, that starts at RAM, headers at 64.
    half(&mut elf, &[2, 243, 1, 0]);
    for number in [RAM, 64, 0] {
        elf.extend(u64::to_le_bytes(number));
    }
    half(&mut elf, &[0, 0, 64, 56, 1, 0, 0, 0]);
    // To load, executable and all, from byte 120 on.
    half(&mut elf, &[1, 0, 7, 0]);
    let len = bytes.len() as u64;
    for number in [120, RAM, RAM, len, len, 4096] {
        elf.extend(u64::to_le_bytes(number));
    }
    elf.extend(bytes);
    Machine::new(&Config::default(), &elf, Vec::new()).expect("a whole ELF file")
}

fn field(name: &str, offset: u64, ty: TypeId) -> Field {
    Field {
        name: name.into(),
        offset,
        ty,
    }
}

fn structure(name: &str, bytes: u64, fields: Vec<Field>, variants: Option<Variants>) -> Type {
    Type::Struct {
        name: name.into(),
        bytes,
        fields,
        variants,
    }
}

const I32: TypeId = 0;
const U8: TypeId = 1;
const CELL: TypeId = 2;
const STATE: TypeId = 3;
const POINTER: TypeId = 4;
const PROC: TypeId = 5;
const TABLE: TypeId = 6;
const NAME: TypeId = 7;
const TEXT: TypeId = 8;
const OPTION: TypeId = 9;
const SOME: TypeId = 10;

fn types() -> Vec<Type> {
    let number = |name: &str, bytes, is_signed| Type::Number {
        name: name.into(),
        bytes,
        is_signed,
    };
    let option = Variants {
        tag: Some(Tag {
            offset: 0,
            bytes: 1,
        }),
        arms: vec![
            Arm {
                name: "None".into(),
                tag: Some(0),
                offset: 0,
                ty: U8,
            },
            Arm {
                name: "Some".into(),
                tag: None,
                offset: 0,
                ty: SOME,
            },
        ],
    };
    vec![
        number("i32", 4, true),
        number("u8", 1, false),
        structure("Atomic", 4, vec![field("v", 0, I32)], None),
        Type::Enum {
            name: "State".into(),
            bytes: 1,
            values: vec![(0, "Unused".into()), (200, "Zombie".into())],
        },
        Type::Pointer { to: PROC },
        structure(
            "Proc",
            64,
            vec![
                field("pid", 0, CELL),
                field("state", 4, STATE),
                field("parent", 8, POINTER),
                field("name", 16, NAME),
                field("label", 32, TEXT),
                field("slot", 48, OPTION),
            ],
            None,
        ),
        Type::Array { of: PROC, count: 2 },
        Type::Array { of: U8, count: 16 },
        structure(
            "&str",
            16,
            vec![field("data_ptr", 0, POINTER), field("length", 8, POINTER)],
            None,
        ),
        structure("Option", 1, Vec::new(), Some(option)),
        structure("Some", 1, vec![field("__0", 0, U8)], None),
    ]
}

fn symbols(address: u64) -> Symbols {
    let variable = Variable {
        name: "kernel::proc::PROC".into(),
        address,
        ty: TABLE,
    };
    Symbols {
        types: types(),
        variables: vec![variable],
        ..Symbols::default()
    }
}

/// Two processes: the second's parent is the first.
fn memory() -> Machine {
    let mut bytes = vec![0; 256];
    bytes[64..68].copy_from_slice(&(-7_i32).to_le_bytes());
    bytes[68] = 200;
    bytes[72..80].copy_from_slice(&RAM.to_le_bytes());
    bytes[80..84].copy_from_slice(b"sh\0x");
    bytes[96..104].copy_from_slice(&(RAM + 200).to_le_bytes());
    bytes[104] = 4;
    bytes[112] = 9;
    bytes[200..206].copy_from_slice(b"bcache");
    machine(&bytes)
}

#[test]
fn values_read_as_their_types_say() {
    let (machine, symbols) = (memory(), symbols(RAM));
    let guest = Guest {
        machine: &machine,
        symbols: &symbols,
    };
    let table = guest.var("PROC").expect("it is a variable");
    assert_eq!((table.len(), table.size()), (Ok(2), 128));
    let read = || -> Result<(), Unreadable> {
        let child = table.index(1)?;
        // Through the wrapping, with its sign.
        assert_eq!(child.field("pid")?.i64()?, -7);
        assert_eq!(child.field("state")?.word()?, "Zombie");
        assert_eq!(child.field("name")?.text()?, "sh");
        assert_eq!(child.field("label")?.text()?, "bcac");
        let parent = child.field("parent")?;
        assert_eq!(parent.deref()?.address(), table.index(0)?.address());
        assert!(parent.deref()?.field("parent")?.option()?.is_none());
        let slot = child.field("slot")?.option()?.expect("there is one");
        assert_eq!(slot.u64()?, 9);
        assert!(table.index(0)?.field("slot")?.option()?.is_none());
        assert_eq!(table.elements()?.count(), 2);
        Ok(())
    };
    assert_eq!(read(), Ok(()));
}

#[test]
fn what_is_missing_is_named() {
    let (machine, symbols) = (memory(), symbols(RAM));
    let guest = Guest {
        machine: &machine,
        symbols: &symbols,
    };
    let missing = guest.var("CPUS").map(|_| ()).expect_err("no such variable");
    let View::Missing { why } = View::from(missing) else {
        panic!("a view without its variable")
    };
    assert_eq!(why, "this kernel's symbols have no `CPUS`");
    let proc = guest.var("PROC").map(|table| table.index(0));
    let proc = proc.expect("it is a variable").expect("it has elements");
    let why = |read: Result<Value, Unreadable>| read.map(|_| ()).map_err(|why| why.to_string());
    let no_field = Err("this kernel's symbols have no `Proc.nice`".to_owned());
    assert_eq!(why(proc.field("nice")), no_field);
    let no_array = Err("`Proc at 0x80000000` is not an array with so many elements".to_owned());
    assert_eq!(why(proc.index(0)), no_array);
}

/// Where there is no memory nothing is read, however the address is reached.
#[test]
fn wild_addresses_are_no_memory() {
    let machine = memory();
    let end = Memory::of(&machine).range().end;
    for address in [0, RAM - 1, end - 8, end, u64::MAX - 7, u64::MAX] {
        let symbols = symbols(address);
        let guest = Guest {
            machine: &machine,
            symbols: &symbols,
        };
        let table = guest.var("PROC").expect("it is a variable");
        assert!(table.elements().is_err(), "{address:#x}");
        let child = table.index(1).expect("it has elements");
        let ram = Memory::of(&machine).range();
        for (name, field) in child.fields() {
            let is_there = ram.contains(&field.address());
            assert_eq!(field.bytes().is_ok(), is_there, "{address:#x} {name}");
        }
    }
}

/// A root whose first entry leads to itself: whatever the address, the walk has an end.
#[test]
fn a_table_may_lead_to_itself() {
    let table_entry = (RAM >> 12) << 10 | 1;
    let machine = machine(&table_entry.to_le_bytes());
    let memory = Memory::of(&machine);
    assert_eq!(memory.translate(RAM, 0), None);
    assert_eq!(memory.translate(RAM, 1 << 38), None);
    assert_eq!(memory.translate(RAM, u64::MAX), None);
    assert_eq!(memory.translate(u64::MAX, 0), None);
    assert_eq!(memory.bytes_at(RAM, 0, u64::MAX), None);
}
