//! A page table as a tree and as a map: one visit makes both.

use super::address_space::{Hole, Name};
use super::map::{Map, Stretch};
use super::paging::{self, Found, Visitor};
use super::sharers::Group;
use super::subject::Subject;
use crate::guest::pte::{Pte, span};
use crate::guest::{Memory, PAGE};
use crate::view::{Addr, Entry, PageTableView, ProcessRef, RegionKind};

/// Entries that are shown at most.
const MOST_ENTRIES: usize = 4096;

/// Shows the table of `subject`, and the way of `va` if one is given. `processes` are those
/// whose tables could be shown.
pub(crate) fn build(
    memory: Memory,
    subject: Subject,
    processes: Vec<ProcessRef>,
    va: Option<u64>,
) -> PageTableView {
    let mut builder = Builder {
        subject: &subject,
        tables: vec![Vec::new()],
        run: None,
        n_entries: 0,
        is_cut: false,
        map: Map::new(&subject.sharers),
        next: 0,
        mapped_pages: 0,
        shared_pages: 0,
    };
    let extent = paging::visit(memory, subject.root, &mut builder);
    builder.finish(extent.is_cut);
    let tree = builder.tables.pop().unwrap_or_default();
    let (mapped_pages, shared_pages) = (builder.mapped_pages, builder.shared_pages);
    let is_cut = extent.is_cut || builder.is_cut;
    let (map, is_map_cut) = builder.map.finish();
    PageTableView {
        tree,
        map,
        table_pages: extent.tables,
        mapped_pages: u32::try_from(mapped_pages).unwrap_or(u32::MAX),
        shared_pages: u32::try_from(shared_pages).unwrap_or(u32::MAX),
        walk: va.map(|va| paging::walk(memory, subject.root, va)),
        processes,
        is_cut: is_cut || is_map_cut,
        root: Addr(subject.root),
        levels: memory.scheme().levels,
        size: subject.size.map(Addr),
        owner: subject.owner,
    }
}

/// Entries that become one [`Entry`].
struct Run {
    first: Found,
    count: u64,
    name: Option<Name>,
    group: Group,
}

impl Run {
    /// Whether `found` goes on where this ends.
    fn is_followed_by(&self, found: &Found) -> bool {
        let pages = self.count * span(self.first.level) / PAGE;
        let is_next = u64::from(found.index) == u64::from(self.first.index) + self.count;
        is_next
            && found.flaw.is_none()
            && self.first.flaw.is_none()
            && found.pte.0 == self.first.pte.0.wrapping_add(pages << Pte::PPN_SHIFT)
    }
}

struct Builder<'a> {
    subject: &'a Subject,
    /// Entries of the tables that are being visited, the root's first.
    tables: Vec<Vec<Entry>>,
    /// The entries seen last.
    run: Option<Run>,
    n_entries: usize,
    is_cut: bool,
    map: Map<'a>,
    /// The address behind the leaf seen last.
    next: u64,
    mapped_pages: u64,
    shared_pages: u64,
}

impl Visitor for Builder<'_> {
    fn entry(&mut self, found: &Found) -> bool {
        let (name, group) = match found.flaw {
            None => self.leaf(found),
            Some(_) => {
                self.hole(found.va);
                (None, Group::default())
            }
        };
        self.next = found.va.saturating_add(span(found.level));
        if let Some(run) = &mut self.run
            && run.is_followed_by(found)
            && (run.name, run.group) == (name, group)
        {
            run.count += 1;
            return true;
        }
        self.end_run();
        if self.n_entries == MOST_ENTRIES {
            self.is_cut = true;
            return true;
        }
        self.run = Some(Run {
            first: *found,
            count: 1,
            name,
            group,
        });
        self.n_entries += 1;
        true
    }

    fn enter(&mut self, found: &Found) -> bool {
        self.end_run();
        self.push(entry(found, 1));
        self.tables.push(Vec::new());
        true
    }

    fn leave(&mut self) {
        self.end_run();
        let children = self.tables.pop().unwrap_or_default();
        let parent = self.tables.last_mut().and_then(|table| table.last_mut());
        if let Some(parent) = parent {
            parent.children = children;
        }
    }
}

impl Builder<'_> {
    /// Notes a leaf that a hart follows; what it is called, and who shares its frame.
    fn leaf(&mut self, found: &Found) -> (Option<Name>, Group) {
        self.hole(found.va);
        let Subject { space, sharers, .. } = self.subject;
        let name = space.name(found.va, found.pa, found.pte);
        let is_guard = space.is_guard(found.va, found.pte);
        let group = sharers.of(found.pa);
        let pages = span(found.level) / PAGE;
        self.mapped_pages += pages;
        if !group.is_empty() {
            self.shared_pages += pages;
        }
        self.map.add(Stretch {
            start: found.va,
            end: found.va.wrapping_add(span(found.level)),
            kind: if is_guard {
                RegionKind::Guard
            } else {
                RegionKind::Mapped
            },
            name,
            leaf: Some(found.pte),
            pa: Some(found.pa),
            group,
        });
        (name, group)
    }

    /// Notes what lies between the leaf seen last and `to`.
    fn hole(&mut self, to: u64) {
        if self.next >= to {
            return;
        }
        for (part, hole) in self.subject.space.hole(self.next, to) {
            let (kind, name) = match hole {
                Hole::Guard => (RegionKind::Guard, None),
                Hole::Promised(name) => (RegionKind::Promised, name),
            };
            self.map.add(Stretch {
                start: part.start,
                end: part.end,
                kind,
                name,
                leaf: None,
                pa: None,
                group: Group::default(),
            });
        }
    }

    /// Notes what lies behind the last leaf, if that was seen.
    fn finish(&mut self, is_cut: bool) {
        self.end_run();
        if !is_cut {
            self.hole(self.subject.space.end());
        }
    }

    fn end_run(&mut self) {
        if let Some(run) = self.run.take() {
            let mut entry = entry(&run.first, run.count as u32);
            entry.name = run.name.map(|name| name.to_string());
            entry.shared_with = self.subject.sharers.processes(run.group);
            self.push(entry);
        }
    }

    fn push(&mut self, entry: Entry) {
        if let Some(table) = self.tables.last_mut() {
            table.push(entry);
        }
    }
}

fn entry(found: &Found, count: u32) -> Entry {
    Entry {
        level: found.level,
        index: found.index,
        count,
        va: Addr(found.va),
        at: Addr(found.at),
        pte: Addr(found.pte.0),
        pa: Addr(found.pa),
        flags: found.pte.flags(),
        name: None,
        shared_with: Vec::new(),
        flaw: found.flaw,
        children: Vec::new(),
    }
}
