//! A trace as lines of JSON: one object for each event. Numbers of 64 bits that are addresses or
//! register contents are strings in hexadecimal, which no reader rounds.

use std::io::{self, Write};

use machine::{Event, Happening, Mode};
use serde_json::{Value, json};

use super::Calls;

/// Writes `event` as a line.
pub fn note(out: &mut impl Write, event: &Event, calls: &Calls) -> io::Result<()> {
    let (name, args) = describe(event, calls);
    let mut line = json!({ "t": event.t, "hart": event.hart, "event": name });
    if let (Value::Object(line), Value::Object(args)) = (&mut line, args) {
        line.extend(args);
    }
    writeln!(out, "{line}")
}

/// The name of what happened, and what belongs to it.
pub fn describe(event: &Event, calls: &Calls) -> (&'static str, Value) {
    match event.what {
        Happening::Trap {
            cause,
            epc,
            tval,
            from,
            to,
        } => (
            "trap",
            json!({
                "cause": hex(cause), "epc": hex(epc), "tval": hex(tval),
                "from": mode(from), "to": mode(to),
            }),
        ),
        Happening::Return { from, to, pc } => (
            "return",
            json!({ "from": mode(from), "to": mode(to), "pc": hex(pc) }),
        ),
        Happening::Satp { value } => ("satp", json!({ "value": hex(value) })),
        Happening::DiskRead { sector, sectors } => {
            ("disk-read", json!({ "sector": sector, "sectors": sectors }))
        }
        Happening::DiskWrite { sector, sectors } => (
            "disk-write",
            json!({ "sector": sector, "sectors": sectors }),
        ),
        Happening::DiskFlush => ("disk-flush", json!({})),
        Happening::PacketSent { len } => ("packet-sent", json!({ "len": len })),
        Happening::PacketReceived { len } => ("packet-received", json!({ "len": len })),
        Happening::Console { byte } => ("console", json!({ "byte": byte })),
        Happening::Probe { address } => ("probe", json!({ "address": hex(address) })),
        Happening::Pc { address } => (
            "call",
            json!({ "function": calls.name(address), "address": hex(address) }),
        ),
        Happening::Load {
            address,
            pa,
            size,
            value,
        } => (
            "load",
            json!({ "address": hex(address), "pa": hex(pa), "size": size, "value": hex(value) }),
        ),
        Happening::Store {
            address,
            pa,
            size,
            old,
            new,
        } => (
            "store",
            json!({
                "address": hex(address), "pa": hex(pa), "size": size,
                "old": old.map(hex), "new": hex(new),
            }),
        ),
        Happening::Dma { address, len } => ("dma", json!({ "address": hex(address), "len": len })),
        Happening::Csr { number, old, new } => (
            "csr",
            json!({
                "csr": machine::csr_name(number), "old": hex(old), "new": new.map(hex),
            }),
        ),
    }
}

fn hex(value: u64) -> String {
    format!("{value:#x}")
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::User => "U",
        Mode::Supervisor => "S",
        Mode::Machine => "M",
    }
}
