//! `forphan`: holds a file open that has no name any more, and waits to be killed. After the next
//! boot it must be gone from the disk.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, println};
use user_tests::{create, unlink};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let Ok(file) = create(c"file0") else { return 1 };
    if file.write_all(&[b'f'; 1000]).is_err() || unlink(c"file0").is_err() {
        return 1;
    }
    println!(
        "wait for kill and reclaim {}",
        file.stat().map_or(0, |stat| stat.ino)
    );
    loop {
        let _ = ulib::pause(1000);
    }
}
