//! Plays a scene: goes from stop to stop and back, and tells what to show and to say there.
//!
//! A player does what its scene says and nothing else at every time: it types right after
//! the stop before, and lets no idle time pass that it need not. So a scene's stops
//! have the same state hashes wherever it is played.

use machine::Stamped;
use serde_json::Value;

use super::format::{Scene, Start, Step, Variant};
use super::missed::Missed;
use super::path::{Panel, Path, Root};
use super::stop::{Mark, SceneStop, Selection};
use crate::time::{Condition, Happening, Observatory, Patience, Pause, What};
use crate::view::{Addr, View, ViewRequest};

/// A scene being played. The machine is of [`Player::config`], at reset when it begins.
#[derive(Debug)]
pub struct Player {
    scene: Scene,
    variant: Option<Variant>,
    /// The steps as they are in the variant.
    steps: Vec<Step>,
    /// When the first step begins, once that is known.
    ready: Option<u64>,
    /// When the stops were come to, as far as one went.
    stops: Vec<u64>,
    /// The stop that was last shown.
    at: Option<usize>,
    /// What the scene typed, as far as one went.
    typed: Vec<Stamped>,
    way: Option<Way>,
}

/// On the way to a stop.
#[derive(Clone, Debug)]
struct Way {
    /// The stop that is wanted.
    to: usize,
    /// What is waited for now.
    condition: Condition,
    /// When patience ends: the machine's time, and instructions.
    until: u64,
    instructions: u64,
    /// The first event that was not looked at for a panic.
    next: u64,
}

/// What becomes of a step.
pub type Played = Result<SceneStop, Missed>;

impl Player {
    /// A player of `scene` in the variant of that id; by default the first.
    ///
    /// # Errors
    /// A sentence that names the variants there are.
    pub fn new(scene: Scene, variant: Option<&str>) -> Result<Player, String> {
        let variant = scene.variant(variant)?.cloned();
        let id = variant.as_ref().map(|variant| variant.id.as_str());
        Ok(Player {
            steps: scene.steps.iter().map(|step| step.in_variant(id)).collect(),
            variant,
            scene,
            ready: None,
            stops: Vec::new(),
            at: None,
            typed: Vec::new(),
            way: None,
        })
    }

    /// The machine it is played on.
    pub fn config(&self) -> machine::Config {
        self.scene.config(self.variant.as_ref())
    }

    /// The scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The variant, unless the scene has only one way.
    pub fn variant(&self) -> Option<&Variant> {
        self.variant.as_ref()
    }

    /// How many stops there are.
    pub fn n_steps(&self) -> usize {
        self.steps.len()
    }

    /// The stop shown last, from 0; none before the first.
    pub fn at(&self) -> Option<usize> {
        self.at
    }

    /// The stops that have been come to, in order: their marks and times.
    pub fn marks(&self) -> Vec<Mark> {
        let stops = self.stops.iter().zip(&self.steps);
        stops
            .map(|(&t, step)| Mark {
                t,
                name: step.mark.clone(),
            })
            .collect()
    }

    /// Goes to the next stop; at the last, stays there.
    ///
    /// # Errors
    /// [`Missed`] if it does not come.
    pub fn next(&mut self, observatory: &mut Observatory) -> Played {
        let next = self.at.map_or(0, |at| at + 1).min(self.steps.len() - 1);
        self.go_to(observatory, next)
    }

    /// Goes back to the stop before; at the first, stays there.
    ///
    /// # Errors
    /// As [`Player::next`], for a scene that has not begun yet.
    pub fn prev(&mut self, observatory: &mut Observatory) -> Played {
        self.go_to(observatory, self.at.unwrap_or(0).saturating_sub(1))
    }

    /// Goes to stop `n`, from 0, through those between; beyond the last, to the last.
    ///
    /// # Errors
    /// [`Missed`] if it does not come.
    pub fn go_to(&mut self, observatory: &mut Observatory, n: usize) -> Played {
        let mut played = self.set_out(observatory, n);
        loop {
            if let Some(played) = played {
                return played;
            }
            played = self.work(observatory, SLICE);
        }
    }

    /// Sets out for stop `n`, as [`Player::go_to`], but comes back at once: with the stop if
    /// that is known, else with nothing, and [`Player::work`] leads there.
    pub fn set_out(&mut self, observatory: &mut Observatory, n: usize) -> Option<Played> {
        self.heed_strays(observatory);
        let to = n.min(self.steps.len() - 1);
        if let Some(&t) = self.stops.get(to) {
            observatory.seek(t);
            self.way = None;
            self.at = Some(to);
            return Some(Ok(self.stop(observatory, to)));
        }
        self.begin_step(observatory, to)
    }

    /// Runs for `budget` of time on the way to the stop that was set out for. Comes back with
    /// nothing as long as there is more to do.
    pub fn work(&mut self, observatory: &mut Observatory, budget: u64) -> Option<Played> {
        let mut way = self.way.take()?;
        let end = observatory.machine().t().saturating_add(budget);
        loop {
            let t = observatory.machine().t();
            if t >= end {
                self.way = Some(way);
                return None;
            }
            let pause = observatory.run((end - t).min(SLICE));
            if pause == Pause::Met {
                return self.come_to(observatory, way.to);
            }
            let instructions = observatory.machine().instret();
            let why = match pause {
                Pause::Idle { next: Some(next) } => {
                    observatory.skip(next);
                    None
                }
                Pause::Idle { next: None } => Some("the guest waits for input for ever".into()),
                Pause::PowerOff { code } => Some(format!("the guest switched off, status {code}")),
                Pause::Reset => Some("the guest asked for a reset".into()),
                Pause::Budget | Pause::End | Pause::Met => None,
            };
            let panic = || way.find_panic(observatory);
            let is_over = t >= way.until || instructions >= way.instructions;
            let over = || is_over.then(|| "it took too long".to_owned());
            if let Some(why) = why.or_else(panic).or_else(over) {
                observatory.disarm();
                let step = self.ready.map(|_| self.stops.len());
                return Some(Err(Missed::new(observatory, step, &way.condition, why)));
            }
            way.next = observatory.position().n_events;
        }
    }

    /// Forgets stops that are no longer what they were, because somebody else typed before
    /// them, or what the scene typed was forgotten.
    fn heed_strays(&mut self, observatory: &Observatory) {
        let log = observatory.machine().input_log();
        let pairs = self.typed.iter().zip(log);
        let n_same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
        let others = [self.typed.get(n_same), log.get(n_same)];
        if let Some(t) = others.into_iter().flatten().map(|other| other.t).min() {
            self.stops.retain(|&stop| stop < t);
            self.ready = self.ready.filter(|&ready| ready < t);
            self.typed.truncate(n_same);
        }
    }

    /// Begins the first step that was not made yet, on the way to stop `to`.
    fn begin_step(&mut self, observatory: &mut Observatory, to: usize) -> Option<Played> {
        let last = self.stops.last().copied().or(self.ready);
        observatory.seek(last.unwrap_or(observatory.start()));
        if observatory.is_past() {
            // Whatever was done besides is not part of the scene.
            observatory.branch_here();
        }
        if self.ready.is_none() {
            if self.scene.start == Start::Ready {
                return self.wait_for(observatory, to, Condition::new(What::Ready));
            }
            self.ready = Some(observatory.start());
        }
        let step = &self.steps[self.stops.len()];
        if let Some(text) = &step.type_in {
            let typed = observatory.input(text.as_bytes());
            typed.expect("the present begins here");
            let log = observatory.machine().input_log();
            self.typed.extend(log.last().cloned());
        }
        match step.until.clone() {
            Some(condition) => self.wait_for(observatory, to, condition),
            None => self.come_to(observatory, to),
        }
    }

    fn wait_for(
        &mut self,
        observatory: &mut Observatory,
        to: usize,
        condition: Condition,
    ) -> Option<Played> {
        if let Err(refused) = observatory.arm(Some(condition.clone())) {
            let step = self.ready.map(|_| self.stops.len());
            let missed = Missed::new(observatory, step, &condition, refused.to_string());
            return Some(Err(missed));
        }
        let patience = Patience::RUN;
        let machine = observatory.machine();
        self.way = Some(Way {
            to,
            condition,
            until: machine.t().saturating_add(patience.time),
            instructions: machine.instret().saturating_add(patience.instructions),
            next: observatory.position().n_events,
        });
        None
    }

    /// What was waited for is there: the beginning, or the stop of the present step.
    fn come_to(&mut self, observatory: &mut Observatory, to: usize) -> Option<Played> {
        let t = observatory.machine().t();
        if self.ready.is_none() {
            self.ready = Some(t);
        } else {
            self.stops.push(t);
        }
        if to < self.stops.len() {
            self.at = Some(to);
            return Some(Ok(self.stop(observatory, to)));
        }
        self.begin_step(observatory, to)
    }

    /// What there is at stop `n`, where the machine stands.
    fn stop(&self, observatory: &Observatory, n: usize) -> SceneStop {
        let step = &self.steps[n];
        let is_last = n + 1 == self.steps.len();
        let expectations = step.expect.iter();
        SceneStop {
            step: n as u32,
            of: self.steps.len() as u32,
            mark: step.mark.clone(),
            position: observatory.position(),
            hash: observatory.state_hash().to_string(),
            title: step.title.clone(),
            say: step.say.clone(),
            ask: step.ask.clone(),
            show: self.panels(n),
            highlight: self.selection(observatory, step),
            outcomes: expectations
                .map(|(path, expected)| expected.check(path, |root| ask(observatory, root)))
                .collect(),
            recap: is_last.then(|| self.scene.recap.clone()),
            try_it: is_last.then(|| self.scene.try_it.clone()),
        }
    }

    /// The panels of stop `n`: its own, or those of the last stop before that has some.
    fn panels(&self, n: usize) -> Vec<Panel> {
        let mut shown = self.steps[..=n].iter().rev();
        let panels = shown.find_map(|step| step.show.clone());
        panels.unwrap_or_default()
    }

    fn selection(&self, observatory: &Observatory, step: &Step) -> Option<Selection> {
        let highlight = step.highlight.as_ref()?;
        let frame = highlight.frame.as_ref();
        Some(Selection {
            hart: highlight.hart,
            pid: highlight.pid,
            frame: frame.and_then(|path| address_at(observatory, path)),
        })
    }
}

/// The machine runs this far before its events are looked at for a panic.
const SLICE: u64 = 2_000_000;

impl Way {
    /// What the kernel said when it panicked, if it did of late.
    fn find_panic(&self, observatory: &Observatory) -> Option<String> {
        let fresh = observatory.events(self.next, u64::MAX);
        fresh.into_iter().find_map(|event| match event.what {
            Happening::Print { text } if is_panic(&text) => {
                Some(format!("the kernel panicked at t = {}: {text}", event.t))
            }
            _ => None,
        })
    }
}

/// Whether the kernel says so; perhaps behind a prompt.
fn is_panic(line: &str) -> bool {
    let said = line.strip_prefix("$ ").unwrap_or(line);
    said.starts_with("panic: ")
}

/// What `root` stands for, as JSON.
fn ask(observatory: &Observatory, root: &Root) -> Result<Value, String> {
    let json = match root {
        Root::View(request) => serde_json::to_value(view(observatory, request)?),
        Root::Walk(request) => match view(observatory, request)? {
            View::PageTable(table) => serde_json::to_value(table.walk),
            _ => return Err("only a page table has a walk".to_owned()),
        },
        Root::Event => serde_json::to_value(observatory.position().event),
        Root::Output => {
            let bytes = observatory.output_until(observatory.machine().t());
            let text = String::from_utf8_lossy(&bytes);
            let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
            Ok(lines.collect())
        }
    };
    json.map_err(|error| error.to_string())
}

fn view(observatory: &Observatory, request: &ViewRequest) -> Result<View, String> {
    match observatory.view(request) {
        View::Missing { why } => Err(why),
        view => Ok(view),
    }
}

fn address_at(observatory: &Observatory, path: &Path) -> Option<Addr> {
    let root = ask(observatory, &path.root).ok()?;
    let found = path.find(&root).ok()?;
    Addr::try_from(found.as_str()?.to_owned()).ok()
}
