//! The guest's RAM: memory at an address, which also knows where decoded code lies.
//!
//! Four things want to hear of a store: the page's hash and images (`crate::memory`), the
//! decoded blocks of code it may hit, the TLBs, if it changes a page table they know of, and
//! harts that reserved the bytes. All are settled when a page enters the store side of a TLB
//! ([`Ram::open`]): one with code, a table or a watched reservation never does, so every
//! store to one comes through [`Ram::store`] or [`Ram::write`], which look closer. So TLBs never know anything but what the tables say, and that they are
//! no part of the state, and forget whenever somebody looks at it, does not show.

use crate::hart::access::Word;
use crate::memory::{Image, Memory, PAGE, Page};
use crate::reservation::{OfHarts, Reservations};

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
    /// For each page, whether some TLB may know something from a page table there.
    tables: Vec<bool>,
    /// A table was written to that TLBs may know of.
    is_table_stale: bool,
    write_epoch: u64,
    table_epoch: u64,
    /// Where a device wrote, and how much, while somebody wants to know.
    writes: Option<Vec<(u64, usize)>>,
    reservations: Reservations,
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
            tables: vec![false; len as usize / PAGE],
            is_table_stale: false,
            write_epoch: 0,
            table_epoch: 0,
            writes: None,
            reservations: Reservations::default(),
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

    /// Writes `bytes` at `pa`, from a device; `None` if not all are in RAM.
    pub fn write(&mut self, pa: u64, bytes: &[u8]) -> Option<()> {
        self.write_noticed(pa, bytes, true)
    }

    /// Writes `bytes` at `pa`, from the running hart; `None` if not all are in RAM.
    pub fn store(&mut self, pa: u64, bytes: &[u8]) -> Option<()> {
        self.write_noticed(pa, bytes, false)
    }

    fn write_noticed(&mut self, pa: u64, bytes: &[u8], is_device: bool) -> Option<()> {
        let offset = usize::try_from(pa.checked_sub(BASE)?).ok()?;
        if !self.memory.write(offset, bytes) {
            return None;
        }
        if let Some(writes) = &mut self.writes
            && !bytes.is_empty()
        {
            writes.push((pa, bytes.len()));
        }
        if !bytes.is_empty() {
            let last = offset + bytes.len() - 1;
            self.note_code_written(offset, last);
            self.note_tables_written(offset / PAGE, last / PAGE);
            self.reservations
                .note_written(pa, bytes.len() as u64, is_device);
        }
        Some(())
    }

    /// Records where is written to from now on, if it `is_watched`.
    pub fn record_writes(&mut self, is_watched: bool) {
        self.writes = is_watched.then(Vec::new);
    }

    /// Where was written to since the recording began, and how much; ends it.
    pub fn take_writes(&mut self) -> Vec<(u64, usize)> {
        self.writes.take().unwrap_or_default()
    }

    /// Sets bits A and D of the page-table entry at `pa`: no translation differs by them.
    pub fn mark_entry(&mut self, pa: u64, entry: u64) {
        let at = (pa - BASE) as usize;
        if self.memory.write(at, &entry.to_le_bytes()) {
            self.note_code_written(at, at + 7);
            self.reservations.note_written(pa, 8, false);
        }
    }

    /// What harts have reserved, for the running one to change.
    pub fn reservations(&mut self) -> &mut Reservations {
        &mut self.reservations
    }

    /// Each hart's reservation, for the state.
    pub fn save_reservations(&self) -> OfHarts {
        self.reservations.save()
    }

    /// The turn is `hart`'s now: others' reservations must not be missed.
    pub fn pass_to(&mut self, hart: usize) {
        if self.reservations.pass_to(hart) {
            self.write_epoch += 1;
        }
    }

    /// Lets harts store to `page` without notice, unless it holds code, a page table or
    /// what another hart has reserved.
    pub fn open(&mut self, page: usize) -> bool {
        let pa = BASE + (page * PAGE) as u64;
        let is_plain = self.code[page] == 0 && !self.tables[page] && !self.reservations.watch(pa);
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

    /// Notes that a TLB is about to know something from the page-table entry at `pa`.
    pub fn note_table(&mut self, pa: u64) {
        if let Some(page) = self.page_at(pa)
            && !self.tables[page]
        {
            self.tables[page] = true;
            self.write_epoch += 1;
        }
    }

    /// Notes that `page` holds no decoded code any more.
    pub fn forget_code(&mut self, page: usize) {
        self.code[page] = 0;
    }

    /// Takes the pages whose code was written to.
    pub fn take_stale(&mut self) -> Vec<usize> {
        self.is_table_stale = false;
        std::mem::take(&mut self.stale)
    }

    /// Whether code, or a page table that TLBs know of, was written to.
    #[inline(always)]
    pub fn has_stale(&self) -> bool {
        !self.stale.is_empty() || self.is_table_stale
    }

    /// Counts the times that harts must forget all they know of page tables.
    #[inline(always)]
    pub fn table_epoch(&self) -> u64 {
        self.table_epoch
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

    fn note_tables_written(&mut self, first: usize, last: usize) {
        for is_table in &mut self.tables[first..=last] {
            if std::mem::take(is_table) {
                self.is_table_stale = true;
                self.table_epoch += 1;
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
