//! System calls that tell about the kernel: the guest's own word on what is inside.

use crate::backtrace;
use crate::fs::FS;
use crate::hal::rtc;
use crate::mem::kalloc;
use crate::mem::layout::VirtAddr;
use crate::printk;
use crate::proc::{self, Current};
use abi::Error;
use abi::info::{ProcInfo, SysInfo};
use abi::limits::NPROC;
use core::fmt::Write;
use kernel::text::Text;

/// `trace(mask)`: bit `n` of the mask set: calls number `n` of this process and of those it
/// makes are printed as they return.
pub fn sys_trace(p: &mut Current) -> Result<usize, Error> {
    p.traced = p.arg(0) as u64;
    Ok(0)
}

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

/// `backtrace()`: prints where the kernel is, and how it came there.
pub fn sys_backtrace(_: &mut Current) -> Result<usize, Error> {
    backtrace::print();
    Ok(0)
}

/// `sysctl(text, n)`: puts the policies that hold, in words as `bootargs` has them, into at
/// most `n` bytes; how many bytes there are.
pub fn sys_sysctl(p: &mut Current) -> Result<usize, Error> {
    let (dst, n) = (p.arg_addr(0), p.arg_int(1).max(0) as usize);
    let mut text = Text::<128>::new();
    // What does not fit is left out.
    let _ = write!(text, "{}", crate::policy());
    let bytes = text.as_bytes();
    p.memory.copyout(dst, &bytes[..n.min(bytes.len())])?;
    Ok(bytes.len())
}

/// `dmesg(text, n)`: puts the last of what the kernel has printed, at most `n` bytes, into
/// `text`; how many bytes there are.
pub fn sys_dmesg(p: &mut Current) -> Result<usize, Error> {
    let (dst, n) = (p.arg_addr(0), p.arg_int(1).max(0) as usize);
    let printed = printk::printed();
    let mut at = printed.end.saturating_sub(n).max(printed.start);
    let mut done = 0;
    while at < printed.end {
        let mut piece = [0; 128];
        let piece = &mut piece[..128.min(printed.end - at)];
        printk::read(at, piece);
        p.memory
            .copyout(VirtAddr(dst.0.wrapping_add(done)), piece)?;
        at += piece.len();
        done += piece.len();
    }
    Ok(done)
}

/// `time()`: seconds since 1970.
pub fn sys_time(_: &mut Current) -> Result<usize, Error> {
    Ok((rtc::nanoseconds() / 1_000_000_000) as usize)
}

/// `statfs(&info)`: how full the disk is.
pub fn sys_statfs(p: &mut Current) -> Result<usize, Error> {
    let dst = p.arg_addr(0);
    let info = FS.info()?;
    p.memory.copyout(dst, &info.to_bytes())?;
    Ok(0)
}
