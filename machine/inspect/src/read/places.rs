//! Where things are, in the words of the source: `PROC[3]`, `DISK.requests[0]`, and for
//! what a variable only leads to, the way there.

use std::collections::HashSet;
use std::fmt::Write;

use crate::guest::{Guest, Value};
use crate::symbols::{Symbols, Type, TypeId, short};

/// Things below each other that are followed.
const DEEPEST: usize = 32;
/// Things that are looked at: a kernel has a few thousand.
const MOST_THINGS: usize = 1 << 16;

/// Fields that only wrap what they hold: nobody says them.
const WRAPPINGS: [&str; 6] = ["raw", "data", "value", "pointer", "__0", "inner"];

/// A thing of a type somewhere, and how one gets there.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub path: String,
    pub ty: TypeId,
    pub at: u64,
}

/// Finds all things of some types that the kernel's variables hold or lead to.
pub(crate) struct Search<'a> {
    guest: Guest<'a>,
    /// Whether a type is wanted.
    is_wanted: Vec<bool>,
    /// Whether a type holds or leads to something wanted.
    holds: Vec<bool>,
    path: String,
    depth: usize,
    n_things: usize,
    /// What pointers led to.
    met: HashSet<(u64, TypeId)>,
    /// What was found.
    pub found: Vec<Place>,
    /// Things outside of variables that led to something.
    pub objects: Vec<Place>,
}

impl<'a> Search<'a> {
    /// Finds what is of a type with one of `names`, the last parts of its path.
    pub fn of(guest: Guest<'a>, names: &[&str]) -> Search<'a> {
        let types = &guest.symbols.types;
        let is_wanted: Vec<bool> = types
            .iter()
            .map(|ty| names.contains(&short(ty.name())))
            .collect();
        let mut search = Search {
            guest,
            holds: holders(types, &is_wanted),
            is_wanted,
            path: String::new(),
            depth: 0,
            n_things: 0,
            met: HashSet::new(),
            found: Vec::new(),
            objects: Vec::new(),
        };
        for variable in &guest.symbols.variables {
            search.path = short(&variable.name).to_owned();
            search.thing(variable.ty, variable.address);
        }
        search
    }

    /// The things of type `ty` at `at`, and below.
    fn thing(&mut self, ty: TypeId, at: u64) {
        let is_enough = self.depth == DEEPEST || self.n_things == MOST_THINGS;
        if is_enough || !self.may_hold(ty) {
            return;
        }
        self.n_things += 1;
        if self.is_wanted[ty as usize] {
            let path = self.path.clone();
            self.found.push(Place { path, ty, at });
        }
        self.depth += 1;
        let value = Value::at(self.guest, ty, at);
        match &self.guest.symbols.types[ty as usize] {
            Type::Opaque { .. } | Type::Number { .. } | Type::Enum { .. } => {}
            Type::Pointer { to } => self.object(*to, value),
            Type::Array { of, .. } => {
                for (n, element) in value.elements().into_iter().flatten().enumerate() {
                    if self.n_things == MOST_THINGS {
                        break;
                    }
                    self.below(Step::Element(n), *of, element.address());
                }
            }
            Type::Struct {
                fields, variants, ..
            } => {
                for field in fields {
                    let at = at.wrapping_add(field.offset);
                    self.below(Step::Field(&field.name), field.ty, at);
                }
                if let Some(variants) = variants
                    && let Ok((name, content)) = value.variant()
                {
                    let mut arms = variants.arms.iter();
                    if let Some(arm) = arms.find(|arm| arm.name == name) {
                        self.thing(arm.ty, content.address());
                    }
                }
            }
        }
        self.depth -= 1;
    }

    /// What the pointer `value` leads to, if nobody did yet.
    fn object(&mut self, ty: TypeId, value: Value) {
        let Ok(to) = value.deref() else { return };
        let at = to.address();
        if !self.met.insert((at, ty)) || self.guest.symbols.variable_at(at).is_some() {
            return;
        }
        self.objects.push(Place {
            path: self.path.clone(),
            ty,
            at,
        });
        self.thing(ty, at);
    }

    fn below(&mut self, step: Step, ty: TypeId, at: u64) {
        if !self.may_hold(ty) {
            return;
        }
        let len = self.path.len();
        step.add_to(&mut self.path);
        self.thing(ty, at);
        self.path.truncate(len);
    }

    fn may_hold(&self, ty: TypeId) -> bool {
        self.holds.get(ty as usize).is_some_and(|&holds| holds)
    }
}

/// Which types hold something wanted, or lead to it.
fn holders(types: &[Type], is_wanted: &[bool]) -> Vec<bool> {
    let mut holds = is_wanted.to_vec();
    loop {
        let mut is_changed = false;
        for (n, ty) in types.iter().enumerate() {
            let is_held = |ty: TypeId| holds.get(ty as usize).is_some_and(|&holds| holds);
            let leads = match ty {
                Type::Opaque { .. } | Type::Number { .. } | Type::Enum { .. } => false,
                Type::Pointer { to } => is_held(*to),
                Type::Array { of, .. } => is_held(*of),
                Type::Struct {
                    fields, variants, ..
                } => {
                    let mut arms = variants.iter().flat_map(|variants| &variants.arms);
                    fields.iter().any(|field| is_held(field.ty)) || arms.any(|arm| is_held(arm.ty))
                }
            };
            if leads && !holds[n] {
                holds[n] = true;
                is_changed = true;
            }
        }
        if !is_changed {
            return holds;
        }
    }
}

/// From a thing to a part of it.
enum Step<'a> {
    Field(&'a str),
    Element(usize),
}

impl Step<'_> {
    fn add_to(&self, path: &mut String) {
        match self {
            Step::Field(name) if WRAPPINGS.contains(name) => {}
            Step::Field(name) => {
                path.push('.');
                path.push_str(name);
            }
            // Writing to a string does not fail.
            Step::Element(n) => _ = write!(path, "[{n}]"),
        }
    }
}

/// The path to the outermost thing at `address` inside of a variable; none if it is in no
/// variable.
pub(crate) fn path_to(guest: Guest, address: u64) -> Option<String> {
    let variable = guest.symbols.variable_at(address)?;
    let place = Place {
        path: short(&variable.name).to_owned(),
        ty: variable.ty,
        at: variable.address,
    };
    Some(path_within(guest, &place, address))
}

/// The path to the outermost thing at `address` inside of `place`.
pub(crate) fn path_within(guest: Guest, place: &Place, address: u64) -> String {
    let mut path = place.path.clone();
    let is_it = |ty: &Type, at| at == address && !matches!(ty, Type::Array { .. });
    descend(guest, place, address, &mut path, is_it);
    path
}

/// The thing at `address` in a variable whose type is called `name`, without its path.
pub(crate) fn thing_at<'a>(guest: Guest<'a>, address: u64, name: &str) -> Option<Value<'a>> {
    let variable = guest.symbols.variable_at(address)?;
    let place = Place {
        path: String::new(),
        ty: variable.ty,
        at: variable.address,
    };
    let is_it = |ty: &Type, at| at == address && short(ty.name()) == name;
    let ty = descend(guest, &place, address, &mut String::new(), is_it)?;
    Some(Value::at(guest, ty, address))
}

/// Goes from `place` to the part that `address` is in, and on from there, adding to `path`,
/// until a thing is it. Returns its type, if one was.
fn descend(
    guest: Guest,
    place: &Place,
    address: u64,
    path: &mut String,
    is_it: impl Fn(&Type, u64) -> bool,
) -> Option<TypeId> {
    let (mut ty, mut at) = (place.ty, place.at);
    for _ in 0..DEEPEST {
        if is_it(guest.symbols.types.get(ty as usize)?, at) {
            return Some(ty);
        }
        let (step, part, part_at) = part_with(guest, ty, at, address)?;
        if let Some(step) = step {
            step.add_to(path);
        }
        (ty, at) = (part, part_at);
    }
    None
}

/// The part, of the thing of type `ty` at `at`, that `address` is in.
fn part_with(
    guest: Guest<'_>,
    ty: TypeId,
    at: u64,
    address: u64,
) -> Option<(Option<Step<'_>>, TypeId, u64)> {
    let symbols: &Symbols = guest.symbols;
    let offset = address.checked_sub(at)?;
    match symbols.types.get(ty as usize)? {
        Type::Opaque { .. } | Type::Number { .. } | Type::Enum { .. } | Type::Pointer { .. } => {
            None
        }
        Type::Array { of, count } => {
            let size = symbols.size_of(*of);
            let n = offset.checked_div(size).filter(|n| n < count)?;
            Some((Some(Step::Element(n as usize)), *of, at + n * size))
        }
        Type::Struct {
            fields, variants, ..
        } => {
            let is_in = |ty, start: u64| {
                let inside = offset.checked_sub(start);
                inside.is_some_and(|inside| inside < symbols.size_of(ty))
            };
            if let Some(field) = fields.iter().find(|field| is_in(field.ty, field.offset)) {
                let step = Step::Field(&field.name);
                return Some((Some(step), field.ty, at + field.offset));
            }
            let (name, content) = Value::at(guest, ty, at).variant().ok()?;
            let mut arms = variants.iter().flat_map(|variants| &variants.arms);
            let arm = arms.find(|arm| arm.name == name && is_in(arm.ty, arm.offset))?;
            Some((None, arm.ty, content.address()))
        }
    }
}
