//! `cowdemo`: forks with a few pages of data, of which first the child and then the
//! parent writes one, and shows what each of them reads. What it prints is the same
//! whether `fork` copies or shares; what happens meanwhile is not.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, Fork, Region, eprintln, println, show};

ulib::entry!(main);

/// The pages begin with these letters.
const LETTERS: &[u8; 4] = b"ABCD";

fn main(_args: Args) -> i32 {
    match demo() {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!("cowdemo: no memory left, or no process");
            1
        }
    }
}

fn demo() -> Result<(), Failed> {
    let mut data = Region::new(LETTERS.len())?;
    for (page, &letter) in data.chunks_mut(PGSIZE).zip(LETTERS) {
        page[0] = letter;
    }
    println!("parent: has {} pages of data", LETTERS.len());
    say("parent", &data);
    println!("parent: forks");
    match ulib::fork()? {
        Fork::Child => {
            say("child", &data);
            write(&mut data, "child", 1, b'x');
            println!("child: exits");
            ulib::exit(0);
        }
        Fork::Parent(_) => {
            ulib::wait()?;
            println!("parent: the child is gone");
            say("parent", &data);
            write(&mut data, "parent", 2, b'y');
        }
    }
    if letters(&data) == *b"AByD" {
        println!("parent: what the child wrote never came here");
        Ok(())
    } else {
        eprintln!("cowdemo: parent and child are not apart");
        Err(Failed)
    }
}

/// What each page begins with.
fn letters(data: &[u8]) -> [u8; LETTERS.len()] {
    core::array::from_fn(|n| data[n * PGSIZE])
}

fn say(who: &str, data: &[u8]) {
    println!("{who}: reads {}", show(&letters(data)));
}

/// Writes to the start of page `n`: of the four, only this one must be copied.
fn write(data: &mut [u8], who: &str, n: usize, letter: u8) {
    println!("{who}: writes {} to page {n}", show(&[letter]));
    data[n * PGSIZE] = letter;
    say(who, data);
}
