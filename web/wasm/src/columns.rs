//! Events as columns of numbers: a timeline of a hundred thousand wants no object for each.

use inspect::time::Observatory;
use wasm_bindgen::prelude::*;

/// At most so many events, and so many changes of mode, cross at once.
const AT_ONCE: u64 = 20_000;

/// Events, the one numbered `first` at place 0 of each column, and changes of mode.
/// What a device did has hart -1, and what no known process did has pid -1.
#[wasm_bindgen(getter_with_clone)]
pub struct EventColumns {
    /// Number of the first event.
    pub first: f64,
    /// When.
    pub t: Vec<f64>,
    /// The place of its kind among the variants of [`inspect::time::Kind`].
    pub kind: Vec<u8>,
    /// On which hart.
    pub hart: Vec<i8>,
    /// By which process.
    pub pid: Vec<i32>,
    /// Number of the first change of mode.
    #[wasm_bindgen(js_name = firstMode)]
    pub first_mode: f64,
    /// When each was.
    #[wasm_bindgen(js_name = modeT)]
    pub mode_t: Vec<f64>,
    /// On which hart.
    #[wasm_bindgen(js_name = modeHart)]
    pub mode_hart: Vec<u8>,
    /// What it does from then on: the place among the variants of [`inspect::time::Doing`].
    pub mode: Vec<u8>,
}

impl EventColumns {
    pub(crate) fn of(observatory: &Observatory, first: u64, first_mode: u64) -> EventColumns {
        let (first, marks) = observatory.marks(first, first.saturating_add(AT_ONCE));
        let (first_mode, changes) =
            observatory.mode_changes(first_mode, first_mode.saturating_add(AT_ONCE));
        let mut columns = EventColumns {
            first: first as f64,
            t: Vec::new(),
            kind: Vec::new(),
            hart: Vec::new(),
            pid: Vec::new(),
            first_mode: first_mode as f64,
            mode_t: changes.iter().map(|change| change.t as f64).collect(),
            mode_hart: changes.iter().map(|change| change.hart).collect(),
            mode: changes.iter().map(|change| change.now as u8).collect(),
        };
        for mark in marks {
            columns.t.push(mark.t as f64);
            columns.kind.push(mark.kind as u8);
            columns.hart.push(mark.hart.map_or(-1, |hart| hart as i8));
            columns.pid.push(mark.pid.unwrap_or(-1));
        }
        columns
    }
}
