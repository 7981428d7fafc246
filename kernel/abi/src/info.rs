//! What the kernel tells of itself: the records that `sysinfo` and `procs` fill in.

/// Where a program may read its own number, four bytes, without asking (`ugetpid`).
pub const USYSCALL: u64 = 0x3f_ffff_d000;

/// What `sysinfo` fills in: 16 bytes, little-endian.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SysInfo {
    /// Bytes of memory that nobody has.
    pub freemem: u64,
    /// Processes that there are, those being made and those over but not yet waited for
    /// among them.
    pub nproc: u64,
}

impl SysInfo {
    /// The 16 bytes a program finds in memory.
    pub fn to_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.freemem.to_le_bytes());
        bytes[8..].copy_from_slice(&self.nproc.to_le_bytes());
        bytes
    }
}

/// What `procs` fills in for each process: [`ProcInfo::LEN`] bytes, little-endian.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcInfo {
    /// Its number.
    pub pid: i32,
    /// Its parent's number; 0 if it has none.
    pub parent: i32,
    /// What it does, numbered as xv6 numbers its `enum procstate`: 1 used, 2 sleeping,
    /// 3 runnable, 4 running, 5 zombie.
    pub state: u32,
    /// Milliseconds for which it has run.
    pub ran: u32,
    /// Bytes of its memory, whether they are there yet or not.
    pub size: u64,
    /// Its program, and NULs up to the end.
    pub name: [u8; 16],
}

impl ProcInfo {
    /// Bytes of a record.
    pub const LEN: usize = 40;

    /// What it does, in a word.
    pub const fn state_name(&self) -> &'static str {
        match self.state {
            1 => "used",
            2 => "sleeping",
            3 => "runnable",
            4 => "running",
            5 => "zombie",
            _ => "?",
        }
    }

    /// The bytes a program finds in memory.
    pub fn to_bytes(&self) -> [u8; ProcInfo::LEN] {
        let mut bytes = [0; ProcInfo::LEN];
        bytes[0..4].copy_from_slice(&self.pid.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.parent.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.state.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.ran.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.size.to_le_bytes());
        bytes[24..40].copy_from_slice(&self.name);
        bytes
    }
}

/// What `statfs` fills in: 16 bytes, little-endian.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FsInfo {
    /// Blocks for what is in files and directories.
    pub blocks: u32,
    /// Those of them that nobody has.
    pub free_blocks: u32,
    /// Inodes that files can have.
    pub inodes: u32,
    /// Those of them that no file has.
    pub free_inodes: u32,
}

impl FsInfo {
    /// The 16 bytes a program finds in memory.
    pub fn to_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0..4].copy_from_slice(&self.blocks.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.free_blocks.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.inodes.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.free_inodes.to_le_bytes());
        bytes
    }
}

const _: () = assert!(size_of::<FsInfo>() == 16);
const _: () = assert!(size_of::<ProcInfo>() == ProcInfo::LEN && size_of::<SysInfo>() == 16);
