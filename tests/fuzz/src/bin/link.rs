//! The static checks: a text as the only file of a module is decoded, linked, its graph made, everything that was wrong shown.
#![cfg_attr(fuzzing, no_main)]

use std::sync::Arc;

use bastionless_core::{
    lang::{
        address::ModulePath,
        graph::StaticGraph,
        link::{Installed, ModuleSource, link, load},
        module_source::SourceAddress,
        version::VersionConstraint,
    },
    report,
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, Outcome, SourceMap},
    schema::Catalogue,
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

/// The root is the input; the module `./m` has a variable and an output.
struct OneFile<'a>(&'a str);

const MODULE: &str = "variable \"v\" {\n  type = string\n}\noutput \"o\" {\n  value = var.v\n}\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\n";

impl ModuleSource for OneFile<'_> {
    fn files(&self, dir: &str) -> Result<Outcome<Vec<(String, String)>>, Box<Diagnostic>> {
        let (name, text) = match dir {
            "." if self.0.starts_with('{') => ("main.tf.json", self.0),
            "." => ("main.tf", self.0),
            "m" => ("main.tf", MODULE),
            _ => return Err(Box::new(Diagnostic::error("Unreadable module directory", format!("There is no {dir}.")))),
        };
        Ok(Outcome { value: vec![(name.to_owned(), text.to_owned())], diagnostics: Diagnostics::default() })
    }

    fn installed(&self, _: &ModulePath, _: &SourceAddress, _: Option<&VersionConstraint>) -> Result<Installed, Box<Diagnostic>> {
        Err(Box::new(Diagnostic::error("Module not installed", "Nothing is installed.")))
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    let mut sources = SourceMap::default();
    let tree = load(".", &OneFile(text), &mut sources);
    let mut all = tree.diagnostics;
    let linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    all.extend(linked.diagnostics);
    let graph = StaticGraph::new(&linked.value);
    all.extend(graph.diagnostics);
    let _ = report::static_dot(&linked.value, &graph.value);
    let _ = report::config_json(&linked.value);
    for d in all.iter() {
        let _ = report::diagnostic_text(d, &linked.value.sources, false);
        let _ = report::diagnostic_json(d, &linked.value.sources);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { bastionless_fuzz::mutate(data, size, max_size, seed) });
