//! The kernel's decisions that are plain functions over plain data, apart from the
//! machine so that they are tested on the host. The kernel proper is `main.rs`.
#![no_std]
#![forbid(unsafe_code)]

pub mod elf;
pub mod fdt;
pub mod keys;
pub mod line;
pub mod policy;
pub mod text;
