//! Writes machine code: the rows of the machine's own decoder, with labels.

use std::collections::HashMap;

use machine::isa::{Insn, Kind};

/// A piece of code that will lie at a known address.
#[derive(Debug)]
pub(crate) struct Asm {
    base: u64,
    bytes: Vec<u8>,
    labels: HashMap<&'static str, u64>,
    /// Branches and jumps whose offsets are still to be filled in.
    jumps: Vec<(usize, Insn, &'static str)>,
}

impl Asm {
    /// Code that will lie at `base`.
    pub fn at(base: u64) -> Asm {
        Asm {
            base,
            bytes: Vec::new(),
            labels: HashMap::new(),
            jumps: Vec::new(),
        }
    }

    /// The address of the next instruction.
    pub fn here(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// Calls the next instruction `name`.
    pub fn label(&mut self, name: &'static str) -> &mut Asm {
        let before = self.labels.insert(name, self.here());
        assert!(before.is_none(), "{name} twice");
        self
    }

    /// Instructions as they are.
    pub fn words(&mut self, words: &[u32]) -> &mut Asm {
        for word in words {
            self.bytes.extend(word.to_le_bytes());
        }
        self
    }

    /// An instruction of the rows.
    pub fn op(&mut self, kind: Kind, rd: u8, rs1: u8, rs2: u8, imm: i32) -> &mut Asm {
        self.words(&[Insn::new(kind, rd, rs1, rs2, imm).word()])
    }

    /// An instruction of a destination, a source and an immediate.
    pub fn imm(&mut self, kind: Kind, rd: u8, rs1: u8, imm: i32) -> &mut Asm {
        self.op(kind, rd, rs1, 0, imm)
    }

    /// Loads the doubleword at `offset` from `base`.
    pub fn ld(&mut self, rd: u8, offset: u64, base: u8) -> &mut Asm {
        self.imm(Kind::ld, rd, base, offset as i32)
    }

    /// Stores a doubleword at `offset` from `base`.
    pub fn sd(&mut self, rs2: u8, offset: u64, base: u8) -> &mut Asm {
        self.op(Kind::sd, 0, base, rs2, offset as i32)
    }

    /// Loads any number, in as few instructions as it takes.
    pub fn li(&mut self, rd: u8, value: u64) -> &mut Asm {
        self.words(&load(rd, value))
    }

    /// Reads a CSR.
    pub fn csrr(&mut self, rd: u8, csr: u16) -> &mut Asm {
        self.imm(Kind::csrrs, rd, 0, i32::from(csr))
    }

    /// Writes a register to a CSR.
    pub fn csrw(&mut self, csr: u16, rs: u8) -> &mut Asm {
        self.imm(Kind::csrrw, 0, rs, i32::from(csr))
    }

    /// Branches to a label, wherever it stands.
    pub fn branch(&mut self, kind: Kind, rs1: u8, rs2: u8, to: &'static str) -> &mut Asm {
        let insn = Insn::new(kind, 0, rs1, rs2, 0);
        self.jumps.push((self.bytes.len(), insn, to));
        self.words(&[0])
    }

    /// Jumps to a label, wherever it stands.
    pub fn jump(&mut self, to: &'static str) -> &mut Asm {
        let insn = Insn::new(Kind::jal, 0, 0, 0, 0);
        self.jumps.push((self.bytes.len(), insn, to));
        self.words(&[0])
    }

    /// The code, and where its labels lie.
    pub fn finish(mut self) -> (Vec<u8>, HashMap<&'static str, u64>) {
        for (at, mut insn, to) in std::mem::take(&mut self.jumps) {
            insn.fields.imm = (self.labels[to] as i64 - (self.base + at as u64) as i64) as i32;
            self.bytes[at..at + 4].copy_from_slice(&insn.word().to_le_bytes());
        }
        (self.bytes, self.labels)
    }
}

/// The instructions that load `value` into `rd`, and touch nothing else.
pub(crate) fn load(rd: u8, value: u64) -> Vec<u32> {
    let signed = value as i64;
    let low = (signed << 52 >> 52) as i32;
    let rest = signed.wrapping_sub(i64::from(low));
    if rest == 0 {
        return vec![Insn::new(Kind::addi, rd, 0, 0, low).word()];
    }
    if i64::from(signed as i32) == signed {
        let mut words = vec![Insn::new(Kind::lui, rd, 0, 0, rest as i32).word()];
        if low != 0 {
            words.push(Insn::new(Kind::addiw, rd, rd, 0, low).word());
        }
        return words;
    }
    let zeros = rest.trailing_zeros();
    let mut words = load(rd, (rest >> zeros) as u64);
    words.push(Insn::new(Kind::slli, rd, rd, 0, zeros as i32).word());
    if low != 0 {
        words.push(Insn::new(Kind::addi, rd, rd, 0, low).word());
    }
    words
}
