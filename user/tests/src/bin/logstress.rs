//! `logstress FILE…`: a process for each file writes to it 250 times, so that the log is always
//! busy. For pulling the plug meanwhile.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, eprintln, show};
use user_tests::{check, create, spawn, wait_well};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let n_files = args.len();
    for name in args {
        let child = spawn(|| {
            let file = create(name)?;
            let bytes = bytes_at_once();
            for _ in 0..250 {
                check(file.write(bytes) == Ok(bytes.len()), "a write failed")?;
            }
            Ok(())
        });
        if child.is_err() {
            eprintln!("logstress: no process for {}", show(name.to_bytes()));
            return 1;
        }
    }
    i32::from(wait_well(n_files).is_err())
}

/// What is written at once.
fn bytes_at_once() -> &'static [u8] {
    static BYTES: [u8; 1000] = [b'l'; 1000];
    &BYTES
}
