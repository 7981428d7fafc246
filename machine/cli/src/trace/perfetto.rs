//! A trace as Perfetto and Chrome read it: harts are threads, traps and system calls slices on
//! them, the disk's requests asynchronous slices, all else instants. Times are microseconds of
//! the guest's clock.
//!
//! Source: "Trace Event Format", the JSON object format; events "B", "E", "b", "e", "i", "M".

use std::collections::VecDeque;
use std::io::{self, Write};

use machine::{Event, Happening, Machine, Mode};
use serde_json::{Value, json};

use super::{Calls, DISK_NOTIFY, jsonl};

/// Cycles of the machine in a microsecond of the guest's clock.
const CYCLES: f64 = 100.0;
const PROCESS: u32 = 1;
/// The thread of what devices do; harts are 0, 1, …
const DEVICES: usize = 1000;
const INTERRUPT: u64 = 1 << 63;
const ECALL_FROM_USER: u64 = 8;
const A7: usize = 17;

/// What is open.
#[derive(Debug, Default)]
pub struct Perfetto {
    is_begun: bool,
    /// For each hart, how many slices are open.
    depths: Vec<usize>,
    /// When the disk was told of requests that it has not served yet.
    asked: VecDeque<u64>,
    /// Requests of the disk so far.
    n_requests: u64,
    /// The last time that something happened.
    t: u64,
}

impl Perfetto {
    /// Writes `event`, which happened just now.
    pub fn note(
        &mut self,
        out: &mut impl Write,
        machine: &Machine,
        event: &Event,
        calls: &Calls,
    ) -> io::Result<()> {
        self.t = event.t;
        if !self.is_begun {
            self.begin(out, machine)?;
        }
        let (name, args) = jsonl::describe(event, calls);
        let hart = event.hart.unwrap_or(DEVICES);
        match event.what {
            Happening::Trap { cause, from, .. } => {
                if from == Mode::User {
                    self.close(out, hart, event.t, usize::MAX)?;
                }
                self.depths[hart] += 1;
                let name = trap_name(machine, hart, cause, from);
                let begin = json!({ "name": name, "cat": "trap", "ph": "B", "args": args });
                self.put(out, begin, event.t, hart)
            }
            Happening::Return { to, .. } => {
                // A hart may return on behalf of another process than it trapped for: back in a
                // program all that was open is over.
                let n = if to == Mode::User { usize::MAX } else { 1 };
                self.close(out, hart, event.t, n)
            }
            Happening::DiskRead { .. } | Happening::DiskWrite { .. } | Happening::DiskFlush => {
                let asked = self.asked.pop_front().unwrap_or(event.t);
                self.n_requests += 1;
                for (phase, t) in [("b", asked), ("e", event.t)] {
                    let request = json!({
                        "name": name, "cat": "disk", "ph": phase, "id": self.n_requests,
                        "args": args,
                    });
                    self.put(out, request, t, DEVICES)?;
                }
                Ok(())
            }
            Happening::Store {
                pa: DISK_NOTIFY, ..
            } => {
                self.asked.push_back(event.t);
                Ok(())
            }
            Happening::Pc { address } => {
                let name = calls.name(address).unwrap_or(name);
                let call =
                    json!({ "name": name, "cat": "call", "ph": "i", "s": "t", "args": args });
                self.put(out, call, event.t, hart)
            }
            Happening::Satp { .. }
            | Happening::PacketSent { .. }
            | Happening::PacketReceived { .. }
            | Happening::Console { .. }
            | Happening::Probe { .. }
            | Happening::Load { .. }
            | Happening::Store { .. }
            | Happening::Dma { .. }
            | Happening::Csr { .. } => {
                let what =
                    json!({ "name": name, "cat": "event", "ph": "i", "s": "t", "args": args });
                self.put(out, what, event.t, hart)
            }
        }
    }

    /// Closes what is open, and ends the file.
    pub fn finish(&mut self, out: &mut impl Write) -> io::Result<()> {
        for hart in 0..self.depths.len() {
            self.close(out, hart, self.t, usize::MAX)?;
        }
        if !self.is_begun {
            out.write_all(b"{\"traceEvents\":[")?;
        }
        out.write_all(b"]}\n")
    }

    /// Names the process and its threads.
    fn begin(&mut self, out: &mut impl Write, machine: &Machine) -> io::Result<()> {
        self.depths = vec![0; machine.harts().len()];
        out.write_all(b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n")?;
        let name = |what: &str, thread: usize, name: String| {
            json!({
                "name": what, "ph": "M", "pid": PROCESS, "tid": thread, "args": { "name": name },
            })
        };
        write!(out, "{}", name("process_name", 0, "machine".to_owned()))?;
        for hart in 0..self.depths.len() {
            write!(
                out,
                ",\n{}",
                name("thread_name", hart, format!("hart {hart}"))
            )?;
        }
        write!(
            out,
            ",\n{}",
            name("thread_name", DEVICES, "devices".to_owned())
        )?;
        self.is_begun = true;
        Ok(())
    }

    /// Closes up to `n` of the slices that are open on `hart`.
    fn close(&mut self, out: &mut impl Write, hart: usize, t: u64, n: usize) -> io::Result<()> {
        let n = self.depths[hart].min(n);
        self.depths[hart] -= n;
        for _ in 0..n {
            self.put(out, json!({ "ph": "E" }), t, hart)?;
        }
        Ok(())
    }

    /// Writes `what`, which happened on `thread` at `t`.
    fn put(&self, out: &mut impl Write, mut what: Value, t: u64, thread: usize) -> io::Result<()> {
        what["pid"] = json!(PROCESS);
        what["tid"] = json!(thread);
        what["ts"] = json!(t as f64 / CYCLES);
        write!(out, ",\n{what}")
    }
}

/// A trap's name: a system call's own, if it is one.
fn trap_name(machine: &Machine, hart: usize, cause: u64, from: Mode) -> String {
    if cause == ECALL_FROM_USER && from == Mode::User {
        let number = machine.hart(hart).map_or(0, |hart| hart.x[A7]);
        let call = usize::try_from(number)
            .ok()
            .and_then(abi::Syscall::from_number);
        return call.map_or_else(|| format!("ecall {number}"), |call| call.name().to_owned());
    }
    let name = match (cause & INTERRUPT != 0, cause & !INTERRUPT) {
        (true, 1) => "software interrupt",
        (true, 3) => "machine software interrupt",
        (true, 5) => "timer interrupt",
        (true, 7) => "machine timer interrupt",
        (true, 9) => "external interrupt",
        (true, 11) => "machine external interrupt",
        (false, 0 | 4 | 6) => "misaligned address",
        (false, 1 | 5 | 7) => "access fault",
        (false, 2) => "illegal instruction",
        (false, 3) => "breakpoint",
        (false, 8 | 9 | 11) => "ecall",
        (false, 12) => "instruction page fault",
        (false, 13) => "load page fault",
        (false, 15) => "store page fault",
        (_, other) => return format!("trap {other}"),
    };
    name.to_owned()
}
