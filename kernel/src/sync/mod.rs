//! Locks, and what else lets harts share data.
//!
//! One of the three folders where `unsafe` may stand (with `hal` and `mem`). Every
//! `static` of the kernel is behind a type from here or is an atomic.

pub mod counts;
pub mod cpu;
mod once;
mod owned;
pub mod rank;
mod sleeplock;
mod spinlock;
mod table;

pub use once::Once;
pub use owned::{Owned, OwnedGuard};
pub use rank::Rank;
pub use sleeplock::{SleepGuard, SleepLock};
pub use spinlock::{SpinGuard, SpinLock};
pub use table::{Counted, Table};
