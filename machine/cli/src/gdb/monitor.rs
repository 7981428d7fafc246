//! `monitor …`: what gdb has no words for.

use gdbstub::target::ext::monitor_cmd::{ConsoleOutput, MonitorCmd, outputln};
use machine::{Input, Stop, Watch};

use super::target::Debugged;
use crate::script::unescape;

const HELP: &str = "\
t               the time, and the last that is recorded
hash            the state's hash, which is that of every run with the same input
seek T          go to the time T; then `maintenance flush register-cache`, or `info threads`
harts           what each hart is doing, and whose turn it is
type TEXT       type at the console, where \\n ends a line; only in the present
branch          make this the present: what came after is forgotten
events [N]      the last N things that hardware did before now (10)
physical on     take addresses of memory as physical; `off` for virtual ones
Numbers may be hexadecimal, with 0x.";
/// How far back `events` looks at first; each next time four times as far.
const NEAR: u64 = 100_000;

impl MonitorCmd for Debugged {
    fn handle_monitor_cmd(
        &mut self,
        command: &[u8],
        mut out: ConsoleOutput<'_>,
    ) -> Result<(), Self::Error> {
        let command = String::from_utf8_lossy(command);
        let command = command.trim_start();
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let said = match verb {
            "" | "help" => Ok(HELP.to_owned()),
            "t" => Ok(self.time()),
            "hash" => Ok(self.trip.history.machine().state_hash().to_string()),
            "seek" => self.seek(rest),
            "harts" => Ok(self.harts()),
            "type" => self.type_in(rest),
            "branch" => {
                self.trip.history.branch_here();
                Ok(self.time())
            }
            "events" => self.events(rest),
            "physical" => self.set_physical(rest),
            _ => Err(format!("{verb:?} is no command; `monitor help` lists them")),
        };
        let said = said.unwrap_or_else(|wrong| wrong);
        outputln!(out, "{said}");
        Ok(())
    }
}

impl Debugged {
    fn time(&self) -> String {
        let history = &self.trip.history;
        format!("t {} of {}", history.t(), history.end())
    }

    fn seek(&mut self, rest: &str) -> Result<String, String> {
        let t = number(rest)?;
        self.trip.history.seek(t);
        Ok(self.time())
    }

    fn harts(&self) -> String {
        let machine = self.trip.history.machine();
        let (running, left) = machine.turn();
        let lines = machine.harts().into_iter().enumerate().map(|(n, hart)| {
            let what = match (hart.waiting, n == running) {
                (true, _) => "waits for an interrupt".to_owned(),
                (false, true) => format!("has the turn, for {left} steps more"),
                (false, false) => "waits for its turn".to_owned(),
            };
            format!("hart {n}: {:?} at {:#x}, {what}", hart.mode, hart.pc)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn type_in(&mut self, rest: &str) -> Result<String, String> {
        let bytes = unescape(rest)?;
        let typed = self.trip.history.input(Input::Console(bytes));
        typed.map_err(|error| error.to_string())?;
        Ok(self.time())
    }

    fn set_physical(&mut self, rest: &str) -> Result<String, String> {
        self.is_physical = match rest.trim() {
            "on" => true,
            "off" => false,
            _ => return Err("physical is on or off".to_owned()),
        };
        let kind = if self.is_physical {
            "physical"
        } else {
            "virtual"
        };
        Ok(format!("addresses of memory are {kind}"))
    }

    /// Runs the time before now once more, watching what hardware does.
    fn events(&mut self, rest: &str) -> Result<String, String> {
        let most = match rest.trim() {
            "" => 10,
            digits => usize::try_from(number(digits)?).unwrap_or(usize::MAX),
        };
        let history = &mut self.trip.history;
        let now = history.t();
        let mut length = NEAR;
        let watch = Watch {
            is_on: true,
            ..Watch::default()
        };
        history.watch(watch);
        let events = loop {
            history.seek(now.saturating_sub(length));
            let from = history.t();
            let mut events = Vec::new();
            while history.t() < now {
                match history.run(now) {
                    Stop::Idle { .. } => history.skip(now),
                    Stop::PowerOff { .. } | Stop::Reset => break,
                    Stop::Event | Stop::Reached => {}
                }
                events.extend(history.take_events());
            }
            if events.len() >= most || from == 0 || length > now {
                break events;
            }
            length = length.saturating_mul(4);
        };
        history.seek(now);
        self.watch_anew();
        let last = events.len().saturating_sub(most);
        let lines = events[last..].iter().map(|event| {
            let who = event
                .hart
                .map_or("device".to_owned(), |n| format!("hart {n}"));
            format!("t {} {who}: {:x?}", event.t, event.what)
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }
}

fn number(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| format!("{text:?} is not a number"))
}
