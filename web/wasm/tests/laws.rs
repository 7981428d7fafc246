//! WebAssembly comes to the states that the native build came to: recordings of workloads of
//! chance, made by it, are played again. `cargo xtask test --only wasm` makes them.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test: what fails here fails it")]

use machine::{History, StateHash};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// What `tests::laws::recordings` wrote.
static RECORDINGS: &[u8] = include_bytes!(env!(
    "ORRERY_RECORDINGS",
    "run `cargo xtask test --only wasm`, which records what is played here"
));
/// The least that are worth the name.
const LEAST: usize = 200;

/// What is left of the file.
struct Reader(&'static [u8]);

impl Reader {
    fn take(&mut self, len: u64) -> &'static [u8] {
        let (taken, left) = self.0.split_at(len as usize);
        self.0 = left;
        taken
    }

    fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().unwrap())
    }

    fn state(&mut self) -> (u64, StateHash) {
        let t = self.number();
        let hash = u128::from_le_bytes(self.take(16).try_into().unwrap());
        (t, StateHash(hash))
    }
}

#[wasm_bindgen_test]
fn recordings_come_to_the_same_states() {
    let mut reader = Reader(RECORDINGS);
    let (mut n, mut n_states) = (0, 0);
    while !reader.0.is_empty() {
        let len = reader.number();
        let mut history = History::from_bytes(reader.take(len)).expect("a recording");
        history.seek(0);
        for _ in 0..reader.number() {
            let (t, hash) = reader.state();
            history.seek(t);
            let found = (history.t(), history.machine().state_hash());
            assert_eq!(found, (t, hash), "recording {n}");
            n_states += 1;
        }
        n += 1;
    }
    console_log!("{n} recordings, {n_states} states");
    assert!(n >= LEAST, "{n} recordings only");
}
