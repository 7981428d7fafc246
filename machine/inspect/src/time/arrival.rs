//! Going somewhere: what to heed on the way, and where one came to.

use serde::{Deserialize, Serialize};

use super::event::{Event, Kind, Position};

/// What a step heeds. Nothing in it: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Focus {
    /// This hart. By line and by instruction a step always goes by one hart; by default,
    /// the one that the last event arrived at was on.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub hart: Option<u32>,
    /// This process; by line and by instruction it is not heeded.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub pid: Option<i32>,
    /// For [`super::Unit::Event`]: events of these kinds; by default all but interrupts.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub kinds: Option<Vec<Kind>>,
}

impl Focus {
    /// Whether a step by events stops at `event`.
    pub fn shows(&self, event: &Event) -> bool {
        let kind = event.what.kind();
        let is_wanted = match &self.kinds {
            Some(kinds) => kinds.contains(&kind),
            None => kind != Kind::Interrupt,
        };
        is_wanted && self.is_about(event)
    }

    /// Whether `event` is of its hart and process.
    pub fn is_about(&self, event: &Event) -> bool {
        let is_hart = self.hart.is_none_or(|hart| event.hart == Some(hart));
        is_hart && self.pid.is_none_or(|pid| event.is_about(pid))
    }
}

/// Where a step, or a run to a condition, came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Arrival {
    /// Where the machine stands now.
    pub position: Position,
    /// Whether that is another time than before.
    pub moved: bool,
    /// Why it stands here.
    pub reason: Reason,
}

/// Why a step, or a run to a condition, ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Reason {
    /// What was wanted came.
    Met,
    /// Nothing of the sort is to be found before; the machine stands at the beginning, or,
    /// going back to a condition, where it stood.
    Start,
    /// It did not come for long, and the guest waits for input.
    Waiting,
    /// It did not come for long.
    NotYet,
    /// The guest switched off.
    PowerOff {
        /// The status it gave.
        code: u32,
    },
    /// The guest asked for a reset.
    Reset,
    /// This cannot be waited for.
    Refused {
        /// Why, in a sentence: which name the kernel does not have.
        why: String,
    },
}
