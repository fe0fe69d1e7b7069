//! The file format against files that a real Terraform 1.15.5 wrote (or, the numbered ones, its core with masked ids).

use bastionless_model::value::Type;

use super::{Snapshot, StateError, Status, read_value, write_value};
use crate::lang::address::AbsInstance;

const EVERYTHING: &str = include_str!("samples/everything.tfstate");

#[track_caller]
fn round_trip(text: &str) {
    let written = Snapshot::read(text).unwrap().write().unwrap();
    assert_eq!(written, text);
}

#[test]
fn files_of_terraform_are_written_back_byte_by_byte() {
    round_trip(include_str!("samples/116-check-pass-to-fail.tfstate"));
    round_trip(include_str!("samples/076-moved-out-of-module.tfstate"));
    round_trip(include_str!("samples/a108-sensitive-parameter.tfstate"));
    round_trip(include_str!("samples/a100-replace-triggered-by.tfstate"));
    round_trip(include_str!("samples/050-cbd-mixed-middle.tfstate"));
    round_trip(EVERYTHING);
}

#[test]
fn objects_are_found_with_status_and_deposed_keys() {
    let snapshot = Snapshot::read(EVERYTHING).unwrap();
    let at = |a: &str| snapshot.instance(&AbsInstance::parse(a).unwrap()).unwrap();
    let first = at("terraform_data.a[0]");
    assert_eq!(
        first.deposed.keys().map(AsRef::as_ref).collect::<Vec<_>>(),
        ["00adcafe", "0badcafe"]
    );
    assert_eq!(
        at("terraform_data.a[1]").current.as_ref().unwrap().status,
        Status::Tainted
    );
    assert!(at("terraform_data.only_deposed").current.is_none());
    let b = at("terraform_data.b[\"k\\\"q\"]").current.as_ref().unwrap();
    assert!(b.create_before_destroy);
    assert_eq!(b.dependencies[0].to_string(), "terraform_data.a");
    assert!(
        at("module.m[\"x\"].data.terraform_remote_state.rs")
            .current
            .is_some()
    );
    assert_eq!(snapshot.outputs.len(), 6);
    assert!(snapshot.outputs["s"].sensitive);
}

#[test]
fn unknown_fields_stay() {
    let text = EVERYTHING
        .replacen(
            "\"serial\":",
            "\"from_the_future\": {\n    \"a\": 1\n  },\n  \"serial\":",
            1,
        )
        .replacen(
            "\"schema_version\": 0,",
            "\"hint\": \"x\",\n          \"schema_version\": 0,",
            1,
        )
        .replacen("\"mode\":", "\"why\": null,\n      \"mode\":", 1);
    let written = Snapshot::read(&text).unwrap().write().unwrap();
    for field in ["\"from_the_future\": {", "\"hint\": \"x\"", "\"why\": null"] {
        assert!(written.contains(field), "{field}");
    }
}

#[test]
fn what_is_no_state_of_ours_is_refused_with_the_reason() {
    let of = |text: &str| Snapshot::read(text).unwrap_err();
    assert_eq!(
        of("{\"version\":3,\"modules\":[]}"),
        StateError::OldVersion(3)
    );
    assert_eq!(
        of("{\"version\":5,\"resources\":{}}"),
        StateError::NewVersion(5)
    );
    assert!(of("{}").to_string().contains("`version` is missing"));
    assert!(of("[]").to_string().contains("expected a state"));
    assert!(
        of("{\"version\":4,\"encrypted_data\":\"x\"}")
            .to_string()
            .contains("OpenTofu")
    );
    let twice = EVERYTHING.replacen("\"index_key\": 1", "\"index_key\": 0", 1);
    assert!(
        of(&twice)
            .to_string()
            .contains("terraform_data.a[0] is there twice")
    );
}

#[test]
fn attributes_of_any_type_carry_their_type() {
    let ty = Type::object([
        ("any", Type::Dynamic),
        ("text", Type::String),
        ("gone", Type::Number),
    ]);
    let json = r#"{"any":{"value":[1,"x\u003c"],"type":["tuple",["number","string"]]},"left":{"over":[1]},"text":"t"}"#;
    let value = read_value(json, &ty).unwrap();
    assert!(value.get("gone").unwrap().is_null());
    assert!(value.get("left").is_none());
    let any = value.get("any").unwrap();
    assert_eq!(any.type_of(), Type::tuple([Type::Number, Type::String]));
    let written = write_value(&value, &ty).unwrap();
    assert_eq!(
        written,
        r#"{"any":{"value":[1,"x\u003c"],"type":["tuple",["number","string"]]},"gone":null,"text":"t"}"#
    );
    assert!(
        read_value("{\"text\":[]}", &ty)
            .unwrap_err()
            .to_string()
            .contains(".text: a string is required")
    );
}

#[test]
fn thousands_of_objects_are_read_in_one_pass() {
    let mut one = Snapshot::read(EVERYTHING).unwrap();
    let address = AbsInstance::parse("terraform_data.a[0]").unwrap();
    let object = one.object(&address, None).unwrap().clone();
    let provider = one.resources[&address.resource].provider.clone();
    for i in 0..4_000 {
        let key = crate::lang::address::Key::Int(i);
        one.put(
            &address.resource.instance(key),
            None,
            &provider,
            object.clone(),
        );
    }
    let text = one.write().unwrap();
    let again = Snapshot::read(&text).unwrap();
    assert_eq!(again.objects().count(), one.objects().count());
}
