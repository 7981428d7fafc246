//! `dorphan`: sits in a directory that has no name any more, and waits to be killed. After the
//! next boot it must be gone from the disk.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, println};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let made = ulib::mkdir(c"dd")
        .and_then(|()| ulib::chdir(c"dd"))
        .and_then(|()| ulib::stat(c"."))
        .and_then(|stat| ulib::unlink(c"../dd").map(|()| stat.ino));
    let Ok(inum) = made else { return 1 };
    println!("wait for kill and reclaim {inum}");
    loop {
        let _ = ulib::pause(1000);
    }
}
