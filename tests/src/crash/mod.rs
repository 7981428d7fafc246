//! The power fails: what may be on the disk then, and whether that is whole.
//!
//! ```text
//! workload.rs    lines typed to the shell, and the system calls that each makes
//! workloads.rs   those that the tests play
//! random.rs      and those that chance makes
//! recording.rs   what a machine writes to its disk, and flushes, while it plays one
//! cut.rs         what the disk may hold if the power fails then
//! oracle.rs      what the file system holds after each system call, by doing them here
//! judge.rs       holds a disk against that
//! campaign.rs    a workload, all its cuts, boots from some of them, and what came of it
//! ```
//!
//! A workload runs once; the disk after any cut is made from the image and the recorded writes.
//!
//! The disk model: what was written before a flush that ended is there. Of what was written
//! since, any sectors of 512 bytes may be there and any others not, so that a block of the
//! file system can be half written. That is more than our own device does, which serves
//! requests in order, each whole; it is what a disk with a cache may do.

mod campaign;
mod cut;
mod judge;
mod oracle;
mod random;
mod recording;
mod workload;
mod workloads;

pub use campaign::{Campaign, Thoroughness, Verdict};
pub use random::{Dice, random_workload};
pub use recording::Recording;
pub use workload::{Call, Step, Workload, Writer};
pub use workloads::WORKLOADS;
