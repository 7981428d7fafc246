//! The machine as the crate `gdbstub` wants it: harts are threads, numbered from 1.

use std::io;
use std::num::NonZeroUsize;

use gdbstub::common::{Signal, Tid};
use gdbstub::stub::MultiThreadStopReason;
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::{
    MultiThreadBase, MultiThreadResume, MultiThreadResumeOps, MultiThreadSchedulerLocking,
    MultiThreadSchedulerLockingOps, MultiThreadSingleStep, MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::reverse_exec::{
    ReplayLogPosition, ReverseCont, ReverseContOps, ReverseStep, ReverseStepOps,
};
use gdbstub::target::ext::base::single_register_access::{
    SingleRegisterAccess, SingleRegisterAccessOps,
};
use gdbstub::target::ext::breakpoints::BreakpointsOps;
use gdbstub::target::ext::monitor_cmd::MonitorCmdOps;
use gdbstub::target::ext::target_description_xml_override::{
    TargetDescriptionXmlOverride, TargetDescriptionXmlOverrideOps,
};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::{Target, TargetError, TargetResult};
use gdbstub_arch::riscv::Riscv64;
use gdbstub_arch::riscv::reg::RiscvCoreRegs;
use gdbstub_arch::riscv::reg::id::RiscvRegId;
use machine::{Event, History, Machine, Watch, Watchpoint};

use super::registers;
use super::stops::{Place, Stops};
use super::travel::{Arrival, Trip};
use crate::session::print;

/// A machine with gdb at it.
pub struct Debugged {
    pub trip: Trip,
    /// Whether addresses of memory are physical.
    pub is_physical: bool,
    pub stops: Stops,
    /// What the machine watches.
    watched: Vec<Watchpoint>,
    /// The hart that stopped last.
    stopped: usize,
    /// The hart that gdb wants stepped; the others have their turns.
    stepped: Option<usize>,
    /// `target.xml`.
    description: String,
}

/// gdb's number of `hart`.
pub fn tid_of(hart: usize) -> Tid {
    NonZeroUsize::MIN.saturating_add(hart)
}

fn hart_of(tid: Tid) -> usize {
    tid.get() - 1
}

impl Debugged {
    /// `history` with no breakpoint.
    pub fn new(history: History) -> Debugged {
        Debugged {
            trip: Trip::new(history),
            is_physical: false,
            stops: Stops::default(),
            watched: Vec::new(),
            stopped: 0,
            stepped: None,
            description: registers::description(),
        }
    }

    pub fn machine(&self) -> &Machine {
        self.trip.history.machine()
    }

    /// Goes a slice of the way, and prints what the guest says; why it stopped, if it did.
    pub fn advance(&mut self) -> io::Result<Option<MultiThreadStopReason<u64>>> {
        let arrival = self.trip.advance();
        print(&self.trip.history.take_output())?;
        let (running, _) = self.machine().turn();
        self.stopped = match &arrival {
            Some(Arrival::At(event)) => event.hart.unwrap_or(running),
            Some(Arrival::Stepped(hart)) => *hart,
            Some(Arrival::Begin | Arrival::End) => running,
            None => self.stopped,
        };
        Ok(arrival.map(|arrival| self.reason(&arrival)))
    }

    fn reason(&self, arrival: &Arrival) -> MultiThreadStopReason<u64> {
        let (running, _) = self.machine().turn();
        match arrival {
            Arrival::At(event) => self.reason_at(event, running),
            Arrival::Stepped(hart) => stopped(*hart),
            Arrival::Begin => MultiThreadStopReason::ReplayLog {
                tid: Some(tid_of(running)),
                pos: ReplayLogPosition::Begin,
            },
            Arrival::End => MultiThreadStopReason::ReplayLog {
                tid: Some(tid_of(running)),
                pos: ReplayLogPosition::End,
            },
        }
    }

    fn reason_at(&self, event: &Event, running: usize) -> MultiThreadStopReason<u64> {
        let hart = event.hart.unwrap_or(running);
        let tid = tid_of(hart);
        match self.stops.of(event) {
            Some(Place::Code { is_hardware, .. }) if is_hardware => {
                MultiThreadStopReason::HwBreak(tid)
            }
            Some(Place::Code { .. }) => MultiThreadStopReason::SwBreak(tid),
            Some(Place::Data { at, kind, .. }) => MultiThreadStopReason::Watch {
                tid,
                kind,
                addr: at,
            },
            None => stopped(hart),
        }
    }

    /// Lets the machine watch what gdb wants to stop at.
    fn watch(&mut self) {
        let (hart, _) = self.machine().turn();
        let points = self.stops.watchpoints(self.machine(), hart);
        if points != self.watched {
            self.watched = points;
            self.watch_anew();
        }
    }

    /// Lets the machine watch again what it watched before something else was.
    pub fn watch_anew(&mut self) {
        let points = self.watched.clone();
        self.trip.history.watch(Watch {
            points,
            ..Watch::default()
        });
    }

    /// Forgets every breakpoint and watchpoint.
    pub fn forget_stops(&mut self) {
        self.stops = Stops::default();
        self.watch();
    }
}

fn stopped(hart: usize) -> MultiThreadStopReason<u64> {
    MultiThreadStopReason::SignalWithThread {
        tid: tid_of(hart),
        signal: Signal::SIGTRAP,
    }
}

impl Target for Debugged {
    type Arch = Riscv64;
    type Error = io::Error;

    fn base_ops(&mut self) -> BaseOps<'_, Riscv64, io::Error> {
        BaseOps::MultiThread(self)
    }

    fn support_breakpoints(&mut self) -> Option<BreakpointsOps<'_, Self>> {
        Some(self)
    }

    fn support_monitor_cmd(&mut self) -> Option<MonitorCmdOps<'_, Self>> {
        Some(self)
    }

    fn support_target_description_xml_override(
        &mut self,
    ) -> Option<TargetDescriptionXmlOverrideOps<'_, Self>> {
        Some(self)
    }
}

impl TargetDescriptionXmlOverride for Debugged {
    fn target_description_xml(
        &self,
        annex: &[u8],
        offset: u64,
        length: usize,
        buffer: &mut [u8],
    ) -> TargetResult<usize, Self> {
        if annex != b"target.xml" {
            return Err(TargetError::NonFatal);
        }
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.description.as_bytes().get(from..).unwrap_or(&[]);
        let len = rest.len().min(length).min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

impl MultiThreadBase for Debugged {
    fn read_registers(
        &mut self,
        registers: &mut RiscvCoreRegs<u64>,
        tid: Tid,
    ) -> TargetResult<(), Self> {
        let hart = self.machine().hart(hart_of(tid));
        let hart = hart.ok_or(TargetError::NonFatal)?;
        (registers.x, registers.pc) = (hart.x, hart.pc);
        Ok(())
    }

    fn write_registers(
        &mut self,
        registers: &RiscvCoreRegs<u64>,
        tid: Tid,
    ) -> TargetResult<(), Self> {
        self.set_registers(hart_of(tid), registers)
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, start: u64, data: &mut [u8], tid: Tid) -> TargetResult<usize, Self> {
        let found = if self.is_physical {
            self.machine().peek_physical(start, data)
        } else {
            self.machine().peek(hart_of(tid), start, data)
        };
        if found == 0 && !data.is_empty() {
            return Err(TargetError::NonFatal);
        }
        Ok(found)
    }

    fn write_addrs(&mut self, start: u64, data: &[u8], tid: Tid) -> TargetResult<(), Self> {
        self.write_memory(hart_of(tid), start, data)
    }

    fn list_active_threads(&mut self, is_active: &mut dyn FnMut(Tid)) -> Result<(), io::Error> {
        for hart in 0..self.machine().harts().len() {
            is_active(tid_of(hart));
        }
        Ok(())
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for Debugged {
    fn read_register(
        &mut self,
        tid: Tid,
        id: RiscvRegId<u64>,
        buffer: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let value = registers::value(self.machine(), hart_of(tid), id);
        let value = value.ok_or(TargetError::NonFatal)?;
        let room = buffer.get_mut(..value.len());
        room.ok_or(TargetError::NonFatal)?.copy_from_slice(&value);
        Ok(value.len())
    }

    fn write_register(
        &mut self,
        tid: Tid,
        id: RiscvRegId<u64>,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        self.set_register(hart_of(tid), id, value)
    }
}

impl ThreadExtraInfo for Debugged {
    fn thread_extra_info(&self, tid: Tid, buffer: &mut [u8]) -> Result<usize, io::Error> {
        let n = hart_of(tid);
        let Some(hart) = self.machine().hart(n) else {
            return Ok(0);
        };
        let what = if hart.waiting { "waits" } else { "runs" };
        let text = format!("hart {n}, {:?}, {what}", hart.mode);
        let len = text.len().min(buffer.len());
        buffer[..len].copy_from_slice(&text.as_bytes()[..len]);
        Ok(len)
    }
}

impl MultiThreadResume for Debugged {
    fn resume(&mut self) -> Result<(), io::Error> {
        self.watch();
        match self.stepped.take() {
            Some(hart) => self.trip.step(hart),
            None => self.trip.go_on(),
        }
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), io::Error> {
        self.stepped = None;
        Ok(())
    }

    fn set_resume_action_continue(&mut self, _: Tid, _: Option<Signal>) -> Result<(), io::Error> {
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_reverse_step(&mut self) -> Option<ReverseStepOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_reverse_cont(&mut self) -> Option<ReverseContOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadSingleStep for Debugged {
    fn set_resume_action_step(&mut self, tid: Tid, _: Option<Signal>) -> Result<(), io::Error> {
        self.stepped = Some(hart_of(tid));
        Ok(())
    }
}

impl MultiThreadSchedulerLocking for Debugged {
    /// Nothing: harts have one order, and holding one back would be another machine.
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), io::Error> {
        Ok(())
    }
}

impl ReverseCont<Tid> for Debugged {
    fn reverse_cont(&mut self) -> Result<(), io::Error> {
        self.watch();
        self.trip.go_back();
        Ok(())
    }
}

impl ReverseStep<Tid> for Debugged {
    /// Unless the user locks the scheduler, gdb asks for a step of any thread, which is told
    /// as the first, and means the one that stopped.
    fn reverse_step(&mut self, tid: Tid) -> Result<(), io::Error> {
        self.watch();
        let hart = match hart_of(tid) {
            0 => self.stopped,
            hart => hart,
        };
        self.trip.step_back(hart);
        Ok(())
    }
}
