//! Any sequence of operations does what a simple model of it does, errors included, and
//! leaves a disk without fault: while it is in use, after it is closed, and mounted again.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use abi::disk::Indirection;
use common::model::Model;
use common::{
    Operation, Process, SMALL, assert_clean, large, large_file, mounted, operation, tree,
};
use proptest::prelude::*;

/// Does `operations` on `disk`, which holds what `model` does.
fn check(disk: Vec<u8>, mut model: Model, operations: &[Operation]) {
    let fs = mounted(disk);
    let mut process = Process::new(&fs);
    for (n, operation) in operations.iter().enumerate() {
        let expected = model.run(operation);
        assert_eq!(
            process.run(operation, || ()),
            expected,
            "operation {n}: {operation:?}"
        );
    }
    assert_eq!(tree(&*fs), model.tree());
    assert_clean(&fs.host().bytes());

    let op = fs.begin();
    drop(process);
    op.end().unwrap();
    let bytes = fs.host().bytes();
    assert_clean(&bytes);
    let report = fsimg::check(&bytes);
    assert_eq!(report.notes, [], "closed, it has no orphans");
    assert_eq!(fs.host().take_messages(), []);

    let again = mounted(bytes);
    assert_eq!(tree(&*again), model.tree());
    assert_eq!(again.host().take_messages(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations_do_what_the_model_does(operations in prop::collection::vec(operation(), 1..60)) {
        check(SMALL.format().unwrap(), Model::new(Indirection::Single), &operations);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn large_files_do_what_the_model_does(operations in prop::collection::vec(operation(), 1..40)) {
        let model = Model::new(Indirection::Double).with("c", large_file());
        check(large(), model, &operations);
    }
}
