//! Reads a configuration: its directory, the modules that it calls, and the values of its variables.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceMap};
use serde::Deserialize;

use super::{System, host::words};
use crate::lang::{
    address::ModulePath,
    inputs::{Origin, RawInput, RawValue, from_json, from_tfvars},
    link::{Installed, ModuleSource, Tree, load},
};

/// Directories that may hold the list of installed modules, ours first; before them stands the one that `TF_DATA_DIR` names.
const DATA_DIRS: [&str; 2] = [".bastionless", ".terraform"];

/// Reads the configuration in `base`: all modules, decoded. Texts are added to `sources`; names of files are shown relative
/// to `base`.
pub fn load_configuration(
    system: &dyn System,
    base: &Path,
    sources: &mut SourceMap,
) -> Outcome<Tree> {
    let (manifest, mut diagnostics) = manifest(system, base);
    let source = Directory {
        system,
        base,
        manifest,
    };
    let loaded = load(".", &source, sources);
    diagnostics.extend(loaded.diagnostics);
    Outcome {
        value: loaded.value,
        diagnostics,
    }
}

struct Directory<'a> {
    system: &'a dyn System,
    base: &'a Path,
    manifest: BTreeMap<String, ManifestEntry>,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<ManifestEntry>,
}

#[derive(Clone, Deserialize)]
struct ManifestEntry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Source", default)]
    source: String,
    #[serde(rename = "Version", default)]
    version: Option<String>,
    #[serde(rename = "Dir")]
    dir: String,
}

/// Reads the lists of installed modules; those of ours win.
fn manifest(system: &dyn System, base: &Path) -> (BTreeMap<String, ManifestEntry>, Diagnostics) {
    let mut found = BTreeMap::new();
    let mut diagnostics = Diagnostics::default();
    let own = system.env("TF_DATA_DIR").filter(|d| !d.is_empty());
    for data in own.iter().map(String::as_str).chain(DATA_DIRS) {
        let path = base.join(data).join("modules/modules.json");
        let bytes = match system.read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                diagnostics.push(unreadable(&path, &words(&e)));
                continue;
            }
        };
        match serde_json::from_slice::<Manifest>(&bytes) {
            Ok(manifest) => {
                for entry in manifest.modules {
                    found.entry(entry.key.clone()).or_insert(entry);
                }
            }
            Err(e) => diagnostics.push(Diagnostic::error(
                "Failed to read module manifest",
                format!("The list of installed modules {} cannot be understood: {e}. Delete it and install the modules again.", path.display()),
            )),
        }
    }
    (found, diagnostics)
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
            if entry.is_dir || !is_configuration(&entry.name) {
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
        Ok(Outcome { value, diagnostics })
    }

    fn installed(&self, path: &ModulePath, source: &str) -> Option<Installed> {
        let key = path.0.iter().map(|n| &**n).collect::<Vec<_>>().join(".");
        let entry = self.manifest.get(&key)?;
        (plain_source(&entry.source) == plain_source(source)).then(|| Installed {
            dir: entry.dir.as_str().into(),
            version: entry.version.clone(),
        })
    }
}

/// Brings a source address to one form, however it is written: the list of installed modules holds it in the long one.
fn plain_source(source: &str) -> String {
    let prefixes = [
        "git::",
        "https://",
        "http://",
        "ssh://",
        "git@",
        "registry.terraform.io/",
    ];
    let mut rest = source;
    while let Some(shorter) = prefixes.iter().find_map(|p| rest.strip_prefix(p)) {
        rest = shorter;
    }
    rest.replacen(".git", "", 1).replacen(':', "/", 1)
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
