//! `lazydemo`: asks for pages that come when they are touched. It writes to one and to
//! another, has a child touch what is not the program's at all, and has the kernel touch a
//! third in the program's name.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, File, Fork, Region, eprintln, println, sys};

ulib::entry!(main);

const N_PAGES: usize = 16;
/// The page that is touched after the first.
const DISTANT: usize = 9;
/// The page that the kernel touches.
const SENT: usize = 4;

fn main(_args: Args) -> i32 {
    match demo() {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!("lazydemo: no memory left, or no process");
            1
        }
    }
}

fn demo() -> Result<(), Failed> {
    let n_free = free_frames()?;
    let say_taken = || -> Result<(), Failed> {
        println!("  frames taken so far: {}", n_free - free_frames()?);
        Ok(())
    };
    println!("asks for {N_PAGES} pages, to come when touched");
    let mut region = Region::lazy(N_PAGES)?;
    say_taken()?;
    for n in [0, DISTANT] {
        println!("writes to page {n}");
        region[n * PGSIZE] = 7;
        say_taken()?;
    }
    touch_nothing()?;
    send_untouched(&region[SENT * PGSIZE..])?;
    say_taken()?;
    println!("gives all of them back");
    drop(region);
    say_taken()
}

fn free_frames() -> Result<u64, Failed> {
    Ok(ulib::sysinfo()?.freemem / PGSIZE as u64)
}

/// Has a child read where nobody has anything.
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

/// Has the kernel read the first of `bytes`, which the program never touched.
fn send_untouched(bytes: &[u8]) -> Result<(), Failed> {
    let (from, to) = ulib::pipe()?;
    let (from, to) = (File::from_fd(from), File::from_fd(to));
    println!("has the kernel send a byte of page {SENT} through a pipe");
    to.write_all(&bytes[..1])?;
    let mut byte = [1];
    from.read(&mut byte)?;
    println!("  it is {}", byte[0]);
    Ok(())
}
