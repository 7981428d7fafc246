//! Writing registers and memory. It is input of the machine, stamped with the time: so going
//! back to before it undoes it, coming by again does it again, and a saved recording holds
//! it. In the past it begins another future, as `monitor branch` does, and that is said.

use gdbstub::target::{TargetError, TargetResult};
use gdbstub_arch::riscv::reg::RiscvCoreRegs;
use gdbstub_arch::riscv::reg::id::RiscvRegId;
use machine::{Input, Register};

use super::target::Debugged;

const PAGE: u64 = 4096;

impl Debugged {
    /// Writes `data` from `start` on, as `hart` sees memory; all of it, or nothing if not all
    /// is in RAM: registers of devices are not for debuggers.
    pub fn write_memory(&mut self, hart: usize, start: u64, data: &[u8]) -> TargetResult<(), Self> {
        let mut pieces = Vec::new();
        let mut rest = data;
        let mut at = start;
        while !rest.is_empty() {
            let in_page = (PAGE - at % PAGE) as usize;
            let (bytes, after) = rest.split_at(in_page.min(rest.len()));
            let machine = self.machine();
            let pa = if self.is_physical {
                Some(at)
            } else {
                machine.locate(hart, at)
            };
            let pa = pa.filter(|&pa| machine.read_ram(pa, bytes.len()).is_some());
            let pa = pa.ok_or(TargetError::NonFatal)?;
            let bytes = bytes.to_vec();
            at = at.wrapping_add(bytes.len() as u64);
            pieces.push(Input::Memory { pa, bytes });
            rest = after;
        }
        self.enter(pieces)
    }

    /// Sets register `id` of `hart` to `value`, little-endian. CSRs are refused: what a write to
    /// one does is the hart's, not a debugger's.
    pub fn set_register(
        &mut self,
        hart: usize,
        id: RiscvRegId<u64>,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        let register = match id {
            RiscvRegId::Gpr(number) => Register::X(number),
            RiscvRegId::Fpr(number) => Register::F(number),
            RiscvRegId::Pc => Register::Pc,
            _ => return Err(TargetError::NonFatal),
        };
        let value: [u8; 8] = value.try_into().map_err(|_| TargetError::NonFatal)?;
        let value = u64::from_le_bytes(value);
        self.enter(vec![Input::Register {
            hart,
            register,
            value,
        }])
    }

    /// Sets those of `registers` of `hart` that differ.
    pub fn set_registers(
        &mut self,
        hart: usize,
        registers: &RiscvCoreRegs<u64>,
    ) -> TargetResult<(), Self> {
        let now = self.machine().hart(hart).ok_or(TargetError::NonFatal)?;
        let general = registers.x.iter().zip(now.x).zip(0..);
        let general = general.map(|((&new, old), n)| (Register::X(n), new, old));
        let pc = (Register::Pc, registers.pc, now.pc);
        let changed = general.chain([pc]).filter(|(_, new, old)| new != old);
        let inputs = changed.map(|(register, value, _)| Input::Register {
            hart,
            register,
            value,
        });
        self.enter(inputs.collect())
    }

    /// Lets `inputs` happen now. If this is the past, what came after never will have been.
    fn enter(&mut self, inputs: Vec<Input>) -> TargetResult<(), Self> {
        let history = &mut self.trip.history;
        if history.is_past() && !inputs.is_empty() {
            eprintln!(
                "gdb wrote at t {}: what was recorded after that, up to t {}, is forgotten",
                history.t(),
                history.end()
            );
            history.branch_here();
        }
        for input in inputs {
            let entered = history.input(input);
            entered.map_err(|_| TargetError::NonFatal)?;
        }
        Ok(())
    }
}
