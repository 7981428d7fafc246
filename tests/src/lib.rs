//! What the tests that cross parts share: a guest to talk to, wherever it runs, and the
//! scripted session that every guest must play alike.

pub mod boot;
pub mod crash;
mod guest;
pub mod isa;
pub mod laws;
mod native;
mod own_image;
mod qemu;
pub mod races;
mod session;

pub use guest::{Artefacts, Guest, Screen, Trouble};
pub use native::Native;
pub use own_image::OwnImage;
pub use qemu::{Board, Qemu};
pub use session::Session;
