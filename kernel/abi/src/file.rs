//! What `open`, `fstat` and `read` on a directory speak of.

/// `open`: read only.
pub const O_RDONLY: u32 = 0x000;
/// `open`: write only.
pub const O_WRONLY: u32 = 0x001;
/// `open`: read and write.
pub const O_RDWR: u32 = 0x002;
/// `open`: create the file if there is none.
pub const O_CREATE: u32 = 0x200;
/// `open`: cut the file to nothing.
pub const O_TRUNC: u32 = 0x400;

/// `open`: a symbolic link itself, not what it leads to.
pub const O_NOFOLLOW: u32 = 0x800;

/// `mmap`: the pages may not be touched.
pub const PROT_NONE: i32 = 0;
/// `mmap`: the pages may be read.
pub const PROT_READ: i32 = 1;
/// `mmap`: the pages may be written, and read.
pub const PROT_WRITE: i32 = 2;
/// `mmap`: the pages may be run.
pub const PROT_EXEC: i32 = 4;
/// `mmap`: what is written goes to the file.
pub const MAP_SHARED: i32 = 1;
/// `mmap`: what is written is the process's own.
pub const MAP_PRIVATE: i32 = 2;

/// Major device number of the console.
pub const CONSOLE: i16 = 1;
/// Major device number of the counts of locks.
pub const STATISTICS: i16 = 2;

/// `readkeys`: the most keys that one call gives, a byte each.
pub const KEYS: usize = 32;

/// What an inode is: a directory.
pub const T_DIR: i16 = 1;
/// What an inode is: a file.
pub const T_FILE: i16 = 2;
/// What an inode is: a device.
pub const T_DEVICE: i16 = 3;
/// What an inode is: a symbolic link, which holds the path it leads to.
pub const T_SYMLINK: i16 = 4;

/// `sbrk`'s second argument: allocate now.
pub const SBRK_EAGER: i32 = 1;
/// `sbrk`'s second argument: allocate when touched.
pub const SBRK_LAZY: i32 = 2;

/// What `fstat` fills in. Layout is the C compiler's: 24 bytes, little-endian.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Device the file is on.
    pub dev: i32,
    /// Inode number.
    pub ino: u32,
    /// [`T_DIR`], [`T_FILE`] or [`T_DEVICE`].
    pub kind: i16,
    /// Names that lead to the inode.
    pub nlink: i16,
    /// Length in bytes.
    pub size: u64,
}

impl Stat {
    /// The 24 bytes a program finds in memory.
    pub fn to_bytes(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[0..4].copy_from_slice(&self.dev.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.ino.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.kind.to_le_bytes());
        bytes[10..12].copy_from_slice(&self.nlink.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.size.to_le_bytes());
        bytes
    }
}
