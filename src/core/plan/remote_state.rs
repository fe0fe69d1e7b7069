//! What is wrong with the arguments of a `terraform_remote_state`, as far as they are known, before anything is read.

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Type, Value, convert},
};

use crate::lang::{
    address::{Mode, Resource},
    syntax::Body,
};

/// The name of the data source.
const TYPE: &str = "terraform_remote_state";

/// Backends that Terraform 1.15 has and that remote states are not read from here.
const NOT_BUILT: [&str; 12] = [
    "azurerm",
    "consul",
    "cos",
    "gcs",
    "http",
    "inmem",
    "kubernetes",
    "oci",
    "oss",
    "pg",
    "remote",
    "s3",
];

/// Arguments of the backend `local`.
const LOCAL: [&str; 2] = ["path", "workspace_dir"];

/// Tells whether a block reads the state of another configuration.
pub(crate) fn is_remote_state(resource: &Resource) -> bool {
    resource.mode == Mode::Data && &*resource.type_name == TYPE
}

/// Returns what is wrong with the arguments.
pub(crate) fn problems(body: &Body, header: Span, config: &Value) -> Diagnostics {
    let at = |name: &str| body.attribute(name).map_or(header, |a| a.expr.span);
    let mut problems = Diagnostics::default();
    let known = |name: &str| config.get(name).filter(|v| v.is_known() && !v.is_null());
    if let Some(defaults) = known("defaults")
        && defaults.entries().is_none()
    {
        problems.push(
            Diagnostic::error(
                "Invalid default values",
                "Defaults must be given in an object value.",
            )
            .at(at("defaults")),
        );
    }
    match known("backend").and_then(Value::as_str) {
        None => {}
        Some("local") => {
            if let Some(settings) = known("config") {
                problems.0.extend(of_local(settings).map(|(summary, detail)| {
                    Diagnostic::error(summary, detail).at(at("config"))
                }));
            }
        }
        Some(other) if NOT_BUILT.contains(&other) => problems.push(
            Diagnostic::error(
                "Backend of a remote state is not built yet",
                format!("bastionless reads remote states from the backend \"local\" only. Fetch the state of the backend {other:?} in the pipeline and read the file with \"local\", or look the objects up with data sources."),
            )
            .at(at("backend")),
        ),
        Some(other) => problems.push(
            Diagnostic::error(
                "Invalid backend configuration",
                format!("There is no backend type named {other:?}."),
            )
            .at(at("backend")),
        ),
    }
    problems
}

fn of_local(settings: &Value) -> Option<(&'static str, String)> {
    let invalid = |why: String| {
        Some((
            "Invalid backend configuration",
            format!("The given configuration is not valid for backend \"local\": {why}."),
        ))
    };
    let Some(entries) = settings.entries() else {
        return invalid("an object is required".into());
    };
    if let Some(other) = entries.keys().find(|k| !LOCAL.contains(&&***k)) {
        return invalid(format!("unexpected attribute {:?}", &**other));
    }
    for name in LOCAL {
        let Some(value) = entries.get(name) else {
            continue;
        };
        match convert(value, &Type::String) {
            Err(e) => return invalid(format!(".{name}: {}", e.message)),
            Ok(text) if text.as_str() == Some("") => {
                return Some((
                    "Invalid local state file path",
                    format!("The {name:?} attribute value must not be empty."),
                ));
            }
            Ok(_) => {}
        }
    }
    None
}
