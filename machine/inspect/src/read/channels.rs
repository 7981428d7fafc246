//! What a process sleeps on, in the words of the source.

use super::places::{Search, path_to, path_within, thing_at};
use crate::guest::Guest;

/// The type of a sleep lock, which sleepers wait for by its address.
const SLEEP: &str = "RawSleepLock";
/// Types that lie in pages of their own, and hold what is slept on.
const OUTSIDE: [&str; 1] = ["Pipe"];

/// What the channel `chan` is called: of a sleep lock, its name and where it is; else the
/// place, or the address if the kernel's variables do not lead there.
pub(crate) fn name(guest: Guest, chan: u64) -> String {
    let Some(path) = path_to(guest, chan) else {
        return outside(guest, chan).unwrap_or_else(|| format!("{chan:#x}"));
    };
    match lock_name(guest, chan) {
        Some(name) => format!("{name} {path}"),
        None => path,
    }
}

/// The name of the sleep lock at `address`, if there is one.
fn lock_name(guest: Guest, address: u64) -> Option<String> {
    let lock = thing_at(guest, address, SLEEP)?;
    lock.field("name").ok()?.text().ok()
}

/// The path to what is not in a variable.
fn outside(guest: Guest, address: u64) -> Option<String> {
    let search = Search::of(guest, &OUTSIDE);
    let size = |ty| guest.symbols.size_of(ty);
    let mut objects = search.objects.iter();
    let object = objects.find(|object| address.wrapping_sub(object.at) < size(object.ty))?;
    Some(path_within(guest, object, address))
}
