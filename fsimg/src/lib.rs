//! File-system images: building, listing, extracting and checking them.
//!
//! Images are made and read by the file system itself (crate `fs`) on a disk in memory.
//! The checker alone reads the records one by one, so that it can doubt them.
//!
//! ```
//! use fsimg::{Image, Layout, Source, build, check};
//!
//! let hello = Source { name: "hello".into(), bytes: b"Hello, world\n".to_vec() };
//! let image = build(Layout::CLASSIC, &[hello])?;
//! assert!(check(&image).is_clean());
//! assert_eq!(Image::open(image)?.read("/hello")?, b"Hello, world\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod builder;
mod check;
mod image;
mod layout;
mod memory;

pub use builder::{BuildError, Source, build};
pub use check::{Finding, Note, Report, check};
pub use image::{Image, ImageError, Listed, geometry};
pub use layout::Layout;
pub use memory::{MemDisk, StdGuard, StdLock};
