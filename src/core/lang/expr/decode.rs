//! Evaluation of bodies: from attributes and blocks to one object value.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::{self, NestedBlock, Nesting},
    value::{Map, Marks, Type, Value, convert},
};

use super::{
    Env,
    dynamic::expand,
    evaluate, unstorable,
    validate::{Place, check_count, is_dynamic, made_kind, nested},
};
use crate::lang::syntax::{Attribute, Body};

/// Evaluates a body to the object that its schema describes. What the configuration does not set is null or empty; what
/// could not be evaluated is unknown, and said in the diagnostics.
///
/// Static problems are [`validate_body`](super::validate_body)'s; what it refuses is passed over here.
pub fn decode_body(body: &Body, schema: &schema::Block, env: &Env<'_>) -> (Value, Diagnostics) {
    let mut decoder = Decoder {
        diagnostics: Diagnostics::default(),
    };
    let value = decoder.body(body, schema, env);
    (value, decoder.diagnostics)
}

/// A block as written, or made by a `dynamic` block.
pub(super) struct Made<'b, 'e> {
    pub(super) body: &'b Body,
    /// The label that is the key of a map of blocks.
    pub(super) key: Option<Arc<str>>,
    pub(super) place: Place,
    /// The surroundings with iterators; `None` are those of the body around.
    pub(super) env: Option<Env<'e>>,
    /// Marks of the `for_each` that made it.
    pub(super) marks: Marks,
}

/// All blocks of a type in a body.
#[derive(Default)]
pub(super) struct Found<'b, 'e> {
    pub(super) blocks: Vec<Made<'b, 'e>>,
    /// A `for_each` is unknown: so is the whole collection.
    pub(super) unknown: Option<Marks>,
    pub(super) dynamic: bool,
}

pub(super) struct Decoder {
    pub(super) diagnostics: Diagnostics,
}

impl Decoder {
    pub(super) fn body(&mut self, body: &Body, schema: &schema::Block, env: &Env<'_>) -> Value {
        let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
        for (name, attribute) in &schema.attributes {
            let value = match body.attribute(name) {
                Some(written) => self.configured(written, attribute, env),
                None => self.absent(body, schema, name, attribute, env),
            };
            entries.push((name.clone(), value));
        }
        for (name, nested) in &schema.blocks {
            entries.push((name.clone(), self.blocks(body, name, nested, env)));
        }
        Value::object(entries)
    }

    /// What only the provider decides may be set to null at most.
    fn configured(
        &mut self,
        written: &Attribute,
        attribute: &schema::Attribute,
        env: &Env<'_>,
    ) -> Value {
        let value = self.attribute(written, &attribute.ty, env);
        if attribute.is_configurable() || value.is_null() {
            return value;
        }
        let name = &written.name.name;
        self.diagnostics.push(
            Diagnostic::error(
                "Value for unconfigurable attribute",
                format!("Can't configure a value for \"{name}\": its value will be decided automatically based on the result of applying this configuration."),
            )
            .at(written.expr.span),
        );
        Value::null(attribute.ty.clone())
    }

    fn attribute(&mut self, written: &Attribute, ty: &Type, env: &Env<'_>) -> Value {
        let value = match evaluate(&written.expr, env) {
            Ok(value) => value,
            Err(problems) => {
                self.diagnostics.extend(problems);
                return Value::unknown(ty.clone());
            }
        };
        if let Some(d) = unstorable(&value, written.expr.span) {
            self.diagnostics.push(d);
            return Value::unknown(ty.clone());
        }
        match convert(&value, ty) {
            Ok(value) => value,
            Err(e) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Incorrect attribute value type",
                        format!(
                            "Inappropriate value for attribute \"{}\": {}.",
                            written.name.name, e.message
                        ),
                    )
                    .at(written.expr.span),
                );
                Value::unknown(ty.clone())
            }
        }
    }

    /// An attribute that is not written is null, unless it is written as blocks.
    fn absent(
        &mut self,
        body: &Body,
        schema: &schema::Block,
        name: &str,
        attribute: &schema::Attribute,
        env: &Env<'_>,
    ) -> Value {
        let written = body.blocks().any(|b| made_kind(b) == name);
        match nested(body, schema, name).filter(|_| written) {
            Some(nested) => {
                let value = self.blocks(body, name, nested, env);
                convert(&value, &attribute.ty)
                    .unwrap_or_else(|_| Value::unknown(attribute.ty.clone()))
            }
            None => Value::null(attribute.ty.clone()),
        }
    }

    fn found<'b, 'e>(
        &mut self,
        body: &'b Body,
        name: &str,
        nested: &NestedBlock,
        env: &Env<'e>,
    ) -> Found<'b, 'e> {
        let mut found = Found::default();
        for block in body.blocks().filter(|b| made_kind(b) == name) {
            if is_dynamic(block) {
                found.dynamic = true;
                expand(self, block, nested, env, &mut found);
                continue;
            }
            found.blocks.push(Made {
                body: &block.body,
                key: block.labels.first().map(|l| l.text.clone()),
                place: Place {
                    header: block.header,
                    body: block.body.missing_at,
                },
                env: None,
                marks: Marks::NONE,
            });
        }
        found
    }

    fn blocks(&mut self, body: &Body, name: &str, nested: &NestedBlock, env: &Env<'_>) -> Value {
        let found = self.found(body, name, nested, env);
        let inner = nested.object_type();
        let mut values = Vec::with_capacity(found.blocks.len());
        for block in &found.blocks {
            let env = block.env.as_ref().unwrap_or(env);
            let value = self.body(block.body, &nested.block, env);
            values.push((block.key.clone(), value.with_marks(block.marks)));
        }
        if let Some(marks) = found.unknown {
            return Value::unknown(nested.implied_type()).with_marks(marks);
        }
        if found.dynamic {
            let places: Vec<Place> = found.blocks.iter().map(|b| b.place).collect();
            self.diagnostics
                .extend(check_count(name, nested, &places, body));
        }
        match nested.nesting {
            Nesting::Single => values
                .into_iter()
                .next()
                .map_or_else(|| Value::null(inner), |(_, v)| v),
            Nesting::Group => values
                .into_iter()
                .next()
                .map_or_else(|| nested.none_value(), |(_, v)| v),
            Nesting::List if !values.is_empty() && inner.has_dynamic() => {
                Value::tuple(values.into_iter().map(|(_, v)| v).collect())
            }
            Nesting::List => Value::list(inner, values.into_iter().map(|(_, v)| v).collect()),
            Nesting::Set => Value::set(inner, values.into_iter().map(|(_, v)| v).collect()),
            Nesting::Map => self.keyed(name, inner, values, &found.blocks),
        }
    }

    fn keyed(
        &mut self,
        name: &str,
        inner: Type,
        values: Vec<(Option<Arc<str>>, Value)>,
        blocks: &[Made<'_, '_>],
    ) -> Value {
        let mut entries = Map::new();
        for ((key, value), block) in values.into_iter().zip(blocks) {
            let Some(key) = key else { continue };
            if entries.insert(key.clone(), value).is_some() {
                self.diagnostics.push(
                    Diagnostic::error(
                        format!("Duplicate {name} block"),
                        format!(
                            "A block of type \"{name}\" with the label \"{key}\" was already defined."
                        ),
                    )
                    .at(block.place.header),
                );
            }
        }
        if inner.has_dynamic() {
            Value::object(entries)
        } else {
            Value::map(inner, entries)
        }
    }
}
