//! State files and journals: what is read can be written, and what was written reads as the same.
#![cfg_attr(fuzzing, no_main)]

use bastionless_core::{
    report,
    state::{
        Snapshot,
        journal::{self, Journal},
    },
};
use bastionless_model::schema::Catalogue;
use libfuzzer_sys::fuzz_target;

fn journal(text: &str) {
    let Ok(Some(journal)) = Journal::read(text) else { return };
    let lines: Vec<String> = journal.entries.iter().map(journal::Entry::to_line).collect();
    let again = format!("{}\n{}\n", Journal::header(&journal.base).trim_end(), lines.iter().map(|l| l.trim_end()).collect::<Vec<_>>().join("\n"));
    let read = Journal::read(&again).expect("a journal that was written is read").expect("its header is whole");
    assert_eq!(read.base, journal.base);
    assert_eq!(read.entries.iter().map(journal::Entry::to_line).collect::<Vec<_>>(), lines);
    let _ = journal.hints();
    let folded = journal::fold(Snapshot::default(), &journal.entries);
    let _ = folded.snapshot.write();
}

/// Journals are not among the test data: `FUZZ_SEEDS` names a folder of state files that gets some.
fn prepare() {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        bastionless_fuzz::seeds::journals(folder.as_ref()).expect("the seeds can be written");
    }
}

fuzz_target!(init: prepare(), |data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    if text.starts_with("{\"kind\"") {
        journal(text);
        return;
    }
    let Ok(snapshot) = Snapshot::read(text) else { return };
    let _ = snapshot.flaws();
    let _ = snapshot.dangling();
    let catalogue = Catalogue::builtin();
    let _ = report::state_json(&snapshot, catalogue);
    let Ok(written) = snapshot.write() else { return };
    let again = Snapshot::read(&written).expect("a state that was written is read");
    assert_eq!(again.write().expect("it can be written again"), written);
});
