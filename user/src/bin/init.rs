//! `init`: the first program; gives everybody the console, keeps a shell running, and buries the
//! children that others left behind. Should it ever end, the kernel panics.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::{CONSOLE, O_RDWR};
use abi::info::ProcInfo;
use abi::limits::NPROC;
use ulib::{Args, Failed, Fork, Pid, say, sys};

ulib::entry!(main);

/// Ticks until it is tried again to have a shell.
const PATIENCE: i32 = 5;

fn main(_args: Args) -> i32 {
    if open_console().is_err() {
        // Nobody could read a complaint.
        return 1;
    }
    loop {
        say(&[b"init: starting sh"]);
        // The last one may have ended while another had it.
        let _ = sys::foreground(None);
        match ulib::fork() {
            Ok(Fork::Child) => {
                ulib::exec(c"sh", [c"sh"]);
                say(&[b"init: exec sh failed"]);
                let _ = ulib::pause(PATIENCE);
                return 1;
            }
            Ok(Fork::Parent(shell)) => {
                if bury_until(shell).is_err() {
                    say(&[b"init: wait returned an error"]);
                    return 1;
                }
            }
            Err(Failed) => {
                say(&[b"init: fork failed"]);
                bury_the_dead();
                let _ = ulib::pause(PATIENCE);
            }
        }
    }
}

/// Makes descriptors 0, 1 and 2 the console, whose file a fresh disk lacks.
fn open_console() -> Result<(), Failed> {
    let console = sys::open(c"console", O_RDWR).or_else(|Failed| {
        ulib::mknod(c"console", CONSOLE, 0)?;
        sys::open(c"console", O_RDWR)
    })?;
    sys::dup(console)?;
    sys::dup(console)?;
    Ok(())
}

/// Waits for children, orphans that became ours among them, until it is `last`.
fn bury_until(last: Pid) -> Result<(), Failed> {
    while ulib::wait()?.pid != last {}
    Ok(())
}

/// Buries the children that are over, whose places others may need, and waits for nobody else.
// Out of line, so that the records are off the one-page stack of whoever goes on.
#[inline(never)]
fn bury_the_dead() {
    let mut infos = [ProcInfo::default(); NPROC];
    let n_procs = ulib::procs(&mut infos).unwrap_or(0);
    let me = ulib::getpid().0;
    let is_dead = |info: &&ProcInfo| info.parent == me && info.state_name() == "zombie";
    for _ in infos.iter().take(n_procs).filter(is_dead) {
        let _ = ulib::wait();
    }
}
