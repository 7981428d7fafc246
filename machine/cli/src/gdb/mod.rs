//! `orrery gdb`: serves gdb's remote protocol, so that gdb sees the machine and its past.
//!
//! The protocol is the crate `gdbstub`'s; here is what it asks: registers and memory
//! (`target`, `registers`, `write`), where to stop (`stops`), going there (`travel`), and
//! commands of our own (`monitor`). Breakpoints change nothing: they are watchpoints of
//! [`machine::Watch`], and what is behind is [`machine::History`]. What gdb writes is input, as
//! what is typed: it happens at a time, and again whenever that time is come by.

mod breakpoints;
mod monitor;
mod registers;
mod stops;
mod target;
mod travel;
mod write;

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use gdbstub::common::Signal;
use gdbstub::conn::ConnectionExt;
use gdbstub::stub::run_blocking::{BlockingEventLoop, Event, WaitForStopReasonError};
use gdbstub::stub::{DisconnectReason, GdbStub, MultiThreadStopReason};

use crate::args::Gdb;
use crate::failure::Failure;
use crate::guest;
use target::{Debugged, tid_of};

/// Serves gdb as `args` say; the exit status.
///
/// # Errors
/// A [`Failure`] of reading files or of building the machine; [`Failure::Listen`].
pub fn gdb(args: &Gdb) -> Result<u8, Failure> {
    let history = guest::history(&args.guest)?;
    let cannot_listen = |source| Failure::Listen {
        port: args.port,
        source,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(cannot_listen)?;
    let port = listener.local_addr().map_err(cannot_listen)?.port();
    let mut debugged = Debugged::new(history);
    loop {
        eprintln!("waiting for gdb: target remote :{port}");
        let (stream, _) = listener.accept()?;
        match GdbStub::new(stream).run_blocking::<Session>(&mut debugged) {
            Ok(DisconnectReason::Kill) => return Ok(0),
            Ok(_) => eprintln!("gdb left at t {}", debugged.trip.history.t()),
            Err(error) => eprintln!("the connection to gdb failed: {error}"),
        }
        if args.once {
            return Ok(0);
        }
        debugged.forget_stops();
    }
}

/// Runs the machine between two packets.
struct Session;

impl BlockingEventLoop for Session {
    type Target = Debugged;
    type Connection = TcpStream;
    type StopReason = MultiThreadStopReason<u64>;

    fn wait_for_stop_reason(
        debugged: &mut Debugged,
        connection: &mut TcpStream,
    ) -> Result<Event<Self::StopReason>, WaitForStopReasonError<io::Error, io::Error>> {
        loop {
            let lost = WaitForStopReasonError::Connection;
            if ConnectionExt::peek(connection).map_err(lost)?.is_some() {
                return connection.read().map(Event::IncomingData).map_err(lost);
            }
            let stop = debugged.advance();
            if let Some(stop) = stop.map_err(WaitForStopReasonError::Target)? {
                return Ok(Event::TargetStopped(stop));
            }
        }
    }

    fn on_interrupt(debugged: &mut Debugged) -> Result<Option<Self::StopReason>, io::Error> {
        debugged.trip.stay();
        let (hart, _) = debugged.trip.history.machine().turn();
        Ok(Some(MultiThreadStopReason::SignalWithThread {
            tid: tid_of(hart),
            signal: Signal::SIGINT,
        }))
    }
}
