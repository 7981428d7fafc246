//! `ps`: the processes that there are, and how much memory is free.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::info::ProcInfo;
use abi::limits::{NPROC, PGSIZE};
use ulib::{Args, Failed, complain, println, say, show};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    match list() {
        Ok(()) => 0,
        Err(Failed) => {
            complain(&[b"ps: the kernel does not tell"]);
            1
        }
    }
}

fn list() -> Result<(), Failed> {
    let mut infos = [ProcInfo::default(); NPROC];
    let n_procs = ulib::procs(&mut infos)?;
    say(&[b"PID PARENT STATE    SIZE NAME"]);
    for info in infos.iter().take(n_procs) {
        let name = info.name.split(|&byte| byte == 0).next().unwrap_or(&[]);
        let (pid, parent, state, size) = (info.pid, info.parent, info.state_name(), info.size);
        println!("{pid:3} {parent:6} {state:8} {size:4} {}", show(name));
    }
    let system = ulib::sysinfo()?;
    let n_free = system.freemem / PGSIZE as u64;
    println!("{} processes, {n_free} free frames", system.nproc);
    Ok(())
}
