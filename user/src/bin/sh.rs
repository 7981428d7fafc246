//! `sh [FILE]`: the shell: reads a line, runs it, asks for the next; or runs the lines of a
//! file. `user::shell` has the grammar.
//!
//! Each program of a pipeline is a child of the shell, and so is a subshell. A program is looked
//! for here, in `/bin` and in `/`; a file that begins with `#!` is run line by line. Done by the
//! shell itself: `cd DIR`, `exit [STATUS]`, `history`, which lists the lines typed before, and
//! `wait`, which waits for everything in the background.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::{O_CREATE, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, T_DEVICE};
use abi::limits::MAXARG;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use ulib::{
    Args, Failed, Fd, File, Fork, Pid, STDERR, STDIN, STDOUT, complain, eprint, eprintln, say, sys,
};
use user::shell::{Action, Command, Direction, Job, List, Redirect, parse};
use user::terminal::typing::{Typed, Typist};
use user::word;

ulib::entry!(main);

/// The status of the last command, for `$?`.
static STATUS: AtomicI32 = AtomicI32::new(0);

/// Each command is a job of its own, which has the keyboard while the shell waits for it. So it is
/// where commands are typed; those of a script belong to the script's job.
static HAS_JOBS: AtomicBool = AtomicBool::new(false);

/// What the shell does itself.
const BUILTINS: [&str; 4] = ["cd", "exit", "history", "wait"];

fn main(mut args: Args) -> i32 {
    ensure_console();
    let script = match args.next() {
        None => None,
        Some(path) => match File::open(path) {
            Ok(file) => Some(file),
            Err(Failed) => {
                complain(&[b"sh: cannot open ", path.to_bytes()]);
                return 1;
            }
        },
    };
    let is_typed = script.is_none() && STDIN.stat().is_ok_and(|stat| stat.kind == T_DEVICE);
    HAS_JOBS.store(is_typed, Relaxed);
    let mut input = Input {
        fd: script.as_deref().copied().unwrap_or(STDIN),
        has_prompt: script.is_none(),
        typist: is_typed.then(|| Typist::new(&BUILTINS)),
    };
    while let Some(line) = input.line() {
        if line.starts_with(b"#") {
            continue;
        }
        if let (b"history", Some(typist)) = (line.as_slice(), &input.typist) {
            typist.history().for_each(|line| say(&[&line]));
            continue;
        }
        match parse(&line) {
            Ok(list) => run(&list),
            Err(error) => {
                eprintln!("{error}");
                STATUS.store(2, Relaxed);
            }
        }
    }
    STATUS.load(Relaxed)
}

/// Where lines come from.
struct Input {
    fd: Fd,
    /// Each is asked for.
    has_prompt: bool,
    /// Who types them, if it is the console.
    typist: Option<Typist>,
}

impl Input {
    /// The next line, without its end; `None` when there are no more.
    fn line(&mut self) -> Option<Vec<u8>> {
        if let Some(typist) = &mut self.typist {
            return match typist.read_line() {
                Ok(Typed::Line(line)) => Some(line),
                Ok(Typed::Dropped) => Some(Vec::new()),
                Ok(Typed::End) | Err(Failed) => None,
            };
        }
        if self.has_prompt {
            eprint!("$ ");
        }
        read_line(self.fd)
    }
}

/// Makes sure that descriptors 0, 1 and 2 are open.
fn ensure_console() {
    while let Ok(fd) = sys::open(c"console", O_RDWR) {
        if fd.0 > STDERR.0 {
            let _ = sys::close(fd);
            return;
        }
    }
}

/// Reads a line, without its end; `None` at the end of the input.
///
/// One byte at a time: what follows the line belongs to the programs it starts.
fn read_line(input: Fd) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(1) if byte[0] == b'\n' => return Some(line),
            Ok(1) => line.push(byte[0]),
            // A last line may lack its end.
            Ok(_) | Err(Failed) => return (!line.is_empty()).then_some(line),
        }
    }
}

fn run(list: &List) {
    for job in &list.jobs {
        if !run_builtin(job) {
            run_job(job);
        }
    }
}

/// Runs `job` here if it is one of the shell's own commands; says whether it was.
fn run_builtin(job: &Job) -> bool {
    let [
        Command {
            action: Action::Run(words),
            redirects,
        },
    ] = job.pipeline.as_slice()
    else {
        return false;
    };
    if job.in_background || !redirects.is_empty() {
        return false;
    }
    match words.as_slice() {
        [name] if name.as_c_str() == c"wait" => while ulib::wait().is_ok() {},
        [name, rest @ ..] if name.as_c_str() == c"cd" => change_directory(rest),
        [name] if name.as_c_str() == c"exit" => ulib::exit(STATUS.load(Relaxed)),
        [name, status] if name.as_c_str() == c"exit" => {
            let status = ulib::number(&expand(status).into_bytes());
            ulib::exit(status.map_or(2, |status| status as i32));
        }
        _ => return false,
    }
    true
}

/// `cd DIR`, or `cd` alone for `/`.
fn change_directory(args: &[CString]) {
    let path = match args {
        [] => c"/",
        [path] => path.as_c_str(),
        [_, ..] => {
            complain(&[b"usage: cd dir"]);
            return;
        }
    };
    if ulib::chdir(path).is_err() {
        complain(&[b"cannot cd ", path.to_bytes()]);
    }
}

/// Starts every command of the pipeline and waits for them, unless in the background.
fn run_job(job: &Job) {
    let mut children = Vec::new();
    if start(job, &mut children).is_err() {
        complain(&[b"sh: no process or pipe left"]);
    }
    let Some(&last) = children.last() else {
        return;
    };
    if job.in_background {
        return;
    }
    while !children.is_empty() {
        // Background jobs that end meanwhile are buried along the way.
        let Ok(exited) = ulib::wait() else { break };
        children.retain(|&child| child != exited.pid);
        if exited.pid == last {
            STATUS.store(exited.status, Relaxed);
        }
    }
    if HAS_JOBS.load(Relaxed) {
        let _ = sys::foreground(None);
    }
}

/// A word with the last status in the places kept for it.
fn expand(word: &CStr) -> CString {
    if !word.to_bytes().contains(&word::STATUS) {
        return word.into();
    }
    let mut bytes = Vec::new();
    for &byte in word.to_bytes() {
        if byte == word::STATUS {
            bytes.extend_from_slice(alloc::format!("{}", STATUS.load(Relaxed)).as_bytes());
        } else {
            bytes.push(byte);
        }
    }
    // There was no NUL, and digits are none.
    CString::new(bytes).unwrap_or_default()
}

/// Runs the program `name`, which is looked for here, in `/bin` and in `/` unless it is a path.
/// Returns if there is none.
fn execute(name: &CStr, args: &[CString]) {
    let folders: &[&[u8]] = if name.to_bytes().contains(&b'/') {
        &[b""]
    } else {
        &[b"", b"/bin/", b"/"]
    };
    for folder in folders {
        let Ok(path) = CString::new([folder, name.to_bytes()].concat()) else {
            continue;
        };
        ulib::exec(&path, args.iter().map(|arg| arg.as_c_str()));
        if is_script(&path) {
            let rest = args.iter().skip(1).map(|arg| arg.as_c_str());
            ulib::exec(c"/sh", [c"sh", path.as_c_str()].into_iter().chain(rest));
        }
    }
}

/// Whether the file begins with `#!`.
fn is_script(path: &CStr) -> bool {
    let mut start = [0; 2];
    let read = File::open(path).and_then(|file| file.read_full(&mut start));
    read == Ok(2) && start == *b"#!"
}

/// Starts the commands, each reading from the one before it; adds them to `children`.
fn start(job: &Job, children: &mut Vec<Pid>) -> Result<(), Failed> {
    let mut input: Option<File> = None;
    for (n, command) in job.pipeline.iter().enumerate() {
        let is_last = n + 1 == job.pipeline.len();
        let (next_input, output) = if is_last {
            (None, None)
        } else {
            let (read_end, write_end) = ulib::pipe()?;
            (
                Some(File::from_fd(read_end)),
                Some(File::from_fd(write_end)),
            )
        };
        match ulib::fork()? {
            Fork::Parent(child) => children.push(child),
            Fork::Child => {
                if HAS_JOBS.load(Relaxed) {
                    join(children.first().copied(), job.in_background);
                }
                drop(next_input);
                if let Some(input) = input {
                    put_at(STDIN, input);
                }
                if let Some(output) = output {
                    put_at(STDOUT, output);
                }
                ulib::exit(become_command(command));
            }
        }
        input = next_input;
    }
    Ok(())
}

/// Makes this process belong to the job of its pipeline's `first`, itself if there is none yet. Not
/// left to the shell: no sooner than it is done does the program begin.
fn join(first: Option<Pid>, in_background: bool) {
    let me = ulib::getpid();
    let job = first.unwrap_or(me);
    let _ = sys::setjob(me, job);
    if !in_background {
        let _ = sys::foreground(Some(job));
    }
}

/// Makes descriptor `place`, one of the lowest, mean what `file` means.
fn put_at(place: Fd, file: File) {
    // dup takes the lowest free descriptor, which is the one closed just now.
    let _ = sys::close(place);
    let _ = sys::dup(*file);
}

/// Runs `command` in this process; gives the exit status if it comes back.
fn become_command(command: &Command) -> i32 {
    for redirect in &command.redirects {
        if apply(redirect).is_err() {
            complain(&[b"open ", redirect.path.to_bytes(), b" failed"]);
            return 1;
        }
    }
    match &command.action {
        Action::Subshell(list) => {
            // All that it starts belongs to its own job.
            HAS_JOBS.store(false, Relaxed);
            run(list);
            STATUS.load(Relaxed)
        }
        Action::Run(words) => match words.first() {
            None => 0,
            Some(name) => {
                let args: Vec<CString> = words.iter().map(|word| expand(word)).collect();
                execute(&expand(name), &args);
                if words.len() >= MAXARG {
                    eprintln!("exec takes at most {} words", MAXARG - 1);
                }
                complain(&[b"exec ", name.to_bytes(), b" failed"]);
                1
            }
        },
    }
}

/// Opens the file of `redirect` on its descriptor.
fn apply(redirect: &Redirect) -> Result<(), Failed> {
    let path: &CStr = &expand(&redirect.path);
    let (place, file) = match redirect.how {
        Direction::Read => (STDIN, File::open_with(path, O_RDONLY)?),
        Direction::Write => (
            STDOUT,
            File::open_with(path, O_WRONLY | O_CREATE | O_TRUNC)?,
        ),
        Direction::Append => (STDOUT, ulib::open_at_end(path)?),
    };
    put_at(place, file);
    Ok(())
}
