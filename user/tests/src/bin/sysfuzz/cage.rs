//! The directory that those who make the calls are shut in, and what is put into it.

use crate::random::Random;
use abi::disk::DIRSIZ;
use abi::file::{O_CREATE, O_RDWR, O_TRUNC};
use core::ffi::CStr;
use ulib::{Failed, File, Fork};

const DIR: &CStr = c"sysfuzz.d";
/// Programs that can be run inside: where they come from, and what they are called there.
const PROGRAMS: [(&CStr, &CStr); 2] = [(c"/sysfuzz", c"/sysfuzz"), (c"/echo", c"/echo")];
/// Files that look like programs, and are none.
const WRECKS: [&CStr; 4] = [c"/wreck0", c"/wreck1", c"/wreck2", c"/wreck3"];

/// Makes this process see nothing else.
pub fn enter() -> bool {
    ulib::chroot(DIR).is_ok()
}

/// Makes the directory, with programs and wrecks of some.
pub fn build(random: &mut Random) -> Result<(), &'static str> {
    let _ = ulib::mkdir(DIR);
    inside(|| {
        for (from, to) in PROGRAMS {
            copy(from, to)?;
        }
        let _ = ulib::mkdir(as_path(&in_cage(c"/d"))?);
        for name in WRECKS {
            wreck(name, random)?;
        }
        Ok(())
    })
}

/// Takes the directory away, with whatever they have made in it.
pub fn tear_down() -> Result<(), &'static str> {
    inside(|| if enter() { empty() } else { Err(Failed) })?;
    ulib::unlink(DIR).map_err(|Failed| "the directory does not go")
}

/// Has a child do `act`.
fn inside(act: impl FnOnce() -> Result<(), Failed>) -> Result<(), &'static str> {
    match ulib::fork() {
        Ok(Fork::Child) => ulib::exit(i32::from(act().is_err())),
        Ok(Fork::Parent(child)) => match ulib::wait() {
            Ok(end) if end.pid == child && end.status == 0 => Ok(()),
            _ => Err("the directory is not to be had"),
        },
        Err(Failed) => Err("no fork"),
    }
}

#[inline(never)]
fn copy(from: &CStr, to: &CStr) -> Result<(), Failed> {
    let (from, path) = (File::open(from)?, in_cage(to));
    let to = File::open_with(as_path(&path)?, O_CREATE | O_RDWR | O_TRUNC)?;
    let mut buffer = [0; 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            len => to.write_all(&buffer[..len])?,
        }
    }
}

/// Makes a program with some wrong bytes in its headers.
#[inline(never)]
fn wreck(name: &CStr, random: &mut Random) -> Result<(), Failed> {
    let mut bytes = [0; 1024];
    File::open(c"/echo")?.read_full(&mut bytes)?;
    for _ in 0..1 + random.below(6) {
        // Headers of the file and of its first segments.
        let at = 4 + random.below(64 + 3 * 56 - 4);
        let any = random.below(256) as u8;
        bytes[at] = random.of(&[0, 1, 0x7f, 0x80, 0xff, any]);
    }
    let path = in_cage(name);
    File::open_with(as_path(&path)?, O_CREATE | O_RDWR | O_TRUNC)?.write_all(&bytes)
}

/// The path from outside of what is `name` inside.
fn in_cage(name: &CStr) -> [u8; 32] {
    let mut path = [0; 32];
    let (dir, name) = (DIR.to_bytes(), name.to_bytes());
    path[..dir.len()].copy_from_slice(dir);
    path[dir.len()..][..name.len()].copy_from_slice(name);
    path
}

fn as_path(bytes: &[u8]) -> Result<&CStr, Failed> {
    CStr::from_bytes_until_nul(bytes).map_err(|_| Failed)
}

/// Takes all names away below the root. Not by recursion: the stack is one page.
fn empty() -> Result<(), Failed> {
    let root = ulib::stat(c"/")?.ino;
    for _ in 0..100_000 {
        let Some(name) = first_name()? else {
            if ulib::stat(c".")?.ino == root {
                return Ok(());
            }
            ulib::chdir(c"..")?;
            continue;
        };
        let name = as_path(&name)?;
        if ulib::unlink(name).is_err() {
            // A directory that is not empty.
            ulib::chdir(name)?;
        }
    }
    Err(Failed)
}

/// The first name in the working directory.
fn first_name() -> Result<Option<[u8; DIRSIZ + 1]>, Failed> {
    let dir = File::open(c".")?;
    let mut names = ulib::entries(&dir).filter(|entry| !matches!(entry.name(), b"." | b".."));
    Ok(names.next().map(|entry| {
        let mut name = [0; DIRSIZ + 1];
        name[..entry.name().len()].copy_from_slice(entry.name());
        name
    }))
}

/// How many files can be open at once: a chain of processes that open as many as each can.
pub fn files_to_be_had() -> Result<i32, &'static str> {
    match ulib::fork() {
        Ok(Fork::Child) => {
            let mut n = 0;
            while File::open(c"/").map(File::into_fd).is_ok() {
                n += 1;
            }
            // The last of the chain got none.
            let more = if n == 0 { Ok(0) } else { files_to_be_had() };
            ulib::exit(more.map_or(-1, |more| n + more))
        }
        Ok(Fork::Parent(_)) => match ulib::wait() {
            Ok(end) if end.status >= 0 => Ok(end.status),
            _ => Err("files cannot be counted"),
        },
        Err(Failed) => Err("no fork"),
    }
}
