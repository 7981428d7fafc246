//! The log and the buffer cache: what is in memory beside what is on the disk.

use super::disk::Disk;
use crate::guest::{Guest, Unreadable, Value};
use crate::view::{Addr, CachedBlock, LogState, LogView};

/// Blocks and buffers that are shown at most: as many as a log's header can name.
const MOST: usize = 255;

/// Shows both, of the file system on the machine's disk.
///
/// # Errors
/// [`Unreadable`], if a name is missing.
pub(crate) fn build(guest: Guest, disk: &Disk) -> Result<LogView, Unreadable> {
    let fs = guest.var("FS")?;
    let log = fs.field("log")?.field("data")?.peel();
    let header = log.field("lh")?;
    let n = header.field("n")?.u64()?;
    let named = header.field("block")?.elements()?;
    let named: Result<Vec<u32>, _> = named
        .take(usize::try_from(n).unwrap_or(MOST).min(MOST))
        .map(|block| block.u64().map(|block| block as u32))
        .collect();
    let in_memory = named?;
    let outstanding = log.field("outstanding")?.u64()? as u32;
    let state = if log.field("broken")?.bool()? {
        LogState::Broken
    } else if log.field("committing")?.bool()? {
        LogState::Committing
    } else if outstanding > 0 || !in_memory.is_empty() {
        LogState::Gathering
    } else {
        LogState::Idle
    };
    Ok(LogView {
        state,
        outstanding,
        commits: log.field("ncommit")?.u64()? as u32,
        in_memory,
        on_disk: disk.logged(),
        start: disk.superblock().logstart,
        size: disk.superblock().nlog,
        cache: cache(fs, disk)?,
    })
}

/// What the buckets of `bcache` say of the buffers.
fn slots(bcache: Value) -> Result<Vec<Value>, Unreadable> {
    let mut slots = Vec::new();
    for bucket in bcache.field("buckets")?.elements()? {
        let bucket = bucket.field("data")?.peel();
        let n = bucket.field("n")?.u64()? as usize;
        slots.extend(bucket.field("slots")?.elements()?.take(n.min(MOST)));
    }
    Ok(slots)
}

/// The buffers that stand for a block: those in use, then the others as they were let go,
/// the last one first.
fn cache(fs: Value, disk: &Disk) -> Result<Vec<CachedBlock>, Unreadable> {
    let bufs: Vec<Value> = fs.field("bufs")?.elements()?.take(MOST).collect();
    let mut cache = Vec::new();
    for slot in slots(fs.field("bcache")?)? {
        let block = slot.field("block")?.u64()? as u32;
        let n = slot.field("buf")?.u64()? as u32;
        let Some(buf) = bufs.get(n as usize).filter(|_| block != 0) else {
            continue;
        };
        let refcnt = slot.field("refcnt")?.u64()? as u32;
        let released = slot.field("released")?.u64()?;
        let buf = buf.field("data")?.peel();
        let data = buf.field("data")?;
        let valid = buf.field("block")?.u64()? as u32 == block;
        let on_disk = disk.block(block).map(|bytes| &bytes[..]);
        let cached = CachedBlock {
            slot: n,
            block,
            role: disk.role(block),
            refcnt,
            pinned: slot.field("pinned")?.bool()?,
            valid,
            differs: valid && Some(data.bytes()?) != on_disk,
            at: Addr(data.address()),
        };
        let age = (refcnt == 0, std::cmp::Reverse(released));
        cache.push((age, cached));
    }
    cache.sort_by_key(|&(age, _)| age);
    Ok(cache.into_iter().map(|(_, cached)| cached).collect())
}
