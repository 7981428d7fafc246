//! Locks, kernel-wide: found by their types in all that the kernel's variables hold or lead
//! to. Nothing here names a lock.

use super::places::{Place, Search};
use super::spinning;
use super::table::ProcessTable;
use crate::guest::{Guest, Unreadable, Value};
use crate::view::{LockKind, LockView, LocksView, ProcessRef};

/// The types of a spin lock and of a sleep lock without what they guard.
const SPIN: &str = "RawSpinLock";
const SLEEP: &str = "RawSleepLock";

/// Locks that are shown at most.
const MOST_LOCKS: usize = 4096;

/// Shows all locks.
///
/// # Errors
/// [`Unreadable`], if there are no processes, or none of the types.
pub(crate) fn build(guest: Guest) -> Result<LocksView, Unreadable> {
    let table = ProcessTable::read(guest)?;
    let spinning = spinning::harts(guest);
    let search = Search::of(guest, &[SPIN, SLEEP]);
    let mut locks = Vec::new();
    for place in search.found.iter().take(MOST_LOCKS) {
        let lock = Value::at(guest, place.ty, place.at);
        let read = match lock.find_field("holder") {
            None => spin_lock(place, lock, &table, &spinning),
            Some(holder) => sleep_lock(place, lock, holder, &table),
        };
        // What is left of a value that is no more may lead to where no lock is.
        locks.extend(read.ok());
    }
    // The sort is stable: within each part the order is that of the variables.
    locks.sort_by_key(|lock| !lock.held && lock.spinning.is_empty() && lock.sleeping.is_empty());
    Ok(LocksView { locks })
}

fn spin_lock(
    place: &Place,
    lock: Value,
    table: &ProcessTable,
    spinning: &[(u32, u64)],
) -> Result<LockView, Unreadable> {
    let held = lock.field("locked")?.bool()?;
    let holder = usize::try_from(lock.field("cpu")?.u64()?).ok();
    let hart = holder.filter(|&hart| held && hart < table.running.len());
    let process = hart.and_then(|hart| table.on_hart(hart));
    let is_for_it = |&&(_, at): &&(u32, u64)| at.wrapping_sub(place.at) < lock.size();
    let waiting = spinning.iter().filter(is_for_it);
    Ok(LockView {
        at: crate::view::Addr(place.at),
        name: lock.field("name")?.text()?,
        path: place.path.clone(),
        kind: LockKind::Spin,
        held,
        hart: hart.map(|hart| hart as u32),
        holder: process.map(|slot| slot.process()),
        spinning: waiting.map(|&(hart, _)| hart).collect(),
        sleeping: Vec::new(),
    })
}

fn sleep_lock(
    place: &Place,
    lock: Value,
    holder: Value,
    table: &ProcessTable,
) -> Result<LockView, Unreadable> {
    let pid = holder.field("data")?.peel().option()?;
    let pid = pid.map(|pid| pid.i64()).transpose()?;
    let holder = pid.map(|pid| {
        let pid = pid as i32;
        let slot = table.of_pid(pid);
        slot.map_or_else(|| gone(pid), |slot| slot.process())
    });
    let sleepers = table.used().filter(|slot| slot.chan == place.at);
    Ok(LockView {
        at: crate::view::Addr(place.at),
        name: lock.field("name")?.text()?,
        path: place.path.clone(),
        kind: LockKind::Sleep,
        held: pid.is_some(),
        hart: None,
        holder,
        spinning: Vec::new(),
        sleeping: sleepers.map(|slot| slot.process()).collect(),
    })
}

/// A process that holds a lock and is not there: the kernel has a mistake.
fn gone(pid: i32) -> ProcessRef {
    ProcessRef {
        pid,
        name: String::new(),
    }
}
