//! The watcher: a process with memory, a file and a pipe of known content, which it looks at
//! over and over while others make their calls.

use crate::{STOP, get};
use abi::file::{O_CREATE, O_RDWR, O_TRUNC};
use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::sys::Mapped;
use ulib::{Failed, File, Fork, Pid, Region, println};

const FILE: &CStr = c"sysfuzz.watch";
const N_PAGES: usize = 24;
/// Bytes of the file, and of what lies in the pipe.
const LEN: usize = 400;

/// Starts it. It ends with status 0 once the board says so, if nothing changed.
pub fn start(board: &Mapped) -> Result<Pid, &'static str> {
    match ulib::fork() {
        Ok(Fork::Parent(watcher)) => Ok(watcher),
        Ok(Fork::Child) => match watch(board) {
            Ok(()) => ulib::exit(0),
            Err(complaint) => {
                println!("sysfuzz: watcher: {complaint}");
                ulib::exit(1);
            }
        },
        Err(Failed) => Err("no fork"),
    }
}

fn watch(board: &Mapped) -> Result<(), &'static str> {
    let pid = ulib::getpid();
    let mut pages = Region::new(N_PAGES).map_err(|Failed| "no memory")?;
    let (read, write) = ulib::pipe().map_err(|Failed| "no pipe")?;
    let (read, write) = (File::from_fd(read), File::from_fd(write));
    write_file(&File::open_with(FILE, O_CREATE | O_RDWR | O_TRUNC).map_err(|Failed| "no file")?)?;
    write_file(&write)?;
    let mut generation = 0_usize;
    while get(board, STOP) == 0 {
        generation += 1;
        for (n, page) in pages.chunks_exact_mut(8).enumerate() {
            page.copy_from_slice(&(n * generation).to_le_bytes());
        }
        let _ = ulib::pause(1);
        let mut words = pages.chunks_exact(8).enumerate();
        if !words.all(|(n, word)| *word == (n * generation).to_le_bytes()) {
            return Err("memory changed");
        }
        if ulib::getpid() != pid {
            return Err("its number changed");
        }
        // Others may have all files open.
        if let Ok(file) = File::open(FILE) {
            read_file(&file)?;
        }
        read_file(&read)?;
        write_file(&write)?;
        if read.stat().is_ok() || pages.len() != N_PAGES * PGSIZE {
            return Err("a descriptor leads elsewhere");
        }
    }
    ulib::unlink(FILE).map_err(|Failed| "its file is gone")
}

fn byte(n: usize) -> u8 {
    (n * 7 + n / 256) as u8
}

#[inline(never)]
fn write_file(file: &File) -> Result<(), &'static str> {
    let bytes: [u8; LEN] = core::array::from_fn(byte);
    file.write_all(&bytes)
        .map_err(|Failed| "it cannot be written")
}

#[inline(never)]
fn read_file(file: &File) -> Result<(), &'static str> {
    let mut bytes = [0; LEN];
    // Others may have all memory.
    if file.read_full(&mut bytes) != Ok(LEN) {
        return Err("file or pipe cannot be read");
    }
    let is_same = bytes.iter().enumerate().all(|(n, &it)| it == byte(n));
    is_same.then_some(()).ok_or("file or pipe changed")
}
