//! System calls that tell about the kernel: the guest's own word on what is inside.

use crate::mem::kalloc;
use crate::mem::layout::VirtAddr;
use crate::proc::{self, Current};
use abi::Error;
use abi::info::{ProcInfo, SysInfo};
use abi::limits::NPROC;

/// `sysinfo(&info)`: how much memory is free, and how many processes there are.
pub fn sys_sysinfo(p: &mut Current) -> Result<usize, Error> {
    let dst = p.arg_addr(0);
    let info = SysInfo {
        freemem: kalloc::freemem() as u64,
        nproc: proc::nproc() as u64,
    };
    p.memory.copyout(dst, &info.to_bytes())?;
    Ok(0)
}

/// `kpgtbl()`: prints the process's page table.
pub fn sys_kpgtbl(p: &mut Current) -> Result<usize, Error> {
    p.memory.vmprint();
    Ok(0)
}

/// `procs(infos, n)`: fills in at most `n` records, one for each process; how many there are.
pub fn sys_procs(p: &mut Current) -> Result<usize, Error> {
    let (dst, n) = (p.arg_addr(0), p.arg_int(1).max(0) as usize);
    let mut infos = [ProcInfo::default(); NPROC];
    let n_procs = proc::procs(&mut infos);
    for (idx, info) in infos[..n_procs].iter().take(n).enumerate() {
        let at = dst.0.wrapping_add(idx * ProcInfo::LEN);
        p.memory.copyout(VirtAddr(at), &info.to_bytes())?;
    }
    Ok(n_procs)
}
