//! Scenes: guided figures as data, and the player of them. The page, the command line and
//! the tests play the same files by the same code.
//!
//! ```text
//! format.rs   what a scene is; read.rs reads it
//! path.rs     paths into what the panels show
//! expect.rs   what is expected at a stop
//! player.rs   goes from stop to stop: stop.rs is what it finds, missed.rs what it does not
//! ```

mod expect;
mod format;
mod missed;
mod path;
mod player;
mod read;
mod stop;

pub use expect::{Comparison, Expected, Outcome};
pub use format::{Ask, Case, Highlight, Scene, Setup, Start, Step, Text, Variant};
pub use missed::Missed;
pub use path::{BadPath, Panel, Path, Root, Turn};
pub use player::{Played, Player};
pub use read::{BadScene, MOST_STEPS};
pub use stop::{Mark, SceneOutline, SceneStop, Selection};

#[cfg(test)]
mod tests;
