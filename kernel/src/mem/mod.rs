//! Memory: pages, page tables, and the memory of programs.
//!
//! One of the three folders where `unsafe` may stand (with `hal` and `sync`). Above it a
//! page has one owner, a frame as many as are counted, and a program's addresses are only
//! followed by [`UserMemory`].

mod frames;
pub mod kalloc;
pub mod kvm;
pub mod layout;
mod mapped;
mod shared;
mod sv39;
mod usercopy;
mod uvm;

pub use shared::Shared;
pub use uvm::{Permissions, UserMemory};
