//! The guest's RAM: memory at an address, which also knows where decoded code lies.
//!
//! Two things want to hear of a store: the page's hash and copies (`crate::memory`), and
//! the decoded blocks of code it may hit. Both are settled when a page enters the
//! store side of a TLB ([`Ram::open`]): a page with code never does, so every store to
//! one comes through [`Ram::write`], which looks closer.

use crate::hart::access::Word;
use crate::memory::{Image, Memory, PAGE, Page};

/// Where RAM begins.
pub(crate) const BASE: u64 = 0x8000_0000;
/// Bytes for which one bit says whether code was decoded there.
const LINE: usize = PAGE / 64;

/// RAM, from [`BASE`] up.
#[derive(Debug)]
pub(crate) struct Ram {
    memory: Memory,
    /// For each page, one bit for each [`LINE`] that holds decoded code.
    code: Vec<u64>,
    /// Pages whose code was written to; their blocks must go before the next instruction.
    stale: Vec<usize>,
    write_epoch: u64,
}

impl Ram {
    /// `len` bytes of zero, a multiple of [`PAGE`].
    pub fn new(len: u64) -> Ram {
        let memory = Memory::new(len as usize);
        let code = vec![0; memory.pages().len()];
        Ram {
            memory,
            code,
            stale: Vec::new(),
            write_epoch: 0,
        }
    }

    /// The bytes and their record.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The address after the last byte.
    pub fn end(&self) -> u64 {
        BASE + self.memory.bytes().len() as u64
    }

    /// The pages.
    #[inline(always)]
    pub fn pages(&self) -> &[Page] {
        self.memory.pages()
    }

    /// The pages, for a store to one that is open.
    #[inline(always)]
    pub fn open_pages(&mut self) -> &mut [Page] {
        self.memory.open_pages()
    }

    /// The number of the page that holds `pa`.
    #[inline]
    pub fn page_at(&self, pa: u64) -> Option<usize> {
        let page = pa.checked_sub(BASE)? / PAGE as u64;
        (page < self.pages().len() as u64).then_some(page as usize)
    }

    /// The `len` bytes at `pa`, if all are in RAM.
    pub fn slice(&self, pa: u64, len: usize) -> Option<&[u8]> {
        let offset = usize::try_from(pa.checked_sub(BASE)?).ok()?;
        self.memory.bytes().get(offset..)?.get(..len)
    }

    /// The number at `pa`.
    pub fn read<T: Word>(&self, pa: u64) -> Option<T> {
        self.slice(pa, T::SIZE).map(T::from_memory)
    }

    /// The 8 bytes at `pa`.
    pub fn read_u64(&self, pa: u64) -> Option<u64> {
        self.read(pa)
    }

    /// Writes `bytes` at `pa`, from a hart or a device; `None` if not all are in RAM.
    pub fn write(&mut self, pa: u64, bytes: &[u8]) -> Option<()> {
        let offset = usize::try_from(pa.checked_sub(BASE)?).ok()?;
        if !self.memory.write(offset, bytes) {
            return None;
        }
        if !bytes.is_empty() {
            self.note_code_written(offset, offset + bytes.len() - 1);
        }
        Some(())
    }

    /// Lets harts store to `page` without notice, unless it holds code.
    pub fn open(&mut self, page: usize) -> bool {
        let is_plain = self.code[page] == 0;
        if is_plain {
            self.memory.open(page);
        }
        is_plain
    }

    /// Notes that bytes `from` to `to` (excluded) of `page` were decoded.
    pub fn note_code(&mut self, page: usize, from: usize, to: usize) {
        if self.code[page] == 0 {
            self.write_epoch += 1;
        }
        for line in from / LINE..=(to - 1) / LINE {
            self.code[page] |= 1 << line;
        }
    }

    /// Notes that `page` holds no decoded code any more.
    pub fn forget_code(&mut self, page: usize) {
        self.code[page] = 0;
    }

    /// Takes the pages whose code was written to.
    pub fn take_stale(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.stale)
    }

    /// Whether code was written to.
    #[inline(always)]
    pub fn has_stale(&self) -> bool {
        !self.stale.is_empty()
    }

    /// Counts the times that harts must give up their leave to store without notice.
    #[inline(always)]
    pub fn write_epoch(&self) -> u64 {
        self.write_epoch
    }

    /// Ends the leave to store without notice if somebody looked since it was given.
    pub fn seal(&mut self) {
        if self.memory.seal() {
            self.write_epoch += 1;
        }
    }

    /// Takes on `image`.
    pub fn restore(&mut self, image: &Image) {
        for page in self.memory.restore(image) {
            if self.code[page] != 0 {
                self.stale.push(page);
            }
        }
    }

    fn note_code_written(&mut self, first: usize, last: usize) {
        for line in first / LINE..=last / LINE {
            let page = line * LINE / PAGE;
            let is_code = self.code[page] >> (line % (PAGE / LINE)) & 1 != 0;
            if is_code && self.stale.last() != Some(&page) {
                self.stale.push(page);
            }
        }
    }
}
