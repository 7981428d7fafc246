//! `ps`: the processes that there are, and how much memory is free.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::info::ProcInfo;
use abi::limits::{NPROC, PGSIZE};
use ulib::{Args, Failed, eprintln, println, show};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    match list() {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!("ps: the kernel does not tell");
            1
        }
    }
}

fn list() -> Result<(), Failed> {
    let mut infos = [ProcInfo::default(); NPROC];
    let n_procs = ulib::procs(&mut infos)?;
    println!("PID PARENT STATE    SIZE NAME");
    for info in infos.iter().take(n_procs) {
        let name = info.name.split(|&byte| byte == 0).next().unwrap_or(&[]);
        let (pid, parent, state, size) = (info.pid, info.parent, state(info.state), info.size);
        println!("{pid:3} {parent:6} {state:8} {size:4} {}", show(name));
    }
    let system = ulib::sysinfo()?;
    let n_free = system.freemem / PGSIZE as u64;
    println!("{} processes, {n_free} free frames", system.nproc);
    Ok(())
}

fn state(number: u32) -> &'static str {
    match number {
        1 => "used",
        2 => "sleeping",
        3 => "runnable",
        4 => "running",
        5 => "zombie",
        _ => "?",
    }
}
