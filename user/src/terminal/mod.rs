//! What is typed at a terminal and shown there: keys, lines, whole screens.

pub mod cells;
pub mod complete;
pub mod fullscreen;
pub mod key;
pub mod line;
pub mod text;
pub mod typing;
