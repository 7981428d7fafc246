//! The device tree: what the machine says about itself at boot.
//!
//! Reads a flattened tree without trusting it: every offset is checked, and a tree
//! that ends early or contradicts itself is simply over.
//!
//! Source: Devicetree, "Flattened Devicetree (DTB) Format".

use core::ops::Range;

const MAGIC: u32 = 0xd00d_feed;
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROP: u32 = 3;
const NOP: u32 = 4;
/// Nodes deeper than this are passed over.
const MAX_DEPTH: usize = 8;

/// What the kernel wants to know of its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `/chosen`'s `bootargs`, empty if there are none.
    pub bootargs: &'a str,
    /// The first range of addresses of the first memory node.
    pub ram: Option<Range<u64>>,
    /// Nodes `/cpus/cpu@…`.
    pub n_harts: usize,
}

/// Bytes of the whole tree, from its first eight bytes, if those begin a tree.
pub fn total_size(header: [u8; 8]) -> Option<usize> {
    let [magic, size] = [be32(&header, 0)?, be32(&header, 4)?];
    (magic == MAGIC).then_some(size as usize)
}

/// Looks through the tree in `blob`; `None` if that is not a tree.
pub fn facts(blob: &[u8]) -> Option<Facts<'_>> {
    let mut facts = Facts {
        bootargs: "",
        ram: None,
        n_harts: 0,
    };
    let mut path = Path::default();
    let mut cells = Cells {
        address: 2,
        size: 1,
    };
    for token in Tokens::of(blob)? {
        match token {
            Token::Begin(name) => {
                path.push(name);
                if path.is(&["", "cpus", "cpu"]) {
                    facts.n_harts += 1;
                }
            }
            Token::End => path.pop(),
            Token::Prop(name, value) => match name {
                "#address-cells" if path.is(&[""]) => cells.address = be32(value, 0)?,
                "#size-cells" if path.is(&[""]) => cells.size = be32(value, 0)?,
                "bootargs" if path.is(&["", "chosen"]) => facts.bootargs = text(value)?,
                "reg" if path.is(&["", "memory"]) && facts.ram.is_none() => {
                    facts.ram = cells.range(value);
                }
                _ => {}
            },
        }
    }
    Some(facts)
}

/// How many 32-bit words the root's children write an address and a size in.
struct Cells {
    address: u32,
    size: u32,
}

impl Cells {
    /// The first range in a `reg` property; `None` if it is short or wraps around.
    fn range(&self, reg: &[u8]) -> Option<Range<u64>> {
        let at = |start: u32, n_cells: u32| match n_cells {
            1 => Some(u64::from(be32(reg, start as usize * 4)?)),
            2 => {
                let high = u64::from(be32(reg, start as usize * 4)?);
                let low = u64::from(be32(reg, start as usize * 4 + 4)?);
                Some(high << 32 | low)
            }
            _ => None,
        };
        let start = at(0, self.address)?;
        Some(start..start.checked_add(at(self.address, self.size)?)?)
    }
}

/// The names of the nodes around the current place, without their `@address`.
#[derive(Default)]
struct Path<'a> {
    names: [&'a str; MAX_DEPTH],
    depth: usize,
}

impl<'a> Path<'a> {
    fn push(&mut self, name: &'a str) {
        if let Some(slot) = self.names.get_mut(self.depth) {
            *slot = name.split('@').next().unwrap_or(name);
        }
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn is(&self, names: &[&str]) -> bool {
        self.names.get(..self.depth) == Some(names)
    }
}

enum Token<'a> {
    Begin(&'a str),
    End,
    Prop(&'a str, &'a [u8]),
}

struct Tokens<'a> {
    structure: &'a [u8],
    strings: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn of(blob: &'a [u8]) -> Option<Tokens<'a>> {
        let size = total_size(blob.get(..8)?.try_into().ok()?)?;
        let blob = blob.get(..size)?;
        let block = |offset: usize, len: usize| {
            let start = be32(blob, offset)? as usize;
            blob.get(start..start.checked_add(be32(blob, len)? as usize)?)
        };
        Some(Tokens {
            structure: block(8, 36)?,
            strings: block(12, 32)?,
            at: 0,
        })
    }

    fn word(&mut self) -> Option<u32> {
        let word = be32(self.structure, self.at)?;
        self.at += 4;
        Some(word)
    }

    /// The next `len` bytes; what follows them starts at a multiple of four.
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let bytes = self.structure.get(self.at..self.at.checked_add(len)?)?;
        self.at = (self.at + len).next_multiple_of(4);
        Some(bytes)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            return match self.word()? {
                NOP => continue,
                BEGIN_NODE => {
                    let name = text(self.structure.get(self.at..)?)?;
                    self.bytes(name.len() + 1)?;
                    Some(Token::Begin(name))
                }
                END_NODE => Some(Token::End),
                PROP => {
                    let len = self.word()? as usize;
                    let name = self.word()? as usize;
                    Some(Token::Prop(
                        text(self.strings.get(name..)?)?,
                        self.bytes(len)?,
                    ))
                }
                _ => None,
            };
        }
    }
}

/// The text up to the first NUL; `None` without one, or if it is not UTF-8.
fn text(bytes: &[u8]) -> Option<&str> {
    let len = bytes.iter().position(|&byte| byte == 0)?;
    core::str::from_utf8(bytes.get(..len)?).ok()
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Facts, facts};
    use std::vec::Vec;

    /// Writes a tree as a machine would: 128 MiB of RAM, two harts, some bootargs.
    fn tree() -> Vec<u8> {
        let strings = b"#address-cells\0#size-cells\0bootargs\0reg\0";
        let mut s: Vec<u8> = Vec::new();
        let word = |s: &mut Vec<u8>, word: u32| s.extend(word.to_be_bytes());
        let pad = |s: &mut Vec<u8>| s.resize(s.len().next_multiple_of(4), 0);
        let begin = |s: &mut Vec<u8>, name: &str| {
            word(s, 1);
            s.extend(name.as_bytes());
            s.push(0);
            pad(s);
        };
        let prop = |s: &mut Vec<u8>, name: u32, value: &[u8]| {
            word(s, 3);
            word(s, value.len() as u32);
            word(s, name);
            s.extend(value);
            pad(s);
        };
        begin(&mut s, "");
        prop(&mut s, 0, &2_u32.to_be_bytes());
        prop(&mut s, 15, &2_u32.to_be_bytes());
        begin(&mut s, "chosen");
        prop(&mut s, 27, b"sbrk=lazy\0");
        word(&mut s, 2);
        begin(&mut s, "memory@80000000");
        let ram = [0x8000_0000_u64.to_be_bytes(), (128_u64 << 20).to_be_bytes()].concat();
        prop(&mut s, 36, &ram);
        word(&mut s, 2);
        begin(&mut s, "cpus");
        for name in ["cpu@0", "cpu@1", "cpu-map"] {
            begin(&mut s, name);
            word(&mut s, 4);
            word(&mut s, 2);
        }
        word(&mut s, 2);
        word(&mut s, 2);
        word(&mut s, 9);
        let header = [
            super::MAGIC,
            (40 + s.len() + strings.len()) as u32,
            40,
            40 + s.len() as u32,
            40,
            17,
            16,
            0,
            strings.len() as u32,
            s.len() as u32,
        ];
        let mut blob: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
        blob.extend(s);
        blob.extend(strings);
        blob
    }

    #[test]
    fn facts_are_found() {
        let expected = Facts {
            bootargs: "sbrk=lazy",
            ram: Some(0x8000_0000..0x8800_0000),
            n_harts: 2,
        };
        assert_eq!(facts(&tree()), Some(expected));
    }

    #[test]
    fn no_damage_panics() {
        let tree = tree();
        for len in 0..tree.len() {
            let _ = facts(&tree[..len]);
        }
        for at in 0..tree.len() {
            for value in [0, 1, 2, 3, 9, 0x7f, 0xff] {
                let mut damaged = tree.clone();
                damaged[at] = value;
                let _ = facts(&damaged);
            }
        }
    }
}
