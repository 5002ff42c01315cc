//! `export DIR`: writes the contract's TypeScript into DIR, made anew.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let dir =
        env::args_os().nth(1).map(PathBuf::from).ok_or_else(|| io::Error::other("usage: export DIR"))?;
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    beseda_contract::export::export(&dir)
}
