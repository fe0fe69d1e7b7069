//! `fmt`: what can be parsed is formatted; the result can be parsed, and formatting it again changes nothing. As in Terraform a
//! template that is one expression loses one pair of quotes at a time, so only such texts may change a second time.
#![cfg_attr(fuzzing, no_main)]

use bastionless_core::lang::{format::format, syntax};
use bastionless_model::base::SourceId;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    let valid = |text: &str| !syntax::parse(SourceId(0), text).diagnostics.has_errors();
    let Some(once) = format(text) else {
        assert!(!valid(text), "what can be parsed can be formatted");
        return;
    };
    if !valid(text) {
        return;
    }
    assert!(valid(&once), "the result can be parsed: {once:?}");
    let mut last = once;
    for _ in 0..200 {
        let next = format(&last).expect("what was formatted can be formatted");
        if next == last {
            return;
        }
        assert!(valid(&next), "the result can be parsed: {next:?}");
        assert!(text.matches("\"${").count() > 1, "formatting is idempotent: {last:?} becomes {next:?}");
        last = next;
    }
    panic!("formatting ends: {last:?}");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { bastionless_fuzz::mutate(data, size, max_size, seed) });
