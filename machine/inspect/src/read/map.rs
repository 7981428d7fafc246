//! The map of an address space: stretches that are one thing, put together.

use super::address_space::Name;
use super::sharers::{Group, Sharers};
use crate::guest::PAGE;
use crate::guest::pte::Pte;
use crate::view::{Addr, Region, RegionKind};

/// Regions that are shown at most.
const MOST_REGIONS: usize = 4096;

/// A stretch of addresses, a leaf's or a hole's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub start: u64,
    /// One past its last address; 0 behind the highest there is.
    pub end: u64,
    pub kind: RegionKind,
    pub name: Option<Name>,
    /// Its first leaf, and the frame that leads to.
    pub leaf: Option<Pte>,
    pub pa: Option<u64>,
    pub group: Group,
}

/// Flags by which regions are told apart.
const TELLING: u64 = Pte::FLAG_BITS & !(Pte::A | Pte::D);

impl Stretch {
    /// Whether `next` goes on with the same thing. Its frame may be anywhere.
    fn is_continued_by(&self, next: &Stretch) -> bool {
        let telling = |stretch: &Stretch| stretch.leaf.map(|leaf| leaf.0 & TELLING);
        self.end == next.start
            && self.kind == next.kind
            && self.name == next.name
            && self.group == next.group
            && telling(self) == telling(next)
    }
}

/// A map being made, in order of address.
pub(crate) struct Map<'a> {
    sharers: &'a Sharers,
    regions: Vec<Region>,
    /// The region being made, the first of its leaves with the flags that all have.
    last: Option<Stretch>,
    is_cut: bool,
}

impl<'a> Map<'a> {
    /// An empty one.
    pub fn new(sharers: &'a Sharers) -> Map<'a> {
        Map {
            sharers,
            regions: Vec::new(),
            last: None,
            is_cut: false,
        }
    }

    /// Adds what comes next.
    pub fn add(&mut self, stretch: Stretch) {
        if let Some(last) = &mut self.last
            && last.is_continued_by(&stretch)
        {
            last.end = stretch.end;
            if let (Some(first), Some(leaf)) = (&mut last.leaf, stretch.leaf) {
                first.0 &= leaf.0 | !Pte::FLAG_BITS;
            }
            return;
        }
        self.end_region();
        self.last = Some(stretch);
    }

    /// All of it, and whether there is more than it shows.
    pub fn finish(mut self) -> (Vec<Region>, bool) {
        self.end_region();
        (self.regions, self.is_cut)
    }

    fn end_region(&mut self) {
        let Some(stretch) = self.last.take() else {
            return;
        };
        if self.regions.len() == MOST_REGIONS {
            self.is_cut = true;
            return;
        }
        let pages = stretch.end.wrapping_sub(stretch.start) / PAGE;
        self.regions.push(Region {
            start: Addr(stretch.start),
            end: Addr(stretch.end),
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
            kind: stretch.kind,
            name: stretch.name.map(|name| name.to_string()),
            pa: stretch.pa.map(Addr),
            flags: stretch.leaf.map(Pte::flags).unwrap_or_default(),
            shared_with: self.sharers.processes(stretch.group),
        });
    }
}
