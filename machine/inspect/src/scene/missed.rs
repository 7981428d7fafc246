//! A step that did not come to its stop: why, and what was seen instead.

use serde::Serialize;
use thiserror::Error;

use crate::time::{Condition, Event, Observatory};

/// So many of the last events are told of.
const LAST: u64 = 5;

/// A stop that did not come.
#[derive(Clone, Debug, PartialEq, Serialize, Error)]
#[error("{}, waiting for {condition}: {why}; {}", place(*.step), seen(.last_line))]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Missed {
    /// The step, from 0; none if it did not even begin.
    pub step: Option<u32>,
    /// What was waited for.
    pub condition: String,
    /// Why it will not come, in a few words.
    pub why: String,
    /// When patience ended.
    pub t: u64,
    /// The last events, oldest first.
    pub last_events: Vec<Event>,
    /// The last line that was printed, finished or not.
    pub last_line: String,
}

impl Missed {
    pub(super) fn new(
        observatory: &Observatory,
        step: Option<usize>,
        condition: &Condition,
        why: String,
    ) -> Missed {
        let position = observatory.position();
        let printed = observatory.output_until(position.t);
        let printed = String::from_utf8_lossy(&printed);
        let last_line = printed.lines().rfind(|line| !line.trim().is_empty());
        Missed {
            step: step.map(|step| step as u32),
            condition: condition.to_string(),
            why,
            t: position.t,
            last_events: observatory
                .events(position.n_events.saturating_sub(LAST), position.n_events),
            last_line: last_line.unwrap_or_default().to_owned(),
        }
    }
}

fn place(step: Option<u32>) -> String {
    match step {
        Some(step) => format!("step {}", step + 1),
        None => "before the first step".to_owned(),
    }
}

fn seen(last_line: &str) -> String {
    match last_line {
        "" => "nothing was printed".to_owned(),
        line => format!("the last line printed is {line:?}"),
    }
}
