//! Configurations in memory, for tests.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Outcome, Severity, SourceMap},
    schema::Catalogue,
};

use super::{Installed, ModuleSource, link, load};
use crate::lang::{
    address::ModulePath, graph::StaticGraph, module_source::SourceAddress, program::Program,
    version::VersionConstraint,
};

/// Files by path.
pub(crate) struct Files(BTreeMap<String, String>);

impl Files {
    /// Splits a text at lines `-- path --`; what stands before the first one is `main.tf`.
    pub(crate) fn new(text: &str) -> Self {
        let mut files = BTreeMap::new();
        let mut name = "main.tf".to_owned();
        for line in text.lines() {
            match line.strip_prefix("-- ").and_then(|l| l.strip_suffix(" --")) {
                Some(next) => next.clone_into(&mut name),
                None => {
                    let file: &mut String = files.entry(name.clone()).or_default();
                    file.push_str(line);
                    file.push('\n');
                }
            }
        }
        Self(files)
    }
}

impl ModuleSource for Files {
    fn files(&self, dir: &str) -> Result<Outcome<Vec<(String, String)>>, Box<Diagnostic>> {
        let inside = |path: &str| match path.rsplit_once('/') {
            Some((d, name)) if d == dir => Some(name.to_owned()),
            None if dir == "." => Some(path.to_owned()),
            _ => None,
        };
        let value: Vec<_> = self
            .0
            .iter()
            .filter_map(|(path, text)| Some((inside(path)?, text.clone())))
            .collect();
        if value.is_empty() {
            return Err(Box::new(Diagnostic::error(
                "Unreadable module directory",
                format!("There is no {dir}."),
            )));
        }
        Ok(Outcome {
            value,
            diagnostics: Diagnostics::default(),
        })
    }

    fn installed(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        _: Option<&VersionConstraint>,
    ) -> Result<Installed, Box<Diagnostic>> {
        if source.to_string() != "registry.terraform.io/registry/module/aws" {
            return Err(Box::new(Diagnostic::error(
                "Module not installed",
                "It is not.",
            )));
        }
        Ok(Installed {
            dir: format!(".terraform/modules/{}", path.0.join(".")).into(),
            version: Some("1.2.3".into()),
        })
    }
}

/// Loads and links, graph included.
pub(crate) fn linked(text: &str) -> (Program, StaticGraph, Diagnostics) {
    let mut sources = SourceMap::default();
    let tree = load(".", &Files::new(text), &mut sources);
    let mut diagnostics = tree.diagnostics;
    let program = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    diagnostics.extend(program.diagnostics);
    let program = program.value;
    for module in &program.modules {
        for block in module.resources.values() {
            diagnostics.extend(block.problems.clone());
        }
    }
    let graph = StaticGraph::new(&program);
    diagnostics.extend(graph.diagnostics);
    (program, graph.value, diagnostics)
}

/// Writes diagnostics as `summary @ file:line:column`, one a line.
pub(crate) fn shown(program: &Program, diagnostics: &Diagnostics) -> String {
    let lines = diagnostics.iter().map(|d| {
        let place = d
            .primary
            .as_ref()
            .and_then(|l| program.sources.positions(l.span))
            .map_or_else(String::new, |(source, start, _)| {
                format!(" @ {}:{}:{}", source.name, start.line, start.column)
            });
        let kind = match d.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        format!("{kind}{}{place}", d.summary)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Links and writes what was wrong.
pub(crate) fn problems(text: &str) -> String {
    let (program, _, diagnostics) = linked(text);
    shown(&program, &diagnostics)
}
