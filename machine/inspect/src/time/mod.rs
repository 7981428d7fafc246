//! Time, seen from outside: what happened, and going there.

mod event;

pub use event::{Event, Happening, Position, Unit};
