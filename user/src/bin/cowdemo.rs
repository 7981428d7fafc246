//! `cowdemo`: forks with four pages of data. The child writes to one of them, then the
//! parent to the same one; each goes on when the other has shown what it reads. What is
//! printed is the same whether `fork` copies or shares; what happens meanwhile is not: with
//! `fork=cow` the child's write copies the page, and the parent's copies nothing.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, File, Fork, Region, eprintln, println, show};

ulib::entry!(main);

/// The pages begin with these letters.
const LETTERS: &[u8; 4] = b"ABCD";
/// The page that both write to.
const WRITTEN: usize = 1;

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
    say("parent", &data);
    let n_free = free_frames()?;
    fork_and_write(&mut data)?;
    println!("free frames: {n_free} before, {} after", free_frames()?);
    if letters(&data) == *b"AyCD" {
        Ok(())
    } else {
        eprintln!("cowdemo: parent and child are not apart");
        Err(Failed)
    }
}

fn fork_and_write(data: &mut [u8]) -> Result<(), Failed> {
    let mut turns = [Turn::new()?, Turn::new()?];
    println!("parent: forks");
    let [child, parent] = &mut turns;
    match ulib::fork()? {
        Fork::Child => {
            say("child", data);
            write(data, "child", b'x');
            child.give();
            parent.wait_for();
            say("child", data);
            println!("child: exits");
            ulib::exit(0);
        }
        Fork::Parent(_) => {
            child.wait_for();
            write(data, "parent", b'y');
            parent.give();
            ulib::wait()?;
            println!("parent: the child is gone");
        }
    }
    Ok(())
}

/// Something that one of the two waits for the other to do: a pipe that is closed by then.
struct Turn {
    from: File,
    to: Option<File>,
}

impl Turn {
    fn new() -> Result<Turn, Failed> {
        let (from, to) = ulib::pipe()?;
        Ok(Turn {
            from: File::from_fd(from),
            to: Some(File::from_fd(to)),
        })
    }

    /// Says that it is done.
    fn give(&mut self) {
        self.to = None;
    }

    /// Waits until the other has said so.
    fn wait_for(&mut self) {
        // Who waits must not keep the pipe open.
        self.to = None;
        let _ = self.from.read(&mut [0]);
    }
}

fn free_frames() -> Result<u64, Failed> {
    Ok(ulib::sysinfo()?.freemem / PGSIZE as u64)
}

/// What each page begins with.
fn letters(data: &[u8]) -> [u8; LETTERS.len()] {
    core::array::from_fn(|n| data[n * PGSIZE])
}

fn say(who: &str, data: &[u8]) {
    println!("{who}: reads {}", show(&letters(data)));
}

/// Writes to the start of a page: of the four, only this one may have to be copied.
fn write(data: &mut [u8], who: &str, letter: u8) {
    println!("{who}: writes {} to page {WRITTEN}", show(&[letter]));
    data[WRITTEN * PGSIZE] = letter;
    say(who, data);
}
