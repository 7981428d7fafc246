//! The shell and the programs that take the whole screen, at a terminal: keys go in, and what the
//! terminal shows in the end is compared.

use machine::Config;
use std::fmt::Write;
use tests::{Artefacts, Board, Guest, Native, Qemu, Trouble};

/// Asks where the cursor is.
const WHERE: &[u8] = b"\x1b[6n";

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const LEFT: &str = "\x1b[D";
const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";

fn or_fail<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

/// A guest, and the terminal somebody sits at.
struct Desk<G> {
    guest: G,
    terminal: vt100::Parser,
    /// Sent by the guest, and not whole yet.
    rest: Vec<u8>,
}

impl<G: Guest> Desk<G> {
    /// At the prompt.
    fn new(guest: G, rows: u16, columns: u16) -> Desk<G> {
        let mut desk = Desk {
            guest,
            terminal: vt100::Parser::new(rows, columns, 0),
            rest: Vec::new(),
        };
        desk.wait("the prompt", |rows| {
            rows.last().is_some_and(|row| row == "$")
        });
        desk
    }

    /// The rows that show anything, blanks at their ends left out.
    fn rows(&self) -> Vec<String> {
        let screen = self.terminal.screen();
        let rows = screen.rows(0, screen.size().1);
        let mut rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    /// Shows what the guest sends until `is_it` holds of the rows.
    fn wait(&mut self, wanted: &str, is_it: impl Fn(&[String]) -> bool) {
        while !is_it(&self.rows()) {
            let mut said = String::new();
            for row in self.rows() {
                let _ = writeln!(said, "|{row}");
            }
            let sent = or_fail(self.guest.more(&format!("{wanted} on\n{said}")));
            self.show(&sent);
        }
    }

    /// Waits until the last row that shows anything is `row`.
    fn wait_for_last(&mut self, row: &str) {
        self.wait(row, |rows| rows.last().is_some_and(|last| last == row));
    }

    /// Waits until the cursor is at a row and column.
    fn wait_for_cursor(&mut self, place: (u16, u16)) {
        while self.terminal.screen().cursor_position() != place {
            let at = self.terminal.screen().cursor_position();
            let wanted = format!("the cursor at {place:?}; it is at {at:?}");
            let sent = or_fail(self.guest.more(&wanted));
            self.show(&sent);
        }
    }

    /// Shows what was sent, and answers what it asks.
    fn show(&mut self, sent: &[u8]) {
        for &byte in sent {
            // The line at which the terminal hangs makes two of a line's end.
            let bytes: &[u8] = if byte == b'\n' { b"\r\n" } else { &[byte] };
            self.rest.extend_from_slice(bytes);
            self.terminal.process(bytes);
            if self.rest.ends_with(WHERE) {
                self.rest.clear();
                let (row, column) = self.terminal.screen().cursor_position();
                let answer = format!("\x1b[{};{}R", row + 1, column + 1);
                or_fail(self.guest.send(answer.as_bytes()));
            }
        }
    }

    fn keys(&mut self, keys: &str) {
        or_fail(self.guest.send(keys.as_bytes()));
    }

    /// Types a command, and returns what it shows, once there is another prompt.
    fn run(&mut self, command: &str) -> Vec<String> {
        self.keys("clear\r");
        self.wait_for_last("$");
        self.wait("an empty screen", |rows| rows == ["$"]);
        self.keys(command);
        self.keys("\r");
        self.wait(command, |rows| {
            rows.len() > 1 && rows.last().is_some_and(|row| row == "$")
        });
        let mut rows = self.rows();
        rows.pop();
        rows.remove(0);
        rows
    }
}

fn native() -> Native {
    let config = Config {
        harts: 2,
        ..Config::default()
    };
    or_fail(Artefacts::find().and_then(|guest| Native::boot(&guest, &config)))
}

fn qemu() -> Qemu {
    or_fail(Artefacts::find().and_then(|guest| Qemu::boot(&guest, 2, Board::Legacy, "")))
}

/// Lines are edited, come back, and are completed.
fn edit_lines(guest: impl Guest) {
    let mut desk = Desk::new(guest, 24, 40);
    assert_eq!(
        desk.run(&format!("cho wrld{LEFT}{LEFT}{LEFT}o{HOME}e{END}!")),
        ["world!"]
    );
    // Commands of before, and back to the one that was begun.
    assert_eq!(
        desk.run(&format!("echo {UP}{UP}{UP}{DOWN}{DOWN}{DOWN}two")),
        ["two"]
    );
    assert_eq!(desk.run(&format!("{UP}{UP}{UP}{UP}")), ["world!"]);
    assert_eq!(desk.run("true x\x17y; echo \x15echo $?"), ["0"]);
    assert_eq!(desk.run("echo 你x\x7f好é"), ["你好é"]);
    // A name, and all names that a word could become.
    let readme = desk.run("cat REA\t| hea\t-1")[0].clone();
    assert!(
        readme.starts_with("Orrery is an operating system"),
        "{readme}"
    );
    desk.keys("clear\r");
    desk.wait("an empty screen", |rows| rows == ["$"]);
    desk.keys("t\t\t");
    desk.wait("names", |rows| {
        rows.len() > 1 && rows.last().is_some_and(|row| row == "$ t")
    });
    let rows = desk.rows();
    assert_eq!(rows[0], "$ t");
    assert_eq!(rows[1].split_whitespace().next(), Some("tail"), "{rows:?}");
    desk.keys("\x03");
    // A line of three rows, and in its midst what makes them four.
    let long: String = ('a'..='z').cycle().take(113).collect();
    let mut back = LEFT.repeat(60);
    back.push_str("1234567");
    let shown = desk.run(&format!("echo {long}{back}"));
    let whole = format!("$ echo {}1234567{}", &long[..53], &long[53..]);
    assert_eq!(shown[..2], [&whole[40..80], &whole[80..120]]);
    assert_eq!(shown[2], whole[120..]);
    assert_eq!(shown[3..].concat(), whole["$ echo ".len()..]);
    // Not by `run`: the prompt behind the line that is dropped is not the last one.
    desk.keys("echo a\x03echo b\r");
    let shown = ["$ echo b", "b", "$"].map(String::from);
    desk.wait("the other line", |rows| rows.ends_with(&shown));
}

#[test]
fn native_edits_lines() {
    edit_lines(native());
}

#[test]
fn qemu_edits_lines() {
    edit_lines(qemu());
}

/// A text is written, changed, searched and saved.
fn edit_text(guest: impl Guest) {
    let mut desk = Desk::new(guest, 8, 50);
    desk.keys("edit note\r");
    desk.wait("an empty text", |rows| {
        rows.len() == 8 && rows[7].starts_with("note  1/1  ^S save")
    });
    assert_eq!(desk.rows()[..7], ["", "~", "~", "~", "~", "~", "~"]);
    desk.keys(&format!(
        "#!sh\recho on two\rdate{UP}{LEFT}\x1b[C\x1b[C\x1b[C\x1b[Ce"
    ));
    // The row at the foot comes last.
    desk.wait("the text", |rows| {
        rows[1] == "echo one two" && rows[7].starts_with("note*  2/3")
    });
    assert_eq!(desk.rows()[..4], ["#!sh", "echo one two", "date", "~"]);
    desk.wait_for_cursor((1, 8));
    desk.keys("\x11");
    desk.wait("a warning", |rows| rows[7].contains("not saved"));
    desk.keys("\x13");
    desk.wait("it to be saved", |rows| rows[7] == "note  2/3  saved");
    desk.keys("\x06date\r\x0b");
    desk.wait("the line to be cut", |rows| rows[2] == "~");
    desk.keys("\x11\x11");
    desk.wait_for_last("$");
    let rows = desk.rows();
    assert_eq!(rows[rows.len() - 2], "$ edit note", "the screen of before");
    assert_eq!(desk.run("head -2 note"), ["#!sh", "echo one two"]);
}

#[test]
fn native_edits_texts() {
    edit_text(native());
}

#[test]
fn qemu_edits_texts() {
    edit_text(qemu());
}

/// A file larger than the screen, and a line that is wider.
#[test]
fn large_texts_are_seen_in_part() {
    let mut desk = Desk::new(native(), 10, 40);
    desk.keys("seq 400 > big; edit big\r");
    desk.wait("the file", |rows| rows.len() == 10 && rows[8] == "9");
    desk.keys(&"\x1b[6~".repeat(60));
    desk.wait("its end", |rows| rows[9].starts_with("big  401/401"));
    desk.keys(&format!("{UP}{}", "wide ".repeat(20)));
    desk.wait("a part of a long line", |rows| {
        rows[9].starts_with("big*  400/401") && rows.iter().any(|row| row.contains("wide wide"))
    });
    desk.keys("\x03\x03");
    desk.wait_for_last("$");
    assert_eq!(desk.run("tail -1 big"), ["400"]);
}

/// `top` shows who runs, and ends; ^C ends it too, and what does not read keys.
fn watch(guest: impl Guest) {
    let mut desk = Desk::new(guest, 24, 80);
    desk.keys("compute 1000000 &\r");
    desk.wait_for_last("$");
    for end in ["q", "\x03"] {
        desk.keys("top\r");
        desk.wait("compute to be first", |rows| {
            rows.len() > 4 && rows[2].starts_with("  PID CPU %") && rows[3].contains(" compute ")
        });
        desk.keys(end);
        desk.wait_for_last("$");
    }
    // Where it is not shown there are no colours to ask for.
    let listed = desk.run("top | head -3 | tail -1");
    assert_eq!(
        listed,
        ["  PID CPU %  SECONDS STATE    NAME             KIB PARENT"]
    );
    desk.keys("(echo begun; sleep 100000)\r");
    desk.wait_for_last("begun");
    desk.keys("\x03");
    desk.wait_for_last("$");
    let rows = desk.rows();
    assert_eq!(rows[rows.len() - 2], "^C");
}

#[test]
fn native_watches() {
    watch(native());
}

/// What there is no room for is cut off, and nothing else.
#[test]
fn native_watches_on_a_narrow_terminal() {
    let mut desk = Desk::new(native(), 24, 52);
    desk.keys("top\r");
    desk.wait("a table", |rows| {
        rows.len() > 4 && rows[0].starts_with("up ")
    });
    let rows = desk.rows();
    assert_eq!(
        rows[2],
        "  PID CPU %  SECONDS STATE    NAME             KIB P"
    );
    // Numbers end where what stands above them does.
    for row in &rows[3..] {
        let last = [5, 11, 20, 50].map(|end| row.as_bytes().get(end - 1));
        let is_number = |last: &Option<&u8>| last.is_some_and(u8::is_ascii_digit);
        assert!(last.iter().all(is_number), "{row}");
    }
    let screen = desk.terminal.screen();
    let is_header = |column| screen.cell(2, column).is_some_and(|cell| cell.inverse());
    assert!((0..52).all(is_header));
}

#[test]
fn qemu_watches() {
    watch(qemu());
}

/// What is small, and what the machine alone decides.
#[test]
fn programs_tell() {
    let mut desk = Desk::new(native(), 120, 100);
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/../user/src/bin");
    let programs = std::fs::read_dir(programs).expect("the programs are there");
    let help = desk.run("help");
    for program in programs {
        let path = program.expect("its name can be read").path();
        let name = path
            .file_stem()
            .expect("a file has a name")
            .to_string_lossy();
        let line = help.iter().find(|row| row.split(' ').next() == Some(&name));
        assert!(line.is_some_and(|line| line.len() > 12), "{name}: {line:?}");
    }
    assert!(help.iter().all(|row| row.chars().count() <= 50), "{help:?}");
    assert_eq!(
        desk.run("help trace nothing; echo $?"),
        [
            "help: no program nothing",
            "usage: trace MASK PROGRAM [ARG…]",
            "  runs a program, and has the kernel print its",
            "  system calls",
            "1"
        ]
    );
    assert_eq!(desk.run("trace"), ["usage: trace MASK PROGRAM [ARG…]"]);
    assert_eq!(desk.run("date"), ["2025-01-01 00:00:00 UTC"]);
    let kernel = desk.run("dmesg");
    assert!(
        kernel.contains(&"xv6 kernel is booting".into()),
        "{kernel:?}"
    );
    let before = desk.run("df");
    let free = |df: &[String]| {
        let last = |row: &String| row.rsplit(' ').next().and_then(|n| n.parse::<u32>().ok());
        df[1..].iter().filter_map(last).collect::<Vec<_>>()
    };
    let after = desk.run("seq 500 > numbers; df");
    let (blocks, inodes) = (free(&before), free(&after));
    // 1892 bytes are two blocks.
    assert_eq!(
        [blocks[0] - 2, blocks[1] - 1],
        inodes[..],
        "{before:?} {after:?}"
    );
    for usage in ["top x", "df x", "date x", "dmesg x", "clear x", "edit"] {
        let said = desk.run(&format!("{usage}; echo $?"));
        let name = usage.split(' ').next().expect("there is one");
        assert!(said[0].starts_with(&format!("usage: {name}")), "{said:?}");
        assert_eq!(said[1], "1");
    }
    assert_eq!(
        desk.run("edit file < README")[0],
        "edit: this is not a terminal"
    );
}
