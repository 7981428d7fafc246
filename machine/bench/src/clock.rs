//! Time this thread, or a child process, was on a processor: what others do on the same
//! computer counts less than by the wall clock. On systems without Linux's `/proc`, wall time.

use std::fs::read_to_string;
use std::time::{Duration, Instant};

/// A beginning.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    wall: Instant,
    own: Option<Duration>,
    children: Option<Duration>,
}

impl Since {
    /// Now.
    pub fn now() -> Since {
        Since {
            wall: Instant::now(),
            own: own(),
            children: children(),
        }
    }

    /// The time this thread has worked since.
    pub fn own(&self) -> Duration {
        difference(self.own, own()).unwrap_or(self.wall.elapsed())
    }

    /// The time children that ended since have worked.
    pub fn children(&self) -> Duration {
        difference(self.children, children()).unwrap_or(self.wall.elapsed())
    }
}

fn difference(from: Option<Duration>, to: Option<Duration>) -> Option<Duration> {
    Some(to? - from?)
}

fn own() -> Option<Duration> {
    let text = read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?;
    Some(Duration::from_nanos(nanoseconds.parse().ok()?))
}

fn children() -> Option<Duration> {
    let text = read_to_string("/proc/self/stat").ok()?;
    // The program's name may hold anything, but nothing after its last parenthesis does.
    let (_, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |n: usize| -> Option<u64> { fields.get(n)?.parse().ok() };
    // `cutime` and `cstime`, in hundredths of a second.
    Some(Duration::from_millis(10 * (ticks(13)? + ticks(14)?)))
}
