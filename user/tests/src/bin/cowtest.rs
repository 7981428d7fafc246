//! `cowtest`: what a copy-on-write `fork` must do, under the names of the MIT labs. Wants
//! `fork=cow` and 128 MiB: the first test forks with two thirds of it in use.
//!
//! `cowtest hungry`: whatever the policy, uses up all memory by forks and writes, and
//! checks that nothing but who asked too much is harmed, and that no page is lost.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Failed, File, Fork, Region, eprintln, print, println};

ulib::entry!(main);

/// Pages of the machine.
const N_PAGES: usize = (128 << 20) / PGSIZE;

/// A test says what went wrong.
type Test = fn() -> Result<(), &'static str>;

const TESTS: &[(&str, Test)] = &[
    ("simple", simple),
    ("simple", simple),
    ("three", three),
    ("three", three),
    ("three", three),
    ("file", file),
    ("forkfork", forkfork),
];

fn main(mut args: Args) -> i32 {
    let arg = args.next();
    let (tests, passed): (&[(&str, Test)], &str) = match arg.map(|arg| arg.to_bytes()) {
        None => (TESTS, "ALL COW TESTS PASSED"),
        Some(b"hungry") => (&[("hungry", hungry)], "MEMORY TEST PASSED"),
        Some(_) => {
            eprintln!("usage: cowtest [hungry]");
            return 1;
        }
    };
    for (name, test) in tests {
        print!("{name}: ");
        match test() {
            Ok(()) => println!("ok"),
            Err(complaint) => {
                println!("{complaint}");
                return 1;
            }
        }
    }
    println!("{passed}");
    0
}

/// Marks each page of `data` as `owner`'s.
fn mark(data: &mut [u8], owner: u8) {
    for (n, page) in data.chunks_mut(PGSIZE).enumerate() {
        page[n % PGSIZE] = owner;
    }
}

/// Whether each page of `data` is `owner`'s.
fn is_marked(data: &[u8], owner: u8) -> bool {
    is_marked_from(data, 0, owner)
}

/// Whether each page of `data` from `start` on is `owner`'s.
fn is_marked_from(data: &[u8], start: usize, owner: u8) -> bool {
    let mut pages = data.chunks(PGSIZE).enumerate().skip(start / PGSIZE);
    pages.all(|(n, page)| page[n % PGSIZE] == owner)
}

fn region(n_pages: usize) -> Result<Region, &'static str> {
    Region::new(n_pages).map_err(|Failed| "no memory left")
}

/// Whether this is the child.
fn fork() -> Result<bool, &'static str> {
    match ulib::fork() {
        Ok(side) => Ok(side == Fork::Child),
        Err(Failed) => Err("fork failed"),
    }
}

/// Ends the child: well, if `is_well`.
fn end(is_well: bool) -> ! {
    ulib::exit(if is_well { 0 } else { 1 })
}

/// Waits for a child, which must end well.
fn wait_well() -> Result<(), &'static str> {
    match ulib::wait() {
        Ok(child) if child.status == 0 => Ok(()),
        Ok(_) => Err("a child failed"),
        Err(Failed) => Err("a child is missing"),
    }
}

fn pipe() -> Result<(File, File), &'static str> {
    let ends = ulib::pipe().map_err(|Failed| "no pipe")?;
    Ok((File::from_fd(ends.0), File::from_fd(ends.1)))
}

/// Two thirds of memory do not fit twice.
fn simple() -> Result<(), &'static str> {
    let mut data = region(N_PAGES / 3 * 2)?;
    mark(&mut data, 1);
    if fork()? {
        end(is_marked(&data[..100 * PGSIZE], 1));
    }
    wait_well()
}

/// Three processes with a quarter of memory each write all, most and half of it.
fn three() -> Result<(), &'static str> {
    let mut data = region(N_PAGES / 4)?;
    mark(&mut data, 1);
    let (half, most) = (data.len() / 2, data.len() / 5 * 4 / PGSIZE * PGSIZE);
    if fork()? {
        let Ok(is_child) = fork() else { end(false) };
        let (mine, owner) = if is_child { (most, 3) } else { (half, 2) };
        mark(&mut data[..mine], owner);
        let is_well = is_marked(&data[..mine], owner) && is_marked_from(&data, mine, 1);
        // The last one to be gone frees the rest, in one way or the other.
        if is_child {
            drop(data);
        }
        end(is_well && (is_child || wait_well().is_ok()));
    }
    mark(&mut data, 4);
    wait_well()?;
    if is_marked(&data, 4) {
        Ok(())
    } else {
        Err("the parent's data changed")
    }
}

/// What the kernel writes in a child's name is the child's too.
fn file() -> Result<(), &'static str> {
    const N_CHILDREN: u8 = 4;
    let mut data = region(1)?;
    data.fill(99);
    let (from, to) = pipe()?;
    for n in 0..N_CHILDREN {
        if fork()? {
            end(from.read(&mut data[..1]) == Ok(1) && data[0] < N_CHILDREN && data[1] == 99);
        }
        to.write_all(&[n]).map_err(|Failed| "the pipe is broken")?;
    }
    for _ in 0..N_CHILDREN {
        wait_well()?;
    }
    if data.iter().all(|&byte| byte == 99) {
        Ok(())
    } else {
        Err("a child's read reached the parent")
    }
}

/// Processes that fork at once, with the same pages.
fn forkfork() -> Result<(), &'static str> {
    const N_AT_ONCE: u8 = 3;
    let mut data = region((1 << 20) / PGSIZE)?;
    let mut late = Region::lazy(8).map_err(|Failed| "no addresses left")?;
    mark(&mut data, 27);
    late[PGSIZE] = 27;
    for _ in 0..30 {
        for n in 0..N_AT_ONCE {
            if fork()? {
                end(fork_once_more(&mut data, &mut late, n));
            }
        }
        for _ in 0..N_AT_ONCE {
            wait_well()?;
        }
    }
    if is_marked(&data, 27) && late[PGSIZE] == 27 && late[2 * PGSIZE] == 0 {
        Ok(())
    } else {
        Err("the parent's data changed")
    }
}

fn fork_once_more(data: &mut [u8], late: &mut [u8], n: u8) -> bool {
    let Ok(is_child) = fork() else { return false };
    let owner = 2 * n + u8::from(is_child);
    let mine = data.len() / 4;
    mark(&mut data[..mine], owner);
    late[2 * PGSIZE..].fill(owner);
    let is_well = is_marked(&data[..mine], owner)
        && is_marked_from(data, mine, 27)
        && late[PGSIZE] == 27
        && late[2 * PGSIZE] == owner;
    is_well && (is_child || wait_well().is_ok())
}

/// Uses up memory, and counts what there is before and after.
fn hungry() -> Result<(), &'static str> {
    let n_free = free_pages()?;
    // In a child, with which its page tables go too.
    if fork()? {
        let used_up = use_up();
        if let Err(complaint) = used_up {
            println!("{complaint}");
        }
        end(used_up.is_ok());
    }
    wait_well()?;
    match free_pages()? {
        n_pages if n_pages == n_free => Ok(()),
        _ => Err("pages were lost"),
    }
}

/// Children that together want twice of what there is.
fn use_up() -> Result<(), &'static str> {
    let mut data = region(N_PAGES / 4)?;
    mark(&mut data, 1);
    let (from, to) = pipe()?;
    let (mut n_children, mut is_out) = (0, false);
    while n_children < 8 && !is_out {
        match fork() {
            Ok(true) => {
                drop(to);
                mark(&mut data, 2);
                // Holds on to them until the parent closes the pipe.
                end(from.read(&mut [0]) == Ok(0) && is_marked(&data, 2));
            }
            Ok(false) => n_children += 1,
            Err(_) => is_out = true,
        }
    }
    // If all could be forked, somebody will be killed.
    let mut n_left = n_children;
    if !is_out {
        is_out = ulib::wait().is_ok_and(|child| child.status == -1);
        n_left -= 1;
    }
    drop(to);
    for _ in 0..n_left {
        let child = ulib::wait().map_err(|Failed| "a child is missing")?;
        if child.status > 0 {
            return Err("a child's data changed");
        }
    }
    match (is_out, is_marked(&data, 1)) {
        (false, _) => Err("memory never ran out"),
        (true, false) => Err("the parent's data changed"),
        (true, true) => Ok(()),
    }
}

/// How many pages nobody has.
fn free_pages() -> Result<u64, &'static str> {
    let info = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
    Ok(info.freemem / PGSIZE as u64)
}
