//! Reads a configuration: its directory, the modules that it calls, and the values of its variables.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceMap};

use super::{
    System, SystemHost,
    host::words,
    modules::{
        Manifest, differs,
        lock::{LOCK_FILE, Lock, hash},
        locked_name,
    },
};
use crate::lang::{
    address::ModulePath,
    inputs::{Origin, RawInput, RawValue, from_json, from_tfvars},
    link::{Given, Installed, ModuleSource, Tree, load_with},
    module_source::SourceAddress,
    version::VersionConstraint,
};

/// Reads the configuration in `base`: all modules, decoded. Texts are added to `sources`; names of files are shown relative
/// to `base`.
pub fn load_configuration(
    system: &dyn System,
    base: &Path,
    sources: &mut SourceMap,
) -> Outcome<Tree> {
    load_configuration_with(system, base, None, None, sources)
}

/// Reads the configuration in `base` as if a further file, given by name and text, stood in it; one of that name is not read.
/// `inputs` are the values of the root variables, in case that sources of modules are made of them.
pub fn load_configuration_with(
    system: &dyn System,
    base: &Path,
    extra: Option<(&str, &str)>,
    inputs: Option<&[RawInput]>,
    sources: &mut SourceMap,
) -> Outcome<Tree> {
    let (mut source, mut diagnostics) = Directory::open(system, base);
    source.extra = extra.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let host = SystemHost::new(system, base, None);
    let given = Given {
        inputs,
        host: Some(&host),
    };
    let loaded = load_with(".", &source, sources, given);
    diagnostics.extend(loaded.diagnostics);
    Outcome {
        value: loaded.value,
        diagnostics,
    }
}

/// The directory of a root module with what is installed in it.
pub(super) struct Directory<'a> {
    system: &'a dyn System,
    base: &'a Path,
    /// The installed modules.
    pub(super) manifest: Manifest,
    /// The hashes that they must have.
    pub(super) lock: Option<Lock>,
    /// A further file of the root module.
    extra: Option<(String, String)>,
    /// Hashes of packages that were looked at.
    hashes: RefCell<BTreeMap<String, String>>,
}

impl<'a> Directory<'a> {
    /// Reads the lists of what is installed.
    pub(super) fn open(system: &'a dyn System, base: &'a Path) -> (Self, Diagnostics) {
        let (manifest, mut diagnostics) = Manifest::read(system, base);
        let path = base.join(LOCK_FILE);
        let lock = match system.read(&path) {
            Ok(bytes) => diagnostics.ok(Lock::read(&bytes).map_err(|why| {
                Diagnostic::error("Failed to read the module lock file", format!("{why}. Restore it from version control, or delete it and run `bastionless init`."))
            })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => {
                diagnostics.push(unreadable(&path, &words(&e)));
                None
            }
        };
        (
            Self {
                system,
                base,
                manifest,
                lock,
                extra: None,
                hashes: RefCell::default(),
            },
            diagnostics,
        )
    }

    /// Compares the content of an installed module with the lock file.
    fn check(
        &self,
        source: &SourceAddress,
        version: Option<&str>,
        root: &str,
    ) -> Result<(), Box<Diagnostic>> {
        let name = locked_name(source);
        let Some(expected) = self.lock.as_ref().and_then(|l| l.hash(&name, version)) else {
            return Ok(());
        };
        let known = self.hashes.borrow().get(root).cloned();
        let found = match known {
            Some(hash) => hash,
            None => hash(&self.base.join(root))
                .map_err(|e| Box::new(unreadable(Path::new(root), &words(&e))))?,
        };
        self.hashes
            .borrow_mut()
            .insert(root.to_owned(), found.clone());
        if found == expected {
            Ok(())
        } else {
            Err(Box::new(differs(&name, version, root, expected, &found)))
        }
    }
}

fn unreadable(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Failed to read file",
        format!(
            "The file {:?} could not be read: {why}.",
            path.display().to_string()
        ),
    )
}

impl ModuleSource for Directory<'_> {
    fn files(&self, dir: &str) -> Result<Outcome<Vec<(String, String)>>, Box<Diagnostic>> {
        let path = self.base.join(dir);
        let entries = self.system.list(&path).map_err(|e| {
            Box::new(Diagnostic::error(
                "Unreadable module directory",
                format!("The directory {dir:?} could not be read: {}. Check its name and its permissions.", words(&e)),
            ))
        })?;
        let mut value = Vec::new();
        let mut diagnostics = Diagnostics::default();
        for entry in entries {
            let is_replaced = dir == "."
                && self
                    .extra
                    .as_ref()
                    .is_some_and(|(name, _)| *name == entry.name);
            if entry.is_dir || is_replaced || !is_configuration(&entry.name) {
                continue;
            }
            let file = if dir == "." {
                PathBuf::from(&entry.name)
            } else {
                Path::new(dir).join(&entry.name)
            };
            if let Some(text) = diagnostics.ok(text(self.system, self.base, &file).map_err(|d| *d))
            {
                value.push((entry.name, text));
            }
        }
        if let Some(extra) = self.extra.as_ref().filter(|_| dir == ".") {
            value.push(extra.clone());
            value.sort();
        }
        Ok(Outcome { value, diagnostics })
    }

    fn installed(
        &self,
        path: &ModulePath,
        source: &SourceAddress,
        _: Option<&VersionConstraint>,
    ) -> Result<Installed, Box<Diagnostic>> {
        const HOW: &str =
            "Run \"bastionless init\" to install all modules required by this configuration.";
        let Some(entry) = self.manifest.get(path) else {
            let detail = format!("This module is not yet installed. {HOW}");
            return Err(Box::new(Diagnostic::error("Module not installed", detail)));
        };
        if !entry.is_from(source) {
            let detail =
                format!("The source address was changed since this module was installed. {HOW}");
            return Err(Box::new(Diagnostic::error(
                "Module source has changed",
                detail,
            )));
        }
        if let Some(root) = entry.package_root() {
            self.check(source, entry.version.as_deref(), &root)?;
        }
        Ok(Installed {
            dir: entry.dir.as_str().into(),
            version: entry.version.clone(),
        })
    }
}

/// Tells whether a file belongs to a configuration: not those of editors.
fn is_configuration(name: &str) -> bool {
    (name.ends_with(".tf") || name.ends_with(".tf.json"))
        && !name.starts_with('.')
        && !name.starts_with('#')
}

/// Reads a text file.
fn text(system: &dyn System, base: &Path, file: &Path) -> Result<String, Box<Diagnostic>> {
    let bytes = system
        .read(&base.join(file))
        .map_err(|e| Box::new(unreadable(file, &words(&e))))?;
    String::from_utf8(bytes).map_err(|e| {
        Box::new(Diagnostic::error(
            "Invalid character encoding",
            format!(
                "The file {:?} is not encoded in UTF-8: byte {} is no part of a character. Save it as UTF-8.",
                file.display().to_string(),
                e.utf8_error().valid_up_to() + 1
            ),
        ))
    })
}

/// A value on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableArgument {
    /// `-var 'name=value'`
    Value(String),
    /// `-var-file=path`
    File(String),
}

/// Collects the values of root variables in ascending order of precedence: environment, `terraform.tfvars`,
/// `terraform.tfvars.json`, `*.auto.tfvars[.json]` by name, then the command line in its order.
pub fn load_inputs(
    system: &dyn System,
    base: &Path,
    arguments: &[VariableArgument],
    sources: &mut SourceMap,
) -> Outcome<Vec<RawInput>> {
    let mut value = Vec::new();
    let mut diagnostics = Diagnostics::default();
    for (name, text) in system.env_with_prefix("TF_VAR_") {
        let name = name.trim_start_matches("TF_VAR_");
        value.push(text_input(name, text, Origin::Environment, sources));
    }
    for file in value_files(system, base) {
        let read = read_values(system, base, Path::new(&file), sources);
        value.extend(read.value);
        diagnostics.extend(read.diagnostics);
    }
    for argument in arguments {
        match argument {
            VariableArgument::File(path) => {
                let read = read_values(system, base, Path::new(path), sources);
                value.extend(read.value);
                diagnostics.extend(read.diagnostics);
            }
            VariableArgument::Value(given) => match given.split_once('=') {
                Some((name, text)) if !name.is_empty() && name.trim() == name => value.push(
                    text_input(name, text.to_owned(), Origin::CommandLine, sources),
                ),
                _ => diagnostics.push(invalid_option(given)),
            },
        }
    }
    Outcome { value, diagnostics }
}

/// The error for a `-var` without name or value; only the part before the equals sign is shown.
fn invalid_option(given: &str) -> Diagnostic {
    let name = given.split('=').next().unwrap_or_default();
    Diagnostic::error(
        "Invalid -var option",
        format!(
            "The given -var option {name:?} is not correctly specified. Must be a variable name and value separated by an equals sign, like -var=\"key=value\"."
        ),
    )
}

fn text_input(name: &str, text: String, origin: Origin, sources: &mut SourceMap) -> RawInput {
    let shown = match origin {
        Origin::Environment => format!("<value for var.{name} from the environment>"),
        _ => format!("<value for var.{name}>"),
    };
    let id = sources.add(shown, text.as_str());
    RawInput {
        name: Arc::from(name),
        value: RawValue::Text(text, id),
        origin,
    }
}

/// Returns the files of values that are read without being named.
fn value_files(system: &dyn System, base: &Path) -> Vec<String> {
    let entries = system.list(base).unwrap_or_default();
    let names = || entries.iter().filter(|e| !e.is_dir).map(|e| &e.name);
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let first = fixed.iter().filter(|f| names().any(|n| n == *f));
    let auto = names().filter(|n| n.ends_with(".auto.tfvars") || n.ends_with(".auto.tfvars.json"));
    first
        .map(|f| (*f).to_owned())
        .chain(auto.cloned())
        .collect()
}

fn read_values(
    system: &dyn System,
    base: &Path,
    file: &Path,
    sources: &mut SourceMap,
) -> Outcome<Vec<RawInput>> {
    let shown = file.display().to_string();
    let text = match text(system, base, file) {
        Ok(text) => text,
        Err(d) => {
            let diagnostics = Diagnostic {
                summary: "Failed to read variables file".into(),
                ..*d
            };
            return Outcome {
                value: Vec::new(),
                diagnostics: diagnostics.into(),
            };
        }
    };
    let id = sources.add(shown.as_str(), text.as_str());
    if shown.ends_with(".json") {
        from_json(id, &shown, &text)
    } else {
        from_tfvars(id, &shown, &text)
    }
}

#[cfg(test)]
mod tests;
