//! What the guest's memory means, read from outside: through the kernel's own debug
//! information and from memory alone, never with help from the kernel.
//!
//! ```text
//! view/      what a panel shows, as data: one file a view
//! time/      what happened, and going there: forward and back by meaning
//! ```
#![forbid(unsafe_code)]

pub mod time;
pub mod view;
