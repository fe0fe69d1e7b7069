//! What the fuzz targets share: an input kept for deaths that libFuzzer cannot catch, mutation by the grammar, surroundings
//! of an evaluation.

pub mod grammar;
pub mod seeds;
pub mod world;

use std::{fs::File, os::unix::fs::FileExt as _, sync::OnceLock};

/// Writes the input to the file that `FUZZ_CURRENT` names, so that it is known even when the stack overflows: that kills the
/// process before libFuzzer can write anything.
pub fn keep(input: &[u8]) {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let file = FILE.get_or_init(|| File::create(std::env::var_os("FUZZ_CURRENT")?).ok());
    if let Some(file) = file {
        let length = (input.len() as u64).to_le_bytes();
        // A lost note is no reason to end the run.
        let _ = file.write_all_at(&[length.as_slice(), input].concat(), 0);
    }
}

/// Returns the input as text if it is text; it is kept first.
pub fn text(input: &[u8]) -> Option<&str> {
    keep(input);
    std::str::from_utf8(input).ok()
}

/// Changes an input in place: mostly as libFuzzer does, sometimes by the grammar. Returns the new length.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = grammar::Random::new(seed);
    if random.below(3) != 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let Some(text) = data.get(..size).and_then(|d| std::str::from_utf8(d).ok()) else {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    };
    let changed = grammar::change(text, &mut random);
    if changed.len() > max_size {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    data[..changed.len()].copy_from_slice(changed.as_bytes());
    changed.len()
}
