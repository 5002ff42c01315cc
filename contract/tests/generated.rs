//! The TypeScript in `ui/src/generated` is what the contract says, to the byte.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{collections::BTreeMap, fs, path::Path};

fn read(dir: &Path) -> BTreeMap<String, String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn the_generated_types_are_fresh() {
    let fresh = tempfile::tempdir().unwrap();
    beseda_contract::export::export(fresh.path()).unwrap();
    let committed = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/generated"));
    assert_eq!(committed, read(fresh.path()), "run `cargo xtask generate` and commit what it writes");
}
