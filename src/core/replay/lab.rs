//! A stand-in for the provider `lab/lab` with which `testdata/block-cases` was recorded.
//!
//! It keeps no objects: what it knows of one is the state. Beginnings of names order what goes wrong. Its schemas are in
//! `testdata/lab-provider`; the recording provider refuses no value for a computed attribute, so none is only computed there.

use std::sync::{Arc, LazyLock};

use bastionless_model::{
    cloud::{
        Cloud, Clouds, Failure, Found, Future, Identity, Intent, Lookup, ObjectStore, Observed,
        OpError, OpErrorKind, Operation, Reconcile,
    },
    schema::{
        Catalogue, Refine, Schema, load,
        plan::{Problem, propose},
    },
    value::{Path, Type, Value},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// Schemas by the name under which they are known.
const TEXTS: [(&str, &str); 4] = [
    (
        "lab_data",
        include_str!("../testdata/lab-provider/data_lab_data.hcl"),
    ),
    ("lab", include_str!("../testdata/lab-provider/lab.hcl")),
    (
        "lab_strict",
        include_str!("../testdata/lab-provider/lab_strict.hcl"),
    ),
    (
        "lab_thing",
        include_str!("../testdata/lab-provider/lab_thing.hcl"),
    ),
];

/// The headlines of its errors, and of the error for a result that is not as planned.
pub(super) const WORDS: [&str; 8] = [
    "Cannot import",
    "Create failed",
    "Create incomplete",
    "Data read failed",
    "Destroy failed",
    "Provider produced inconsistent result after apply",
    "Read failed",
    "Update failed",
];

/// Returns the built-in types and those of the lab.
pub(super) fn catalogue() -> &'static Catalogue {
    static LAB: LazyLock<Catalogue> = LazyLock::new(|| {
        let schemas = TEXTS.map(|(name, text)| {
            let mut schema = load(name, text).unwrap_or_else(|e| panic!("{e}"));
            schema.refine = Some(&REFINE);
            (name, schema)
        });
        Catalogue::with(("registry.terraform.io", "lab"), schemas)
    });
    &LAB
}

static REFINE: Refine = Refine {
    name: "lab",
    validate: Some(validate),
    plan: Some(plan),
    refuse: Some(refuse),
    replace: Some(replace),
    ..Refine::NONE
};

fn validate(config: &Value) -> Vec<Problem> {
    match config.get_str("name") {
        Some("invalid") => vec![Problem::at(
            "name",
            "Invalid name",
            "The name must not be \"invalid\".",
        )],
        _ => Vec::new(),
    }
}

fn refuse(_prior: Option<&Value>, planned: &Value) -> Vec<Problem> {
    match planned.get_str("name") {
        Some(name) if name.starts_with("planfail") => {
            vec![Problem::at(
                "name",
                "Plan failed",
                format!("no plan for {name}"),
            )]
        }
        _ => Vec::new(),
    }
}

/// Other values in the blocks `fixed` make a new object.
fn replace(prior: &Value, planned: &Value) -> Vec<Path> {
    let values = |v: &Value| -> Option<Vec<Value>> {
        let blocks = v.get("fixed")?.elements()?;
        Some(blocks.iter().filter_map(|b| b.get("v").cloned()).collect())
    };
    let (old, new) = (values(prior), values(planned));
    let equal = match (&old, &new) {
        (Some(old), Some(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(a, b)| same(a, b))
        }
        (old, new) => old.is_none() && new.is_none(),
    };
    if equal {
        Vec::new()
    } else {
        vec![Path::default().attribute("fixed")]
    }
}

/// Plans as the recording provider does: from what Terraform proposes.
fn plan(schema: &Schema, _planned: Value, prior: Option<&Value>, config: &Value) -> Value {
    let null = Value::null(schema.block.implied_type());
    let mut new = propose(schema, prior.unwrap_or(&null), config);
    let unknown = || Value::unknown(Type::String);
    let Some(prior) = prior else {
        for name in ["comp", "etag", "id"] {
            if schema.block.attributes.contains_key(name)
                && config.get(name).is_none_or(Value::is_null)
            {
                new = new.with(name, unknown());
            }
        }
        return new;
    };
    if let Some(etag) = prior.get("etag") {
        let rest = |v: &Value| v.clone().with("etag", Value::NULL).with("id", Value::NULL);
        let changed = !same(&rest(&new), &rest(prior));
        new = new.with("etag", if changed { unknown() } else { etag.clone() });
    }
    new
}

/// Equal, and known to be.
fn same(a: &Value, b: &Value) -> bool {
    a.is_wholly_known() && bastionless_model::value::identical(a, b)
}

/// The provider.
#[derive(Clone, Copy)]
pub(super) struct Lab;

impl Clouds for Lab {
    fn configure<'a>(
        &'a self,
        _provider: &'a str,
        _config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn Cloud>, OpError>> {
        Box::pin(async { Ok(Arc::new(Self) as Arc<dyn Cloud>) })
    }

    fn object_store<'a>(
        &'a self,
        _config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn ObjectStore>, OpError>> {
        Box::pin(async { Err(wrong("No bucket", "there is none in the lab")) })
    }
}

impl Cloud for Lab {
    fn reconcile(&self, type_name: &str) -> Option<Arc<dyn Reconcile>> {
        Some(Arc::new(Things(catalogue().managed(type_name)?)))
    }

    fn lookup(&self, _type_name: &str) -> Option<Arc<dyn Lookup>> {
        Some(Arc::new(*self))
    }

    fn region(&self) -> Option<&str> {
        None
    }

    fn in_region(&self, _region: &str) -> Arc<dyn Cloud> {
        Arc::new(*self)
    }
}

/// An error in the provider's words: its summary is what was done, its detail the message.
fn wrong(summary: &str, detail: impl Into<String>) -> OpError {
    OpError::new(OpErrorKind::Invalid, summary, detail)
}

impl Lookup for Lab {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>> {
        let one = |config: &Value| {
            let q = config.get_str("q").unwrap_or_default();
            if q == "fail" {
                let e = wrong("Data read failed", "q is fail");
                return Err(OpError {
                    path: Some(Path::default().attribute("q")),
                    ..e
                });
            }
            let filters = config.get("filter").and_then(Value::elements);
            let n = filters.unwrap_or_default().len();
            Ok(config
                .clone()
                .with("id", format!("data-{q}").as_str().into())
                .with("out", format!("data:{q}").as_str().into())
                .with("n", i64::try_from(n).unwrap().into()))
        };
        Box::pin(async move { configs.iter().map(one).collect() })
    }
}

/// A type of things.
struct Things(Arc<Schema>);

impl Things {
    fn read(&self, identity: &Identity) -> Observed {
        let Some(prior) = &identity.prior else {
            return self.import(&identity.id);
        };
        match prior.get_str("name").unwrap_or_default() {
            n if n.starts_with("gone") => Observed::Absent,
            n if n.starts_with("drift") => {
                Observed::Present(prior.clone().with("size", 999.into()))
            }
            n if n.starts_with("readfail") => {
                Observed::Unreadable(wrong("Read failed", format!("cannot read {n}")))
            }
            _ => Observed::Present(prior.clone()),
        }
    }

    fn import(&self, id: &str) -> Observed {
        if id.starts_with("missing") {
            return Observed::Unreadable(wrong("Cannot import", "no such object"));
        }
        let empty = self.0.block.empty_value().with("id", id.into());
        Observed::Present(match &*self.0.name.name {
            "lab_thing" => empty
                .with("name", "imported".into())
                .with("etag", "etag-imported".into())
                .with("comp", "computed-imported".into()),
            _ => empty.with("req", "imported".into()),
        })
    }
}

/// Fills what only the provider knows.
fn settled(planned: &Value) -> Value {
    let name = planned.get_str("name").unwrap_or_default();
    let open = |key: &str| planned.get(key).is_some_and(Value::is_unknown);
    let mut new = planned.clone();
    if open("id") {
        new = new.with("id", uuid::Uuid::new_v4().to_string().as_str().into());
    }
    if open("comp") {
        new = new.with("comp", format!("computed-{name}").as_str().into());
    }
    if open("etag") {
        new = new.with("etag", etag(planned).as_str().into());
    }
    new
}

fn etag(planned: &Value) -> String {
    let name = planned.get_str("name").map(|n| json!(n));
    let size = planned.get("size").map(bastionless_model::value::to_json);
    let null = serde_json::Value::Null;
    let text = format!(
        "[{}, {}]",
        name.unwrap_or(null.clone()),
        size.unwrap_or(null)
    );
    // Names that hold an id give the same tag whatever the id is.
    let id = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
    let digest = Sha256::digest(id.replace_all(&text, "U").as_bytes());
    let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("etag-{hex}")
}

fn failure(summary: &str, detail: String, state: Option<Value>) -> Failure {
    Failure {
        state,
        ..Failure::from(wrong(summary, detail))
    }
}

impl Reconcile for Things {
    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(async { ids.iter().map(|i| self.read(i)).collect() })
    }

    fn create<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async {
            let new = settled(planned);
            match planned.get_str("name").unwrap_or_default() {
                n if n.starts_with("failcreate") => {
                    Err(failure("Create failed", format!("cannot create {n}"), None))
                }
                n if n.starts_with("partial") => Err(failure(
                    "Create incomplete",
                    format!("partly created {n}"),
                    Some(new),
                )),
                n if n.starts_with("inconsistent") => Ok(new.with("size", 12345.into())),
                _ => Ok(new),
            }
        })
    }

    fn update<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        prior: &'a Value,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async {
            let new = settled(planned);
            match planned.get_str("name").unwrap_or_default() {
                n if n.starts_with("failupdate") => Err(failure(
                    "Update failed",
                    format!("cannot update {n}"),
                    Some(prior.clone()),
                )),
                n if n.starts_with("inconsistent") => Ok(new.with("size", 12345.into())),
                _ => Ok(new),
            }
        })
    }

    fn delete<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        prior: &'a Value,
    ) -> Future<'a, Result<(), Failure>> {
        Box::pin(async {
            match prior.get_str("name").unwrap_or_default() {
                n if n.starts_with("faildestroy") => Err(failure(
                    "Destroy failed",
                    format!("cannot destroy {n}"),
                    Some(prior.clone()),
                )),
                _ => Ok(()),
            }
        })
    }

    fn find<'a>(
        &'a self,
        _intent: Option<&'a Intent>,
        _planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(async { Ok(Found::Nothing) })
    }
}
