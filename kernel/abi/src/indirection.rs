//! How an inode names the blocks of its file: by itself, and through indirect blocks, which hold
//! nothing but block numbers.
//!
//! ```text
//! Single    12 direct                 1 indirect               268 blocks    xv6
//! Double    11 direct                 1 indirect  1 double   65803 blocks    MIT's fs lab
//! ```

use crate::disk::{NADDRS, NDIRECT, NINDIRECT};

/// What each of an inode's [`NADDRS`] block numbers leads to. One choice for the whole disk; the
/// superblock tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indirection {
    /// xv6's own: the last number names an indirect block.
    #[default]
    Single,
    /// As MIT's fs lab has it: the last but one names an indirect block, and the last one a
    /// block of indirect blocks.
    Double,
}

impl Indirection {
    /// The choice that the superblock's word `word` stands for, if it is one.
    pub const fn from_word(word: u32) -> Option<Indirection> {
        match word {
            0 => Some(Indirection::Single),
            1 => Some(Indirection::Double),
            _ => None,
        }
    }

    /// The superblock's word for this choice. 0, which xv6's mkfs leaves there, is xv6's.
    pub const fn word(self) -> u32 {
        match self {
            Indirection::Single => 0,
            Indirection::Double => 1,
        }
    }

    /// How many indirect blocks lie between an inode's number `slot` and the file's blocks: 0,
    /// 1 or 2.
    pub const fn depth(self, slot: usize) -> usize {
        match self {
            Indirection::Single => slot.saturating_sub(NDIRECT - 1),
            Indirection::Double => slot.saturating_sub(NDIRECT - 2),
        }
    }

    /// Blocks of the largest file.
    pub const fn max_blocks(self) -> usize {
        let (mut blocks, mut slot) = (0, 0);
        while slot < NADDRS {
            blocks += span(self.depth(slot));
            slot += 1;
        }
        blocks
    }

    /// The way to a file's block `n`; none if no file has so many.
    pub const fn route(self, n: usize) -> Option<Route> {
        let (mut rest, mut slot) = (n, 0);
        while slot < NADDRS {
            let depth = self.depth(slot);
            if rest < span(depth) {
                let low = rest % NINDIRECT;
                let entries = match depth {
                    1 => [low, 0],
                    _ => [rest / NINDIRECT, low],
                };
                return Some(Route {
                    slot,
                    depth,
                    entries,
                });
            }
            rest -= span(depth);
            slot += 1;
        }
        None
    }
}

/// Blocks of a file that lie behind a block number with `depth` indirect blocks in between.
pub const fn span(depth: usize) -> usize {
    NINDIRECT.pow(depth as u32)
}

/// The way from an inode to a block of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Which of the inode's block numbers it begins with.
    pub slot: usize,
    depth: usize,
    entries: [usize; 2],
}

impl Route {
    /// Which entry of each indirect block leads on, the first block's first.
    pub fn entries(&self) -> &[usize] {
        &self.entries[..self.depth]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(indirection: Indirection, n: usize, slot: usize, entries: &[usize]) {
        let route = indirection.route(n).expect("there is such a block");
        assert_eq!((route.slot, route.entries()), (slot, entries), "block {n}");
    }

    #[test]
    fn every_block_has_its_way() {
        use Indirection::{Double, Single};
        assert_eq!((Single.max_blocks(), Double.max_blocks()), (268, 65_803));
        check(Single, 0, 0, &[]);
        check(Single, 11, 11, &[]);
        check(Single, 12, 12, &[0]);
        check(Single, 267, 12, &[255]);
        check(Double, 10, 10, &[]);
        check(Double, 11, 11, &[0]);
        check(Double, 266, 11, &[255]);
        check(Double, 267, 12, &[0, 0]);
        check(Double, 267 + 256, 12, &[1, 0]);
        check(Double, 65_802, 12, &[255, 255]);
        assert_eq!((Single.route(268), Double.route(65_803)), (None, None));
        for choice in [Single, Double] {
            assert_eq!(Indirection::from_word(choice.word()), Some(choice));
        }
        assert_eq!(Indirection::from_word(2), None);
    }
}
