//! Keys that were typed and that nobody has taken yet, in the order they came.

/// How many there can be.
pub const N_KEYS: usize = 128;

/// A ring with two ever-growing indices, `first <= end <= first + N_KEYS`.
pub struct Keys {
    bytes: [u8; N_KEYS],
    first: usize,
    end: usize,
}

impl Keys {
    /// None.
    pub const EMPTY: Keys = Keys {
        bytes: [0; N_KEYS],
        first: 0,
        end: 0,
    };

    /// No more fit.
    pub fn is_full(&self) -> bool {
        self.end - self.first == N_KEYS
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.end == self.first
    }

    /// Adds one. Only while they are not [full](Self::is_full).
    pub fn push(&mut self, byte: u8) {
        if !self.is_full() {
            self.bytes[self.end % N_KEYS] = byte;
            self.end += 1;
        }
    }

    /// Takes the first.
    pub fn pop(&mut self) -> Option<u8> {
        let byte = self.bytes[self.first % N_KEYS];
        (!self.is_empty()).then(|| {
            self.first += 1;
            byte
        })
    }

    /// Whether `byte` is among them.
    pub fn hold(&self, byte: u8) -> bool {
        (self.first..self.end).any(|at| self.bytes[at % N_KEYS] == byte)
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.first = self.end;
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, N_KEYS};

    #[test]
    fn they_come_out_as_they_went_in() {
        let mut keys = Keys::EMPTY;
        for round in 0..3 {
            assert!(keys.is_empty() && keys.pop().is_none());
            for n in 0..N_KEYS {
                assert!(!keys.is_full());
                keys.push(n as u8);
            }
            assert!(keys.is_full() && keys.hold(127) && !keys.hold(128));
            keys.push(200);
            for n in 0..N_KEYS / 2 {
                assert_eq!(keys.pop(), Some(n as u8), "round {round}");
            }
            assert!(!keys.hold(0));
            keys.clear();
        }
    }
}
