//! The laws, each a row of [`LAWS`]: the states of a workload that simply ran against those of one
//! that ran otherwise.

use super::Workload;
use super::play::{Act, Seen, play, straight};
use crate::isa::generate::Dice;
use crate::isa::layout::RAM;
use machine::{Accesses, Event, Machine, Stamped, Stop, Watch, Watchpoint};
use std::fmt::{self, Display};

/// How a workload broke a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The workload.
    pub workload: String,
    /// The law.
    pub law: &'static str,
    /// What differed, and when.
    pub what: String,
}

impl Display for Broken {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}: {}", self.workload, self.law, self.what)
    }
}

/// A workload that simply ran: what all others are compared with.
struct Run<'a> {
    workload: &'a Workload,
    seen: Seen,
    log: Vec<Stamped>,
    output: [Vec<u8>; 2],
}

impl Run<'_> {
    /// The time at its end.
    fn steps(&self) -> u64 {
        self.seen.last().map_or(0, |&(t, _)| t)
    }
}

/// A law: what differed, if anything did.
type Law = fn(&Run, &mut Dice) -> Result<(), String>;

/// Every law and its name.
pub const LAWS: &[(&str, LawOf)] = &[
    ("in pieces", LawOf(pieces)),
    ("replayed from its log", LawOf(replayed)),
    ("saved and loaded", LawOf(saved)),
    ("taken back", LawOf(taken_back)),
    ("observed", LawOf(observed)),
];

/// A law, as a row of [`LAWS`] has it.
#[derive(Clone, Copy)]
pub struct LawOf(Law);

/// Holds `workload` against every law. Gives the steps it ran straight.
///
/// # Errors
/// The first law that it breaks.
pub fn check(workload: &Workload) -> Result<u64, Broken> {
    let mut machine = workload.machine();
    let run = Run {
        workload,
        seen: play(&mut machine, &workload.acts(), straight),
        log: machine.input_log().to_vec(),
        output: output(&mut machine),
    };
    for (law, LawOf(holds)) in LAWS {
        // What a law does by chance is the same whenever this workload is tried.
        let mut dice = Dice::new(machine.t());
        holds(&run, &mut dice).map_err(|what| Broken {
            workload: workload.name.clone(),
            law,
            what,
        })?;
    }
    Ok(machine.t())
}

fn output(machine: &mut Machine) -> [Vec<u8>; 2] {
    [machine.take_output(), machine.take_terminal_output()]
}

/// Fails unless `seen` is what `expected` has.
fn same(expected: &[(u64, machine::StateHash)], seen: &Seen) -> Result<(), String> {
    let differs = expected.iter().zip(seen).find(|(a, b)| a != b);
    match differs {
        Some(((t, hash), (at, other))) => Err(format!("at {t} it is {hash}, but {other} at {at}")),
        None if expected.len() != seen.len() => {
            Err(format!("{} looks, but {}", expected.len(), seen.len()))
        }
        None => Ok(()),
    }
}

fn said(run: &Run, machine: &mut Machine) -> Result<(), String> {
    if output(machine) == run.output {
        Ok(())
    } else {
        Err("it says something else".to_owned())
    }
}

/// Cut in pieces, with looks at the state and snapshots in between.
fn pieces(run: &Run, dice: &mut Dice) -> Result<(), String> {
    let most = match run.steps() {
        ..1_000_000 => dice.of(&[7, 101, 1001, 20_011]),
        _ => 30_011,
    };
    let rarely = 64.max(6400 / most);
    let mut machine = run.workload.machine();
    let seen = play(&mut machine, &run.workload.acts(), |machine, t| {
        while machine.t() < t {
            let to = t.min(machine.t() + 1 + dice.below(most) as u64);
            match machine.run(to) {
                Stop::Idle { .. } => machine.skip(to),
                Stop::Reached | Stop::Event => {}
                Stop::PowerOff { .. } | Stop::Reset => break,
            }
            match dice.below(3 * rarely) {
                0 => _ = machine.state_hash(),
                1 => _ = machine.snapshot(),
                2 => machine.restore(&machine.snapshot()),
                _ => {}
            }
        }
    });
    same(&run.seen, &seen).map_err(|what| format!("up to {most} steps: {what}"))?;
    said(run, &mut machine)
}

/// With the input that the log of the first run has.
fn replayed(run: &Run, _: &mut Dice) -> Result<(), String> {
    let mut machine = run.workload.machine();
    let entered = run
        .log
        .iter()
        .map(|stamped| (stamped.t, Act::Enter(&stamped.input)));
    let looks = run.workload.looks.iter().map(|&t| (t, Act::Look));
    let mut acts: Vec<_> = entered.chain(looks).collect();
    acts.sort_by_key(|&(t, act)| (t, matches!(act, Act::Look)));
    same(&run.seen, &play(&mut machine, &acts, straight))?;
    said(run, &mut machine)
}

/// Saved at one of its looks, or soon after, loaded from the bytes, and gone on with.
fn saved(run: &Run, dice: &mut Dice) -> Result<(), String> {
    let acts = run.workload.acts();
    let nth = dice.below(acts.len());
    let mut machine = run.workload.machine();
    let mut seen = play(&mut machine, &acts[..nth], straight);
    let (t, _) = acts[nth];
    let has_stopped = nth > 0 && machine.t() < acts[nth - 1].0;
    if has_stopped {
        return Ok(());
    }
    let soon = machine.t() + dice.below(2000) as u64;
    straight(&mut machine, soon.min(t));
    let bytes = machine.to_bytes();
    let mut loaded = Machine::from_bytes(&bytes).map_err(|error| error.to_string())?;
    if loaded.to_bytes() != bytes {
        return Err(format!(
            "saved at {} and again it is another file",
            machine.t()
        ));
    }
    seen.extend(play(&mut loaded, &acts[nth..], straight));
    same(&run.seen, &seen).map_err(|what| format!("saved at {}: {what}", machine.t()))
}

/// Recorded, then gone to and fro in, in no order; and forward again from there.
fn taken_back(run: &Run, dice: &mut Dice) -> Result<(), String> {
    let mut history = super::recordings::recorded(run.workload);
    let end = run.steps();
    if history.end() != end {
        return Err(format!("it ends at {} instead of {end}", history.end()));
    }
    for _ in 0..6 {
        let (t, hash) = dice.of(&run.seen);
        let before = t.saturating_sub(dice.below(3000) as u64);
        history.seek(if dice.once_in(2) { t } else { before });
        while history.t() < t {
            match history.run(t) {
                Stop::Idle { .. } => history.skip(t),
                Stop::Reached | Stop::Event => {}
                Stop::PowerOff { .. } | Stop::Reset => break,
            }
        }
        let found = (history.t(), history.machine().state_hash());
        same(&[(t, hash)], &vec![found]).map_err(|what| format!("from {before}: {what}"))?;
    }
    Ok(())
}

/// With probes, watchpoints and events. What is told of does not depend on how the run is cut.
fn observed(run: &Run, dice: &mut Dice) -> Result<(), String> {
    let watch = watch(dice);
    let most = dice.of(&[1001, 20_011]);
    let mut told: [Vec<Event>; 2] = Default::default();
    for (is_cut, told) in [false, true].into_iter().zip(&mut told) {
        let mut machine = run.workload.machine();
        machine.watch(watch.clone());
        let seen = play(&mut machine, &run.workload.acts(), |machine, t| {
            while machine.t() < t {
                let piece = 1 + dice.below(most) as u64;
                let to = if is_cut {
                    t.min(machine.t() + piece)
                } else {
                    t
                };
                match machine.run(to) {
                    Stop::Idle { .. } => machine.skip(to),
                    Stop::Reached | Stop::Event => {}
                    Stop::PowerOff { .. } | Stop::Reset => break,
                }
                told.append(&mut machine.take_events());
            }
        });
        same(&run.seen, &seen).map_err(|what| format!("by {watch:x?}: {what}"))?;
        said(run, &mut machine)?;
    }
    let [whole, cut] = told;
    match whole.iter().zip(&cut).find(|(a, b)| a != b) {
        Some((a, b)) => Err(format!("{watch:x?} tell of {a:x?}, but cut of {b:x?}")),
        None if whole.len() != cut.len() => Err(format!(
            "{watch:x?} tell of {} events, but cut of {}",
            whole.len(),
            cut.len()
        )),
        None => Ok(()),
    }
}

/// Something to watch for.
fn watch(dice: &mut Dice) -> Watch {
    let accesses = |dice: &mut Dice| dice.of(&[Accesses::Reads, Accesses::Writes, Accesses::All]);
    // The monitor, the shared page, arenas, and registers of devices.
    let address = |dice: &mut Dice| match dice.below(5) {
        0 => RAM + dice.below(0x800) as u64 * 2,
        1 => RAM + 0xe_0000 + dice.below(256) as u64,
        2 => RAM + 0x80_0000 + dice.below(0x2000) as u64,
        3 => RAM + 0x80_2000 + 0x1_0000 * dice.below(8) as u64 + dice.below(0x4000) as u64,
        _ => dice.of(&[0x1000_0000, 0x1000_1050, 0x200_4000, 0xc20_0004]),
    };
    let point = |dice: &mut Dice| {
        let at = address(dice);
        let range = at..=at + dice.of(&[0, 7, 63, 4095]);
        match dice.below(5) {
            0 => Watchpoint::Pc(at & !1),
            1 => Watchpoint::Virtual(range, accesses(dice)),
            2 => Watchpoint::Physical(range, accesses(dice)),
            3 => Watchpoint::page(at, accesses(dice)),
            _ => {
                let csr = dice.of(&[0x300, 0x341, 0x342, 0x180, 0x003, 0x14d, 0xc01]);
                Watchpoint::Csr(csr, accesses(dice))
            }
        }
    };
    Watch {
        probes: (0..dice.below(4)).map(|_| address(dice) & !1).collect(),
        is_on: dice.once_in(2),
        points: (0..1 + dice.below(4)).map(|_| point(dice)).collect(),
    }
}
