//! The module tree: which directories are called from where, each read and decoded once.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceMap};

use super::{
    constants::{Constants, Early, Given, of_root},
    source::{ModuleSource, join},
};
use crate::lang::{
    address::ModulePath,
    blocks::{RawCall, RawModule, decode, parse_version},
    module_source::SourceAddress,
    program::ModuleId,
    syntax::{parse, parse_json},
    version::Version,
};

/// The headline of the error for a directory without configuration; it is an empty module.
pub const NO_FILES: &str = "No configuration files";

/// How deep modules that are no relative paths may call each other.
const DEEPEST: usize = 64;

/// All modules of a configuration, decoded and not yet linked.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The modules; every parent stands before its children.
    pub modules: Vec<TreeModule>,
    /// Parts of files could not be read, so what is declared there is not known.
    pub is_broken: bool,
}

/// One module of a [`Tree`].
#[derive(Clone, Debug)]
pub struct TreeModule {
    /// Its name in the tree.
    pub path: ModulePath,
    /// Its directory, relative to the working directory.
    pub dir: Arc<str>,
    /// The module that calls it.
    pub parent: Option<ModuleId>,
    /// The modules that it calls.
    pub children: BTreeMap<Arc<str>, ModuleId>,
    /// What its files say.
    pub raw: Arc<RawModule>,
    /// The sources of its calls.
    pub sources: BTreeMap<Arc<str>, Arc<str>>,
}

/// Reads the configuration in `dir` and all modules that it calls. Texts are added to `sources`.
pub fn load(dir: &str, source: &dyn ModuleSource, sources: &mut SourceMap) -> Outcome<Tree> {
    load_with(dir, source, sources, Given::default())
}

/// Reads the configuration in `dir`, and with what is given the modules whose source is made of constants, too.
pub fn load_with(
    dir: &str,
    source: &dyn ModuleSource,
    sources: &mut SourceMap,
    given: Given<'_>,
) -> Outcome<Tree> {
    let mut loader = Loader {
        source,
        given,
        sources,
        decoded: BTreeMap::new(),
        modules: Vec::new(),
        is_broken: false,
        diagnostics: Diagnostics::default(),
    };
    let dir: Arc<str> = dir.into();
    match loader.source.files(&dir) {
        Ok(files) if files.value.is_empty() && !files.diagnostics.has_errors() => {
            loader.diagnostics.push(Diagnostic::error(
                NO_FILES,
                format!("The directory {:?} holds no file whose name ends in `.tf` or `.tf.json`. Change into the directory of the configuration, or name it with `-chdir=DIR` before the command.", &*dir),
            ));
        }
        _ => {}
    }
    loader.module(ModulePath::default(), dir, None, None);
    Outcome {
        value: Tree {
            modules: loader.modules,
            is_broken: loader.is_broken,
        },
        diagnostics: loader.diagnostics,
    }
}

struct Loader<'a> {
    source: &'a dyn ModuleSource,
    given: Given<'a>,
    sources: &'a mut SourceMap,
    decoded: BTreeMap<Arc<str>, Arc<RawModule>>,
    modules: Vec<TreeModule>,
    is_broken: bool,
    diagnostics: Diagnostics,
}

impl Loader<'_> {
    /// Adds a module and all that it calls; `None` where its directory cannot be read.
    fn module(
        &mut self,
        path: ModulePath,
        dir: Arc<str>,
        parent: Option<ModuleId>,
        call: Option<(&Early<'_>, &RawCall)>,
    ) -> Option<ModuleId> {
        let raw = match self.read(&dir, &path) {
            None if path.is_root() => Arc::default(),
            raw => raw?,
        };
        let constants = self.constants(&raw, call);
        let early = Early::new(&raw, &dir, &constants, self.given.host);
        let id = ModuleId(self.modules.len());
        self.modules.push(TreeModule {
            path: path.clone(),
            dir: dir.clone(),
            parent,
            children: BTreeMap::new(),
            raw: raw.clone(),
            sources: BTreeMap::new(),
        });
        for (name, call) in &raw.calls {
            let child_path = path.child(name);
            let call = match resolved(&early, call) {
                Ok(call) => call,
                // That a constant has no value was said already.
                Err(_) if early.is_incomplete() && self.diagnostics.has_errors() => continue,
                Err(problems) => {
                    self.diagnostics.extend(problems);
                    continue;
                }
            };
            if let Some(module) = self.modules.get_mut(id.0) {
                module.sources.insert(name.clone(), call.source.0.clone());
            }
            let found = self.locate(&dir, &child_path, &call, id);
            let Some(child_dir) = self.diagnostics.ok(found.map_err(|d| *d)) else {
                continue;
            };
            let child = self.module(child_path, child_dir, Some(id), Some((&early, &call)));
            if let (Some(module), Some(child)) = (self.modules.get_mut(id.0), child) {
                module.children.insert(name.clone(), child);
            }
        }
        Some(id)
    }

    /// Returns the values of the constant variables of a module.
    fn constants(&mut self, raw: &RawModule, call: Option<(&Early<'_>, &RawCall)>) -> Constants {
        match call {
            // A variable that is wrong itself has no value because of that.
            None => {
                let inputs = self.given.inputs.filter(|_| !self.diagnostics.has_errors());
                of_root(raw, inputs, self.sources, &mut self.diagnostics)
            }
            Some((caller, call)) => {
                let (constants, problems) = caller.of_call(call, raw);
                self.diagnostics.extend(problems);
                constants
            }
        }
    }

    /// Reads and decodes a directory, unless that was done for another call.
    fn read(&mut self, dir: &Arc<str>, path: &ModulePath) -> Option<Arc<RawModule>> {
        if let Some(raw) = self.decoded.get(dir) {
            return Some(raw.clone());
        }
        let files = match self.source.files(dir) {
            Ok(files) => {
                self.diagnostics.extend(files.diagnostics);
                files.value
            }
            Err(mut d) => {
                if let Some(call) = self.header_of(path) {
                    *d = d.or_at(call);
                }
                self.diagnostics.push(*d);
                return None;
            }
        };
        let mut parsed = Vec::new();
        for (name, text) in files {
            let shown = if &**dir == "." {
                name
            } else {
                format!("{dir}/{name}")
            };
            let shown: Arc<str> = shown.into();
            let id = self.sources.add(shown.clone(), text.clone());
            let outcome = if shown.ends_with(".tf.json") {
                parse_json(id, &text)
            } else {
                parse(id, &text)
            };
            self.is_broken |= outcome.diagnostics.has_errors();
            self.diagnostics.extend(outcome.diagnostics);
            parsed.push((shown, outcome.value));
        }
        let decoded = decode(&parsed);
        self.diagnostics.extend(decoded.diagnostics);
        let raw = Arc::new(decoded.value);
        self.decoded.insert(dir.clone(), raw.clone());
        Some(raw)
    }

    fn header_of(&self, path: &ModulePath) -> Option<bastionless_model::base::Span> {
        let (name, parent) = path.0.split_last()?;
        let parent = self.modules.iter().find(|m| m.path.0 == parent)?;
        parent.raw.calls.get(name).map(|c| c.source.1)
    }

    /// Finds the directory of a called module.
    fn locate(
        &self,
        dir: &str,
        path: &ModulePath,
        call: &RawCall,
        parent: ModuleId,
    ) -> Result<Arc<str>, Box<Diagnostic>> {
        let (source, span) = (&*call.source.0, call.source.1);
        if let Some(name) = source.strip_prefix("bastionless::") {
            return Err(Box::new(no_such_module(name).at(span)));
        }
        let refused = |(summary, detail): (&'static str, String)| {
            let mut d = Diagnostic::error(summary, detail).at(span);
            if let Some((_, _, at)) = &call.version {
                d = d.context(*at, "the version is set here");
            }
            Box::new(d)
        };
        let address = SourceAddress::parse(source, call.version.is_some()).map_err(refused)?;
        if let SourceAddress::Local(relative) = &address {
            return self.local(dir, relative, path, call, parent);
        }
        if path.0.len() > DEEPEST {
            let detail = format!(
                "Modules call each other more than {DEEPEST} levels deep at `{path}`, so the module tree would never end."
            );
            return Err(Box::new(
                Diagnostic::error("Module calls itself", detail).at(span),
            ));
        }
        let constraint = call.version.as_ref().map(|(constraint, ..)| constraint);
        let installed = self.source.installed(path, &address, constraint);
        let installed = installed.map_err(|d| Box::new(d.or_at(span)))?;
        if let Some((constraint, _, at)) = &call.version {
            let version = installed.version.as_deref().and_then(Version::parse);
            if !version.as_ref().is_some_and(|v| constraint.allows(v)) {
                let have = version.map_or_else(|| "unknown".to_owned(), |v| v.to_string());
                return Err(Box::new(Diagnostic::error(
                    "Module version requirements have changed",
                    format!("The version requirements have changed since this module was installed and the installed version ({have}) is no longer acceptable. Run \"bastionless init\" to install all modules required by this configuration."),
                ).at(*at)));
            }
        }
        Ok(installed.dir)
    }

    /// Finds a module that is named by a path relative to its caller.
    fn local(
        &self,
        dir: &str,
        relative: &str,
        path: &ModulePath,
        call: &RawCall,
        parent: ModuleId,
    ) -> Result<Arc<str>, Box<Diagnostic>> {
        let child: Arc<str> = join(dir, relative).into();
        let mut ancestor = Some(parent);
        while let Some(module) = ancestor.and_then(|a| self.modules.get(a.0)) {
            if module.dir == child {
                return Err(Box::new(Diagnostic::error(
                    "Module calls itself",
                    format!("The directory {:?} calls itself through `{path}`, so the module tree would never end. Remove one of the calls.", &*child),
                ).at(call.source.1)));
            }
            ancestor = module.parent;
        }
        Ok(child)
    }
}

/// Returns a call with its source and version as texts.
fn resolved<'c>(early: &Early<'_>, call: &'c RawCall) -> Result<Cow<'c, RawCall>, Diagnostics> {
    let mut call = Cow::Borrowed(call);
    if let Some(expr) = &call.source_expr {
        let text = early.text("source", expr)?.ok_or_else(|| {
            Diagnostic::error(
                "Invalid module source",
                "The source of a module must not be null.",
            )
            .at(expr.span)
        })?;
        call.to_mut().source.0 = text;
    }
    if let Some(expr) = &call.version_expr
        && let Some(text) = early.text("version", expr)?
    {
        let constraint = parse_version(&text, expr.span)?;
        call.to_mut().version = Some((constraint, text.to_string(), expr.span));
    }
    Ok(call)
}

fn no_such_module(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Unknown built-in module",
        format!(
            "bastionless has no built-in module named {name:?}. Use a copy of the module by a relative path such as \"./modules/{name}\"."
        ),
    )
}
