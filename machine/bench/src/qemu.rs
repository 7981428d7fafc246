//! QEMU on the same program, in a process of its own: from its start to the end of the
//! program, so that a run of no rounds has to be subtracted.

use crate::Program;
use crate::clock::Since;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long QEMU takes for `program`, from start to exit.
///
/// # Errors
/// QEMU is not there, or the program failed.
pub fn time(program: &Program) -> Result<Duration, String> {
    let path = std::env::temp_dir().join(format!("orrery-bench-{}.elf", std::process::id()));
    std::fs::write(&path, &program.elf).map_err(|error| error.to_string())?;
    let mut command = Command::new("qemu-system-riscv64");
    command.args(["-machine", "virt", "-bios", "none", "-m", "128M"]);
    command.args(["-display", "none", "-serial", "none", "-monitor", "none"]);
    command.arg("-kernel").arg(&path).stdin(Stdio::null());
    let since = Since::now();
    let status = command.status();
    let time = since.children();
    _ = std::fs::remove_file(&path);
    match status {
        Ok(status) if status.success() => Ok(time),
        Ok(status) => Err(format!("it ended with {status}")),
        Err(error) => Err(error.to_string()),
    }
}
