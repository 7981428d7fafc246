//! System calls about the program's memory.

use crate::mem::Permissions;
use crate::mmap::Mapping;
use crate::policy;
use crate::proc::{Current, file_at};
use abi::Error;
use abi::file::SBRK_LAZY;
use kernel::policy::Sbrk;

/// `sbrk(n, kind)`: makes the memory `n` bytes larger or smaller; its size before. To give back
/// more than there is gives nothing back and is no error, as in xv6.
pub fn sys_sbrk(p: &mut Current) -> Result<usize, Error> {
    let n = p.arg_int(0) as isize;
    let is_lazy = p.arg_int(1) == SBRK_LAZY || policy().sbrk == Sbrk::Lazy;
    let old_size = p.memory.size();
    match old_size.checked_add_signed(n) {
        Some(new_size) if n < 0 => p.memory.uvmdealloc(new_size),
        None if n < 0 => {}
        Some(new_size) if is_lazy => p.memory.grow_lazily(new_size)?,
        Some(new_size) => p.memory.uvmalloc(new_size, Permissions::DATA)?,
        None => return Err(Error::InvalidArgument),
    }
    Ok(old_size)
}

/// `kpgtbl()`: prints the process's page table.
pub fn sys_kpgtbl(p: &mut Current) -> Result<usize, Error> {
    p.memory.vmprint();
    Ok(0)
}

/// `pgpte(va)`: the leaf for an address, as it lies in the page table; 0 if there is none.
pub fn sys_pgpte(p: &mut Current) -> Result<usize, Error> {
    let va = p.arg_addr(0);
    Ok(p.memory.pgpte(va))
}

/// `pgaccess(start, n, &mask)`: which of `n` pages have been used since this was last asked.
pub fn sys_pgaccess(p: &mut Current) -> Result<usize, Error> {
    let (start, n, dst) = (p.arg_addr(0), p.arg_int(1), p.arg_addr(2));
    let n = usize::try_from(n).ok().filter(|&n| n <= 64);
    let n = n.ok_or(Error::InvalidArgument)?;
    let used = p.memory.pgaccess(start, n).to_le_bytes();
    // An `unsigned int` is enough for 32.
    p.memory
        .copyout(dst, &used[..if n <= 32 { 4 } else { 8 }])?;
    Ok(0)
}

/// `mmap(0, len, prot, flags, fd, offset)`: where the file's bytes are to be found.
pub fn sys_mmap(p: &mut Current) -> Result<usize, Error> {
    let (len, prot, flags) = (p.arg(1), p.arg_int(2), p.arg_int(3));
    let (fd, offset) = (p.arg_int(4), p.arg(5));
    let file = file_at(p, fd)?.clone();
    let mapping = Mapping::new(file, offset, prot, flags)?;
    p.memory.mmap(mapping, len)
}

/// `munmap(start, len)`: takes mapped pages from the program.
pub fn sys_munmap(p: &mut Current) -> Result<usize, Error> {
    let (start, len) = (p.arg_addr(0), p.arg(1));
    p.memory.munmap(start, len).map(|()| 0)
}
