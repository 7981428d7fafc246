//! The binary interface between kernel and programs, and the format of the disk:
//! every number that two parts must agree on stands here and nowhere else.
//!
//! The numbers are xv6's (mit-pdos/xv6-riscv 9dbd536), so that a program compiled
//! from C for xv6 runs unchanged and disk images can be exchanged. Calls that are
//! ours start at 64.
#![no_std]
#![forbid(unsafe_code)]

pub mod disk;
mod error;
pub mod file;
mod indirection;
pub mod info;
pub mod limits;
mod syscall;

pub use error::Error;
pub use syscall::Syscall;
