//! `plan -generate-config-out`: writes resource blocks for imports that have none.

use std::{
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use bastionless_core::{
    engine::Events,
    lang::{
        Target,
        address::{AbsInstance, Key, quote},
        program::{Import, ModuleId, Program},
    },
    report::{Imported, generated_text},
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::Catalogue,
};

use super::{
    Done, Failed,
    env::Env,
    file_error, load,
    place::Place,
    request::{Extra, Request},
    session,
};

/// Reads the objects of imports without a block and writes the file. Returns the text as part of the configuration; `None`
/// where every import has its block, and then nothing is written.
pub(crate) async fn generate(
    env: &Env,
    request: &Request,
    path: &str,
    events: &Arc<dyn Events>,
) -> Done<Option<Extra>> {
    if Path::new(path).exists() {
        return Err(Diagnostic::error(
            "Target generated file already exists",
            "Bastionless can only write generated config into a new file. Either choose a different target location or move all existing configuration out of the target file, delete it and try again.",
        )
        .into());
    }
    let linked = load::program();
    let program = &linked.value.0;
    let missing: Vec<&Import> = program
        .imports
        .iter()
        .filter(|i| !is_declared(program, i))
        .collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let mut problems = Diagnostics::default();
    let addresses: Vec<AbsInstance> = missing
        .iter()
        .filter_map(|i| problems.ok(writable(i)))
        .collect();
    if problems.has_errors() {
        return Err(Failed::new(problems, program.sources.clone()));
    }
    let objects = read(env, request, path, &addresses, events).await?;
    let text = generated_text(&objects, Catalogue::builtin());
    write(path, &text).map_err(|e| file_error("Writing", path.as_ref(), &e))?;
    Ok(Some(Extra {
        name: name(path),
        text,
        is_stub: false,
    }))
}

fn is_declared(program: &Program, import: &Import) -> bool {
    let module = program
        .modules
        .iter()
        .find(|m| m.path == import.to.module.path());
    module.is_some_and(|m| m.resources.contains_key(&import.to.resource))
}

/// Returns the instance of an import for which a block can be written.
fn writable(import: &Import) -> Result<AbsInstance, Diagnostic> {
    let refused = |why: &str| {
        let detail = format!(
            "Configuration for {} cannot be generated: {why}. Write its resource block.",
            import.to
        );
        Err(Diagnostic::error("Cannot generate configuration", detail).at(import.to_span))
    };
    if import.for_each.is_some() || import.key.is_some() {
        return refused(
            "it has `for_each` or names an instance by its key, which a single block cannot say",
        );
    }
    if !import.to.module.is_root() {
        return refused("it lies in a module, whose files are not ours to change");
    }
    if Catalogue::builtin()
        .managed(&import.to.resource.type_name)
        .is_none()
    {
        return refused("this version does not support its type");
    }
    Ok(import.to.instance(Key::None))
}

/// Reads the objects, with empty blocks in the place of those that are to be written.
async fn read(
    env: &Env,
    request: &Request,
    path: &str,
    addresses: &[AbsInstance],
    events: &Arc<dyn Events>,
) -> Done<Vec<Imported>> {
    let stub = |a: &AbsInstance| {
        format!(
            "resource {} {} {{}}\n",
            quote(&a.resource.resource.type_name),
            quote(&a.resource.resource.name)
        )
    };
    let text: String = addresses.iter().map(stub).collect();
    let probe = Request {
        targets: addresses.iter().cloned().map(Target::Instance).collect(),
        replace: Vec::new(),
        refresh: false,
        extra: Some(Extra {
            name: name(path),
            text,
            is_stub: true,
        }),
        ..request.clone()
    };
    let loaded = load::configuration(&probe, None, None)?;
    let sources = loaded.sources.clone();
    let (planned, settler) =
        session::settle(loaded, Place::open(env).await?, &probe, events).await?;
    let found: Vec<Imported> = settler
        .imported()
        .filter(|(address, ..)| addresses.contains(address))
        .map(|(address, id, value)| Imported {
            address: address.clone(),
            id: id.to_owned(),
            value: value.clone(),
        })
        .collect();
    if found.len() == addresses.len() {
        return Ok(found);
    }
    // The empty blocks are wrong in their own ways, which is of no interest.
    let mut problems = planned.diagnostics;
    let is_stub = |d: &Diagnostic| {
        d.primary.as_ref().is_some_and(|l| {
            sources
                .get(l.span.source)
                .is_some_and(|s| *s.name == *name(path))
        })
    };
    problems.0.retain(|d| !is_stub(d));
    if !problems.has_errors() {
        problems.push(Diagnostic::error(
            "Import failed",
            "Some of the objects that are to be imported are in the state already, or could not be looked for. Remove their import blocks, or write their resource blocks.",
        ));
    }
    Err(Failed::new(problems, sources))
}

/// Makes every resource of the stub harmless: what its empty block lacks stops nothing.
pub(crate) fn forgive(program: &mut Program, extra: &Extra) {
    let sources = program.sources.clone();
    let Some(root) = program.modules.get_mut(ModuleId(0).0) else {
        return;
    };
    for block in root.resources.values_mut() {
        if sources
            .get(block.header.source)
            .is_some_and(|s| *s.name == *extra.name)
        {
            block.problems = Diagnostics::default();
        }
    }
}

/// Under which name the text is a part of the configuration.
fn name(path: &str) -> String {
    let plain = path.strip_prefix("./").unwrap_or(path);
    if plain.ends_with(".tf") && !plain.contains('/') {
        plain.to_owned()
    } else {
        format!("{}.tf", plain.replace('/', "_"))
    }
}

fn write(path: &str, text: &str) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
