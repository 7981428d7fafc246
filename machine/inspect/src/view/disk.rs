//! The log, the buffer cache and the disk.

use serde::Serialize;

use super::Addr;

/// The log and the buffer cache: blocks in memory beside blocks on the disk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct LogView {
    /// What the log is doing.
    pub state: LogState,
    /// Operations under way.
    pub outstanding: u32,
    /// Commits since boot.
    pub commits: u32,
    /// Home blocks named by the header in memory: the transaction being gathered.
    pub in_memory: Vec<u32>,
    /// Home blocks named by the header on the disk: not empty between commit point and installation.
    pub on_disk: Vec<u32>,
    /// First block of the log: the header.
    pub start: u32,
    /// Blocks the log has, header included.
    pub size: u32,
    /// Buffers of the cache that stand for a block, most recently used first.
    pub cache: Vec<CachedBlock>,
}

/// What the log is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum LogState {
    /// No operation is under way, nothing is to be written.
    Idle,
    /// Operations gather their writes.
    Gathering,
    /// The transaction is being written.
    Committing,
    /// A commit failed: nothing is written any more.
    Broken,
}

/// A buffer of the cache.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct CachedBlock {
    /// Slot of the cache.
    pub slot: u32,
    /// Its block.
    pub block: u32,
    /// What the block is for.
    pub role: BlockRole,
    /// Who uses it.
    pub refcnt: u32,
    /// The log keeps it.
    pub pinned: bool,
    /// Whether its bytes are there.
    pub valid: bool,
    /// Whether they differ from those on the disk.
    pub differs: bool,
    /// Where its bytes are in memory.
    pub at: Addr,
}

/// The disk, block by block, by what it is for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct DiskView {
    /// Blocks it has.
    pub blocks: u32,
    /// Runs of blocks of one role, in order; together all blocks.
    pub runs: Vec<BlockRun>,
    /// Blocks written since the machine started, each once, in order of number.
    pub written: Vec<u32>,
    /// Free data blocks.
    pub free: u32,
}

/// A run of blocks of one role.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct BlockRun {
    /// Its first block.
    pub first: u32,
    /// How many.
    pub count: u32,
    /// What they are for.
    pub role: BlockRole,
}

/// What a block of the disk is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum BlockRole {
    /// Block 0.
    Boot,
    /// Tells where everything is.
    Superblock,
    /// The log's header.
    LogHeader,
    /// The log's copies.
    Log,
    /// Inodes.
    Inodes,
    /// Which data blocks are free.
    Bitmap,
    /// A directory's or a file's data, or its indirect block.
    Data,
    /// Free.
    Free,
    /// Between two regions, for nothing.
    Unused,
}
