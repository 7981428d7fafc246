//! Named steps: one line each, which moves while the step runs and stays when it is done.
//!
//! On a terminal a running step shows its time and the last line it said; elsewhere
//! it is two plain lines. What a command says goes to a log, shown if it fails.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File};
use std::io::{IsTerminal, Read, Seek, SeekFrom, stderr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a running step is looked at.
const GLANCE: Duration = Duration::from_millis(30);
/// A failing step's log is shown from its end, this much of it.
const SHOWN_LINES: usize = 300;

/// Runs `command` as the step `name`, and returns what it said on both streams.
///
/// # Errors
/// It cannot be started, or does not succeed; the log's end has then been shown.
pub fn run(place: &Place, name: &str, command: &mut Command) -> Result<String> {
    fs::create_dir_all(place.logs())?;
    let path = place.logs().join(format!(
        "{}.log",
        name.replace(|c: char| !c.is_alphanumeric(), "-")
    ));
    let log = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);

    let line = Line::start(name);
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            line.end(false);
            return Err(error).with_context(|| format!("{name}: cannot start `{program}`"));
        }
    };
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        line.say(&path);
        sleep(GLANCE);
    };
    line.end(status.success());
    let said = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    if !status.success() {
        show(&said, &path);
        bail!("{name}: `{program}` failed ({status})");
    }
    Ok(said)
}

/// Does `work` as the step `name`.
pub fn work<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let line = Line::start(name);
    let done = work();
    line.end(done.is_ok());
    done
}

/// A duration as people read it: `0.4 s`, `75 s`, `12 min 05 s`.
pub fn in_words(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        s @ 10..120 => format!("{s} s"),
        s => format!("{} min {:02} s", s / 60, s % 60),
    }
}

/// Prints the end of a failing step's log.
fn show(said: &str, path: &Path) {
    let lines: Vec<&str> = said.lines().collect();
    let first = lines.len().saturating_sub(SHOWN_LINES);
    if first > 0 {
        eprintln!("    | … {first} lines more in {}", path.display());
    }
    for line in &lines[first..] {
        eprintln!("    | {line}");
    }
}

/// The line of one running step.
struct Line<'a> {
    name: &'a str,
    since: Instant,
    /// Only on a terminal.
    bar: Option<ProgressBar>,
}

impl<'a> Line<'a> {
    fn start(name: &'a str) -> Line<'a> {
        let bar = stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("  {spinner} {prefix}  {elapsed}  {wide_msg:.dim}");
            let bar = ProgressBar::new_spinner()
                .with_style(style.expect("a template that parses"))
                .with_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("  … {name}");
        }
        Line {
            name,
            since: Instant::now(),
            bar,
        }
    }

    /// Shows the last line of the log beside the name.
    fn say(&self, log: &Path) {
        if let Some(bar) = &self.bar
            && let Ok(end) = end_of(log)
            && let Some(last) = end.lines().rfind(|line| !line.trim().is_empty())
        {
            bar.set_message(last.trim().to_owned());
        }
    }

    fn end(self, ok: bool) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let mark = if ok { "✓" } else { "✗" };
        eprintln!("  {mark} {}  {}", self.name, in_words(self.since.elapsed()));
    }
}

/// The last few hundred bytes of a file.
fn end_of(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(400)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
