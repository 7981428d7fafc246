//! Scenes: guided figures as data, and the player of them. The page, the command line and
//! the tests play the same files by the same code.
//!
//! ```text
//! format.rs   what a scene is; read.rs reads it
//! path.rs     paths into what the panels show
//! expect.rs   what is expected at a stop
//! ```

mod expect;
mod format;
mod path;
mod read;

pub use expect::{Comparison, Expected, Outcome};
pub use format::{Ask, Case, Highlight, Scene, Setup, Start, Step, Text, Variant};
pub use path::{BadPath, Panel, Path, Root, Turn};
pub use read::{BadScene, MOST_STEPS};
