//! A guest that makes a list of accesses and tells what came of each, on our machine and
//! on QEMU.

use std::process::{Command, Stdio};

use machine::isa::Kind::{self, *};
use machine::{Config, Machine, Stop};

use crate::guest::*;

/// One access by a hart in M-mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What is stored; none for a load.
    pub stores: Option<u64>,
    /// 1, 2, 4 or 8.
    pub size: u64,
    pub at: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was loaded; or what was to be stored, or nothing loaded, 0.
    pub value: u64,
    /// The exception it raised.
    pub cause: Option<u64>,
    /// `mip` afterwards.
    pub mip: u64,
}

/// A load.
pub fn load(size: u64, at: u64) -> Access {
    Access {
        stores: None,
        size,
        at,
    }
}

/// A store.
pub fn store(size: u64, at: u64, value: u64) -> Access {
    Access {
        stores: Some(value),
        size,
        at,
    }
}

const RECORD: i32 = 24;
const RESULTS: i64 = RAM as i64 + 0x20_0000;
const NO_CAUSE: u64 = u64::MAX;
/// Each kind of access, and what goes on afterwards, takes two instructions.
const KINDS: [Kind; 8] = [lbu, lhu, lwu, ld, sb, sh, sw, sd];

/// The guest: a table of accesses, and a loop over it.
fn program(accesses: &[Access]) -> Vec<u8> {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8).label("table");
    for access in accesses {
        let kind = u64::from(access.size.trailing_zeros()) + 4 * u64::from(access.stores.is_some());
        for double in [kind, access.at, access.stores.unwrap_or(0)] {
            program.bytes(&double.to_le_bytes());
        }
    }
    program.label("ops");
    for kind in KINDS {
        match kind {
            sb | sh | sw | sd => program.store(kind, A2, A1, 0),
            _ => program.imm(kind, A2, A1, 0),
        };
        program.jump(ZERO, "done");
    }
    program.label("trapped").csrr(S3, MCAUSE);
    program
        .label("done")
        .store(sd, A2, S1, 0)
        .store(sd, S3, S1, 8);
    program.csrr(A4, MIP).store(sd, A4, S1, 16);
    program.imm(addi, S0, S0, RECORD).imm(addi, S1, S1, RECORD);
    program.imm(addi, S2, S2, -1).branch(bne, S2, ZERO, "again");
    // All are made: send the results, then switch off.
    program
        .li(T0, UART)
        .store(sb, ZERO, T0, 3)
        .store(sb, ZERO, T0, 4);
    program
        .li(S1, RESULTS)
        .li(S2, accesses.len() as i64 * i64::from(RECORD));
    program
        .label("send")
        .imm(lbu, A0, S1, 0)
        .store(sb, A0, T0, 0);
    program.imm(addi, S1, S1, 1).imm(addi, S2, S2, -1);
    program.branch(bne, S2, ZERO, "send").power_off(0);
    program.label("park").plain(wfi).jump(ZERO, "park");
    program
        .label("start")
        .csrr(T0, MHARTID)
        .branch(bne, T0, ZERO, "park");
    let address = |program: &Program, label| program.address(label) as i64;
    let (table, ops) = (address(&program, "table"), address(&program, "ops"));
    let trapped = address(&program, "trapped");
    program.li(T0, trapped).csrw(MTVEC, T0);
    program
        .li(S0, table)
        .li(S1, RESULTS)
        .li(S4, ops)
        .li(S2, accesses.len() as i64);
    program
        .label("again")
        .imm(ld, A0, S0, 0)
        .imm(ld, A1, S0, 8)
        .imm(ld, A2, S0, 16);
    program.imm(addi, S3, ZERO, -1);
    program
        .imm(slli, A0, A0, 3)
        .reg(add, A0, A0, S4)
        .imm(jalr, ZERO, A0, 0);
    program.elf()
}

fn outcomes(bytes: &[u8]) -> Vec<Outcome> {
    let double = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
    let records = bytes.chunks_exact(RECORD as usize);
    let outcome = |record: &[u8]| Outcome {
        value: double(&record[..8]),
        cause: Some(double(&record[8..16])).filter(|&cause| cause != NO_CAUSE),
        mip: double(&record[16..]),
    };
    records.map(outcome).collect()
}

/// What comes of `accesses` on our machine.
pub fn ours(config: &Config, disk: Vec<u8>, accesses: &[Access]) -> Vec<Outcome> {
    let mut machine = Machine::new(config, &program(accesses), disk).expect("a proper guest");
    let mut sent = Vec::new();
    loop {
        match machine.run(u64::MAX) {
            Stop::PowerOff { code: 0 } => break,
            Stop::Event => {}
            other => panic!("{other:?}"),
        }
    }
    sent.extend(machine.take_output());
    // What the accesses themselves sent comes before.
    outcomes(&sent[sent.len() - accesses.len() * RECORD as usize..])
}

/// What comes of them on QEMU with `options`.
pub fn qemu(name: &str, options: &[&str], accesses: &[Access]) -> Vec<Outcome> {
    let kernel = std::env::temp_dir().join(format!("orrery-{name}-{}.elf", std::process::id()));
    std::fs::write(&kernel, program(accesses)).expect("a temporary file");
    let ran = Command::new("qemu-system-riscv64")
        .args(["-machine", "virt", "-bios", "none", "-m", "128M"])
        .args(["-display", "none", "-monitor", "none", "-serial", "stdio"])
        .arg("-kernel")
        .arg(&kernel)
        .args(options)
        .stdin(Stdio::null())
        .output();
    // Nothing to do about a file that stays.
    let _ = std::fs::remove_file(&kernel);
    let ran = ran.expect("QEMU is there");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let sent = ran.stdout;
    outcomes(&sent[sent.len() - accesses.len() * RECORD as usize..])
}

/// Whether `access` changes what the PLIC has enabled: QEMU's notices that at the next
/// change of something else.
fn is_noticed_late(access: &Access) -> bool {
    access.stores.is_some() && (0x0c00_2000..0x0c20_0000).contains(&access.at)
}

/// Compares, and shows the accesses up to the first that differs.
pub fn compare(accesses: &[Access], ours: &[Outcome], theirs: &[Outcome]) {
    assert_eq!((ours.len(), theirs.len()), (accesses.len(), accesses.len()));
    let mut all = accesses.iter().zip(ours.iter().zip(theirs));
    let differs = |access, ours: Outcome, mut theirs: Outcome| {
        if is_noticed_late(access) {
            theirs.mip = ours.mip;
        }
        ours != theirs
    };
    let first = all.position(|(access, (ours, theirs))| differs(access, *ours, *theirs));
    let Some(at) = first else {
        return;
    };
    let from = at.saturating_sub(30);
    let shown: Vec<String> = accesses[from..=at]
        .iter()
        .zip(&theirs[from..])
        .map(|(access, theirs)| format!("{access:x?} -> {theirs:x?}"))
        .collect();
    panic!(
        "number {at} differs:\n{}\nours: {:x?}",
        shown.join("\n"),
        ours[at]
    );
}
