//! `df`: how many blocks and inodes of the disk are used.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Failed, Out, STDOUT, complain, sys};
use user::usage;

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() > 0 {
        return usage!();
    }
    match sys::statfs() {
        Ok(info) => {
            let mut out = Out::new(STDOUT);
            out.put(b"       TOTAL    USED    FREE\n");
            row(&mut out, b"blocks", info.blocks, info.free_blocks);
            row(&mut out, b"inodes", info.inodes, info.free_inodes);
            0
        }
        Err(Failed) => {
            complain(&[b"df: the disk does not tell"]);
            1
        }
    }
}

fn row(out: &mut Out, name: &[u8], total: u32, free: u32) {
    out.put(name);
    out.put_number(total as usize, 6, b' ');
    out.put_number(total.saturating_sub(free) as usize, 8, b' ');
    out.put_number(free as usize, 8, b' ');
    out.put(b"\n");
}
