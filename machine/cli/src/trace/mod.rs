//! `--trace`: what hardware does, and calls of chosen functions, as a file.

mod jsonl;
mod perfetto;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use machine::{Accesses, Event, Machine, Watch, Watchpoint};
use object::{Object, ObjectSymbol, SymbolKind};

use crate::args::TraceFormat;
use crate::failure::Failure;
use crate::files;
use perfetto::Perfetto;

/// Where a driver tells the disk of a request: the register QueueNotify of virtio's slot 0.
const DISK_NOTIFY: u64 = 0x1000_1050;

/// Functions by their addresses, in order.
#[derive(Debug, Default)]
pub struct Calls(Vec<(u64, String)>);

impl Calls {
    /// The name of the function at `address`.
    fn name(&self, address: u64) -> Option<&str> {
        let found = self.0.binary_search_by_key(&address, |call| call.0).ok()?;
        Some(&self.0[found].1)
    }
}

/// The functions called `names` in the kernel at `path`: by their whole names or the ends of their
/// paths.
///
/// # Errors
/// [`Failure::Read`]; [`Failure::Usage`] for a name that no function has.
pub fn find_calls(path: &Path, names: &[String]) -> Result<Calls, Failure> {
    let mut calls = Calls::default();
    if names.is_empty() {
        return Ok(calls);
    }
    let bytes = files::read_named(path)?;
    let file = object::File::parse(bytes.as_slice())
        .map_err(|error| Failure::Usage(format!("{} has no symbols: {error}", path.display())))?;
    let functions: Vec<(u64, String)> = file
        .symbols()
        .filter(|symbol| matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Unknown))
        .filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?)))
        .map(|(at, name)| (at, format!("{:#}", rustc_demangle::demangle(name))))
        .collect();
    for name in names {
        let tail = format!("::{name}");
        let found = functions
            .iter()
            .filter(|(_, full)| full == name || full.ends_with(&tail));
        let before = calls.0.len();
        calls.0.extend(found.map(|(at, _)| (*at, name.clone())));
        if calls.0.len() == before {
            let path = path.display();
            return Err(Failure::Usage(format!("{path} has no function {name}")));
        }
    }
    calls.0.sort();
    calls.0.dedup_by_key(|call| call.0);
    Ok(calls)
}

/// Writes a trace.
pub struct Tracer {
    path: PathBuf,
    out: BufWriter<File>,
    calls: Calls,
    /// What the format needs to remember; none for lines.
    perfetto: Option<Perfetto>,
    /// What went wrong first.
    error: Option<io::Error>,
}

impl Tracer {
    /// Begins a trace at `path`, with calls of `calls`.
    ///
    /// # Errors
    /// [`Failure::Write`].
    pub fn create(path: &Path, format: TraceFormat, calls: Calls) -> Result<Tracer, Failure> {
        let file = File::create(path).map_err(|source| Failure::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(Tracer {
            path: path.to_owned(),
            out: BufWriter::new(file),
            calls,
            perfetto: (format == TraceFormat::Perfetto).then(Perfetto::default),
            error: None,
        })
    }

    /// What the machine is to tell of.
    pub fn watch(&self) -> Watch {
        let pcs = self.calls.0.iter().map(|call| Watchpoint::Pc(call.0));
        let notify = Watchpoint::Physical(DISK_NOTIFY..=DISK_NOTIFY + 3, Accesses::Writes);
        let notify = self.perfetto.is_some().then_some(notify);
        Watch {
            is_on: true,
            points: pcs.chain(notify).collect(),
            ..Watch::default()
        }
    }

    /// Writes `event`, which happened just now.
    pub fn note(&mut self, machine: &Machine, event: &Event) {
        let written = match &mut self.perfetto {
            Some(perfetto) => perfetto.note(&mut self.out, machine, event, &self.calls),
            None => jsonl::note(&mut self.out, event, &self.calls),
        };
        if let Err(error) = written {
            self.error.get_or_insert(error);
        }
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// [`Failure::Write`]: something of it could not be written.
    pub fn finish(mut self) -> Result<(), Failure> {
        let ended = match &mut self.perfetto {
            Some(perfetto) => perfetto.finish(&mut self.out),
            None => Ok(()),
        };
        let ended = self.error.map_or(ended, Err);
        let ended = ended.and_then(|()| self.out.flush());
        ended.map_err(|source| Failure::Write {
            path: self.path,
            source,
        })
    }
}
