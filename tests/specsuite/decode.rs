//! Decoding by a specification of `hcldec`: as much of it as the suite uses.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_core::{
    io::{RealSystem, SystemHost},
    lang::{
        expr::{Env, constraint, evaluate},
        syntax::{Block, Body, Item},
    },
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    value::{Type, Value, convert},
};

/// Makes the surroundings of an evaluation: these names and nothing else.
pub(crate) fn env(variables: &BTreeMap<Arc<str>, Value>) -> Env<'static> {
    static HOST: std::sync::LazyLock<SystemHost<'static>> =
        std::sync::LazyLock::new(|| SystemHost::new(&RealSystem, "", None));
    let empty = Env::without_references(&*HOST);
    variables.iter().fold(empty, |env, (name, value)| {
        env.with_name(name.clone(), value.clone())
    })
}

/// Decodes a body by a specification and collects what is wrong.
pub(crate) struct Decoder {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) variables: BTreeMap<Arc<str>, Value>,
}

impl Decoder {
    /// Decodes a whole file by the only specification of another one, which may declare variables.
    pub(crate) fn root(&mut self, spec: &Body, body: &Body) -> Result<Value, String> {
        let mut found = None;
        for block in spec.blocks() {
            if &*block.kind.name == "variables" {
                for a in block.body.attributes() {
                    let value =
                        evaluate(&a.expr, &env(&self.variables)).map_err(|d| format!("{d:?}"))?;
                    self.variables.insert(a.name.name.clone(), value);
                }
            } else {
                found = Some(block);
            }
        }
        let spec = found.ok_or("there is no specification")?;
        if self.diagnostics.has_errors() {
            return Ok(Value::NULL);
        }
        // A literal takes no notice of the content.
        if &*spec.kind.name != "literal" {
            self.unexpected(spec, body)?;
        }
        self.value(spec, body)
    }

    fn name(&self, spec: &Block, argument: &str) -> Result<Arc<str>, String> {
        if let Some(label) = spec.labels.first() {
            return Ok(label.text.clone());
        }
        let attribute = spec
            .body
            .attribute(argument)
            .ok_or_else(|| format!("a specification has no {argument}"))?;
        let value =
            evaluate(&attribute.expr, &env(&self.variables)).map_err(|d| format!("{d:?}"))?;
        value
            .as_str()
            .map(Arc::from)
            .ok_or_else(|| format!("{argument} is no text"))
    }

    /// Reports what a body holds beside what the specification names.
    fn unexpected(&mut self, spec: &Block, body: &Body) -> Result<(), String> {
        let parts: Vec<&Block> = if &*spec.kind.name == "object" {
            spec.body.blocks().collect()
        } else {
            vec![spec]
        };
        let (mut attributes, mut blocks) = (Vec::new(), Vec::new());
        for part in parts {
            match &*part.kind.name {
                "attr" => attributes.push(self.name(part, "name")?),
                "block" | "block_list" | "block_map" => blocks.push(self.name(part, "block_type")?),
                _ => {}
            }
        }
        for item in &body.items {
            match item {
                Item::Attribute(a) if !attributes.contains(&a.name.name) => {
                    let detail = format!(
                        "An argument named {:?} is not expected here.",
                        &*a.name.name
                    );
                    self.diagnostics
                        .push(Diagnostic::error("Unsupported argument", detail).at(a.name.span));
                }
                Item::Block(b) if !blocks.contains(&b.kind.name) => {
                    let detail =
                        format!("Blocks of type {:?} are not expected here.", &*b.kind.name);
                    self.diagnostics
                        .push(Diagnostic::error("Unsupported block type", detail).at(b.kind.span));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn value(&mut self, spec: &Block, body: &Body) -> Result<Value, String> {
        match &*spec.kind.name {
            "literal" => {
                let attribute = spec
                    .body
                    .attribute("value")
                    .ok_or("a literal has no value")?;
                evaluate(&attribute.expr, &env(&self.variables)).map_err(|d| format!("{d:?}"))
            }
            "object" => {
                let mut entries = BTreeMap::new();
                for part in spec.body.blocks() {
                    let argument = if &*part.kind.name == "attr" {
                        "name"
                    } else {
                        "block_type"
                    };
                    entries.insert(self.name(part, argument)?, self.value(part, body)?);
                }
                Ok(Value::object(entries))
            }
            "attr" => self.attribute(spec, body),
            "block" => {
                let kind = self.name(spec, "block_type")?;
                match body.blocks().find(|b| b.kind.name == kind) {
                    Some(block) => self.nested(spec, block),
                    None => Ok(Value::NULL),
                }
            }
            "block_list" => {
                let kind = self.name(spec, "block_type")?;
                let values = body
                    .blocks()
                    .filter(|b| b.kind.name == kind)
                    .map(|b| self.nested(spec, b));
                Ok(Value::tuple(values.collect::<Result<_, _>>()?))
            }
            "block_map" => {
                let kind = self.name(spec, "block_type")?;
                let mut entries = BTreeMap::new();
                for block in body.blocks().filter(|b| b.kind.name == kind) {
                    let label = block.labels.first().ok_or("a block has no label")?;
                    entries.insert(label.text.clone(), self.nested(spec, block)?);
                }
                Ok(Value::object(entries))
            }
            other => Err(format!("specifications of kind {other} are not known here")),
        }
    }

    fn nested(&mut self, spec: &Block, block: &Block) -> Result<Value, String> {
        let inner = spec
            .body
            .blocks()
            .next()
            .ok_or("a block has no specification inside")?;
        self.unexpected(inner, &block.body)?;
        self.value(inner, &block.body)
    }

    fn attribute(&mut self, spec: &Block, body: &Body) -> Result<Value, String> {
        let name = self.name(spec, "name")?;
        let ty = match spec.body.attribute("type") {
            Some(a) => constraint(&a.expr).map_err(|d| d.detail)?.to_type(),
            None => Type::Dynamic,
        };
        let Some(attribute) = body.attribute(&name) else {
            return Ok(Value::null(ty));
        };
        match evaluate(&attribute.expr, &env(&self.variables)) {
            Ok(value) => convert(&value, &ty).map_err(|e| format!("{name}: {e:?}")),
            Err(found) => {
                self.diagnostics.extend(found);
                Ok(Value::null(ty))
            }
        }
    }
}
