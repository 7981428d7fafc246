//! `stressfs`: five processes write and read files of their own at the same time.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::{O_CREATE, O_RDWR};
use ulib::{Args, File, Fork, println};
use user_tests::numbered;

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    println!("stressfs starting");
    // A chain: each is the child of the one before it.
    let mut idx = 0;
    while idx < 4 && matches!(ulib::fork(), Ok(Fork::Child)) {
        idx += 1;
    }
    println!("write {idx}");
    let is_well = stress(idx);
    println!("read {idx}");
    // The last of the chain has none.
    let is_rest_well = ulib::wait().is_ok_and(|child| child.status == 0) || idx == 4;
    i32::from(!(is_well && is_rest_well))
}

fn stress(idx: usize) -> bool {
    let bytes = [b'a'; 512];
    let name = numbered("stressfs", idx);
    let Ok(file) = File::open_with(&name, O_CREATE | O_RDWR) else {
        return false;
    };
    let is_written = (0..20).all(|_| file.write(&bytes) == Ok(512));
    drop(file);
    let read = File::open(&name).map_err(user_tests::Complaint::from);
    is_written && read.and_then(|file| user_tests::length_of_all(&file, b'a')) == Ok(20 * 512)
}
