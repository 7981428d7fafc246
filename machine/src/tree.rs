//! The device tree, made from the same rows as the bus.
//! Source: Devicetree Specification; the bindings are those QEMU `virt` uses.

use vm_fdt::{Error, FdtWriter};

use crate::Config;
use crate::board::{Board, CLINT, PLIC, Place, Slot};
use crate::devices::clint::TIMEBASE;
use crate::devices::plic::SOURCES;
use crate::hart::block::BLOCK;
use crate::ram;

/// What the harts are, for `riscv,isa`.
const ISA: &str = "rv64imafdc_zicbom_zicboz_zicntr_zicond_zicsr_zifencei_zihintpause\
    _zihpm_zba_zbb_zbs_sstc_svadu_svinval_svnapot_svpbmt";

const PLIC_PHANDLE: u32 = 0x100;
const TEST_PHANDLE: u32 = 0x101;
const CPU_PHANDLE: u32 = 1;

/// Interrupts of a hart, by the numbers of their causes.
const M_SOFTWARE: u32 = 3;
const M_TIMER: u32 = 7;
const S_EXTERNAL: u32 = 9;
const M_EXTERNAL: u32 = 11;

/// The flattened tree of a machine of `config`.
pub(crate) fn build(config: &Config) -> Vec<u8> {
    write(config).expect("names and strings are ours, and bootargs were checked")
}

/// Where a tree of `len` bytes lies in RAM that ends at `ram_end`: as high as fits, on
/// a multiple of 2 MiB below 3 GiB, as on QEMU.
pub(crate) fn place(len: usize, ram_end: u64) -> u64 {
    const ALIGN: u64 = 2 << 20;
    const HIGHEST: u64 = 3 << 30;
    (ram_end.min(HIGHEST) - len as u64) / ALIGN * ALIGN
}

fn write(config: &Config) -> Result<Vec<u8>, Error> {
    let mut tree = FdtWriter::new()?;
    let root = tree.begin_node("")?;
    tree.property_u32("#address-cells", 2)?;
    tree.property_u32("#size-cells", 2)?;
    tree.property_string("compatible", "riscv-virtio")?;
    tree.property_string("model", "riscv-virtio,orrery")?;
    write_chosen(&mut tree, config)?;
    write_harts(&mut tree, config.harts)?;
    let node = tree.begin_node(&format!("memory@{:x}", ram::BASE))?;
    tree.property_string("device_type", "memory")?;
    tree.property_array_u64("reg", &[ram::BASE, config.ram_bytes])?;
    tree.end_node(node)?;
    write_power(&mut tree, "poweroff", "syscon-poweroff", 0x5555)?;
    write_power(&mut tree, "reboot", "syscon-reboot", 0x7777)?;
    write_soc(&mut tree, config)?;
    tree.end_node(root)?;
    tree.finish()
}

fn write_chosen(tree: &mut FdtWriter, config: &Config) -> Result<(), Error> {
    let node = tree.begin_node("chosen")?;
    tree.property_string("bootargs", &config.bootargs)?;
    let slots = Board::slots_of(config);
    if let Some(serial) = slots
        .iter()
        .find(|slot| slot.device.describe().node == "serial")
    {
        tree.property_string("stdout-path", &format!("/soc/{}", node_name(serial)))?;
    }
    tree.end_node(node)
}

fn write_harts(tree: &mut FdtWriter, harts: usize) -> Result<(), Error> {
    let cpus = tree.begin_node("cpus")?;
    tree.property_u32("#address-cells", 1)?;
    tree.property_u32("#size-cells", 0)?;
    tree.property_u32("timebase-frequency", TIMEBASE)?;
    for hart in 0..harts as u32 {
        let cpu = tree.begin_node(&format!("cpu@{hart:x}"))?;
        tree.property_string("device_type", "cpu")?;
        tree.property_u32("reg", hart)?;
        tree.property_string("status", "okay")?;
        tree.property_string("compatible", "riscv")?;
        tree.property_string("riscv,isa", ISA)?;
        tree.property_string("mmu-type", "riscv,sv57")?;
        tree.property_u32("riscv,cbom-block-size", BLOCK as u32)?;
        tree.property_u32("riscv,cboz-block-size", BLOCK as u32)?;
        let controller = tree.begin_node("interrupt-controller")?;
        tree.property_u32("#interrupt-cells", 1)?;
        tree.property_null("interrupt-controller")?;
        tree.property_string("compatible", "riscv,cpu-intc")?;
        tree.property_phandle(CPU_PHANDLE + hart)?;
        tree.end_node(controller)?;
        tree.end_node(cpu)?;
    }
    tree.end_node(cpus)
}

/// A node that says which value written to the test device does what.
fn write_power(tree: &mut FdtWriter, name: &str, kind: &str, value: u32) -> Result<(), Error> {
    let node = tree.begin_node(name)?;
    tree.property_string("compatible", kind)?;
    tree.property_u32("regmap", TEST_PHANDLE)?;
    tree.property_u32("offset", 0)?;
    tree.property_u32("value", value)?;
    tree.end_node(node)
}

fn write_soc(tree: &mut FdtWriter, config: &Config) -> Result<(), Error> {
    let soc = tree.begin_node("soc")?;
    tree.property_u32("#address-cells", 2)?;
    tree.property_u32("#size-cells", 2)?;
    tree.property_string("compatible", "simple-bus")?;
    tree.property_null("ranges")?;

    let node = tree.begin_node(&format!("clint@{:x}", CLINT.base))?;
    strings(tree, "compatible", &["sifive,clint0", "riscv,clint0"])?;
    write_reg(tree, CLINT)?;
    write_lines(tree, config.harts, [M_SOFTWARE, M_TIMER])?;
    tree.end_node(node)?;

    let node = tree.begin_node(&format!("plic@{:x}", PLIC.base))?;
    strings(tree, "compatible", &["sifive,plic-1.0.0", "riscv,plic0"])?;
    write_reg(tree, PLIC)?;
    write_lines(tree, config.harts, [M_EXTERNAL, S_EXTERNAL])?;
    tree.property_null("interrupt-controller")?;
    tree.property_u32("#interrupt-cells", 1)?;
    tree.property_u32("#address-cells", 0)?;
    tree.property_u32("riscv,ndev", SOURCES as u32)?;
    tree.property_phandle(PLIC_PHANDLE)?;
    tree.end_node(node)?;

    for slot in Board::slots_of(config) {
        write_device(tree, &slot)?;
    }
    tree.end_node(soc)
}

fn write_device(tree: &mut FdtWriter, slot: &Slot) -> Result<(), Error> {
    let description = slot.device.describe();
    let node = tree.begin_node(&node_name(slot))?;
    strings(tree, "compatible", description.compatible)?;
    write_reg(tree, slot.place)?;
    if slot.place.irq != 0 {
        tree.property_u32("interrupts", slot.place.irq)?;
        tree.property_u32("interrupt-parent", PLIC_PHANDLE)?;
    }
    for &(name, value) in description.numbers {
        tree.property_u32(name, value)?;
    }
    if description.node == "test" {
        tree.property_phandle(TEST_PHANDLE)?;
    }
    tree.end_node(node)
}

fn node_name(slot: &Slot) -> String {
    format!("{}@{:x}", slot.device.describe().node, slot.place.base)
}

fn write_reg(tree: &mut FdtWriter, place: Place) -> Result<(), Error> {
    tree.property_array_u64("reg", &[place.base, place.len])
}

/// For each hart, the interrupts of it that a controller raises.
fn write_lines(tree: &mut FdtWriter, harts: usize, lines: [u32; 2]) -> Result<(), Error> {
    let harts = 0..harts as u32;
    let cells: Vec<u32> = harts
        .flat_map(|hart| lines.map(|line| [CPU_PHANDLE + hart, line]))
        .flatten()
        .collect();
    tree.property_array_u32("interrupts-extended", &cells)
}

fn strings(tree: &mut FdtWriter, name: &str, values: &[&str]) -> Result<(), Error> {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    tree.property_string_list(name, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_names_every_device_and_the_bootargs() {
        let config = Config {
            bootargs: "fork=cow".to_owned(),
            ..Config::default()
        };
        let tree = build(&config);
        assert!(tree.starts_with(&[0xd0, 0x0d, 0xfe, 0xed]));
        let has = |text: &str| {
            tree.windows(text.len())
                .any(|bytes| bytes == text.as_bytes())
        };
        for text in [
            "fork=cow\0",
            "cpu@2\0",
            "memory@80000000\0",
            "clint@2000000\0",
            "plic@c000000\0",
            "serial@10000000\0",
            "virtio_mmio@10001000\0",
            "virtio_mmio@10008000\0",
            "test@100000\0",
        ] {
            assert!(has(text), "{text}");
        }
        assert!(!has("cpu@3\0"));
    }

    #[test]
    fn it_lies_where_qemu_puts_it() {
        assert_eq!(place(3000, 0x8800_0000), 0x87e0_0000);
        assert_eq!(place(2 << 20, 0x8800_0000), 0x87e0_0000);
        assert_eq!(place(3000, 0x1_0000_0000), 0xbfe0_0000);
        assert_eq!(place((2 << 20) + 1, 0x8800_0000), 0x87c0_0000);
    }
}
