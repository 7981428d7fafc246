//! What a file system should do, said as simply as can be: maps and vectors.

use std::collections::BTreeMap;

use abi::Error;
use abi::disk::{BSIZE, DIRSIZ, Indirection};
use fs::Kind;

use super::{Operation, State, Tree, pattern};

type Id = usize;

#[derive(Clone, Debug)]
struct Node {
    kind: Kind,
    nlink: i16,
    bytes: Vec<u8>,
    names: BTreeMap<String, Id>,
    parent: Id,
}

/// The model. Nodes are never freed: what nobody can reach nobody sees.
#[derive(Clone, Debug)]
pub struct Model {
    nodes: Vec<Node>,
    cwd: Id,
    /// Bytes of the largest file.
    most: usize,
}

impl Model {
    pub fn new(indirection: Indirection) -> Model {
        let root = Node {
            kind: Kind::Dir,
            nlink: 1,
            bytes: Vec::new(),
            names: BTreeMap::new(),
            parent: 0,
        };
        Model {
            nodes: vec![root],
            cwd: 0,
            most: indirection.max_blocks() * BSIZE,
        }
    }

    /// Has the file `/name` hold `bytes` from the start.
    pub fn with(mut self, name: &str, bytes: Vec<u8>) -> Model {
        self.create(name, Kind::File).unwrap();
        self.nodes.last_mut().unwrap().bytes = bytes;
        self
    }

    fn walk(&self, path: &str, keep_last: bool) -> Result<(Id, String), Error> {
        let mut at = if path.starts_with('/') { 0 } else { self.cwd };
        let cut = |name: &str| name.chars().take(DIRSIZ).collect::<String>();
        let names: Vec<String> = path
            .split('/')
            .filter(|name| !name.is_empty())
            .map(cut)
            .collect();
        for (n, name) in names.iter().enumerate() {
            let node = &self.nodes[at];
            if node.kind != Kind::Dir {
                return Err(Error::NotADirectory);
            }
            if node.nlink == 0 {
                return Err(Error::NotFound);
            }
            if keep_last && n + 1 == names.len() {
                return Ok((at, name.clone()));
            }
            at = self.child(at, name).ok_or(Error::NotFound)?;
        }
        if keep_last {
            Err(Error::InvalidArgument)
        } else {
            Ok((at, String::new()))
        }
    }

    fn child(&self, directory: Id, name: &str) -> Option<Id> {
        match name {
            "." => Some(directory),
            ".." => Some(self.nodes[directory].parent),
            name => self.nodes[directory].names.get(name).copied(),
        }
    }

    fn resolve(&self, path: &str) -> Result<Id, Error> {
        self.walk(path, false).map(|(id, _)| id)
    }

    /// Does `operation`. A `Write` happens as a whole, while the file system may stop
    /// between its transactions.
    pub fn run(&mut self, operation: &Operation) -> Result<(), Error> {
        match operation {
            Operation::Create(path, kind) => self.create(path, *kind),
            Operation::Write {
                path,
                at,
                len,
                seed,
            } => {
                let (node, most) = (self.resolve(path)?, self.most);
                let node = &mut self.nodes[node];
                let start = node.bytes.len() * *at as usize / 1000;
                let bytes = pattern(*seed, *len);
                match node.kind {
                    _ if bytes.is_empty() => return Ok(()),
                    Kind::File => {}
                    Kind::Symlink | Kind::Device { .. } => return Err(Error::InvalidArgument),
                    // The size of a directory is its own affair.
                    Kind::Dir => return Err(Error::IsADirectory),
                }
                if start + len > most {
                    return Err(Error::FileTooLarge);
                }
                let end = node.bytes.len().max(start + len);
                node.bytes.resize(end, 0);
                node.bytes[start..start + len].copy_from_slice(&bytes);
                Ok(())
            }
            Operation::Truncate(path) => {
                let node = self.resolve(path)?;
                match self.nodes[node].kind {
                    Kind::File => self.nodes[node].bytes.clear(),
                    Kind::Symlink | Kind::Device { .. } => return Err(Error::InvalidArgument),
                    Kind::Dir => return Err(Error::IsADirectory),
                }
                Ok(())
            }
            Operation::Link(old, new) => self.link(old, new),
            Operation::Unlink(path) => self.unlink(path),
            Operation::Chdir(path) => {
                let node = self.resolve(path)?;
                if self.nodes[node].kind != Kind::Dir {
                    return Err(Error::NotADirectory);
                }
                self.cwd = node;
                Ok(())
            }
            Operation::Hold(path) => {
                let node = self.resolve(path)?;
                if self.nodes[node].kind == Kind::Dir {
                    Err(Error::IsADirectory)
                } else {
                    Ok(())
                }
            }
            Operation::Release => Ok(()),
        }
    }

    fn create(&mut self, path: &str, kind: Kind) -> Result<(), Error> {
        let (directory, name) = self.walk(path, true)?;
        if let Some(there) = self.child(directory, &name) {
            let is_dir = self.nodes[there].kind == Kind::Dir;
            return if kind == Kind::File && !is_dir {
                Ok(())
            } else {
                Err(Error::Exists)
            };
        }
        let new = self.nodes.len();
        self.nodes.push(Node {
            kind,
            nlink: 1,
            bytes: Vec::new(),
            names: BTreeMap::new(),
            parent: directory,
        });
        self.nodes[directory].names.insert(name, new);
        if kind == Kind::Dir {
            self.nodes[directory].nlink += 1;
        }
        Ok(())
    }

    fn link(&mut self, old: &str, new: &str) -> Result<(), Error> {
        let node = self.resolve(old)?;
        if self.nodes[node].kind == Kind::Dir {
            return Err(Error::IsADirectory);
        }
        let (directory, name) = self.walk(new, true)?;
        if self.child(directory, &name).is_some() {
            return Err(Error::Exists);
        }
        self.nodes[directory].names.insert(name, node);
        self.nodes[node].nlink += 1;
        Ok(())
    }

    fn unlink(&mut self, path: &str) -> Result<(), Error> {
        let (directory, name) = self.walk(path, true)?;
        if name == "." || name == ".." {
            return Err(Error::InvalidArgument);
        }
        let node = self.child(directory, &name).ok_or(Error::NotFound)?;
        let is_dir = self.nodes[node].kind == Kind::Dir;
        if is_dir && !self.nodes[node].names.is_empty() {
            return Err(Error::NotEmpty);
        }
        self.nodes[directory].names.remove(&name);
        self.nodes[directory].nlink -= i16::from(is_dir);
        self.nodes[node].nlink -= 1;
        Ok(())
    }

    /// What it holds.
    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        let mut waiting = vec![(String::new(), 0)];
        while let Some((path, id)) = waiting.pop() {
            let node = &self.nodes[id];
            waiting.extend(
                node.names
                    .iter()
                    .map(|(name, &id)| (format!("{path}/{name}"), id)),
            );
            let path = if path.is_empty() { "/".into() } else { path };
            tree.insert(
                path,
                State {
                    kind: node.kind,
                    nlink: node.nlink,
                    bytes: node.bytes.clone(),
                },
            );
        }
        tree
    }
}
