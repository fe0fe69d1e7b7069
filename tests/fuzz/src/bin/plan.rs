//! Plan files: what is read can be written and shown, and what was written reads as the same.
#![cfg_attr(fuzzing, no_main)]

use bastionless_core::{plan::file::PlanFile, report};
use bastionless_model::schema::Catalogue;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    let Ok(file) = PlanFile::read(text) else { return };
    let catalogue = Catalogue::builtin();
    let _ = report::plan_json(&file, catalogue);
    let _ = report::plan_markdown(&file.plan, catalogue);
    let _ = report::execution_dot(&file.plan);
    let Ok(written) = file.write() else { return };
    let again = PlanFile::read(&written).expect("a plan that was written is read");
    assert_eq!(again.write().expect("it can be written again"), written);
});
