//! The face, tried where it will live: in a browser's worker, with a small guest made of
//! a few instructions. Whole kernels are booted by `tests/` and the end-to-end tests.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test: what fails here fails it")]

mod guest;

use guest::{ECHO, SLEEP, elf, image};
use js_sys::{Error, Object, Reflect};
use orrery_wasm::{BootConfig, MachineStatus, Orrery, sha256};
use tsify::Ts;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A configuration as JavaScript writes it.
fn config(fields: &[(&str, JsValue)]) -> Ts<BootConfig> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    Ts::new_unchecked(object.into())
}

fn boot(program: &[u32]) -> Orrery {
    Orrery::new(&elf(program), image(), config(&[])).unwrap()
}

fn run(machine: &mut Orrery, budget: u32) -> JsValue {
    machine.run(budget).unwrap().into()
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

#[track_caller]
fn check_refused(kernel: &[u8], disk: Vec<u8>, config: Ts<BootConfig>, name: &str, sentence: &str) {
    let error: Error = Orrery::new(kernel, disk, config).err().expect("a refusal");
    assert_eq!(String::from(error.name()), name);
    let message = String::from(error.message());
    assert!(message.contains(sentence), "{message:?} lacks {sentence:?}");
}

#[wasm_bindgen_test]
fn prints_echoes_and_powers_off() {
    let mut machine = boot(ECHO);
    assert_eq!(field(&run(&mut machine, 100_000), "kind"), "reached");
    assert_eq!(machine.take_output(), b"ok");
    assert_eq!(machine.take_output(), b"");
    machine.input(b"hi!").expect("this is the present");
    run(&mut machine, 100_000);
    assert_eq!(machine.take_output(), b"hi!");
    machine.input(b"q").expect("this is the present");
    let stop = run(&mut machine, 100_000);
    assert_eq!(field(&stop, "kind"), "power-off");
    assert_eq!(field(&stop, "code"), 0);
}

#[wasm_bindgen_test]
fn slices_change_nothing() {
    let mut whole = boot(ECHO);
    run(&mut whole, 5000);
    let mut sliced = boot(ECHO);
    for _ in 0..50 {
        run(&mut sliced, 100);
    }
    assert_eq!(whole.t(), 5000.0);
    assert_eq!(whole.state_hash(), sliced.state_hash());
    assert_eq!(whole.state_hash().len(), 32);
}

#[wasm_bindgen_test]
fn another_seed_is_another_machine() {
    let seeded = |seed: f64| {
        let config = config(&[("seed", seed.into()), ("harts", 2.into())]);
        let mut machine = Orrery::new(&elf(ECHO), image(), config).unwrap();
        run(&mut machine, 5000);
        machine.state_hash()
    };
    assert_eq!(seeded(1.0), seeded(1.0));
    assert_ne!(seeded(1.0), seeded(2.0));
}

#[wasm_bindgen_test]
fn idles_until_time_is_let_pass() {
    let mut machine = boot(SLEEP);
    let stop = run(&mut machine, 100_000);
    assert_eq!(field(&stop, "kind"), "idle");
    assert_eq!(field(&stop, "next"), JsValue::NULL);
    let (t, instret) = (machine.t(), machine.instret());
    machine.skip(t + 500.0);
    assert_eq!((machine.t(), machine.instret()), (t + 500.0, instret));
}

#[wasm_bindgen_test]
fn status_tells_of_every_hart() {
    let mut machine = boot(SLEEP);
    run(&mut machine, 100_000);
    let status: Ts<MachineStatus> = machine.status().unwrap();
    let status: JsValue = status.into();
    let harts = js_sys::Array::from(&field(&status, "harts"));
    assert_eq!(harts.length(), 3);
    for hart in harts.iter() {
        assert_eq!(field(&hart, "mode"), "M");
        assert_eq!(field(&hart, "waiting"), true);
        let pc = field(&hart, "pc").as_string().unwrap();
        assert!(pc.starts_with("0x00000000800000"), "{pc}");
    }
    assert_eq!(field(&field(&status, "stop"), "kind"), "idle");
}

#[wasm_bindgen_test]
fn refuses_what_is_no_kernel() {
    let refused = |kernel: &[u8], sentence: &str| {
        check_refused(kernel, image(), config(&[]), "KernelError", sentence);
    };
    refused(b"", "not an ELF file");
    refused(b"<!doctype html>", "not an ELF file");
    refused(&elf(ECHO)[..100], "cut short");
    let mut other = elf(ECHO);
    other[18] = 62;
    refused(&other, "another architecture");
    other[4] = 1;
    refused(&other, "64-bit");
}

#[wasm_bindgen_test]
fn refuses_what_is_no_disk() {
    let refused = |disk: Vec<u8>, sentence: &str| {
        check_refused(&elf(ECHO), disk, config(&[]), "DiskError", sentence);
    };
    refused(Vec::new(), "too few for a file system");
    refused(vec![0; 1 << 20], "magic number is 0x00000000");
    let mut cut = image();
    cut.truncate(cut.len() / 2);
    refused(cut, "the image ends in block");
    let mut ragged = image();
    ragged.push(0);
    refused(ragged, "not a multiple of 512");
    let mut large = image();
    large.resize((1 << 30) + 512, 0);
    refused(large, "the machine takes up to 1 GiB");
}

#[wasm_bindgen_test]
fn refuses_what_is_no_configuration() {
    let refused = |name: &str, value: JsValue, sentence: &str| {
        let config = config(&[(name, value)]);
        check_refused(&elf(ECHO), image(), config, "ConfigError", sentence);
    };
    refused("harts", 9.into(), "1 to 8 harts, not 9");
    refused("harts", "many".into(), "invalid type");
    refused("ramBytes", 1000.into(), "16 MiB to 2 GiB");
    refused("seed", 1.5.into(), "whole number");
    refused("seed", (-1).into(), "whole number");
}

#[wasm_bindgen_test]
fn tells_of_a_damaged_disk_and_boots() {
    let sound = Orrery::new(&elf(ECHO), image(), config(&[])).unwrap();
    assert!(sound.disk_findings().is_empty());
    let mut damaged = image();
    let bitmap = guest::BITMAP_BLOCK * 1024;
    damaged[bitmap..bitmap + 32].fill(0);
    let machine = Orrery::new(&elf(ECHO), damaged.clone(), config(&[])).unwrap();
    assert!(!machine.disk_findings().is_empty());
    assert_eq!(machine.disk(), damaged);
}

#[wasm_bindgen_test]
fn hashes_as_everybody_does() {
    // Source: FIPS 180-2, appendix B.1.
    assert_eq!(
        sha256(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}
