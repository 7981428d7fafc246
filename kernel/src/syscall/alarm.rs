//! System calls about alarms.

use crate::proc::Current;
use abi::Error;

/// `sigalarm(ticks, handler)`: has `handler` called every so many ticks; 0 for never.
pub fn sys_sigalarm(p: &mut Current) -> Result<usize, Error> {
    let (interval, handler) = (p.arg_int(0), p.arg(1));
    let interval = u32::try_from(interval).map_err(|_| Error::InvalidArgument)?;
    p.alarm.set(interval, handler);
    Ok(0)
}

/// `sigreturn()`: goes on where the alarm came; what `a0` was there.
pub fn sys_sigreturn(p: &mut Current) -> Result<usize, Error> {
    let own = &mut **p;
    if own.alarm.sigreturn(&mut own.memory) {
        Ok(own.memory.trapframe().a0)
    } else {
        Err(Error::InvalidArgument)
    }
}
