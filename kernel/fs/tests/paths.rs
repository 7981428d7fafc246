//! Where paths lead: within a root of one's own, and through symbolic links.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use abi::Error;
use common::{assert_clean, create, mounted};
use fs::Kind;
use fsimg::Layout;

#[test]
fn paths_do_not_lead_out_of_their_root() {
    let fs = mounted(Layout::CLASSIC.format().unwrap());
    for path in ["jail", "jail/cell"] {
        create(&fs, path, Kind::Dir).unwrap();
    }
    let _op = fs.begin();
    let top = fs.root().unwrap();
    let jail = fs.resolve(&top, b"jail").unwrap();
    let cell = fs.resolve(&top, b"jail/cell").unwrap();
    let base = fs::Base {
        root: Some(&jail),
        cwd: &cell,
    };
    let leads_to = |path: &[u8]| fs.resolve(base, path).unwrap().inum();
    for path in [&b"/"[..], b"..", b"../..", b"/..", b"../../cell/../.."] {
        assert_eq!(leads_to(path), jail.inum());
    }
    assert_eq!(leads_to(b"/../../cell"), cell.inum());
    assert_eq!(fs.resolve(base, b"/jail").map(drop), Err(Error::NotFound));
}

#[test]
fn symbolic_links_lead_on_but_not_for_ever() {
    let fs = mounted(Layout::CLASSIC.format().unwrap());
    create(&fs, "d", Kind::Dir).unwrap();
    let file = create(&fs, "d/file", Kind::File).unwrap();
    let root = fs.root().unwrap();
    let symlink = |target: &str, path: &str| {
        let op = fs.begin();
        fs.symlink(&op, &root, target.as_bytes(), path.as_bytes())
    };
    let follow = |path: &str| fs.follow(&root, path.as_bytes()).map(|inode| inode.inum());
    // From where the link lies, not from where it is looked at.
    symlink("file", "d/near").unwrap();
    symlink("/d/near", "far").unwrap();
    symlink("d", "dir").unwrap();
    assert_eq!(follow("far"), Ok(file.inum()));
    assert_eq!(follow("d/near"), Ok(file.inum()));
    assert_ne!(fs.resolve(&root, b"far").unwrap().inum(), file.inum());
    symlink("nowhere", "dangling").unwrap();
    assert_eq!(follow("dangling"), Err(Error::NotFound));
    symlink("b", "a").unwrap();
    symlink("a", "b").unwrap();
    assert_eq!(follow("a"), Err(Error::LinkLoop));
    assert_eq!(symlink("", "e"), Err(Error::InvalidArgument));
    assert_eq!(symlink(&"x".repeat(128), "e"), Err(Error::InvalidArgument));
    assert_eq!(symlink("d", "a"), Err(Error::Exists));
    assert_clean(&fs.host().bytes());
}
