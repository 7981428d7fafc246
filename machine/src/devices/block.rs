//! The virtio block device: the disk.
//!
//! It serves requests in the order they were made, one at a time, and a write is on the disk
//! when the device says that it is done. It offers flushes all the same, as disks with a cache
//! do, so that a driver that needs them can show that it makes them
//! ([`Happening::DiskFlush`]); there is never anything left to do in one.
//!
//! Source: Virtual I/O Device (VIRTIO), "Block Device".

use super::Wiring;
use super::virtio_mmio::{Function, Request};
use super::virtqueue::{Malformed, Piece, scatter, total};
use crate::board::Halt;
use crate::disk::Disk;
use crate::event::Happening;

/// Bytes of a sector, in which requests and the disk's size are counted.
pub(crate) const SECTOR: u64 = 512;
/// Most bytes of a request, lest one take the host for ever.
const MOST: u64 = 16 << 20;
/// The time a request takes: 0.2 ms at 100 MHz.
const LATENCY: u64 = 20_000;

const BLK_SIZE: u64 = 1 << 6;
const FLUSH: u64 = 1 << 9;

const TYPE_IN: u32 = 0;
const TYPE_OUT: u32 = 1;
const TYPE_FLUSH: u32 = 4;
const TYPE_GET_ID: u32 = 8;
const HEADER: usize = 16;
const ID: &[u8; 20] = b"orrery\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

const OK: u8 = 0;
const IO_ERROR: u8 = 1;
const UNSUPPORTED: u8 = 2;

/// The device; the bytes are the board's.
#[derive(Debug)]
pub(crate) struct Block {
    n_sectors: u64,
}

impl Block {
    /// A device for the whole of `disk`.
    pub fn new(disk: &Disk) -> Block {
        Block {
            n_sectors: disk.bytes().len() as u64 / SECTOR,
        }
    }

    /// The offset on the disk of `len` bytes from `sector`, if they are on it and not too many.
    fn locate(&self, sector: u64, len: u64) -> Option<usize> {
        let left = self.n_sectors.checked_sub(sector)? * SECTOR;
        let is_whole = len.is_multiple_of(SECTOR);
        (is_whole && len <= left.min(MOST)).then_some((sector * SECTOR) as usize)
    }

    /// Copies disk to memory; the status, and the bytes written to memory.
    fn read(&self, sector: u64, into: &[Piece], wiring: &mut Wiring) -> (u8, u32) {
        let Some(mut at) = self.locate(sector, total(into)) else {
            return (IO_ERROR, 0);
        };
        let sectors = n_sectors(into);
        if wiring.faults.fails(sector, sectors) {
            return (IO_ERROR, 0);
        }
        let mut done = 0;
        for piece in into {
            let len = piece.len as usize;
            let bytes = &wiring.disk.bytes()[at..at + len];
            if wiring.ram.write(piece.pa, bytes).is_none() {
                return (IO_ERROR, done);
            }
            at += len;
            done += piece.len;
        }
        let what = Happening::DiskRead { sector, sectors };
        wiring.watcher.note(what);
        (OK, done)
    }

    /// Copies memory to disk; the status.
    fn write(&self, sector: u64, from: &[Piece], wiring: &mut Wiring) -> u8 {
        let Some(mut at) = self.locate(sector, total(from)) else {
            return IO_ERROR;
        };
        let sectors = n_sectors(from);
        if wiring.faults.fails(sector, sectors) {
            return IO_ERROR;
        }
        let sectors = wiring.faults.tear(sectors);
        let mut left = (u64::from(sectors) * SECTOR) as usize;
        for piece in from {
            let len = left.min(piece.len as usize);
            let Some(bytes) = wiring.ram.slice(piece.pa, len) else {
                return IO_ERROR;
            };
            if !wiring.disk.write(at, bytes) {
                return IO_ERROR;
            }
            at += len;
            left -= len;
        }
        let what = Happening::DiskWrite { sector, sectors };
        wiring.watcher.note(what);
        if wiring.faults.note_write() {
            wiring.halt.get_or_insert(Halt::POWER_CUT);
        }
        OK
    }
}

impl Function for Block {
    fn id(&self) -> u32 {
        2
    }

    fn features(&self) -> u64 {
        BLK_SIZE | FLUSH
    }

    fn n_queues(&self) -> usize {
        1
    }

    fn config(&self) -> Vec<u8> {
        const BLK_SIZE_AT: usize = 20;
        let mut config = vec![0; 32];
        config[..8].copy_from_slice(&self.n_sectors.to_le_bytes());
        config[BLK_SIZE_AT..BLK_SIZE_AT + 4].copy_from_slice(&(SECTOR as u32).to_le_bytes());
        config
    }

    fn latency(&self) -> u64 {
        LATENCY
    }

    fn serve(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        let chain = &request.chain;
        let mut header = [0; HEADER];
        let payload = read_front(&chain.readable, &mut header, wiring)?;
        let (data, status_at) = split_last_byte(&chain.writable)?;
        let kind = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
        let mut sector = [0; 8];
        sector.copy_from_slice(&header[8..]);
        let sector = u64::from_le_bytes(sector);
        let (status, written) = match kind {
            TYPE_IN => self.read(sector, &data, wiring),
            TYPE_OUT => (self.write(sector, &payload, wiring), 0),
            TYPE_FLUSH => {
                wiring.watcher.note(Happening::DiskFlush);
                (OK, 0)
            }
            TYPE_GET_ID => match scatter(&data, wiring.ram, ID) {
                Ok(written) => (OK, written),
                Err(Malformed) => (IO_ERROR, 0),
            },
            _ => (UNSUPPORTED, 0),
        };
        wiring.ram.write(status_at, &[status]).ok_or(Malformed)?;
        Ok(written + 1)
    }
}

/// The sectors that `pieces` hold.
fn n_sectors(pieces: &[Piece]) -> u32 {
    (total(pieces) / SECTOR) as u32
}

/// Fills `front` from the beginning of `pieces`; what is left of them.
fn read_front(
    pieces: &[Piece],
    mut front: &mut [u8],
    wiring: &Wiring,
) -> Result<Vec<Piece>, Malformed> {
    let mut rest = Vec::new();
    for piece in pieces {
        let len = front.len().min(piece.len as usize);
        let bytes = wiring.ram.slice(piece.pa, len).ok_or(Malformed)?;
        front[..len].copy_from_slice(bytes);
        front = &mut front[len..];
        if len < piece.len as usize {
            rest.push(Piece {
                pa: piece.pa.wrapping_add(len as u64),
                len: piece.len - len as u32,
            });
        }
    }
    if front.is_empty() {
        Ok(rest)
    } else {
        Err(Malformed)
    }
}

/// Splits the last byte, which takes the status, off `pieces`: what is before it, and its
/// address.
fn split_last_byte(pieces: &[Piece]) -> Result<(Vec<Piece>, u64), Malformed> {
    let mut data = pieces.to_vec();
    let last = data.last_mut().filter(|piece| piece.len > 0);
    let last = last.ok_or(Malformed)?;
    last.len -= 1;
    let status_at = last.pa.wrapping_add(u64::from(last.len));
    if last.len == 0 {
        data.pop();
    }
    Ok((data, status_at))
}
