//! Loads, stores and atomics: the short way through the TLB, and the long way.

use super::mmu::{Access, Place};
use super::{Exception, Hart, Trap};
use crate::board::Board;
use crate::memory::PAGE;
use crate::ram::Ram;

/// A number as it lies in memory.
pub(crate) trait Word: Copy {
    /// Its bytes.
    const SIZE: usize;
    /// Reads it from the first [`Word::SIZE`] bytes.
    fn from_memory(bytes: &[u8]) -> Self;
    /// Writes it to the first [`Word::SIZE`] bytes.
    fn to_memory(self, bytes: &mut [u8]);
    /// The low bits of a register.
    fn from_register(value: u64) -> Self;
    /// Extended to a register, with its sign if it has one.
    fn to_register(self) -> u64;
}

macro_rules! words {
    ($($ty:ident)*) => { $(
        impl Word for $ty {
            const SIZE: usize = size_of::<$ty>();
            #[inline(always)]
            fn from_memory(bytes: &[u8]) -> $ty {
                let mut own = [0; Self::SIZE];
                own.copy_from_slice(&bytes[..Self::SIZE]);
                $ty::from_le_bytes(own)
            }
            #[inline(always)]
            fn to_memory(self, bytes: &mut [u8]) {
                bytes[..Self::SIZE].copy_from_slice(&self.to_le_bytes());
            }
            #[inline(always)]
            fn from_register(value: u64) -> $ty {
                value as $ty
            }
            #[inline(always)]
            fn to_register(self) -> u64 {
                self as u64
            }
        }
    )* };
}
words! { u8 i8 u16 i16 u32 i32 u64 i64 }

/// A binary32 in a register: 32 ones above it say that it is one.
#[derive(Clone, Copy)]
pub(crate) struct Boxed(u32);

impl Word for Boxed {
    const SIZE: usize = 4;
    #[inline(always)]
    fn from_memory(bytes: &[u8]) -> Boxed {
        Boxed(u32::from_memory(bytes))
    }
    #[inline(always)]
    fn to_memory(self, bytes: &mut [u8]) {
        self.0.to_memory(bytes);
    }
    #[inline(always)]
    fn from_register(value: u64) -> Boxed {
        Boxed(value as u32)
    }
    #[inline(always)]
    fn to_register(self) -> u64 {
        0xffff_ffff << 32 | u64::from(self.0)
    }
}

/// The offset in its page of an aligned access of `size` bytes at `va`.
#[inline(always)]
fn offset(va: u64, size: usize) -> usize {
    va as usize & (PAGE - size)
}

impl Hart {
    /// Loads from `va` if the TLB knows it.
    #[inline(always)]
    pub fn load_fast<T: Word>(&self, ram: &Ram, va: u64) -> Option<T> {
        let page = self.tlb.load.find(va, T::SIZE)?;
        let page = ram.pages().get(page)?;
        let at = offset(va, T::SIZE);
        Some(T::from_memory(&page[at..at + T::SIZE]))
    }

    /// Stores to `va` if the TLB knows it; says whether it did.
    #[inline(always)]
    pub fn store_fast<T: Word>(&self, ram: &mut Ram, va: u64, value: T) -> bool {
        let Some(page) = self.tlb.store.find(va, T::SIZE) else {
            return false;
        };
        let Some(page) = ram.open_pages().get_mut(page) else {
            return false;
        };
        let at = offset(va, T::SIZE);
        value.to_memory(&mut page[at..at + T::SIZE]);
        true
    }

    /// Replaces what is at `va` by what `change` makes of it and `operand`, and gives what was
    /// there, if the TLB knows it.
    #[inline(always)]
    pub fn amo_fast<T: Word>(
        &self,
        ram: &mut Ram,
        va: u64,
        operand: u64,
        change: impl FnOnce(T, T) -> T,
    ) -> Option<u64> {
        let page = self.tlb.store.find(va, T::SIZE)?;
        let page = ram.open_pages().get_mut(page)?;
        let at = offset(va, T::SIZE);
        let old = T::from_memory(&page[at..at + T::SIZE]);
        change(old, T::from_register(operand)).to_memory(&mut page[at..at + T::SIZE]);
        Some(old.to_register())
    }

    /// Loads `size` bytes from `va` the long way: walks, devices, misalignment.
    #[cold]
    #[inline(never)]
    pub fn load_slow(&mut self, board: &mut Board, va: u64, size: usize) -> Result<u64, Trap> {
        let first = PAGE - (va as usize % PAGE);
        if first < size {
            let low = self.load_slow(board, va, first)?;
            let high = self.load_slow(board, va.wrapping_add(first as u64), size - first)?;
            return Ok(low | high << (8 * first));
        }
        self.heed(board);
        if let Some(pa) = self.tlb.load.find_device(va) {
            return read_device(board, va, pa, size);
        }
        let place = self.translate(board, va, size as u64, Access::Load)?;
        let Some(page) = board.ram.page_at(place.pa) else {
            if place.whole_page {
                self.tlb.load.insert_device(va, place.pa);
            }
            return read_device(board, va, place.pa, size);
        };
        if place.whole_page && !board.watcher.points.hide(va, place.pa, false) {
            self.tlb.load.insert(va, page);
        }
        let at = place.pa as usize % PAGE;
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&board.ram.pages()[page][at..at + size]);
        let value = u64::from_le_bytes(bytes);
        board.tell_load(va, place.pa, size, value);
        Ok(value)
    }

    /// Stores the low `size` bytes of `value` to `va` the long way.
    #[cold]
    #[inline(never)]
    pub fn store_slow(
        &mut self,
        board: &mut Board,
        va: u64,
        size: usize,
        value: u64,
    ) -> Result<(), Trap> {
        let first = PAGE - (va as usize % PAGE);
        if first < size {
            // Both halves must be writable before either is written.
            let next = va.wrapping_add(first as u64);
            self.place_for_store(board, va, first)?;
            self.place_for_store(board, next, size - first)?;
            self.store_slow(board, va, first, value)?;
            return self.store_slow(board, next, size - first, value >> (8 * first));
        }
        self.heed(board);
        if let Some(pa) = self.tlb.store.find_device(va) {
            return write_device(board, va, pa, size, value);
        }
        let place = self.place_for_store(board, va, size)?;
        if board.ram.page_at(place.pa).is_some() {
            board.tell_store(va, place.pa, size, value);
            board.ram.store(place.pa, &value.to_le_bytes()[..size]);
            return Ok(());
        }
        if place.whole_page {
            self.tlb.store.insert_device(va, place.pa);
        }
        write_device(board, va, place.pa, size, value)
    }

    /// Finds where a store to `va` goes, and lets later ones take the short way.
    fn place_for_store(&mut self, board: &mut Board, va: u64, size: usize) -> Result<Place, Trap> {
        let place = self.translate(board, va, size as u64, Access::Store)?;
        if let Some(page) = board.ram.page_at(place.pa)
            && place.whole_page
            && !board.watcher.points.hide(va, place.pa, true)
            && board.ram.open(page)
        {
            self.tlb.store.insert(va, page);
        }
        Ok(place)
    }

    /// `lr`: loads from `va` and reserves it.
    pub fn load_reserved<T: Word>(&mut self, board: &mut Board, va: u64) -> Result<u64, Trap> {
        if !va.is_multiple_of(T::SIZE as u64) {
            return Err(Exception::LoadMisaligned.at(va));
        }
        let place = self.translate(board, va, T::SIZE as u64, Access::Load)?;
        let value = board
            .ram
            .read(place.pa)
            .ok_or(Access::Load.access_fault(va))?;
        board.ram.reservations().reserve(place.pa, T::SIZE);
        let value = T::to_register(value);
        board.tell_load(va, place.pa, T::SIZE, value);
        Ok(value)
    }

    /// `sc`: stores to `va` if just that is still reserved, by an `lr` of the same width. Gives
    /// 0 if it was, else 1; memory must be writable either way.
    pub fn store_conditional<T: Word>(
        &mut self,
        board: &mut Board,
        va: u64,
        value: u64,
    ) -> Result<u64, Trap> {
        let pa = self.place_for_atomic(board, va, T::SIZE)?;
        if !board.ram.reservations().claim(pa, T::SIZE) {
            return Ok(1);
        }
        let mut bytes = [0; 8];
        T::from_register(value).to_memory(&mut bytes);
        board.tell_store(va, pa, T::SIZE, value);
        board.ram.store(pa, &bytes[..T::SIZE]);
        Ok(0)
    }

    /// `amo…`: replaces what is at `va` by what `change` makes of it and `operand`. Gives
    /// what was there.
    pub fn amo<T: Word>(
        &mut self,
        board: &mut Board,
        va: u64,
        operand: u64,
        change: impl FnOnce(T, T) -> T,
    ) -> Result<u64, Trap> {
        let operand = T::from_register(operand);
        let pa = self.place_for_atomic(board, va, T::SIZE)?;
        let old: T = board.ram.read(pa).ok_or(Access::Store.access_fault(va))?;
        let mut bytes = [0; 8];
        change(old, operand).to_memory(&mut bytes);
        board.tell_load(va, pa, T::SIZE, old.to_register());
        board.tell_store(va, pa, T::SIZE, u64::from_le_bytes(bytes));
        board.ram.store(pa, &bytes[..T::SIZE]);
        Ok(old.to_register())
    }

    /// The physical address of an atomic access, which must be to RAM.
    fn place_for_atomic(&mut self, board: &mut Board, va: u64, size: usize) -> Result<u64, Trap> {
        if !va.is_multiple_of(size as u64) {
            return Err(Exception::StoreMisaligned.at(va));
        }
        let place = self.place_for_store(board, va, size)?;
        match board.ram.page_at(place.pa) {
            Some(_) => Ok(place.pa),
            None => Err(Access::Store.access_fault(va)),
        }
    }

    /// Finds the page of RAM that the instruction at `pc` lies in, or reads its first
    /// instruction where code cannot be kept: elsewhere than in RAM, across two pages, or
    /// where protection differs within the page.
    pub fn fetch_slow(&mut self, board: &mut Board) -> Result<Fetched, Trap> {
        let pc = self.pc;
        let place = self.translate(board, pc, 2, Access::Fetch)?;
        let page = board.ram.page_at(place.pa);
        let half = board
            .fetch(place.pa)
            .ok_or(Access::Fetch.access_fault(pc))?;
        let len = crate::isa::length(half);
        let is_split = len == 4 && pc as usize % PAGE == PAGE - 2;
        if let Some(page) = page
            && place.whole_page
            && !is_split
        {
            self.tlb.fetch.insert(pc, page);
            return Ok(Fetched::Page(page));
        }
        let mut word = u32::from(half);
        if len == 4 {
            let next = pc.wrapping_add(2);
            let place = self.translate(board, next, 2, Access::Fetch)?;
            let half = board.fetch(place.pa);
            word |= u32::from(half.ok_or(Access::Fetch.access_fault(next))?) << 16;
        }
        Ok(Fetched::Word(word))
    }
}

/// Loads from the device or ROM at `pa`, to which `va` leads.
fn read_device(board: &mut Board, va: u64, pa: u64, size: usize) -> Result<u64, Trap> {
    let value = board.read(pa, size);
    let value = value.ok_or(Access::Load.access_fault(va))?;
    board.tell_load(va, pa, size, value);
    Ok(value)
}

/// Stores to the device or ROM at `pa`, to which `va` leads.
fn write_device(board: &mut Board, va: u64, pa: u64, size: usize, value: u64) -> Result<(), Trap> {
    let written = board.write(pa, size, value);
    written.ok_or(Access::Store.access_fault(va))?;
    board.tell_store(va, pa, size, value);
    Ok(())
}

/// What [`Hart::fetch_slow`] found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fetched {
    /// The page of RAM, now in the TLB.
    Page(usize),
    /// The instruction's word.
    Word(u32),
}
