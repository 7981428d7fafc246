//! Decoded code: basic blocks of [`Op`]s, kept by the physical address they begin at, so
//! that they outlive every flush of a TLB.

use std::collections::BTreeSet;

use crate::form;
use crate::hart::Op;
use crate::isa::{self, Insn};
use crate::memory::PAGE;
use crate::probes::Probes;
use crate::ram::{BASE, Ram};

/// Longest block, in instructions: places in it fit into a byte.
const BLOCK: usize = 64;
/// Instructions kept before everything is dropped: bounds the host's memory (96 MB)
/// against guests that jump everywhere.
const MOST_OPS: usize = 8 << 20;
const HALVES: usize = PAGE / 2;

/// Where a block's instructions stand in its page's list.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: u32,
    len: u32,
}

/// The blocks that begin in one page of RAM.
#[derive(Debug)]
pub(crate) struct CodePage {
    /// For each halfword, the block that begins there; of length 0 if none does.
    starts: [Span; HALVES],
    ops: Vec<Op>,
}

impl CodePage {
    /// No code.
    pub const NONE: CodePage = CodePage {
        starts: [Span { first: 0, len: 0 }; HALVES],
        ops: Vec::new(),
    };

    /// The block that begins at the offset of `pc`; empty if none was decoded.
    #[inline(always)]
    pub fn block(&self, pc: u64) -> &[Op] {
        let span = self.starts[pc as usize / 2 % HALVES];
        let ops = self.ops.get(span.first as usize..).unwrap_or(&[]);
        ops.get(..span.len as usize).unwrap_or(&[])
    }
}

/// All decoded blocks.
#[derive(Debug)]
pub(crate) struct Code {
    pages: Vec<Option<Box<CodePage>>>,
    n_ops: usize,
    /// Instructions that are in no block, so that each is looked up when its turn comes.
    pub probes: Probes,
}

impl Code {
    /// No code yet, for `n_pages` pages of RAM.
    pub fn new(n_pages: usize) -> Code {
        let mut pages = Vec::new();
        pages.resize_with(n_pages, || None);
        Code {
            pages,
            n_ops: 0,
            probes: Probes::default(),
        }
    }

    /// The code of `page`, none if none was decoded.
    #[inline]
    pub fn page(&self, page: usize) -> &CodePage {
        static NONE: CodePage = CodePage::NONE;
        match self.pages.get(page) {
            Some(Some(page)) => page,
            _ => &NONE,
        }
    }

    /// Decodes the block that begins in `page` at the offset of `pc`. The instruction there
    /// must not reach into the next page, and must have no probe.
    pub fn decode(&mut self, ram: &mut Ram, page: usize, pc: u64) {
        if self.n_ops > MOST_OPS {
            self.drop_everything(ram);
        }
        let begin = pc as usize % PAGE / 2 * 2;
        let bytes = &ram.pages()[page];
        let kept = self.pages[page].get_or_insert_with(|| Box::new(CodePage::NONE));
        let first = kept.ops.len();
        let mut at = begin;
        while kept.ops.len() - first < BLOCK {
            let is_probed = self.probes.has(address(page, at));
            let Some(insn) = insn_at(bytes, at).filter(|_| !is_probed) else {
                break;
            };
            let nth = (kept.ops.len() - first) as u8;
            kept.ops.push(Op::new(insn, (at - begin) as u8, nth));
            at += usize::from(insn.len);
            if insn.kind.ends_block() {
                break;
            }
        }
        form::join(&mut kept.ops[first..]);
        let len = kept.ops.len() - first;
        kept.starts[begin / 2] = Span {
            first: first as u32,
            len: len as u32,
        };
        self.n_ops += len;
        ram.note_code(page, begin, at);
    }

    /// Drops the blocks of the pages that were written to.
    pub fn drop_stale(&mut self, ram: &mut Ram) {
        for page in ram.take_stale() {
            self.drop_page(ram, page);
        }
    }

    /// The instruction at the offset of `pc` in `page`, if it has a probe and does not reach
    /// into the next page.
    pub fn probed(&self, ram: &Ram, page: usize, pc: u64) -> Option<Insn> {
        let at = pc as usize % PAGE;
        let is_probed = self.probes.has(address(page, at));
        is_probed.then(|| insn_at(&ram.pages()[page], at)).flatten()
    }

    /// Watches `probes` instead of those before.
    pub fn watch(&mut self, ram: &mut Ram, probes: Probes) {
        let old = std::mem::replace(&mut self.probes, probes);
        if old.differs_anywhere(&self.probes) {
            return self.drop_everything(ram);
        }
        let changed = old.difference(&self.probes).into_iter();
        let pages: BTreeSet<usize> = changed.filter_map(|pa| ram.page_at(pa)).collect();
        for page in pages {
            self.drop_page(ram, page);
        }
    }

    fn drop_page(&mut self, ram: &mut Ram, page: usize) {
        if let Some(dropped) = self.pages[page].take() {
            self.n_ops -= dropped.ops.len();
        }
        ram.forget_code(page);
    }

    fn drop_everything(&mut self, ram: &mut Ram) {
        for (number, page) in self.pages.iter_mut().enumerate() {
            if page.take().is_some() {
                ram.forget_code(number);
            }
        }
        self.n_ops = 0;
    }
}

/// The physical address of offset `at` of `page`.
fn address(page: usize, at: usize) -> u64 {
    BASE + (page * PAGE + at) as u64
}

/// The instruction at `at`, unless it reaches beyond `page`.
fn insn_at(page: &[u8; PAGE], at: usize) -> Option<Insn> {
    let half = |at: usize| -> Option<u32> {
        let bytes = page.get(at..at + 2)?;
        Some(u32::from(bytes[0]) | u32::from(bytes[1]) << 8)
    };
    let low = half(at)?;
    if isa::length(low as u16) == 2 {
        return Some(isa::decode(low));
    }
    Some(isa::decode(low | half(at + 2)? << 16))
}
