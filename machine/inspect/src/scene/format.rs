//! What a scene is: a guided figure as data. Stored as JSON; `docs/scenes.md` tells an
//! author what each part is for. `read.rs` reads it, `player.rs` plays it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expect::Expected;
use super::path::{Panel, Path};
use crate::time::Condition;

/// A guided figure.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scene {
    /// Where editors find the schema; nothing else looks at it.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// Its name in links and attributes: lower case, digits and dashes.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is about, and what to look out for: shown before it starts.
    pub about: Text,
    /// The machine it plays on.
    #[serde(default)]
    pub machine: Setup,
    /// Ways to play it: the same steps on machines that differ in their boot arguments.
    /// None: there is one way.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Where the first step begins.
    #[serde(default)]
    pub start: Start,
    /// Its stops, one to nine.
    pub steps: Vec<Step>,
    /// What there was to see, shown at the last stop.
    pub recap: Text,
    /// What a reader may try next, at the last stop.
    #[serde(rename = "try")]
    pub try_it: Text,
}

/// Words, in every language the page has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese, simplified.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setup {
    /// Number of harts, 1 to 8.
    pub harts: usize,
    /// Which interleaving of the harts.
    pub seed: u64,
    /// Boot arguments, before those of the variant.
    pub bootargs: String,
    /// RAM, in MiB.
    pub ram_mib: u64,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            harts: 1,
            seed: 0,
            bootargs: String::new(),
            ram_mib: 128,
        }
    }
}

/// One of the ways to play a scene.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Variant {
    /// Its name in links and in the steps.
    pub id: String,
    /// Its name for readers.
    pub title: Text,
    /// Boot arguments of its own: `fork=cow`.
    #[serde(default)]
    pub bootargs: String,
}

/// Where the first step begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Start {
    /// When the prompt was printed and the guest waits.
    #[default]
    Ready,
    /// At reset.
    Reset,
}

/// One stop: how to come there, and what to say of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// Typed right after the stop before, when the step begins.
    #[serde(rename = "type", default)]
    pub type_in: Option<String>,
    /// Where to stop; without it, at the stop before.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Condition>,
    /// A name for the stop, in links: `mark:forked`.
    #[serde(default)]
    pub mark: Option<String>,
    /// The panels that matter; without it, those of the stop before.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub show: Option<Vec<Panel>>,
    /// A few words.
    pub title: Text,
    /// What there is to see.
    pub say: Text,
    /// A question about what comes next.
    #[serde(default)]
    pub ask: Option<Ask>,
    /// What to mark in the panels.
    #[serde(default)]
    pub highlight: Option<Highlight>,
    /// What must be so here, by its path. A scene whose expectations fail is broken.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Expected>"))]
    pub expect: BTreeMap<Path, Expected>,
    /// What differs in a variant, by its id.
    #[serde(default)]
    pub variants: BTreeMap<String, Case>,
}

/// What differs of a step in one variant. What it names replaces the step's own;
/// expectations are added to them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Case {
    /// As in the step.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Condition>,
    /// As in the step.
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub show: Option<Vec<Panel>>,
    /// As in the step.
    pub title: Option<Text>,
    /// As in the step.
    pub say: Option<Text>,
    /// As in the step.
    pub ask: Option<Ask>,
    /// As in the step.
    pub highlight: Option<Highlight>,
    /// As in the step.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Expected>"))]
    pub expect: BTreeMap<Path, Expected>,
}

/// A question to be answered before one goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Ask {
    /// The question.
    pub question: Text,
    /// Two or more answers.
    pub choices: Vec<Text>,
    /// Which of them is right, from 0.
    pub answer: usize,
    /// Why, shown with the right answer.
    pub because: Text,
}

/// What to mark in the panels.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Highlight {
    /// A hart.
    pub hart: Option<u32>,
    /// A process.
    pub pid: Option<i32>,
    /// The path of an address: of a frame, for instance `walk(pid=4, va=0x5000).pa`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub frame: Option<Path>,
}

impl Scene {
    /// The variant of that id; the first if none is asked for. `None` in place of a variant
    /// if the scene has only one way.
    ///
    /// # Errors
    /// A sentence that names the variants there are.
    pub fn variant(&self, id: Option<&str>) -> Result<Option<&Variant>, String> {
        let Some(id) = id else {
            return Ok(self.variants.first());
        };
        let found = self.variants.iter().find(|variant| variant.id == id);
        found.map(Some).ok_or_else(|| {
            let ids: Vec<&str> = self.variants.iter().map(|v| v.id.as_str()).collect();
            match ids[..] {
                [] => format!("scene {} has no variants, so not {id}", self.id),
                _ => format!(
                    "scene {} has no variant {id}; it has {}",
                    self.id,
                    ids.join(" ")
                ),
            }
        })
    }

    /// The machine of that variant.
    pub fn config(&self, variant: Option<&Variant>) -> machine::Config {
        let own = variant.map_or("", |variant| &variant.bootargs);
        let bootargs = [self.machine.bootargs.as_str(), own];
        machine::Config {
            harts: self.machine.harts,
            ram_bytes: self.machine.ram_mib.saturating_mul(1 << 20),
            bootargs: bootargs.join(" ").trim().to_owned(),
            seed: self.machine.seed,
            ..machine::Config::default()
        }
    }
}

impl Step {
    /// The step as it is in a variant.
    pub fn in_variant(&self, id: Option<&str>) -> Step {
        let mut step = self.clone();
        let Some(case) = id.and_then(|id| self.variants.get(id)).cloned() else {
            return step;
        };
        step.until = case.until.or(step.until);
        step.show = case.show.or(step.show);
        step.title = case.title.unwrap_or(step.title);
        step.say = case.say.unwrap_or(step.say);
        step.ask = case.ask.or(step.ask);
        step.highlight = case.highlight.or(step.highlight);
        step.expect.extend(case.expect);
        step
    }
}
