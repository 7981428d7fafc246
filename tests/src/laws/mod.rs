//! Laws 2 and 3 of the machine, held against workloads of chance: its state is a function of
//! images and input, however the run is cut, replayed, saved, taken back or watched.
//!
//! A [`Workload`] is a bare-metal guest of several harts, made of a seed: the differential
//! tester's cases run side by side, and with them contention, signals, code that changes, devices,
//! and for the fuzzer guests that do whatever harms. [`check()`] holds one against every law;
//! [`recordings()`] is for those builds of the machine that run elsewhere.

mod check;
mod devices;
mod monitor;
mod place;
mod play;
mod recordings;
mod tasks;
mod workload;

pub use check::{Broken, LAWS, check};
pub use recordings::{recording, recordings};
pub use workload::{Guests, Workload};
