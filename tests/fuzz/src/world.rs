//! Surroundings of an evaluation: values for references, and files in memory.

use bastionless_core::lang::{
    expr::{Scope, render_template},
    functions::{FunctionError, Host},
    program::{Reference, Subject},
};
use bastionless_model::{
    base::Diagnostic,
    value::{Type, Value},
};

/// Files, clock and chance that never change.
pub struct Machine;

const FILES: &[(&str, &str)] =
    &[("hello.txt", "Hello é\r\n"), ("list.tftpl", "%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\n"), ("data.json", "{\"a\": [1, 2.5, null]}"), ("bad.tftpl", "${")];

impl Host for Machine {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = FILES.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| format!("open {path}: no such file or directory"))
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        Ok(FILES.iter().any(|(name, _)| *name == path))
    }

    fn list_files(&self, _: &str) -> Result<Vec<String>, String> {
        Ok(FILES.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    fn now(&self) -> (i64, u32) {
        (1_500_000_000, 5)
    }

    fn plan_time(&self) -> Option<(i64, u32)> {
        Some((1_500_000_000, 5))
    }

    fn uuid(&self) -> String {
        "b5ee72a3-54dd-c4b8-551c-4bdc0204cedb".into()
    }

    fn random_bytes(&self) -> [u8; 16] {
        [7; 16]
    }

    fn render_template(&self, name: &str, text: &str, vars: &Value) -> Result<Value, FunctionError> {
        render_template(self, name, text, vars)
    }

    fn home_dir(&self) -> Option<String> {
        Some("/home/me".into())
    }

    fn base_dir(&self) -> String {
        "/base".into()
    }
}

/// Knows values of every kind, chosen by the name that is referred to.
pub struct Names;

impl Scope for Names {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        let name = match &reference.subject {
            Subject::Variable(n) | Subject::Local(n) => &**n,
            Subject::CountIndex => return Ok(Value::from(2)),
            Subject::EachKey | Subject::Path(_) | Subject::Terraform(_) => return Ok("k".into()),
            Subject::Resource(_) => "unknown_map",
            _ => return Err(Diagnostic::error("Reference to undeclared object", "There is none.").at(reference.span)),
        };
        let object = || Value::object([("a", Value::from(1)), ("b", Value::tuple(vec!["x".into(), Value::NULL]))]);
        Ok(match name {
            "number" => Value::from(12),
            "list" | "in_list" => Value::tuple(vec!["a".into(), "b".into(), "c".into()]),
            "map" | "object" | "in_map" => object(),
            "secret" | "unk_sens" => Value::from("s3cret").sensitive(),
            "null" | "in_null" => Value::NULL,
            "unknown" | "unk_string" => Value::unknown(Type::String).not_null(),
            "unk_number" => Value::unknown(Type::Number),
            "unk_bool" => Value::unknown(Type::Bool),
            "unknown_list" | "unk_list" => Value::unknown(Type::list(Type::String)).not_null(),
            "set" | "unk_set" => Value::unknown(Type::set(Type::Dynamic)),
            "unknown_map" | "unk_map" => Value::unknown(Type::map(Type::String)),
            "unk_object" => Value::object([("id", Value::unknown(Type::String)), ("known", "k".into())]),
            "any" => Value::DYNAMIC,
            _ => "hello".into(),
        })
    }
}
