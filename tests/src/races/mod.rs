//! Races: the same load on many machines that differ in how harts and processes take turns.
//!
//! ```text
//! setting.rs    a machine and a kernel's policies; written out, it is the way to have it again
//! load.rs       what the guest does, and how it has to end
//! covering.rs   few combinations in which every two parts meet
//! patience.rs   when a guest that says nothing will never say anything
//! run.rs        a load in a setting: no panic, no hang, the right words, and nothing lost
//! scene.rs      what harts and processes do where a run got stuck
//! ```
//!
//! Whatever is found comes again: a setting and a load fix every step of the machine.

mod covering;
mod load;
mod patience;
mod run;
mod scene;
mod setting;

pub use covering::Covering;
pub use load::{LABS, LOADS, Line, Load};
pub use run::{Failure, Figures, run, run_on_qemu};
pub use setting::{POLICIES, Setting};
