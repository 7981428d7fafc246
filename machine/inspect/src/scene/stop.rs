//! What crosses to whoever shows a scene: a stop, and what there is to see and to say.

use serde::Serialize;

use super::expect::Outcome;
use super::format::{Ask, Scene, Text};
use super::path::Panel;
use crate::time::Position;
use crate::view::Addr;

/// A scene, as a reader chooses it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct SceneOutline {
    /// Its name in links.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is about.
    pub about: Text,
    /// How many stops it has.
    pub steps: u32,
    /// Id and title of each of its variants.
    pub variants: Vec<(String, Text)>,
    /// The number of harts.
    pub harts: u32,
}

impl From<&Scene> for SceneOutline {
    fn from(scene: &Scene) -> SceneOutline {
        let variants = scene.variants.iter();
        SceneOutline {
            id: scene.id.clone(),
            title: scene.title.clone(),
            about: scene.about.clone(),
            steps: scene.steps.len() as u32,
            variants: variants
                .map(|variant| (variant.id.clone(), variant.title.clone()))
                .collect(),
            harts: scene.machine.harts as u32,
        }
    }
}

/// A stop of a scene; the machine stands there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct SceneStop {
    /// Which, from 0.
    pub step: u32,
    /// How many there are.
    pub of: u32,
    /// Its name in links.
    pub mark: Option<String>,
    /// Where in time it is.
    pub position: Position,
    /// The state hash there.
    pub hash: String,
    /// A few words.
    pub title: Text,
    /// What there is to see.
    pub say: Text,
    /// A question about what comes next.
    pub ask: Option<Ask>,
    /// The panels that matter.
    pub show: Vec<Panel>,
    /// What to mark in them.
    pub highlight: Option<Selection>,
    /// How the expectations turned out.
    pub outcomes: Vec<Outcome>,
    /// At the last stop: what there was to see.
    pub recap: Option<Text>,
    /// At the last stop: what one may try.
    pub try_it: Option<Text>,
}

impl SceneStop {
    /// Whether all is as the scene expects it.
    pub fn passed(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.passed)
    }
}

/// What to mark in all panels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Selection {
    /// A hart.
    pub hart: Option<u32>,
    /// A process.
    pub pid: Option<i32>,
    /// A frame, by its address.
    pub frame: Option<Addr>,
}

/// A stop that has been come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Mark {
    /// Its time.
    pub t: u64,
    /// Its name in links, if it has one.
    pub name: Option<String>,
}
