//! All built-in types.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, OnceLock},
};

use super::{Schema, SchemaKind, load, texts::TEXTS};

/// Version of the provider whose types these are: every name of its schema is here, and plans agree with it.
pub const PROVIDER_VERSION: &str = "6.69.1";

/// The types that are known, each read from its text when it is first asked for.
pub struct Catalogue {
    types: BTreeMap<(SchemaKind, &'static str), Entry>,
    /// Hosts and namespaces whose providers are known.
    origins: Vec<(&'static str, &'static str)>,
}

struct Entry {
    file: &'static str,
    text: &'static str,
    schema: OnceLock<Option<Arc<Schema>>>,
}

impl Entry {
    const fn new(file: &'static str, text: &'static str) -> Self {
        Self {
            file,
            text,
            schema: OnceLock::new(),
        }
    }
}

impl Catalogue {
    /// Returns the types that are built in.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Catalogue> = LazyLock::new(|| {
            let entry = |&(file, text)| (name_of(file), Entry::new(file, text));
            Catalogue {
                types: TEXTS.iter().map(entry).collect(),
                origins: vec![
                    ("registry.terraform.io", "hashicorp"),
                    ("terraform.io", "builtin"),
                ],
            }
        });
        &BUILTIN
    }

    /// Returns the built-in types and those of another provider, such as one that tests bring along; its types are known
    /// under the given host and namespace.
    pub fn with(
        origin: (&'static str, &'static str),
        schemas: impl IntoIterator<Item = (&'static str, Schema)>,
    ) -> Self {
        let entry = |&(file, text)| (name_of(file), Entry::new(file, text));
        let mut types: BTreeMap<_, _> = TEXTS.iter().map(entry).collect();
        for (name, schema) in schemas {
            let entry = Entry {
                schema: Some(Arc::new(schema.clone())).into(),
                ..Entry::new(name, "")
            };
            types.insert((schema.name.kind, name), entry);
        }
        let mut origins = Self::builtin().origins.clone();
        origins.push(origin);
        Self { types, origins }
    }

    /// Tells whether the types of the providers of a host and namespace are known.
    pub fn is_origin(&self, host: &str, namespace: &str) -> bool {
        self.origins.contains(&(host, namespace))
    }

    /// Returns a resource type.
    pub fn managed(&self, name: &str) -> Option<Arc<Schema>> {
        self.get(SchemaKind::Managed, name)
    }

    /// Returns a data source type.
    pub fn data(&self, name: &str) -> Option<Arc<Schema>> {
        self.get(SchemaKind::Data, name)
    }

    /// Returns the configuration of a provider.
    pub fn provider(&self, name: &str) -> Option<Arc<Schema>> {
        self.get(SchemaKind::Provider, name)
    }

    /// Returns a type of a kind. A text that cannot be read is absent; a test reads them all.
    pub fn get(&self, kind: SchemaKind, name: &str) -> Option<Arc<Schema>> {
        let entry = self.types.get(&(kind, name))?;
        entry
            .schema
            .get_or_init(|| load(entry.file, entry.text).ok().map(Arc::new))
            .clone()
    }

    /// Returns the names of all types of a kind, in order.
    pub fn names(&self, kind: SchemaKind) -> impl Iterator<Item = &'static str> {
        self.types
            .keys()
            .filter(move |(k, _)| *k == kind)
            .map(|(_, name)| *name)
    }
}

/// `ec2/data_aws_vpc.hcl` describes the data source `aws_vpc`, `provider/aws.hcl` the provider.
fn name_of(file: &'static str) -> (SchemaKind, &'static str) {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let name = name.strip_suffix(".hcl").unwrap_or(name);
    match name.strip_prefix("data_") {
        Some(name) => (SchemaKind::Data, name),
        None if folder == "provider" => (SchemaKind::Provider, name),
        None => (SchemaKind::Managed, name),
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, fs, path::Path};

    use super::*;
    use crate::schema::Block;

    #[test]
    fn every_schema_file_is_embedded() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas"));
        let mut files = Vec::new();
        for folder in fs::read_dir(root)
            .unwrap()
            .flatten()
            .filter(|e| e.path().is_dir())
        {
            for file in fs::read_dir(folder.path()).unwrap().flatten() {
                let name = |e: &fs::DirEntry| e.file_name().into_string().unwrap();
                if name(&file).ends_with(".hcl") {
                    files.push(format!("{}/{}", name(&folder), name(&file)));
                }
            }
        }
        files.sort();
        let mut table = String::new();
        for file in &files {
            writeln!(table, "    text!(\"{file}\"),").unwrap();
        }
        let embedded: Vec<_> = TEXTS.iter().map(|(file, _)| *file).collect();
        assert_eq!(embedded, files, "texts.rs must hold these lines:\n{table}");
    }

    #[test]
    fn every_schema_can_be_read_and_is_named_as_its_file() {
        for (file, text) in TEXTS {
            let schema = load(file, text).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(
                (schema.name.kind, &*schema.name.name),
                name_of(file),
                "{file}"
            );
            assert!(
                schema.description.ends_with('.'),
                "{file} needs a description"
            );
        }
    }

    #[test]
    fn every_managed_type_says_how_it_is_found_and_what_it_needs() {
        let catalogue = Catalogue::builtin();
        for name in catalogue.names(SchemaKind::Managed) {
            let schema = catalogue.managed(name).unwrap();
            assert!(
                !schema.identity.is_empty() && schema.import.is_some(),
                "{name}"
            );
            assert!(
                name == "terraform_data" || schema.actions.len() == 4,
                "{name} needs actions of all four operations"
            );
        }
    }

    /// The list was made from the provider's schema: bindings generated from version 6.69.1.
    #[test]
    fn every_name_of_the_provider_is_there_and_no_other() {
        let listed = include_str!("testdata/names.txt");
        let listed: Vec<_> = listed
            .lines()
            .filter(|l| !l.starts_with('#'))
            .map(str::to_owned)
            .collect();
        let catalogue = Catalogue::builtin();
        let mut ours = Vec::new();
        for kind in [SchemaKind::Managed, SchemaKind::Data, SchemaKind::Provider] {
            for name in catalogue.names(kind) {
                let mut names = Vec::new();
                collect(&catalogue.get(kind, name).unwrap().block, "", &mut names);
                names.sort();
                let kind = match kind {
                    SchemaKind::Managed => "resource",
                    SchemaKind::Data => "data",
                    SchemaKind::Provider => "provider",
                };
                ours.push(format!("{kind} {name} {}", names.join(" ")));
            }
        }
        ours.sort();
        for (ours, listed) in ours.iter().zip(&listed) {
            assert_eq!(ours, listed);
        }
        assert_eq!(ours.len(), listed.len());
    }

    fn collect(block: &Block, prefix: &str, out: &mut Vec<String>) {
        for (name, attribute) in &block.attributes {
            out.push(format!("{prefix}{name}"));
            if let Some(nested) = &attribute.as_blocks {
                collect(&nested.block, &format!("{prefix}{name}."), out);
            }
        }
        for (name, nested) in &block.blocks {
            if !(prefix.is_empty() && name.as_ref() == "timeouts") {
                out.push(format!("{prefix}{name}"));
            }
            collect(&nested.block, &format!("{prefix}{name}."), out);
        }
    }
}
