//! What the disk may hold if the power fails.

use super::random::Dice;
use super::recording::{Deed, Recording, SECTOR};

/// A sector that was written and not flushed yet.
struct Loose<'a> {
    at: usize,
    bytes: &'a [u8],
}

/// A disk after a cut.
pub(crate) struct Cut {
    /// How many deeds there were before the power failed.
    pub n_deeds: usize,
    pub image: Vec<u8>,
}

impl Recording {
    /// The disk after each write in turn, every write whole and in order; and before the first.
    pub(crate) fn cuts_in_order(&self) -> impl Iterator<Item = Cut> {
        let mut image = self.image.clone();
        let first = Cut {
            n_deeds: 0,
            image: image.clone(),
        };
        let after = self
            .deeds
            .iter()
            .zip(1..)
            .filter_map(move |(deed, n_deeds)| {
                apply(&mut image, deed)?;
                let image = image.clone();
                Some(Cut { n_deeds, image })
            });
        [first].into_iter().chain(after)
    }

    /// Disks after a cut where of the sectors that were written since the last flush some are
    /// there and others are not: each alone, all but each, first halves of blocks, second halves,
    /// and `n_random` choices of the dice. Where the power fails is just before each flush, and
    /// with all choices of the dice anywhere before it.
    ///
    /// A disk that never flushes keeps its last `most` sectors loose.
    pub(crate) fn cuts_scrambled(
        &self,
        n_random: usize,
        most: usize,
        dice: &mut Dice,
        mut judge: impl FnMut(Cut),
    ) {
        let mut durable = self.image.clone();
        let mut loose: Vec<Loose> = Vec::new();
        for (n_deeds, deed) in self.deeds.iter().enumerate() {
            let mut cut = |choice: &dyn Fn(usize) -> bool| {
                let mut image = durable.clone();
                let chosen = loose.iter().enumerate().filter(|(n, _)| choice(*n));
                for (_, sector) in chosen {
                    image[sector.at..sector.at + SECTOR].copy_from_slice(sector.bytes);
                }
                judge(Cut { n_deeds, image });
            };
            if *deed == Deed::Flush {
                let n_loose = loose.len();
                for odd_one in 0..n_loose {
                    cut(&|n| n == odd_one);
                    cut(&|n| n != odd_one);
                }
                for half in 0..2.min(n_loose) {
                    cut(&|n| n % 2 == half);
                }
            }
            for _ in 0..if loose.len() > 1 { n_random } else { 0 } {
                let choices = [dice.roll(), dice.roll(), dice.roll(), dice.roll()];
                cut(&|n| choices[n / 64 % 4] >> (n % 64) & 1 != 0);
            }
            match deed {
                Deed::Flush => {
                    settle(&mut durable, loose.drain(..));
                }
                Deed::Write { at, bytes } => {
                    let sectors = bytes.chunks(SECTOR).zip((*at..).step_by(SECTOR));
                    loose.extend(sectors.map(|(bytes, at)| Loose { at, bytes }));
                    let over = loose.len().saturating_sub(most);
                    settle(&mut durable, loose.drain(..over));
                }
            }
        }
    }
}

fn settle<'a>(image: &mut [u8], sectors: impl Iterator<Item = Loose<'a>>) {
    for sector in sectors {
        image[sector.at..sector.at + SECTOR].copy_from_slice(sector.bytes);
    }
}

/// Puts a write on `image`; nothing for a flush.
fn apply(image: &mut [u8], deed: &Deed) -> Option<()> {
    let Deed::Write { at, bytes } = deed else {
        return None;
    };
    image[*at..*at + bytes.len()].copy_from_slice(bytes);
    Some(())
}
