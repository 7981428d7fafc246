//! The disk, block by block: from its superblock and its bitmap, as they lie there.

use crate::view::{BlockRole, BlockRun, DiskView};
use abi::disk::{BSIZE, Block, IPB, SUPERBLOCK, Superblock};
use fs::Geometry;

/// Runs that are shown at most.
const MOST_RUNS: usize = 65_536;

/// Sectors of a block.
const SECTORS: u64 = BSIZE as u64 / 512;

/// A disk with a file system.
pub(crate) struct Disk<'a> {
    geometry: Geometry,
    blocks: &'a [Block],
}

impl<'a> Disk<'a> {
    /// The disk of these bytes.
    ///
    /// # Errors
    /// Why that is no disk with a file system, as a sentence.
    pub fn of(bytes: &'a [u8]) -> Result<Disk<'a>, String> {
        let (blocks, _) = bytes.as_chunks::<BSIZE>();
        let Some(block) = blocks.get(SUPERBLOCK as usize) else {
            return Err("there is no disk, or it has no second block".into());
        };
        let geometry = Geometry::check(&Superblock::from_block(block))
            .map_err(|flaw| format!("the disk's superblock contradicts itself: {flaw}"))?;
        let size = geometry.superblock().size;
        if size as usize > blocks.len() {
            let len = blocks.len();
            return Err(format!(
                "the disk's superblock tells of {size} blocks, and the disk has {len}"
            ));
        }
        Ok(Disk { geometry, blocks })
    }

    /// Where everything lies on it.
    pub fn superblock(&self) -> &Superblock {
        self.geometry.superblock()
    }

    /// The bytes of block `block`.
    pub fn block(&self, block: u32) -> Option<&'a Block> {
        self.blocks.get(block as usize)
    }

    /// The home blocks that the log's header names.
    pub fn logged(&self) -> Vec<u32> {
        let s = self.superblock();
        let words = self.block(s.logstart).map_or(&[][..], |b| b.as_chunks().0);
        let mut words = words.iter().map(|&bytes| u32::from_le_bytes(bytes));
        let n = words.next().unwrap_or(0).min(s.nlog.saturating_sub(1));
        words.take(n as usize).collect()
    }

    /// What `block` is for.
    pub fn role(&self, block: u32) -> BlockRole {
        if self.geometry.is_data(block) {
            return if self.is_taken(block) {
                BlockRole::Data
            } else {
                BlockRole::Free
            };
        }
        let regions = self.regions().into_iter();
        let mut holding = regions.filter(|&(first, count, _)| block.wrapping_sub(first) < count);
        holding.next().map_or(BlockRole::Unused, |(.., role)| role)
    }

    /// The regions in front of the data: first block, blocks, and what they are for.
    fn regions(&self) -> [(u32, u32, BlockRole); 6] {
        let s = self.superblock();
        let inode_blocks = s.ninodes.div_ceil(IPB as u32);
        let bitmap_blocks = s.size.div_ceil(abi::disk::BPB);
        [
            (0, 1, BlockRole::Boot),
            (SUPERBLOCK, 1, BlockRole::Superblock),
            (s.logstart, 1, BlockRole::LogHeader),
            (s.logstart + 1, s.nlog - 1, BlockRole::Log),
            (s.inodestart, inode_blocks, BlockRole::Inodes),
            (s.bmapstart, bitmap_blocks, BlockRole::Bitmap),
        ]
    }

    fn is_taken(&self, block: u32) -> bool {
        let (place, bit) = self.geometry.bitmap_place(block);
        let byte = self.block(place).map_or(0, |bytes| bytes[bit / 8]);
        byte >> (bit % 8) & 1 != 0
    }

    /// How many blocks from `block` on, of those before `end`, are as taken as it.
    fn run_from(&self, block: u32, end: u32) -> u32 {
        let is_taken = self.is_taken(block);
        let uniform = if is_taken { 0xff } else { 0 };
        let mut next = block + 1;
        while next < end {
            let (place, bit) = self.geometry.bitmap_place(next);
            let is_byte = bit % 8 == 0 && end - next >= 8;
            let byte = self.block(place).map_or(0, |bytes| bytes[bit / 8]);
            if is_byte && byte == uniform {
                next += 8;
            } else if (byte >> (bit % 8) & 1 != 0) == is_taken {
                next += 1;
            } else {
                break;
            }
        }
        next - block
    }
}

/// Shows the disk of these bytes, of which these sectors were written, given in order.
///
/// # Errors
/// Why it cannot be shown, as a sentence.
pub(crate) fn build(
    disk: &[u8],
    sectors_written: impl Iterator<Item = u64>,
) -> Result<DiskView, String> {
    let disk = Disk::of(disk)?;
    let size = disk.superblock().size;
    let mut runs: Vec<BlockRun> = Vec::new();
    let mut next = 0;
    for (first, count, role) in disk.regions() {
        if first > next {
            runs.push(run(next, first - next, BlockRole::Unused));
        }
        runs.push(run(first, count, role));
        next = first + count;
    }
    let data = disk.geometry.data_start();
    if data > next {
        runs.push(run(next, data - next, BlockRole::Unused));
    }
    let mut free = 0;
    next = data;
    while next < size {
        let count = disk.run_from(next, size);
        let role = disk.role(next);
        if role == BlockRole::Free {
            free += count;
        }
        if runs.len() == MOST_RUNS {
            return Err("the disk's free blocks lie in too many pieces to be shown".into());
        }
        runs.push(run(next, count, role));
        next += count;
    }
    let mut written: Vec<u32> = sectors_written
        .map(|sector| (sector / SECTORS) as u32)
        .collect();
    written.dedup();
    Ok(DiskView {
        blocks: size,
        runs,
        written,
        free,
    })
}

fn run(first: u32, count: u32, role: BlockRole) -> BlockRun {
    BlockRun { first, count, role }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::disk::MAGIC;
    use proptest::prelude::*;

    /// A disk of `size` blocks whose bitmap is `bitmap`, over and over.
    fn disk(superblock: &Superblock, bitmap: &[u8]) -> Vec<u8> {
        let mut blocks = vec![[0; BSIZE]; superblock.size as usize];
        superblock.write_to(&mut blocks[SUPERBLOCK as usize]);
        let first = superblock.bmapstart as usize;
        for block in &mut blocks[first..first + superblock.size.div_ceil(abi::disk::BPB) as usize] {
            let bytes = bitmap.iter().copied().cycle();
            block
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, byte)| *to = byte);
        }
        blocks.concat()
    }

    fn a_superblock() -> impl Strategy<Value = Superblock> {
        let gaps = (0_u32..3, 0_u32..3, 0_u32..3, 0_u32..3);
        (50_u32..20_000, 2_u32..400, 11_u32..40, gaps).prop_map(|(data, ninodes, nlog, gaps)| {
            let logstart = 2 + gaps.0;
            let inodestart = logstart + nlog + gaps.1;
            let bmapstart = inodestart + ninodes.div_ceil(IPB as u32) + gaps.2;
            Superblock {
                magic: MAGIC,
                size: bmapstart + 4 + gaps.3 + data,
                nblocks: data,
                ninodes,
                nlog,
                logstart,
                inodestart,
                bmapstart,
                indirection: 0,
            }
        })
    }

    proptest! {
        #[test]
        fn runs_cover_the_disk(
            superblock in a_superblock(),
            bitmap in proptest::collection::vec(
                prop_oneof![Just(0_u8), Just(0xff), any::<u8>()],
                1..64,
            ),
        ) {
            let bytes = disk(&superblock, &bitmap);
            let view = build(&bytes, std::iter::empty()).expect("a sound superblock");
            let disk = Disk::of(&bytes).expect("the same");
            let mut next = 0;
            let mut free = 0;
            for run in &view.runs {
                prop_assert_eq!(run.first, next);
                for block in run.first..run.first + run.count {
                    prop_assert_eq!(disk.role(block), run.role, "block {}", block);
                    free += u32::from(run.role == BlockRole::Free);
                }
                next += run.count;
            }
            prop_assert_eq!((next, free), (superblock.size, view.free));
            let is_joined = view.runs.windows(2).all(|pair| pair[0].role != pair[1].role);
            prop_assert!(is_joined);
        }

        #[test]
        fn no_bytes_are_too_odd(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..8 * BSIZE),
            superblock in proptest::array::uniform8(prop_oneof![0_u32..64, any::<u32>()]),
        ) {
            let fields = [&[MAGIC], &superblock[..7]].concat();
            for (place, field) in bytes.iter_mut().skip(BSIZE).zip(
                fields.iter().flat_map(|field| field.to_le_bytes()),
            ) {
                *place = field;
            }
            if let Err(why) = build(&bytes, std::iter::empty()) {
                prop_assert!(why.contains("disk"), "{}", why);
            }
            if let Ok(disk) = Disk::of(&bytes) {
                disk.logged();
            }
        }
    }

    #[test]
    fn a_log_names_what_it_has_room_for() {
        let superblock = Superblock {
            magic: MAGIC,
            size: 200,
            nblocks: 100,
            ninodes: 16,
            nlog: 31,
            logstart: 2,
            inodestart: 33,
            bmapstart: 34,
            indirection: 0,
        };
        let mut bytes = disk(&superblock, &[0]);
        let header = 2 * BSIZE;
        bytes[header..header + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let logged = |bytes: &[u8]| Disk::of(bytes).expect("a sound superblock").logged();
        assert_eq!(logged(&bytes).len(), 30);
        bytes[header..header + 12].copy_from_slice(&[2, 0, 0, 0, 77, 0, 0, 0, 78, 0, 0, 0]);
        assert_eq!(logged(&bytes), [77, 78]);
    }
}
