//! Every parser of foreign text: configuration, JSON configuration, expressions, templates, variable files.
//!
//! Whatever is refused is refused with a place inside the text, and both renderers can show it.
#![cfg_attr(fuzzing, no_main)]

use bastionless_core::{
    lang::{inputs, syntax},
    report,
};
use bastionless_model::base::{Diagnostics, SourceMap};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fn shown(sources: &SourceMap, diagnostics: &Diagnostics) {
    for d in diagnostics.iter() {
        assert!(!d.summary.contains("Unreadable structure"), "the structure was misread");
        for label in d.primary.iter() {
            let source = sources.get(label.span.source).expect("the place is in a source");
            assert!(source.text.get(label.span.range()).is_some(), "the place is inside the text");
        }
        let _ = report::diagnostic_text(d, sources, false);
        let _ = report::diagnostic_json(d, sources);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    let mut sources = SourceMap::default();
    let id = sources.add("a.tf", text);
    if text.starts_with(['{', '[']) {
        shown(&sources, &syntax::parse_json(id, text).diagnostics);
        shown(&sources, &inputs::from_json(id, "a.tfvars.json", text).diagnostics);
        return;
    }
    shown(&sources, &syntax::parse(id, text).diagnostics);
    for refused in [syntax::parse_expression(id, text).err(), syntax::parse_template(id, text).err()].into_iter().flatten() {
        shown(&sources, &refused);
    }
    shown(&sources, &inputs::from_tfvars(id, "a.tfvars", text).diagnostics);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { bastionless_fuzz::mutate(data, size, max_size, seed) });
