//! The device tree against QEMU's: the same nodes with the same properties, but for what is
//! named here and why.

use std::collections::BTreeMap;
use std::process::Command;

use dtoolkit::fdt::Fdt;
use dtoolkit::{Node, Property};
use machine::{Config, Machine};

use crate::guest::*;

/// Path and property to value.
type Tree = BTreeMap<(String, String), Vec<u8>>;

/// Nodes of QEMU's that we have not, since we have not what they are of.
const ABSENT: [&str; 6] = [
    "/pmu",
    "/fw-cfg@10100000",
    "/flash@20000000",
    "/platform-bus@4000000",
    "/soc/pci@30000000",
    // Says that the harts are the cores of one cluster, as nothing else is said.
    "/cpus/cpu-map",
];

/// Properties whose values differ.
const OTHER: [&str; 8] = [
    // Another board.
    "model",
    // Ours has no H and no Zbc, and says more of what there is.
    "riscv,isa",
    // Of Zicbom and Zicboz, which QEMU 7.2 leaves off.
    "riscv,cbom-block-size",
    "riscv,cboz-block-size",
    // The widest there is: ours has Sv57.
    "mmu-type",
    // Nobody needs one.
    "rng-seed",
    // Given to the kernel: QEMU leaves it out where there are none.
    "bootargs",
    // Numbers that nodes are referred to by; compared by what they refer to.
    "phandle",
];

fn gather(node: &impl Node, path: &str, tree: &mut Tree) {
    for property in node.properties() {
        let key = (path.to_owned(), property.name().to_owned());
        tree.insert(key, property.value().to_vec());
    }
    for child in node.children() {
        let name = child.name().as_ref().to_owned();
        let below = format!("{}/{name}", path.trim_end_matches('/'));
        gather(&child, &below, tree);
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_be_bytes(word.try_into().expect("4 bytes")))
        .collect()
}

/// The tree's properties as texts, with paths for references.
fn read(bytes: &[u8]) -> BTreeMap<(String, String), String> {
    let fdt = Fdt::new(bytes).expect("a device tree");
    let mut tree = Tree::new();
    gather(&fdt.root(), "/", &mut tree);
    let named: BTreeMap<u32, String> = tree
        .iter()
        .filter(|((_, name), _)| name == "phandle")
        .map(|((path, _), value)| (words(value)[0], path.clone()))
        .collect();
    let text = |name: &str, value: &[u8]| match name {
        "interrupt-parent" | "regmap" => named[&words(value)[0]].clone(),
        "interrupts-extended" => {
            let pairs = words(value);
            let pairs = pairs
                .chunks(2)
                .map(|pair| format!("{} {}", named[&pair[0]], pair[1]));
            pairs.collect::<Vec<_>>().join(", ")
        }
        _ => format!("{:?}", String::from_utf8_lossy(value)),
    };
    let all = tree.iter().map(|((path, name), value)| {
        let key = (path.clone(), name.clone());
        (key, text(name, value))
    });
    all.filter(|((path, name), _)| {
        !OTHER.contains(&name.as_str()) && !ABSENT.iter().any(|absent| path.starts_with(absent))
    })
    .collect()
}

fn ours(harts: usize) -> Vec<u8> {
    const TREE_AT: u64 = 0x87e0_0000;
    let config = Config {
        harts,
        ..Config::default()
    };
    let kernel = Program::new().plain(machine::isa::Kind::wfi).elf();
    let machine = Machine::new(&config, &kernel, Vec::new()).expect("a proper guest");
    let head = machine.read_ram(TREE_AT, 8).expect("in RAM");
    let len = words(head)[1] as usize;
    machine.read_ram(TREE_AT, len).expect("in RAM").to_vec()
}

fn qemu(harts: usize) -> Vec<u8> {
    let file = std::env::temp_dir().join(format!("orrery-{}-{harts}.dtb", std::process::id()));
    let ran = Command::new("qemu-system-riscv64")
        .arg("-machine")
        .arg(format!("virt,dumpdtb={}", file.display()))
        .args([
            "-m",
            "128M",
            "-bios",
            "none",
            "-display",
            "none",
            "-smp",
            &harts.to_string(),
        ])
        .output()
        .expect("QEMU is there");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let mut bytes = std::fs::read(&file).expect("QEMU wrote it");
    // It reserves room behind.
    bytes.truncate(words(&bytes[..8])[1] as usize);
    // Nothing to do about a file that stays.
    let _ = std::fs::remove_file(&file);
    bytes
}

#[test]
fn the_device_tree_says_what_qemus_says() {
    for harts in [1, 3, 8] {
        let (ours, theirs) = (read(&ours(harts)), read(&qemu(harts)));
        let differ: Vec<_> = ours
            .keys()
            .chain(theirs.keys())
            .filter(|key| ours.get(*key) != theirs.get(*key))
            .map(|key| (key, ours.get(key), theirs.get(key)))
            .collect();
        assert!(differ.is_empty(), "{differ:#?}");
        assert!(ours.len() > 80, "{}", ours.len());
    }
}
