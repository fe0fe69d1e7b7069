//! Seeds that no file of the project holds.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use bastionless_core::state::{
    Snapshot,
    journal::{Base, Begin, Entry, Intended, Journal},
};

/// Writes a journal for every state file of a folder into that folder.
///
/// # Errors
/// The folder cannot be read or written.
pub fn journals(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut written = BTreeMap::new();
    for (i, entry) in fs::read_dir(folder)?.enumerate() {
        let path = entry?.path();
        let Ok(snapshot) = Snapshot::read(&fs::read_to_string(&path)?) else { continue };
        let mut text = Journal::header(&Base::of(&snapshot, b"stored"));
        for (n, (address, resource, instance)) in snapshot.instances().enumerate() {
            let provider = resource.provider.clone();
            let objects = instance.current.iter().map(|o| (None, o)).chain(instance.deposed.iter().map(|(k, o)| (Some(k.clone()), o)));
            for (deposed, object) in objects {
                let id = format!("id{n}");
                let action = [Intended::Create, Intended::Update, Intended::Delete][n % 3];
                let begin = Begin { id: id.clone(), address: address.clone(), deposed: deposed.clone(), action, provider: provider.clone(), at: 1_500_000_000, was_free: true, object: object.clone() };
                text += &Entry::Begin(Box::new(begin)).to_line();
                text += &Entry::Created { id: id.clone(), object: object.clone() }.to_line();
                text += &Entry::Failed { id: id.clone(), object: None, open: true }.to_line();
                text += &Entry::Done { id, object: Some(object.clone()) }.to_line();
                text += &Entry::Put { address: address.clone(), deposed: deposed.clone(), provider: provider.clone(), object: object.clone() }.to_line();
                text += &Entry::Take { address: address.clone(), deposed }.to_line();
            }
        }
        written.insert(format!("journal{i}"), text);
    }
    for (name, text) in written {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
