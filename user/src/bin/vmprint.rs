//! `vmprint [TOUCHED [fork]]`: has the kernel print this program's page table; with numbers,
//! of a program that has so many pages of data more, each touched, and after a `fork` that
//! of the child, then its own.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, Fork, Region, complain, println};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (touched, fork) = (args.next(), args.next());
    let n_pages = touched.map_or(Some(0), |arg| ulib::number(arg.to_bytes()));
    let (Some(n_pages), None, None | Some(b"fork")) =
        (n_pages, args.next(), fork.map(|arg| arg.to_bytes()))
    else {
        return usage!();
    };
    match print(n_pages as usize, fork.is_some()) {
        Ok(()) => 0,
        Err(Failed) => {
            complain(&[b"vmprint: no memory left, or no process"]);
            1
        }
    }
}

fn print(n_pages: usize, is_forking: bool) -> Result<(), Failed> {
    let mut data = Region::new(n_pages)?;
    data.iter_mut().step_by(PGSIZE).for_each(|byte| *byte = 1);
    if is_forking {
        if ulib::fork()? == Fork::Child {
            print_own()?;
            ulib::exit(0);
        }
        ulib::wait()?;
    }
    print_own()
}

fn print_own() -> Result<(), Failed> {
    println!("pid {}", ulib::getpid());
    ulib::kpgtbl()
}
