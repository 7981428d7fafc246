//! The guest on QEMU.

use crate::guest::{Artefacts, Guest, Screen, Trouble};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// A QEMU process; it is killed when this is dropped.
#[derive(Debug)]
pub struct Qemu {
    process: Child,
    keyboard: ChildStdin,
    /// What it prints, on either descriptor; closed when it has ended.
    printed: Receiver<Vec<u8>>,
    screen: Screen,
    deadline: Instant,
    limit: Duration,
}

/// What a QEMU offers the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// The disk by virtio's legacy interface.
    Legacy,
    /// The disk by virtio's modern interface.
    Modern,
    /// Harts without Sstc: the clock comes from the CLINT.
    NoSstc,
}

impl Qemu {
    /// The time for everything, from the start on, unless more is [allowed](Qemu::allow). It ends
    /// what hangs: a host that is busy with other things takes minutes for usertests.
    const LIMIT: Duration = Duration::from_secs(420);

    /// Boots the guest on `harts` harts of `board`. What is written to the disk is
    /// forgotten. `bootargs` go to the kernel.
    ///
    /// # Errors
    /// QEMU does not start.
    pub fn boot(
        guest: &Artefacts,
        harts: usize,
        board: Board,
        bootargs: &str,
    ) -> Result<Qemu, Trouble> {
        // In a -drive value a comma is written twice.
        let image = guest.image.display().to_string().replace(',', ",,");
        let mut command = Command::new("qemu-system-riscv64");
        command
            .args([
                "-machine",
                "virt",
                "-bios",
                "none",
                "-m",
                "128M",
                "-nographic",
            ])
            .args(["-smp", &harts.to_string()])
            .args(["-append", bootargs])
            .arg("-kernel")
            .arg(&guest.kernel)
            .arg("-drive")
            .arg(format!("file={image},if=none,format=raw,id=x0,snapshot=on"))
            .args([
                "-device",
                "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0",
            ]);
        match board {
            Board::Legacy => &mut command,
            Board::Modern => command.args(["-global", "virtio-mmio.force-legacy=false"]),
            Board::NoSstc => command.args(["-cpu", "rv64,sstc=off"]),
        };
        Qemu::start(command).map_err(Trouble::NoQemu)
    }

    fn start(mut command: Command) -> std::io::Result<Qemu> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn()?;
        let missing = || std::io::Error::other("no pipe to it");
        let keyboard = process.stdin.take().ok_or_else(missing)?;
        let (sender, printed) = channel();
        forward(process.stdout.take().ok_or_else(missing)?, sender.clone());
        forward(process.stderr.take().ok_or_else(missing)?, sender);
        let deadline = Instant::now() + Qemu::LIMIT;
        Ok(Qemu {
            process,
            keyboard,
            printed,
            screen: Screen::default(),
            deadline,
            limit: Qemu::LIMIT,
        })
    }

    /// Allows so much time for everything from here on.
    pub fn allow(&mut self, limit: Duration) {
        self.deadline = Instant::now() + limit;
        self.limit = limit;
    }

    /// Shows what QEMU prints next; false once it has ended.
    fn show_more(&mut self, wanted: &str) -> Result<bool, Trouble> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.printed.recv_timeout(left) {
            Ok(bytes) => {
                self.screen.show(&bytes);
                Ok(true)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(false),
            Err(RecvTimeoutError::Timeout) => {
                let limit = format!("{} s", self.limit.as_secs());
                Err(self.screen.timed_out(limit, wanted))
            }
        }
    }

    /// The error for an end that was not wanted.
    fn ended(&mut self, wanted: &str) -> Trouble {
        let how = match self.process.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        self.screen.stopped(how, wanted)
    }
}

/// Sends on what comes from `pipe`, until its end.
fn forward(mut pipe: impl Read + Send + 'static, to: Sender<Vec<u8>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = pipe.read(&mut buffer) {
            if to.send(buffer[..len].to_vec()).is_err() {
                break;
            }
        }
    });
}

impl Guest for Qemu {
    fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let sent = self
            .keyboard
            .write_all(bytes)
            .and_then(|()| self.keyboard.flush());
        sent.map_err(|_| self.ended("input to be taken"))
    }

    fn wait_for(&mut self, text: &str) -> Result<String, Trouble> {
        let wanted = format!("{text:?}");
        loop {
            if let Some(shown) = self.screen.take_until(text) {
                return Ok(shown);
            }
            if !self.show_more(&wanted)? {
                return Err(self.ended(&wanted));
            }
        }
    }

    fn more(&mut self, wanted: &str) -> Result<Vec<u8>, Trouble> {
        loop {
            let shown = self.screen.take_all();
            if !shown.is_empty() {
                return Ok(shown);
            }
            if !self.show_more(wanted)? {
                return Err(self.ended(wanted));
            }
        }
    }

    fn wait_for_end(&mut self) -> Result<i32, Trouble> {
        let wanted = "the end";
        while self.show_more(wanted)? {}
        let code = self.process.wait().ok().and_then(|status| status.code());
        code.ok_or_else(|| self.ended(wanted))
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        // It may have ended already; there is nothing to do about other errors.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
