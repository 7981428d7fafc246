//! `lazydemo`: asks for much memory that comes when it is touched, touches two pages of
//! it, and has a child touch what is not the program's at all.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, Fork, Region, eprintln, println, sys};

ulib::entry!(main);

/// 64 MiB.
const N_PAGES: usize = 16384;
/// The other page that is touched.
const DISTANT: usize = 12345;

fn main(_args: Args) -> i32 {
    match touch_two().and_then(|()| touch_nothing()) {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!("lazydemo: no memory left, or no process");
            1
        }
    }
}

fn touch_two() -> Result<(), Failed> {
    println!("asks for {N_PAGES} pages, to come when touched");
    let mut region = Region::lazy(N_PAGES)?;
    println!("has them by address only: {:p}", region.as_ptr());
    for n in [0, DISTANT] {
        println!("writes to page {n}");
        region[n * PGSIZE] = 7;
        let (written, next) = (region[n * PGSIZE], region[n * PGSIZE + 1]);
        println!("reads there {written}, and behind it {next}: a page of zeroes came");
    }
    println!("gives all of them back");
    Ok(())
}

fn touch_nothing() -> Result<(), Failed> {
    let address = sys::sbrk(0)? + (1 << 30);
    println!("forks a child to read at {address:#x}, which is not its own");
    if ulib::fork()? == Fork::Child {
        let byte = ulib::peek(address);
        println!("the child read {byte}");
        ulib::exit(1);
    }
    let child = ulib::wait()?;
    match child.status {
        -1 => println!("the child was killed: status -1"),
        status => println!("the child exited by itself: status {status}"),
    }
    Ok(())
}
