//! `top`: the processes that run most, every second anew; q quits.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::info::ProcInfo;
use abi::limits::NPROC;
use alloc::vec;
use alloc::vec::Vec;
use ulib::{Args, Failed, STDOUT};
use user::terminal::cells::{put_filled, put_number};
use user::terminal::fullscreen::Screen;
use user::terminal::key::Key;
use user::usage;

ulib::entry!(main);

/// Ticks from one look to the next: a second.
const INTERVAL: i32 = 10;
/// The row that says what stands in which column.
const HEADER: usize = 2;

fn main(args: Args) -> i32 {
    if args.len() > 0 {
        return usage!();
    }
    let ran = match Screen::open() {
        Ok(screen) => run(screen),
        // Not on a terminal: once.
        Err(Failed) => Look::new().and_then(|look| {
            let rows = look.rows(&Look::default(), NPROC + 3);
            rows.iter()
                .try_for_each(|row| STDOUT.write_all(&[row, &b"\n"[..]].concat()))
        }),
    };
    i32::from(ran.is_err())
}

/// Looks again and again, until the user has seen enough.
fn run(mut screen: Screen) -> Result<(), Failed> {
    let mut before = Look::default();
    let mut now = Look::new()?;
    loop {
        let (n_rows, n_columns) = screen.size;
        let mut rows = now.rows(&before, n_rows);
        rows.iter_mut().for_each(|row| row.truncate(n_columns));
        // Only now, since this takes no room.
        if let Some(header) = rows.get_mut(HEADER) {
            header.splice(..0, *b"\x1b[7m");
        }
        screen.show(rows, (HEADER.min(n_rows - 1), 0))?;
        let keys = screen.keys(INTERVAL)?;
        if keys
            .iter()
            .any(|key| matches!(key, Key::Char('q') | Key::Ctrl(b'c')))
        {
            return Ok(());
        }
        if keys.contains(&Key::Ctrl(b'l')) {
            screen.measure()?;
        }
        let next = Look::new()?;
        // After a key it may be too early for a difference.
        if next.ticks > now.ticks {
            before = core::mem::replace(&mut now, next);
        }
    }
}

/// What there was at some time.
#[derive(Default)]
struct Look {
    /// Since boot.
    ticks: usize,
    procs: Vec<ProcInfo>,
}

impl Look {
    /// What there is now.
    fn new() -> Result<Look, Failed> {
        let mut procs = vec![ProcInfo::default(); NPROC];
        let n_procs = ulib::procs(&mut procs)?;
        procs.truncate(n_procs);
        Ok(Look {
            ticks: ulib::uptime(),
            procs,
        })
    }

    /// How long `info`'s process has run since `before`, in milliseconds.
    fn ran(&self, before: &Look, info: &ProcInfo) -> u32 {
        let then = before.procs.iter().find(|other| other.pid == info.pid);
        info.ran.saturating_sub(then.map_or(0, |then| then.ran))
    }

    /// The table, in at most so many rows, who ran most first.
    fn rows(&self, before: &Look, n_rows: usize) -> Vec<Vec<u8>> {
        let mut first = Vec::from(b"up ");
        put_number(&mut first, self.ticks / 10);
        first.extend_from_slice(b" s, ");
        put_number(&mut first, self.procs.len());
        first.extend_from_slice(b" processes, ");
        let free = ulib::sysinfo().map_or(0, |info| info.freemem as usize);
        put_number(&mut first, free / 1024);
        first.extend_from_slice(b" KiB free");
        let header = b"  PID CPU %  SECONDS STATE    NAME             KIB PARENT".into();
        let mut rows = vec![first, Vec::new(), header];
        let n_ticks = (self.ticks - before.ticks).max(1);
        let ran = self.procs.iter().map(|info| (self.ran(before, info), info));
        let mut left: Vec<_> = ran.collect();
        // Each time the first of those that ran most; there are few.
        while rows.len() < n_rows
            && let Some(&(most, _)) = left.iter().max_by_key(|(ran, _)| ran)
            && let Some(place) = left.iter().position(|&(ran, _)| ran == most)
        {
            let (ran, info) = left.remove(place);
            // A tick is a hundred milliseconds.
            rows.push(row(info, ran as usize / n_ticks));
        }
        rows.truncate(n_rows);
        rows
    }
}

/// The row of a process that ran for so many hundredths of the time.
fn row(info: &ProcInfo, share: usize) -> Vec<u8> {
    let mut row = Vec::new();
    put_filled(&mut row, info.pid as usize, 5);
    put_filled(&mut row, share, 6);
    let tenths = info.ran as usize / 100;
    put_filled(&mut row, tenths / 10, 7);
    row.push(b'.');
    put_number(&mut row, tenths % 10);
    for (word, column) in [(info.state_name().as_bytes(), 30), (name(info), 46)] {
        row.push(b' ');
        row.extend_from_slice(word);
        // Names are narrower than terminals: what follows may be cut off.
        row.resize(column - 1, b' ');
    }
    put_filled(&mut row, info.size as usize / 1024, 5);
    put_filled(&mut row, info.parent as usize, 7);
    row
}

/// What `info`'s process runs.
fn name(info: &ProcInfo) -> &[u8] {
    let name = info.name.split(|&byte| byte == 0).next();
    name.unwrap_or(&[])
}
