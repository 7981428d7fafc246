//! What the guest's memory means, read from outside: through the kernel's own debug
//! information and from memory alone, never with help from the kernel.
//!
//! ```text
//! symbols/   a crate: what the kernel and its programs call their functions, lines, variables
//! guest/     memory by those names: variables, fields, page tables, call stacks
//! read/      how each view is made of that
//! view/      what a panel shows, as data: one file a view
//! scene/     guided figures as data, and the player of them
//! time/      what happened, and going there: forward and back by meaning
//! ```
#![forbid(unsafe_code)]

pub mod guest;
mod read;
pub mod scene;
pub mod time;
pub mod view;

pub use read::view;
pub use symbols;
