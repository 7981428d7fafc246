//! SBI firmware, QEMU's own OpenSBI, and a kernel in S-mode after it.

use std::path::Path;
use std::process::{Command, Stdio};

use machine::isa::Kind::*;
use machine::{Config, Machine, Stop};

use crate::guest::*;

const OPENSBI: &str = "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic";
const A6: u8 = 16;
const A7: u8 = 17;

/// A kernel that prints by SBI who and where it is, in S-mode, and asks for a shutdown: a raw
/// image that runs anywhere.
fn kernel() -> Vec<u8> {
    const CONSOLE_PUTCHAR: i64 = 1;
    const SYSTEM_RESET: i64 = 0x5352_5354;
    let mut program = Program::new();
    program.imm(addi, S0, A0, 0).imm(addi, S1, A1, 0);
    for &byte in b"kernel: a1 " {
        program
            .li(A0, byte.into())
            .li(A7, CONSOLE_PUTCHAR)
            .plain(ecall);
    }
    // The first byte of the device tree, 0xd0, in letters from a: na.
    program.imm(lbu, S2, S1, 0);
    for shift in [4, 0] {
        program.op(srli, A0, S2, 0, shift).imm(andi, A0, A0, 15);
        program
            .imm(addi, A0, A0, 'a' as i32)
            .li(A7, CONSOLE_PUTCHAR)
            .plain(ecall);
    }
    // S-mode may read sstatus, and traps if it is anything less.
    program.csrr(T0, 0x100);
    for &byte in b" done\n" {
        program
            .li(A0, byte.into())
            .li(A7, CONSOLE_PUTCHAR)
            .plain(ecall);
    }
    program
        .li(A0, 0)
        .li(A1, 0)
        .li(A6, 0)
        .li(A7, SYSTEM_RESET)
        .plain(ecall);
    const ELF_HEADERS: usize = 64 + 56;
    program.elf().split_off(ELF_HEADERS)
}

fn ours(bios: &[u8], harts: usize) -> String {
    let config = Config {
        harts,
        ..Config::default()
    };
    let mut machine = Machine::with_bios(&config, bios, &kernel(), Vec::new()).expect("they fit");
    let stop = machine.run(300_000_000);
    let shown = String::from_utf8_lossy(&machine.take_output()).into_owned();
    assert_eq!(
        stop,
        Stop::PowerOff { code: 0 },
        "{shown}\n{:x?}",
        machine.harts()
    );
    shown
}

fn qemu(bios: &str, harts: usize) -> String {
    let image = std::env::temp_dir().join(format!("orrery-sbi-{}.bin", std::process::id()));
    std::fs::write(&image, kernel()).expect("a temporary file");
    let ran = Command::new("qemu-system-riscv64")
        .args(["-machine", "virt", "-m", "128M", "-smp", &harts.to_string()])
        .args(["-display", "none", "-monitor", "none", "-serial", "stdio"])
        // The machine has neither the hypervisor extension nor counters of events.
        .args(["-cpu", "rv64,h=off,pmu-num=0"])
        .args(["-bios", bios, "-kernel"])
        .arg(&image)
        .stdin(Stdio::null())
        .output();
    // Nothing to do about a file that stays.
    let _ = std::fs::remove_file(&image);
    let ran = ran.expect("QEMU is there");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn opensbi_starts_a_kernel_as_on_qemu() {
    for (kind, harts) in [("bin", 1), ("elf", 3)] {
        let path = format!("{OPENSBI}.{kind}");
        let bios = std::fs::read(Path::new(&path)).expect("QEMU's firmware");
        let (ours, theirs) = (ours(&bios, harts), qemu(&path, harts));
        assert!(ours.contains("kernel: a1 na done"), "{ours}");
        // Whose machine it is, and which hart won the race.
        let comparable = |shown: &str| {
            let raced = ["Boot HART ID", "Domain0 Boot HART"];
            let lines = shown
                .lines()
                .filter(|line| !raced.iter().any(|label| line.starts_with(label)));
            lines
                .collect::<Vec<_>>()
                .join("\n")
                .replace("virtio,qemu", "virtio,orrery")
        };
        assert_eq!(comparable(&ours), comparable(&theirs));
    }
}
