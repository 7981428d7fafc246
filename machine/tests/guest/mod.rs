//! Small guests for tests: assembles instructions from the machine's own rows and wraps
//! them into an ELF file.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod busy;

use std::collections::HashMap;

use machine::isa::{Insn, Kind};
use machine::{Config, Machine, Stop};

pub const ZERO: u8 = 0;
pub const RA: u8 = 1;
pub const SP: u8 = 2;
pub const T0: u8 = 5;
pub const T1: u8 = 6;
pub const T2: u8 = 7;
pub const S0: u8 = 8;
pub const S1: u8 = 9;
pub const A0: u8 = 10;
pub const A1: u8 = 11;
pub const A2: u8 = 12;
pub const A3: u8 = 13;
pub const A4: u8 = 14;
pub const A5: u8 = 15;
pub const S2: u8 = 18;
pub const S3: u8 = 19;
pub const S4: u8 = 20;
pub const T3: u8 = 28;

pub const MSTATUS: i32 = 0x300;
pub const MEDELEG: i32 = 0x302;
pub const MIE: i32 = 0x304;
pub const MTVEC: i32 = 0x305;
pub const MSCRATCH: i32 = 0x340;
pub const MEPC: i32 = 0x341;
pub const MCAUSE: i32 = 0x342;
pub const MTVAL: i32 = 0x343;
pub const MIP: i32 = 0x344;
pub const MHARTID: i32 = 0xf14;
pub const SATP: i32 = 0x180;
pub const PMPCFG0: i32 = 0x3a0;
pub const PMPADDR0: i32 = 0x3b0;

pub const RAM: u64 = 0x8000_0000;
pub const UART: i64 = 0x1000_0000;
pub const CLINT: i64 = 0x0200_0000;
pub const PLIC: i64 = 0x0c00_0000;
pub const FINISHER: i64 = 0x10_0000;
pub const DISK: i64 = 0x1000_1000;

/// A program that is loaded at [`RAM`].
#[derive(Debug, Default)]
pub struct Program {
    bytes: Vec<u8>,
    labels: HashMap<&'static str, usize>,
    /// Branches and jumps whose offsets are still to be filled in.
    jumps: Vec<(usize, Insn, &'static str)>,
}

impl Program {
    pub fn new() -> Program {
        Program::default()
    }

    /// The address of the next instruction.
    pub fn here(&self) -> u64 {
        RAM + self.bytes.len() as u64
    }

    pub fn label(&mut self, name: &'static str) -> &mut Program {
        assert!(
            self.labels.insert(name, self.bytes.len()).is_none(),
            "{name} twice"
        );
        self
    }

    /// The address of a label that was set.
    pub fn address(&self, name: &str) -> u64 {
        RAM + self.labels[name] as u64
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Program {
        self.bytes.extend(bytes);
        self
    }

    pub fn word(&mut self, word: u32) -> &mut Program {
        self.bytes(&word.to_le_bytes())
    }

    /// Zeroes up to a multiple of `align`.
    pub fn align(&mut self, align: usize) -> &mut Program {
        let len = self.bytes.len().next_multiple_of(align);
        self.bytes.resize(len, 0);
        self
    }

    pub fn op(&mut self, kind: Kind, rd: u8, rs1: u8, rs2: u8, imm: i32) -> &mut Program {
        self.word(Insn::new(kind, rd, rs1, rs2, imm).word())
    }

    /// An instruction of a destination, a source and an immediate.
    pub fn imm(&mut self, kind: Kind, rd: u8, rs1: u8, imm: i32) -> &mut Program {
        self.op(kind, rd, rs1, 0, imm)
    }

    /// An instruction of a destination and two sources.
    pub fn reg(&mut self, kind: Kind, rd: u8, rs1: u8, rs2: u8) -> &mut Program {
        self.op(kind, rd, rs1, rs2, 0)
    }

    pub fn store(&mut self, kind: Kind, rs2: u8, rs1: u8, imm: i32) -> &mut Program {
        self.op(kind, 0, rs1, rs2, imm)
    }

    /// Writes `rs` to a CSR.
    pub fn csrw(&mut self, csr: i32, rs: u8) -> &mut Program {
        self.imm(Kind::csrrw, ZERO, rs, csr)
    }

    /// Reads a CSR.
    pub fn csrr(&mut self, rd: u8, csr: i32) -> &mut Program {
        self.imm(Kind::csrrs, rd, ZERO, csr)
    }

    /// An instruction without operands.
    pub fn plain(&mut self, kind: Kind) -> &mut Program {
        self.op(kind, 0, 0, 0, 0)
    }

    pub fn branch(&mut self, kind: Kind, rs1: u8, rs2: u8, to: &'static str) -> &mut Program {
        let insn = Insn::new(kind, 0, rs1, rs2, 0);
        self.jumps.push((self.bytes.len(), insn, to));
        self.word(0)
    }

    pub fn jump(&mut self, rd: u8, to: &'static str) -> &mut Program {
        let insn = Insn::new(Kind::jal, rd, 0, 0, 0);
        self.jumps.push((self.bytes.len(), insn, to));
        self.word(0)
    }

    /// Loads any number: always the same 11 instructions, with `rd` alone.
    pub fn li(&mut self, rd: u8, value: i64) -> &mut Program {
        self.imm(Kind::addi, rd, ZERO, (value >> 55) as i32);
        for shift in [44, 33, 22, 11, 0] {
            self.imm(Kind::slli, rd, rd, 11);
            self.imm(Kind::ori, rd, rd, (value >> shift & 0x7ff) as i32);
        }
        self
    }

    /// Ends the run with status `code`.
    pub fn power_off(&mut self, code: i64) -> &mut Program {
        let value = if code == 0 {
            0x5555
        } else {
            code << 16 | 0x3333
        };
        self.li(T0, FINISHER).li(T1, value);
        self.store(Kind::sw, T1, T0, 0)
    }

    /// The program as an ELF file.
    pub fn elf(&self) -> Vec<u8> {
        let mut code = self.bytes.clone();
        for &(at, insn, to) in &self.jumps {
            let mut insn = insn;
            insn.fields.imm = (self.labels[to] as i64 - at as i64) as i32;
            code[at..at + 4].copy_from_slice(&insn.word().to_le_bytes());
        }
        elf(&code, RAM)
    }

    /// A machine with this program.
    pub fn machine(&self, config: &Config) -> Machine {
        Machine::new(config, &self.elf(), Vec::new()).expect("a proper guest")
    }

    /// Runs the program on one hart until it switches off; the machine.
    pub fn run(&self) -> Machine {
        let mut machine = self.machine(&one_hart());
        match machine.run(1_000_000) {
            Stop::PowerOff { code: 0 } => machine,
            other => panic!("{other:?} at {:x?}", machine.harts()[0]),
        }
    }
}

pub fn one_hart() -> Config {
    Config {
        harts: 1,
        ram_bytes: 16 << 20,
        ..Config::default()
    }
}

/// An ELF file with one segment, `code` at `at`.
pub fn elf(code: &[u8], at: u64) -> Vec<u8> {
    const HEADERS: u64 = 64 + 56;
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend(2u16.to_le_bytes()); // ET_EXEC
    file.extend(243u16.to_le_bytes()); // EM_RISCV
    file.extend(1u32.to_le_bytes());
    file.extend(at.to_le_bytes()); // entry
    file.extend(64u64.to_le_bytes()); // program headers
    file.extend(0u64.to_le_bytes());
    file.extend(0u32.to_le_bytes());
    for half in [64u16, 56, 1, 0, 0, 0] {
        file.extend(half.to_le_bytes());
    }
    file.extend(1u32.to_le_bytes()); // PT_LOAD
    file.extend(7u32.to_le_bytes());
    for double in [HEADERS, at, at, code.len() as u64, code.len() as u64, 4096] {
        file.extend(double.to_le_bytes());
    }
    file.extend(code);
    file
}
