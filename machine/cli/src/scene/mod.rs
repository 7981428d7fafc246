//! `orrery scene`: plays a scene without a page, and checks what it expects.

mod junit;
mod show;

use std::fs;

use inspect::scene::{Missed, Player, Scene, SceneStop};
use inspect::symbols::Symbols;
use inspect::time::Observatory;
use machine::Machine;
use serde::Serialize;

use crate::args::Scene as Args;
use crate::failure::Failure;
use crate::files;

/// How a scene went: what `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    /// The scene's id.
    scene: String,
    /// Whether every stop came and was as expected.
    passed: bool,
    /// One for each variant that was played.
    plays: Vec<Play>,
}

/// How one variant went.
#[derive(Debug, Serialize)]
struct Play {
    /// Its id; none of a scene without variants.
    variant: Option<String>,
    /// The stops that came.
    stops: Vec<SceneStop>,
    /// The one that did not.
    missed: Option<Missed>,
}

impl Play {
    fn passed(&self) -> bool {
        self.missed.is_none() && self.stops.iter().all(SceneStop::passed)
    }
}

/// Plays as `args` say; the exit status.
///
/// # Errors
/// A [`Failure`] of reading files, of building the machine, or of writing the report.
pub fn scene(args: &Args) -> Result<u8, Failure> {
    let text = fs::read_to_string(&args.scene).map_err(|source| Failure::Read {
        path: args.scene.clone(),
        source,
    })?;
    let scene = Scene::read(&args.scene.to_string_lossy(), &text)?;
    let ids = variants(&scene, args.variant.as_deref())?;
    let guest = Guest::read(args)?;
    let mut plays = Vec::new();
    for id in ids {
        plays.push(guest.play(&scene, id, args)?);
    }
    let report = Report {
        scene: scene.id,
        passed: plays.iter().all(Play::passed),
        plays,
    };
    if args.json {
        println!("{}", show::json(&report));
    }
    if let Some(path) = &args.junit {
        fs::write(path, junit::report(&report)).map_err(|source| Failure::Write {
            path: path.clone(),
            source,
        })?;
    }
    Ok(exit_status(&report))
}

/// 0 if all passed, 42 if a stop did not come, else 1.
fn exit_status(report: &Report) -> u8 {
    if report.passed {
        0
    } else if report.plays.iter().any(|play| play.missed.is_some()) {
        42
    } else {
        1
    }
}

/// The ids of the variants to play.
fn variants<'a>(scene: &'a Scene, id: Option<&'a str>) -> Result<Vec<Option<&'a str>>, Failure> {
    if id.is_some() {
        scene.variant(id).map_err(Failure::Variant)?;
        return Ok(vec![id]);
    }
    if scene.variants.is_empty() {
        return Ok(vec![None]);
    }
    let ids = scene
        .variants
        .iter()
        .map(|variant| Some(variant.id.as_str()));
    Ok(ids.collect())
}

/// What a machine is built of.
struct Guest {
    kernel: Vec<u8>,
    disk: Vec<u8>,
    symbols: Option<Symbols>,
}

impl Guest {
    fn read(args: &Args) -> Result<Guest, Failure> {
        let kernel = files::read(&args.kernel, "kernel ")?;
        let disk = files::read(&args.disk, "image  ")?;
        let symbols = if args.no_symbols {
            None
        } else {
            Some(files::read_symbols(&args.symbols, &kernel, &args.kernel)?)
        };
        Ok(Guest {
            kernel,
            disk,
            symbols,
        })
    }

    /// Plays the variant `id` of `scene`, to the step that is asked for.
    fn play(&self, scene: &Scene, id: Option<&str>, args: &Args) -> Result<Play, Failure> {
        let mut player = Player::new(scene.clone(), id).map_err(Failure::Variant)?;
        let machine = Machine::new(&player.config(), &self.kernel, self.disk.clone())?;
        let mut observatory = Observatory::new(machine, self.symbols.clone());
        let n_steps = args.step.map_or(player.n_steps(), |step| step as usize);
        let mut play = Play {
            variant: id.map(str::to_owned),
            stops: Vec::new(),
            missed: None,
        };
        if !args.json {
            show::begin(&player);
        }
        for _ in 0..n_steps.min(player.n_steps()) {
            match player.next(&mut observatory) {
                Ok(stop) => {
                    if !args.json {
                        show::stop(&stop, args.words);
                    }
                    play.stops.push(stop);
                }
                Err(missed) => {
                    if !args.json {
                        show::missed(&missed);
                    }
                    play.missed = Some(missed);
                    break;
                }
            }
        }
        Ok(play)
    }
}
