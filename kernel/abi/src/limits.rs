//! How many of each there can be. Source: xv6-riscv kernel/param.h at 9dbd536.

/// Processes.
pub const NPROC: usize = 64;
/// The largest process number; then they start at 1 again, passing over those in use.
pub const PIDMAX: i32 = 1 << 30;
/// Harts.
pub const NCPU: usize = 8;
/// Open files of one process.
pub const NOFILE: usize = 16;
/// Open files of the whole system.
pub const NFILE: usize = 100;
/// Inodes held in memory at once.
pub const NINODE: usize = 50;
/// Device numbers (majors).
pub const NDEV: usize = 10;
/// Device number of the root file system.
pub const ROOTDEV: u32 = 1;
/// Pointers in exec's `argv`, the closing null included.
pub const MAXARG: usize = 32;
/// Blocks one file-system operation may write.
pub const MAXOPBLOCKS: usize = 10;
/// Data blocks of the on-disk log.
pub const LOGBLOCKS: usize = MAXOPBLOCKS * 3;
/// Blocks of the buffer cache.
pub const NBUF: usize = MAXOPBLOCKS * 3;
/// Mapped files of a process.
pub const NVMA: usize = 16;
/// Bytes of a path, its NUL included.
pub const MAXPATH: usize = 128;
/// Bytes of a page.
pub const PGSIZE: usize = 4096;
/// Pages of a user stack.
pub const USERSTACK: usize = 1;
/// Bytes a pipe holds.
pub const PIPESIZE: usize = 512;
