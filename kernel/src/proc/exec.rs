//! Another program in the same process.

use super::{Alarm, Current, Name};
use crate::fs::{Disk, FS};
use crate::mem::kalloc::Page;
use crate::mem::layout::{VirtAddr, page_round_up};
use crate::mem::{Permissions, UserMemory};
use abi::Error;
use abi::limits::{MAXARG, PGSIZE, USERSTACK};
use fs::InodeGuard;
use kernel::elf::{HEADER_SIZE, Header, PHDR_SIZE, Segment};

/// Where the new program's arguments come from.
pub enum Argv<'a> {
    /// The kernel itself.
    Kernel(&'a [&'a [u8]]),
    /// The old program: an array of pointers to strings, a null pointer at the end.
    User(VirtAddr),
}

impl Argv<'_> {
    /// Puts argument `n` and a NUL at the start of `into`. Returns their length, or
    /// `None` behind the last argument.
    fn fetch(
        &self,
        n: usize,
        old: &mut UserMemory,
        into: &mut Page,
    ) -> Result<Option<usize>, Error> {
        match self {
            Argv::Kernel(args) => {
                let Some(arg) = args.get(n) else {
                    return Ok(None);
                };
                let place = into.get_mut(..=arg.len()).ok_or(Error::TooLong)?;
                place[..arg.len()].copy_from_slice(arg);
                place[arg.len()] = 0;
                Ok(Some(arg.len() + 1))
            }
            Argv::User(array) => {
                let mut pointer = [0; 8];
                let place = array.0.checked_add(8 * n).ok_or(Error::BadAddress)?;
                old.copyin(&mut pointer, VirtAddr(place))?;
                match usize::from_le_bytes(pointer) {
                    0 => Ok(None),
                    arg => Ok(Some(old.copyinstr(&mut into[..], VirtAddr(arg))?.len() + 1)),
                }
            }
        }
    }
}

/// Replaces the process's program by that in the file `path`. Returns `argc`, the first
/// argument of its start. If it fails nothing has changed.
///
/// # Errors
/// [`Error::NotExecutable`]; [`Error::TooLong`] if the arguments do not fit; what looking
/// up and reading the file, and reading the arguments, may give; [`Error::OutOfMemory`].
#[inline(never)]
pub fn exec(p: &mut Current, path: &[u8], argv: &Argv) -> Result<usize, Error> {
    let mut memory = UserMemory::new(p.pid().0)?;
    let entry = load_file(p, path, &mut memory)?;
    let stack = add_stack(&mut memory)?;
    let (sp, argc) = push_args(argv, &mut p.memory, &mut memory, &stack)?;

    let frame = memory.trapframe();
    frame.epc = entry;
    frame.sp = sp;
    frame.a1 = sp;
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    p.proc.lock.acquire().name = Name::new(name);
    p.memory = memory;
    p.alarm = Alarm::NONE;
    Ok(argc)
}

/// Loads the segments of the file at `path`. Returns where the program starts.
fn load_file(p: &Current, path: &[u8], memory: &mut UserMemory) -> Result<usize, Error> {
    // Nothing is written, but the last reference to an unlinked file may go.
    let _op = FS.begin();
    let inode = FS.follow(p.base(), path)?;
    let file = inode.lock()?;
    let header = Header::parse(&read_exact::<HEADER_SIZE>(&file, 0)?)?;
    for offset in header.phdr_offsets() {
        if let Some(segment) = Segment::parse(&read_exact::<PHDR_SIZE>(&file, offset)?)? {
            load_segment(&file, &segment, memory)?;
        }
    }
    Ok(header.entry)
}

fn load_segment(
    file: &InodeGuard<Disk>,
    segment: &Segment,
    memory: &mut UserMemory,
) -> Result<(), Error> {
    let permissions = Permissions {
        write: segment.is_writable,
        execute: segment.is_executable,
    };
    memory.uvmalloc(segment.vaddr + segment.mem_size, permissions)?;
    let mut at = segment.vaddr;
    let n_read = file.read(segment.offset, segment.file_size, |bytes| {
        memory.load(VirtAddr(at), bytes)?;
        at += bytes.len();
        Ok(())
    })?;
    if n_read == segment.file_size {
        Ok(())
    } else {
        Err(Error::NotExecutable)
    }
}

fn read_exact<const N: usize>(file: &InodeGuard<Disk>, offset: u32) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    let mut at = 0;
    file.read(offset, N, |piece| {
        bytes[at..at + piece.len()].copy_from_slice(piece);
        at += piece.len();
        Ok(())
    })?;
    if at == N {
        Ok(bytes)
    } else {
        Err(Error::NotExecutable)
    }
}

/// Adds a guard page and a stack at the end. Returns the stack's addresses.
fn add_stack(memory: &mut UserMemory) -> Result<core::ops::Range<usize>, Error> {
    let guard = page_round_up(memory.size());
    let bottom = guard + PGSIZE;
    let top = bottom + USERSTACK * PGSIZE;
    memory.uvmalloc(top, Permissions::DATA)?;
    memory.uvmclear(VirtAddr(guard));
    Ok(bottom..top)
}

/// Puts the arguments and the array of pointers to them on the stack. Returns the array's
/// address, where the stack now ends, and how many arguments there are.
fn push_args(
    argv: &Argv,
    old: &mut UserMemory,
    new: &mut UserMemory,
    stack: &core::ops::Range<usize>,
) -> Result<(usize, usize), Error> {
    let mut sp = stack.end;
    let mut push = |bytes: &[u8]| {
        // The stack pointer is always a multiple of 16.
        sp = (sp - bytes.len()) & !15;
        if sp < stack.start {
            return Err(Error::TooLong);
        }
        new.copyout(VirtAddr(sp), bytes)?;
        Ok(sp)
    };
    let mut bounce = Page::zeroed()?;
    let mut pointers = [[0; 8]; MAXARG];
    let mut argc = 0;
    while let Some(len) = argv.fetch(argc, old, &mut bounce)? {
        // The last place is for the null pointer.
        if argc + 1 >= MAXARG {
            return Err(Error::TooLong);
        }
        pointers[argc] = push(&bounce[..len])?.to_le_bytes();
        argc += 1;
    }
    let sp = push(pointers[..=argc].as_flattened())?;
    Ok((sp, argc))
}
