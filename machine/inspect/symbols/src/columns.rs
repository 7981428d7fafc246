//! Rows of numbers, written column by column, each number as its difference from a guess: so
//! they are small, alike, and compress well.

/// Numbers, as differences.
pub type Column = Vec<i64>;

/// What the numbers of a column are probably near.
#[derive(Clone, Copy)]
pub enum Guess {
    /// Zero.
    Nothing,
    /// The number above.
    Above,
    /// Of a source line: the last one in the same file, whose number stands in the column before.
    NearInFile,
}

/// Files whose last lines are told apart; what two share costs some bytes.
const N_FILES: usize = 256;

/// What is probably next in each column.
struct Guesses<const N: usize> {
    kinds: [Guess; N],
    above: [u64; N],
    lines: [u64; N_FILES],
}

impl<const N: usize> Guesses<N> {
    fn new(kinds: [Guess; N]) -> Guesses<N> {
        Guesses {
            kinds,
            above: [0; N],
            lines: [0; N_FILES],
        }
    }

    fn next(&self, column: usize) -> u64 {
        match self.kinds[column] {
            Guess::Nothing => 0,
            Guess::Above => self.above[column],
            Guess::NearInFile => self.lines[self.file(column)],
        }
    }

    /// The next was `number`.
    fn was(&mut self, column: usize, number: u64) {
        self.above[column] = number;
        if let Guess::NearInFile = self.kinds[column] {
            self.lines[self.file(column)] = number;
        }
    }

    fn file(&self, column: usize) -> usize {
        let file = column.checked_sub(1).map_or(0, |before| self.above[before]);
        file as usize % N_FILES
    }
}

/// Writes rows.
pub struct Writer<const N: usize> {
    columns: [Column; N],
    guesses: Guesses<N>,
}

impl<const N: usize> Writer<N> {
    /// No rows yet.
    pub fn new(kinds: [Guess; N]) -> Writer<N> {
        Writer {
            columns: [const { Vec::new() }; N],
            guesses: Guesses::new(kinds),
        }
    }

    /// One row more.
    pub fn add(&mut self, row: [u64; N]) {
        for (n, number) in row.into_iter().enumerate() {
            let guess = self.guesses.next(n);
            self.columns[n].push(number.wrapping_sub(guess) as i64);
            self.guesses.was(n, number);
        }
    }

    /// What was written.
    pub fn into_columns(self) -> [Column; N] {
        self.columns
    }
}

/// Reads rows, as many as the shortest column has.
pub struct Reader<'a, const N: usize> {
    columns: &'a [Column; N],
    guesses: Guesses<N>,
    nth: usize,
}

impl<'a, const N: usize> Reader<'a, N> {
    /// The rows of `columns`, which were written with the same guesses.
    pub fn new(kinds: [Guess; N], columns: &'a [Column; N]) -> Reader<'a, N> {
        Reader {
            columns,
            guesses: Guesses::new(kinds),
            nth: 0,
        }
    }
}

impl<const N: usize> Iterator for Reader<'_, N> {
    type Item = [u64; N];

    fn next(&mut self) -> Option<[u64; N]> {
        let mut row = [0; N];
        for (n, column) in self.columns.iter().enumerate() {
            let difference = *column.get(self.nth)?;
            row[n] = self.guesses.next(n).wrapping_add(difference as u64);
            self.guesses.was(n, row[n]);
        }
        self.nth += 1;
        Some(row)
    }
}
