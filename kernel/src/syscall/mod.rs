//! System calls: from the number in `a7` to the function, and the arguments.
//!
//! Every call is a function `sys_…(p: &mut Current) -> Result<usize, Error>`: it fetches
//! its arguments, of which it trusts none, and says why it failed. Programs see -1.

mod alarm;
mod confine;
mod file;
mod info;
mod memory;
mod proc;

use crate::mem::layout::VirtAddr;
use crate::printk::printk;
use crate::proc::Current;
use abi::{Error, Syscall};

/// Serves the system call that the program's registers ask for.
#[inline(never)]
pub fn syscall(p: &mut Current) {
    let number = p.trapframe().a7;
    let result = match Syscall::from_number(number) {
        Some(call) if confine::is_denied(call, p) => Err(Error::NotPermitted),
        Some(call) => dispatch(call, p),
        None => {
            printk!(
                "{} {}: unknown sys call {}\n",
                p.pid(),
                p.name(),
                number as i32
            );
            Err(Error::NoSuchCall)
        }
    };
    let value = result.unwrap_or(usize::MAX);
    p.trapframe().a0 = value;
    let traced = number < 64 && p.traced & 1 << number != 0;
    if let Some(call) = Syscall::from_number(number).filter(|_| traced && p.exit_status.is_none()) {
        printk!("{}: syscall {} -> {}\n", p.pid(), call.name(), value as i32);
    }
}

fn dispatch(call: Syscall, p: &mut Current) -> Result<usize, Error> {
    match call {
        Syscall::Fork => proc::sys_fork(p),
        Syscall::Exit => proc::sys_exit(p),
        Syscall::Wait => proc::sys_wait(p),
        Syscall::Pipe => file::sys_pipe(p),
        Syscall::Read => file::sys_read(p),
        Syscall::Kill => proc::sys_kill(p),
        Syscall::Exec => proc::sys_exec(p),
        Syscall::Fstat => file::sys_fstat(p),
        Syscall::Chdir => file::sys_chdir(p),
        Syscall::Dup => file::sys_dup(p),
        Syscall::Getpid => proc::sys_getpid(p),
        Syscall::Sbrk => memory::sys_sbrk(p),
        Syscall::Pause => proc::sys_pause(p),
        Syscall::Uptime => proc::sys_uptime(p),
        Syscall::Open => file::sys_open(p),
        Syscall::Write => file::sys_write(p),
        Syscall::Mknod => file::sys_mknod(p),
        Syscall::Unlink => file::sys_unlink(p),
        Syscall::Link => file::sys_link(p),
        Syscall::Mkdir => file::sys_mkdir(p),
        Syscall::Close => file::sys_close(p),
        Syscall::Trace => info::sys_trace(p),
        Syscall::Sysinfo => info::sys_sysinfo(p),
        Syscall::Sigalarm => alarm::sys_sigalarm(p),
        Syscall::Sigreturn => alarm::sys_sigreturn(p),
        Syscall::Symlink => file::sys_symlink(p),
        Syscall::Mmap => memory::sys_mmap(p),
        Syscall::Munmap => memory::sys_munmap(p),
        Syscall::Pgpte => memory::sys_pgpte(p),
        Syscall::Kpgtbl => memory::sys_kpgtbl(p),
        Syscall::Pgaccess => memory::sys_pgaccess(p),
        Syscall::Sync => file::sys_sync(p),
        Syscall::Seccomp => confine::sys_seccomp(p),
        Syscall::Chroot => confine::sys_chroot(p),
        Syscall::Poweroff => proc::sys_poweroff(p),
        Syscall::Procs => info::sys_procs(p),
        Syscall::Backtrace => info::sys_backtrace(p),
        Syscall::Sysctl => info::sys_sysctl(p),
        Syscall::Setjob => proc::sys_setjob(p),
        Syscall::Readkeys => file::sys_readkeys(p),
        Syscall::Dmesg => info::sys_dmesg(p),
        Syscall::Time => info::sys_time(p),
        Syscall::Statfs => info::sys_statfs(p),
    }
}

/// Arguments, from the program's registers.
impl Current {
    /// Argument `n`, from 0 to 5, as it is.
    fn arg(&mut self, n: usize) -> usize {
        let frame = self.trapframe();
        match n {
            0 => frame.a0,
            1 => frame.a1,
            2 => frame.a2,
            3 => frame.a3,
            4 => frame.a4,
            5 => frame.a5,
            _ => panic!("arg {n}"),
        }
    }

    /// Argument `n` as a C `int`: its low 32 bits.
    fn arg_int(&mut self, n: usize) -> i32 {
        self.arg(n) as i32
    }

    /// Argument `n` as an address, good or bad.
    fn arg_addr(&mut self, n: usize) -> VirtAddr {
        VirtAddr(self.arg(n))
    }

    /// Argument `n` as a string, which is copied to `into`.
    ///
    /// # Errors
    /// [`Error::BadAddress`]; [`Error::TooLong`] if it does not fit.
    fn arg_str<'a>(&mut self, n: usize, into: &'a mut [u8]) -> Result<&'a [u8], Error> {
        let address = self.arg_addr(n);
        self.memory.copyinstr(into, address)
    }
}
