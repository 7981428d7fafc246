//! Time, seen from outside: what happened, and going there.
//!
//! ```text
//! event.rs       what happened, and where in time one stands
//! condition.rs   what to run to, as text; parse.rs reads it
//! arrival.rs     what a step heeds, and where it came to
//! ```

mod arrival;
mod cause;
mod condition;
mod event;
mod parse;

pub use arrival::{Arrival, Focus, Reason};
pub use condition::{Condition, Pattern, What};
pub use event::{Event, Happening, Kind, Position, Unit};
pub use parse::BadCondition;

#[cfg(test)]
mod tests;
