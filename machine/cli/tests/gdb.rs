//! gdb at the guest: both ways through time, and nothing changed by it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use machine::{Config, Machine, Stop};
use tests::Artefacts;

/// A machine that waits for gdb; killed when this is dropped.
struct Server {
    process: Child,
    port: String,
}

impl Server {
    fn start(guest: &Artefacts) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_orrery"))
            .args(["gdb", "--port", "0", "--once", "--kernel"])
            .arg(&guest.kernel)
            .arg("--disk")
            .arg(&guest.image)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("orrery runs");
        let said = BufReader::new(process.stderr.take().expect("piped"));
        let mut lines = said.lines().map_while(Result::ok);
        let port = lines.find_map(|line| Some(line.split_once("remote ")?.1.to_owned()));
        // Whatever else it says is read, so that it can say it.
        std::thread::spawn(move || lines.for_each(drop));
        Server {
            process,
            port: port.expect("it says where it waits"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What gdb says to `commands`, each after a line with its number.
fn gdb(guest: &Artefacts, commands: &[&str]) -> Vec<String> {
    let server = Server::start(guest);
    let mut gdb = Command::new("gdb-multiarch");
    gdb.args(["-q", "-nx", "-batch"]);
    for setting in [
        "pagination off",
        "confirm off",
        "width 0",
        "style enabled off",
    ] {
        gdb.args(["-ex", &format!("set {setting}")]);
    }
    gdb.args(["-ex", &format!("target remote {}", server.port)]);
    for command in commands {
        gdb.args(["-ex", "echo \\n--8<--\\n", "-ex", command]);
    }
    // What `monitor` answers goes to standard error: one pipe keeps all in order.
    let (mut said, out) = std::io::pipe().expect("there are pipes");
    let mut process = gdb
        .arg(guest.kernel.with_extension("debug"))
        .stdin(Stdio::null())
        .stderr(out.try_clone().expect("there are pipes"))
        .stdout(out)
        .spawn()
        .expect("gdb-multiarch is installed: `cargo xtask setup` does it");
    drop(gdb);
    let mut bytes = Vec::new();
    said.read_to_end(&mut bytes).expect("a pipe");
    process.wait().expect("it was started");
    let said = String::from_utf8_lossy(&bytes).into_owned();
    let answers: Vec<String> = said
        .split("\n--8<--\n")
        .skip(1)
        .map(str::to_owned)
        .collect();
    assert_eq!(answers.len(), commands.len(), "{said}");
    answers
}

/// The time in `t T of END`.
fn time(answer: &str) -> u64 {
    let line = answer.lines().find_map(|line| line.strip_prefix("t "));
    let t = line.and_then(|line| line.split(' ').next());
    t.and_then(|t| t.parse().ok())
        .unwrap_or_else(|| panic!("no time in {answer:?}"))
}

/// The state's hash at `t` of a machine that nobody watches.
fn hash_at(guest: &Artefacts, t: u64) -> String {
    let read = |path| std::fs::read(path).expect("it was found");
    let mut machine = Machine::new(&Config::default(), &read(&guest.kernel), read(&guest.image))
        .expect("a proper guest");
    while machine.t() < t {
        match machine.run(t) {
            Stop::Idle { .. } => machine.skip(t),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
    }
    machine.state_hash().to_string()
}

#[test]
fn breakpoints_watchpoints_and_both_ways_through_time() {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let commands = [
        "info threads",
        "break kernel::proc::life::fork",
        "continue",
        "bt",
        "info registers pc satp priv",
        "info registers fa0 fcsr",
        "delete",
        "watch kernel::trap::TICKS.data.value",
        "continue",
        "monitor t",
        "continue",
        "monitor t",
        "reverse-continue",
        "reverse-continue",
        "monitor t",
        "reverse-stepi",
        "monitor t",
        "continue",
        "monitor t",
        "monitor hash",
        "delete",
        "hbreak *0x80000078",
        "reverse-continue",
        "stepi",
        "reverse-stepi",
        "info registers pc",
        "monitor seek 20000000",
        "monitor hash",
    ];
    let said = gdb(&guest, &commands);
    let said_to = |command: &str, nth: usize| -> &str {
        let mut all = commands.iter().zip(&said).filter(|(c, _)| **c == command);
        let found = all.nth(nth).expect("it was asked");
        found.1
    };
    let check = |command: &str, nth: usize, wanted: &str| {
        let answer = said_to(command, nth);
        assert!(
            answer.contains(wanted),
            "{command}: no {wanted:?} in {answer}"
        );
    };
    check("info threads", 0, "hart 2, Machine");
    check("continue", 0, "hit Breakpoint 1, kernel::proc::life::fork");
    check("bt", 0, "kernel::syscall");
    check("info registers pc satp priv", 0, "[Supervisor]");
    check("info registers pc satp priv", 0, "kernel::proc::life::fork");
    check("info registers fa0 fcsr", 0, "fcsr");
    check("continue", 1, "Old value = 0\nNew value = 1\n");
    check("continue", 2, "Old value = 1\nNew value = 2\n");
    check("reverse-continue", 0, "Old value = 2\nNew value = 1\n");
    check("reverse-continue", 1, "Old value = 1\nNew value = 0\n");
    let hash = |nth| said_to("monitor hash", nth).lines().next();
    let first_tick = time(said_to("monitor t", 0));
    assert!(time(said_to("monitor t", 1)) > first_tick + 5_000_000);
    // The way back leads to just before the store, a step more to the instruction before.
    assert_eq!(time(said_to("monitor t", 2)), first_tick - 1);
    assert_eq!(time(said_to("monitor t", 3)), first_tick - 2);
    check("continue", 3, "Old value = 0\nNew value = 1\n");
    assert_eq!(time(said_to("monitor t", 4)), first_tick);
    assert_eq!(hash(0), Some(&hash_at(&guest, first_tick)[..]));
    check("reverse-continue", 2, "swtch");
    check("stepi", 0, "0x000000008000007c");
    check("reverse-stepi", 1, "0x0000000080000078");
    check("info registers pc", 0, "0x80000078");
    assert_eq!(hash(1), Some(&hash_at(&guest, 20_000_000)[..]));
}

/// The answers of gdb to the same command, in order.
fn answers<'a>(commands: &[&str], said: &'a [String], command: &str) -> Vec<&'a str> {
    let all = commands.iter().zip(said).filter(|(c, _)| **c == command);
    all.map(|(_, answer)| answer.lines().next().unwrap_or(""))
        .collect()
}

/// What gdb writes is input: it is there again after going back, and in the past it begins
/// another future.
#[test]
fn what_gdb_writes_is_input() {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    const TICKS: &str = "print kernel::trap::TICKS.data.value";
    let commands = [
        "break kernel::proc::life::fork",
        "continue",
        "delete",
        "monitor hash",
        "set var $s11 = 0x1234",
        "set var $fs1 = 1.5",
        "set var kernel::trap::TICKS.data.value = 77",
        "print $s11",
        "print $fs1",
        TICKS,
        "monitor hash",
        "stepi",
        "monitor hash",
        "reverse-stepi",
        TICKS,
        "reverse-stepi",
        TICKS,
        "stepi",
        "stepi",
        "monitor hash",
        "set var $satp = 0",
        "set var *(0x10000000 as *mut u8) = 65",
        "monitor seek 1000000",
        "maintenance flush register-cache",
        "set var $pc = 0x80000078",
        "print/x $pc",
        "monitor t",
    ];
    let said = gdb(&guest, &commands);
    let of = |command| answers(&commands, &said, command);
    assert_eq!(of("print $s11"), ["$1 = 4660"], "{said:?}");
    assert!(of("print $fs1")[0].contains("double: 1.5"), "{said:?}");
    let ticks: Vec<bool> = of(TICKS).iter().map(|it| it.ends_with(" = 77")).collect();
    assert_eq!(ticks, [true, true, false], "{said:?}");
    let hashes = of("monitor hash");
    assert_ne!(hashes[0], hashes[1]);
    assert_eq!(hashes[2], hashes[3], "what was written is written again");
    assert!(of("set var $satp = 0")[0].contains("Could not write register"));
    assert!(of("set var *(0x10000000 as *mut u8) = 65")[0].contains("Cannot access memory"));
    assert_eq!(of("print/x $pc"), ["$6 = 0x80000078"], "{said:?}");
    assert_eq!(of("monitor t"), ["t 1000000 of 1000000"]);
}
