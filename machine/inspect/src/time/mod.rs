//! Time, seen from outside: what happened, and going there.
//!
//! [`Observatory`] is the way in.
//!
//! ```text
//! observatory.rs a machine, its past, and what happened; hunt.rs runs to conditions,
//!                step.rs steps, line.rs steps by line and instruction
//! record.rs      makes events of what the machine tells, with names.rs; index.rs keeps them
//! recorded.rs    what is told of all that: events, marks of a timeline, output
//! modes.rs       when harts were in programs, when in the kernel, and when in neither
//! event.rs       what happened, and where in time one stands
//! condition.rs   what to run to, as text; parse.rs reads it
//! arrival.rs     what a step heeds, and where it came to
//! ```

mod arrival;
mod cause;
mod condition;
mod event;
mod hunt;
mod index;
mod line;
mod modes;
mod names;
mod observatory;
mod parse;
mod record;
mod recorded;
mod step;

pub use arrival::{Arrival, Focus, Reason};
pub use condition::{Condition, Pattern, What};
pub use event::{Event, Happening, Kind, Position, Unit};
pub use hunt::{Patience, Refused};
pub use machine::InThePast;
pub use modes::{Doing, ModeChange};
pub use observatory::{Observatory, Pause};
pub use parse::BadCondition;
pub use recorded::Mark;

#[cfg(test)]
mod tests;
