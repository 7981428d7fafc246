//! System calls about processes, memory and time.

use crate::console;
use crate::hal::finisher;
use crate::proc::{self, Argv, Chan, Current, Pid};
use crate::trap::TICKS;
use abi::Error;
use abi::limits::MAXPATH;

/// `fork()`: the child's number; 0 in the child.
pub fn sys_fork(p: &mut Current) -> Result<usize, Error> {
    proc::fork(p).map(|pid| pid.0 as usize)
}

/// `exit(status)`: the process ends on its way out of the kernel.
pub fn sys_exit(p: &mut Current) -> Result<usize, Error> {
    p.exit_status = Some(p.arg_int(0));
    Ok(0)
}

/// `wait(&status)`: the number of a child that is over.
pub fn sys_wait(p: &mut Current) -> Result<usize, Error> {
    let status = p.arg_addr(0);
    proc::wait(p, status).map(|pid| pid.0 as usize)
}

/// `kill(pid)`.
pub fn sys_kill(p: &mut Current) -> Result<usize, Error> {
    proc::kill(Pid(p.arg_int(0))).map(|()| 0)
}

/// `setjob(pid, job)`: a process belongs to a job, and so will its children; pid 0: this job has
/// the keyboard, and ^C kills it; job 0: the caller's own has it.
pub fn sys_setjob(p: &mut Current) -> Result<usize, Error> {
    let (pid, job) = (p.arg_int(0), p.arg_int(1));
    if pid == 0 {
        let own = proc::current_job();
        console::set_foreground(if job == 0 { own } else { job });
        return Ok(0);
    }
    proc::setjob(Pid(pid), job).map(|()| 0)
}

/// `exec(path, argv)`: does not return to this program unless it fails.
pub fn sys_exec(p: &mut Current) -> Result<usize, Error> {
    let argv = Argv::User(p.arg_addr(1));
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    proc::exec(p, path, &argv)
}

/// `getpid()`.
pub fn sys_getpid(p: &mut Current) -> Result<usize, Error> {
    Ok(p.pid().0 as usize)
}

/// `pause(n)`: sleeps for `n` ticks.
pub fn sys_pause(p: &mut Current) -> Result<usize, Error> {
    let n_ticks = p.arg_int(0).max(0) as u32;
    let mut ticks = TICKS.acquire();
    let start = *ticks;
    while ticks.wrapping_sub(start) < n_ticks {
        ticks = ticks.sleep_unless_killed(Chan::of(&TICKS))?;
    }
    Ok(0)
}

/// `uptime()`: ticks since boot.
pub fn sys_uptime(_: &mut Current) -> Result<usize, Error> {
    Ok(*TICKS.acquire() as usize)
}

/// `poweroff(status)`: ends the machine.
pub fn sys_poweroff(p: &mut Current) -> Result<usize, Error> {
    finisher::poweroff(p.arg_int(0) as u32)
}
