//! What a process sleeps on, in the words of the source.

use std::cell::OnceCell;

use super::places::{Place, Search, path_to, path_within, thing_at};
use crate::guest::Guest;
use crate::view::WaitsFor;

/// The type of a sleep lock, which sleepers wait for by its address.
const SLEEP: &str = "RawSleepLock";
/// Types that lie in pages of their own, and hold what is slept on.
const OUTSIDE: [&str; 1] = ["Pipe"];

/// What waiting there means: how the path begins.
const MEANINGS: [(&str, WaitsFor); 7] = [
    ("PROC[", WaitsFor::Child),
    ("TICKS", WaitsFor::Time),
    ("CONS", WaitsFor::Input),
    ("UART", WaitsFor::Output),
    ("DISK", WaitsFor::Disk),
    ("FS.log", WaitsFor::Log),
    ("FS.bcache", WaitsFor::Buffer),
];

/// A channel in words.
pub(crate) struct Channel {
    /// Of a sleep lock, its name and where it is; else the place, or the address if the
    /// kernel's variables do not lead there.
    pub name: String,
    /// What is waited for, if that is known.
    pub waits_for: Option<WaitsFor>,
}

/// What channels are told by.
pub(crate) struct Channels<'a> {
    guest: Guest<'a>,
    /// Where the things outside of variables are; looked for when they are first needed.
    outside: OnceCell<Vec<Place>>,
}

impl<'a> Channels<'a> {
    /// Those of `guest`.
    pub fn of(guest: Guest<'a>) -> Channels<'a> {
        Channels {
            guest,
            outside: OnceCell::new(),
        }
    }

    /// The channel `chan`.
    pub fn channel(&self, chan: u64) -> Channel {
        let guest = self.guest;
        let path = path_to(guest, chan);
        let Some(path) = path.or_else(|| self.outside(chan)) else {
            return Channel {
                name: format!("{chan:#x}"),
                waits_for: None,
            };
        };
        if let Some(name) = lock_name(guest, chan) {
            return Channel {
                name: format!("{name} {path}"),
                waits_for: Some(WaitsFor::Lock),
            };
        }
        let mut meanings = MEANINGS.iter();
        let known = meanings.find(|(start, _)| path.starts_with(start));
        let waits_for = match known {
            Some(&(_, waits_for)) => Some(waits_for),
            None if path.ends_with(".n_read") => Some(WaitsFor::PipeData),
            None if path.ends_with(".n_written") => Some(WaitsFor::PipeRoom),
            None => None,
        };
        Channel {
            name: path,
            waits_for,
        }
    }

    /// The path to what is not in a variable.
    fn outside(&self, address: u64) -> Option<String> {
        let search = || Search::of(self.guest, &OUTSIDE).objects;
        let mut objects = self.outside.get_or_init(search).iter();
        let size = |ty| self.guest.symbols.size_of(ty);
        let object = objects.find(|object| address.wrapping_sub(object.at) < size(object.ty))?;
        Some(path_within(self.guest, object, address))
    }
}

/// The name of the sleep lock at `address`, if there is one.
fn lock_name(guest: Guest, address: u64) -> Option<String> {
    let lock = thing_at(guest, address, SLEEP)?;
    lock.field("name").ok()?.text().ok()
}
