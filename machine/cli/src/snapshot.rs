//! `orrery snapshot`: writes a machine to a file, and tells what a file holds.

use std::io::{IsTerminal, stderr};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget};
use machine::FileInfo;

use crate::args::{MakeSnapshot, Snapshot};
use crate::failure::Failure;
use crate::script::Script;
use crate::session::{Pause, Session};
use crate::{files, guest};

/// Does what `args` say; the exit status.
///
/// # Errors
/// As booting does; [`Failure::Snapshot`], [`Failure::Write`].
pub fn snapshot(args: &Snapshot) -> Result<u8, Failure> {
    match args {
        Snapshot::Make(args) => make(args),
        Snapshot::Info { file } => info(file),
    }
}

fn make(args: &MakeSnapshot) -> Result<u8, Failure> {
    let script = args.script.as_deref().map(Script::read).transpose()?;
    let machine = guest::build(&args.guest)?;
    let mut session = Session::new(machine, args.until, None);
    match &script {
        Some(script) => drop(script.play(&mut session)?),
        None => run(&mut session, args.until.unwrap_or(u64::MAX))?,
    }
    let bytes = match args.recording {
        true => recording(args, &session)?,
        false => session.machine.to_bytes(),
    };
    files::write(&args.file, &bytes)?;
    info(&args.file)
}

/// Runs until `--until`, the guest switches off, or only input could wake it.
fn run(session: &mut Session, until: u64) -> Result<(), Failure> {
    let bar = match stderr().is_terminal() {
        true => ProgressBar::new(until),
        false => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
    };
    loop {
        let (pause, _) = session.advance()?;
        bar.set_position(session.machine.t());
        match pause {
            Pause::Busy => {}
            Pause::Idle(next) => session.skip(next.unwrap_or(until)),
            Pause::TimeUp | Pause::PowerOff(_) => break,
            Pause::Reset => return Err(Failure::Reset),
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// The recording of the run that `session` has made: the same once more, from its beginning.
fn recording(args: &MakeSnapshot, session: &Session) -> Result<Vec<u8>, Failure> {
    let mut history = guest::history(&args.guest)?;
    let known = history.machine().input_log().len();
    for stamped in &session.machine.input_log()[known..] {
        history.seek(stamped.t);
        let typed = history.input(stamped.input.clone());
        typed.expect("the log is in order, and this is its present");
    }
    history.seek(session.machine.t());
    Ok(history.to_bytes())
}

fn info(path: &Path) -> Result<u8, Failure> {
    let info = guest::load(path, FileInfo::of)?;
    let config = &info.config;
    let devices: Vec<_> = config.devices.iter().map(|d| format!("{d:?}")).collect();
    println!("file          {}", path.display());
    println!("harts         {}", config.harts);
    println!("memory        {} MiB", config.ram_bytes >> 20);
    println!("disk          {} bytes", info.disk_bytes);
    println!("seed          {}", config.seed);
    println!("bootargs      {:?}", config.bootargs);
    println!("devices       {}", devices.join(", ").to_lowercase());
    println!("t             {}", info.t);
    println!("instructions  {}", info.instret);
    println!("inputs        {}", info.n_inputs);
    println!("state         {}", info.hash);
    match info.begins {
        Some(t) => println!("recording     from t {t} on"),
        None => println!("recording     none"),
    }
    Ok(0)
}
