//! Everything that happened, in order, at 24 bytes an event: words are made when asked for.

use abi::Syscall;

use super::cause;
use super::event::{Event, Happening, Kind};
use crate::view::Addr;

/// An event as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub t: u64,
    /// What belongs to it; see [`Index::event`].
    pub what: u64,
    /// 0 for none: nobody's number.
    pub pid: i32,
    /// A cause, the number of a system call or of a function.
    pub code: u16,
    /// [`NO_HART`] for a device.
    pub hart: u8,
    pub kind: Kind,
}

const _: () = assert!(size_of::<Entry>() == 24);

pub(super) const NO_HART: u8 = u8::MAX;

/// So many events are kept: 24 MiB. A minute of a busy guest makes less than half of it.
const MOST_EVENTS: usize = if cfg!(test) { 64 } else { 1 << 20 };
/// So many printed bytes are kept, with their times: 9 MiB.
const MOST_PRINTED: usize = if cfg!(test) { 64 } else { 1 << 20 };

/// A stretch of text, as the content of an [`Entry`].
pub(super) fn stretch(from: usize, to: usize) -> u64 {
    (from as u64) << 32 | to as u64 & 0xffff_ffff
}

/// Two process numbers, as the content of an [`Entry`].
pub(super) fn pair(from: i32, to: i32) -> u64 {
    u64::from(from as u32) << 32 | u64::from(to as u32)
}

/// The events, and the texts they are about. When there are too many, the oldest quarter
/// goes; numbers and places count on from the very first.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    /// Events that went.
    dropped: usize,
    /// What was printed, and when each byte was.
    printed: Vec<u8>,
    printed_at: Vec<u64>,
    /// Printed bytes that went.
    dropped_bytes: usize,
    /// What was typed.
    pub typed: Vec<u8>,
    /// The functions that calls are of.
    pub functions: Vec<String>,
}

impl Index {
    /// Adds `entry`, which is not before the last.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(self.entries.last().is_none_or(|last| last.t <= entry.t));
        if self.entries.len() == MOST_EVENTS {
            self.entries.drain(..MOST_EVENTS / 4);
            self.dropped += MOST_EVENTS / 4;
        }
        self.entries.push(entry);
    }

    /// Notes that `byte` was printed at `t`.
    pub fn print(&mut self, t: u64, byte: u8) {
        if self.printed.len() == MOST_PRINTED {
            self.printed.drain(..MOST_PRINTED / 4);
            self.printed_at.drain(..MOST_PRINTED / 4);
            self.dropped_bytes += MOST_PRINTED / 4;
        }
        self.printed.push(byte);
        self.printed_at.push(t);
    }

    /// How many events there were: the number of the next.
    pub fn len(&self) -> usize {
        self.dropped + self.entries.len()
    }

    /// The number of the first event that is kept.
    pub fn first(&self) -> usize {
        self.dropped
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> u64 {
        let entries = self.entries.capacity() * size_of::<Entry>();
        let printed = self.printed.capacity() + self.printed_at.capacity() * 8;
        (entries + printed + self.typed.capacity()) as u64
    }

    /// The entries that are kept.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of the first event after `t`.
    pub fn after(&self, t: u64) -> usize {
        self.dropped + self.entries.partition_point(|entry| entry.t <= t)
    }

    /// The number of the first event at `t` or after.
    pub fn from(&self, t: u64) -> usize {
        self.dropped + self.entries.partition_point(|entry| entry.t < t)
    }

    /// How many bytes were printed.
    pub fn n_printed(&self) -> usize {
        self.dropped_bytes + self.printed.len()
    }

    /// How many bytes were printed by `t`.
    pub fn printed_by(&self, t: u64) -> usize {
        self.dropped_bytes + self.printed_at.partition_point(|&at| at <= t)
    }

    /// The bytes printed from byte number `from` to `to` (excluded), as far as they are kept.
    pub fn printed(&self, from: usize, to: usize) -> &[u8] {
        let place = |n: usize| n.saturating_sub(self.dropped_bytes).min(self.printed.len());
        let (from, to) = (place(from), place(to));
        &self.printed[from.min(to)..to]
    }

    /// Where the unfinished line begins.
    pub fn line(&self) -> usize {
        let newline = self.printed.iter().rposition(|&byte| byte == b'\n');
        self.dropped_bytes + newline.map_or(0, |at| at + 1)
    }

    /// Forgets what happened after `t`.
    pub fn truncate(&mut self, t: u64) {
        self.entries.truncate(self.after(t) - self.dropped);
        let printed = self.printed_by(t) - self.dropped_bytes;
        self.printed.truncate(printed);
        self.printed_at.truncate(printed);
    }

    /// Event number `n`.
    pub fn event(&self, n: usize) -> Option<Event> {
        let entry = self.entries.get(n.checked_sub(self.dropped)?)?;
        Some(Event {
            n: n as u64,
            t: entry.t,
            hart: (entry.hart != NO_HART).then_some(u32::from(entry.hart)),
            pid: some_pid(entry.pid),
            what: self.happening(entry),
        })
    }

    fn happening(&self, entry: &Entry) -> Happening {
        let (high, low) = ((entry.what >> 32) as u32, entry.what as u32);
        let (from, to) = (high as usize, low as usize);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match entry.kind {
            Kind::Syscall => Happening::Syscall {
                name: syscall_name(low),
                number: low,
            },
            Kind::Return => Happening::Return {
                name: syscall_name(u32::from(entry.code)),
                value: entry.what as i64,
            },
            Kind::Trap => Happening::Trap {
                cause: cause::exception(u32::from(entry.code)),
                code: u32::from(entry.code),
                value: Addr(entry.what),
            },
            Kind::Resume => Happening::Resume {
                cause: cause::exception(u32::from(entry.code)),
            },
            Kind::Interrupt => Happening::Interrupt {
                cause: cause::interrupt(u32::from(entry.code)),
            },
            Kind::Switch => Happening::Switch {
                from: some_pid(high as i32),
                to: some_pid(low as i32),
            },
            Kind::Call => Happening::Call {
                function: self.function(entry.code).to_owned(),
            },
            Kind::DiskRead => Happening::DiskRead { block: low },
            Kind::DiskWrite => Happening::DiskWrite { block: low },
            Kind::Print => Happening::Print {
                text: text(self.printed(from, to)).trim_end().to_owned(),
            },
            Kind::Input => Happening::Input {
                text: text(self.typed.get(from..to).unwrap_or_default()),
            },
            Kind::Ready => Happening::Ready,
        }
    }

    fn function(&self, code: u16) -> &str {
        let name = self.functions.get(usize::from(code));
        name.map_or("", String::as_str)
    }
}

fn some_pid(pid: i32) -> Option<i32> {
    (pid != 0).then_some(pid)
}

/// The name of system call `number`, or its digits.
fn syscall_name(number: u32) -> String {
    let call = Syscall::from_number(number as usize);
    call.map_or_else(|| number.to_string(), |call| call.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed_at(t: u64, index: &mut Index) -> Entry {
        let from = index.line();
        for byte in format!("at {t}\n").bytes() {
            index.print(t, byte);
        }
        Entry {
            t,
            what: stretch(from, index.n_printed() - 1),
            pid: 3,
            code: 0,
            hart: 1,
            kind: Kind::Print,
        }
    }

    /// An index of lines printed at 0, 10, 20, ….
    fn lines(n: u64) -> Index {
        let mut index = Index::default();
        for t in (0..n).map(|n| n * 10) {
            let entry = printed_at(t, &mut index);
            index.push(entry);
        }
        index
    }

    #[test]
    fn numbers_count_on_when_the_oldest_go() {
        let index = lines(200);
        assert_eq!(index.len(), 200);
        assert!(index.first() > 0 && index.entries().len() <= MOST_EVENTS);
        assert_eq!(index.event(index.first() - 1), None);
        let last = index.event(199).expect("the last");
        assert_eq!(
            (last.n, last.t, last.pid, last.hart),
            (199, 1990, Some(3), Some(1))
        );
        let text = Happening::Print {
            text: "at 1990".into(),
        };
        assert_eq!(last.what, text);
        // The words of an early one went before itself.
        let early = index.event(index.first()).expect("the first that is kept");
        assert_eq!(
            early.what,
            Happening::Print {
                text: String::new()
            }
        );
    }

    #[test]
    fn events_are_found_by_time() {
        let index = lines(200);
        assert_eq!((index.from(1990), index.after(1990)), (199, 200));
        assert_eq!((index.from(1985), index.after(1985)), (199, 199));
        assert_eq!(index.after(u64::MAX), 200);
        assert_eq!(index.from(0), index.first());
        let printed = index.printed_by(1985);
        assert_eq!(index.printed(printed, index.n_printed()), b"at 1990\n");
    }

    #[test]
    fn the_future_can_be_forgotten() {
        let mut index = lines(200);
        index.truncate(1985);
        assert_eq!((index.len(), index.n_printed()), (199, index.line()));
        let entry = printed_at(1986, &mut index);
        index.push(entry);
        let text = Happening::Print {
            text: "at 1986".into(),
        };
        assert_eq!(index.event(199).map(|event| event.what), Some(text));
        // Further back than anything is kept.
        index.truncate(0);
        assert!(index.entries().is_empty());
        assert_eq!(index.len(), index.first());
    }
}
