//! From parsed files to a decoded module.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome};

use super::{
    check,
    content::Shape,
    import, locals, module, moved, output,
    overrides::{Overrides, is_override},
    provider,
    raw::RawModule,
    refused::refused,
    removed, resource, terraform, variable,
};
use crate::lang::{
    address::Mode,
    syntax::{Block, File},
};

const ROOT: Shape = Shape {
    required: &[],
    optional: &[],
    blocks: &[
        ("terraform", &[]),
        ("required_providers", &[]),
        ("provider", &["name"]),
        ("variable", &["name"]),
        ("locals", &[]),
        ("output", &["name"]),
        ("module", &["name"]),
        ("resource", &["type", "name"]),
        ("data", &["type", "name"]),
        ("moved", &[]),
        ("removed", &[]),
        ("import", &[]),
        ("check", &["name"]),
    ],
};

/// Decodes the files of one directory, given with their names in alphabetical order. Override files are merged in.
pub fn decode(files: &[(Arc<str>, File)]) -> Outcome<RawModule> {
    let mut raw = RawModule::default();
    let mut diagnostics = Diagnostics::default();
    let overriding = |f: &&(Arc<str>, File)| is_override(&f.0);
    let mut overrides = Overrides::default();
    for (_, file) in files.iter().filter(overriding) {
        overrides.add(file, &mut diagnostics);
    }
    for (_, file) in files.iter().filter(|f| !overriding(f)) {
        for attribute in file.body.attributes() {
            diagnostics.push(ROOT.unsupported_argument(attribute, &file.body));
        }
        for block in file.body.blocks() {
            match overrides.apply(block) {
                Some(merged) => decode_block(&merged, &mut raw, &mut diagnostics),
                None => decode_block(block, &mut raw, &mut diagnostics),
            }
        }
    }
    overrides.finish(&mut raw, &mut diagnostics);
    Outcome {
        value: raw,
        diagnostics,
    }
}

fn decode_block(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    match &*block.kind.name {
        "terraform" => terraform::decode(block, raw, diagnostics),
        "provider" => provider::decode(block, raw, diagnostics),
        "variable" => variable::decode(block, raw, diagnostics),
        "locals" => locals::decode(block, raw, diagnostics),
        "output" => output::decode(block, raw, diagnostics),
        "resource" => {
            resource::decode(block, Mode::Managed, None, raw, diagnostics);
        }
        "data" => {
            resource::decode(block, Mode::Data, None, raw, diagnostics);
        }
        "module" => module::decode(block, raw, diagnostics),
        "moved" => moved::decode(block, raw, diagnostics),
        "removed" => removed::decode(block, raw, diagnostics),
        "import" => import::decode(block, raw, diagnostics),
        "check" => check::decode(block, raw, diagnostics),
        "required_providers" => diagnostics.push(
            Diagnostic::error(
                "Invalid required_providers block",
                "A \"required_providers\" block must be nested inside a \"terraform\" block.",
            )
            .at(block.kind.span),
        ),
        kind => match refused(block).filter(|_| kind != "_") {
            Some(d) => diagnostics.push(d),
            None => ROOT.check_block(block, diagnostics),
        },
    }
}
