//! What rules see: the objects that a plan leaves, joined with where they are written.

use bastionless_model::{base::Span, schema::Catalogue, value::Value};

use crate::{
    lang::{
        address::{AbsInstance, Mode},
        program::{Module, Program, ResourceBlock},
        syntax::Item,
    },
    plan::{Action, Plan},
    state::Snapshot,
};

/// The objects of a configuration.
pub struct Estate<'p> {
    program: &'p Program,
    objects: Vec<Object<'p>>,
}

/// An object of the configuration.
pub struct Object<'p> {
    /// Its address.
    pub address: AbsInstance,
    /// What it will be; texts that are known only after apply are references such as `${aws_instance.web.id}`.
    pub value: Value,
    /// What the configuration says of it; parts may be unknown.
    pub config: Value,
    /// The plan leaves it as it is: what AWS took before, it does not refuse now.
    pub is_unchanged: bool,
    /// Where it is written.
    pub block: &'p ResourceBlock,
}

impl<'p> Estate<'p> {
    /// Joins what a plan leaves with the configuration. Objects that go, and those that the configuration does not have, are not in it.
    pub fn new(
        program: &'p Program,
        plan: &Plan,
        foreseen: &Snapshot,
        catalogue: &Catalogue,
    ) -> Self {
        let mut objects = Vec::new();
        for change in &plan.changes {
            let gone = matches!(change.action, Action::Delete | Action::Forget)
                || change.deposed.is_some();
            if !gone {
                let found = object(
                    program,
                    &change.address,
                    Some(&change.config),
                    foreseen,
                    catalogue,
                );
                objects.extend(found.map(|o| Object {
                    is_unchanged: change.action == Action::NoOp,
                    ..o
                }));
            }
        }
        // Data sources that were read while planning are no changes.
        let seen: std::collections::BTreeSet<AbsInstance> = objects
            .iter()
            .map(|o: &Object<'_>| o.address.clone())
            .collect();
        for (address, _, _) in foreseen.instances() {
            let is_data = address.resource.resource.mode == Mode::Data;
            if is_data && !seen.contains(&address) {
                objects.extend(object(program, &address, None, foreseen, catalogue));
            }
        }
        objects.sort_by(|a, b| a.address.cmp(&b.address));
        Self { program, objects }
    }

    /// Returns the configuration.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Returns all objects in the order of addresses.
    pub fn objects(&self) -> &[Object<'p>] {
        &self.objects
    }

    /// Returns the managed objects of a type.
    pub fn of<'e>(&'e self, type_name: &'e str) -> impl Iterator<Item = &'e Object<'p>> {
        self.objects
            .iter()
            .filter(move |o| &*o.address.resource.resource.type_name == type_name && !o.is_data())
    }
}

fn object<'p>(
    program: &'p Program,
    address: &AbsInstance,
    config: Option<&Value>,
    foreseen: &Snapshot,
    catalogue: &Catalogue,
) -> Option<Object<'p>> {
    let resource = &address.resource.resource;
    let schema = match resource.mode {
        Mode::Managed => catalogue.managed(&resource.type_name),
        Mode::Data => catalogue.data(&resource.type_name),
    }?;
    let path = address.resource.module.path();
    let module: &Module = program.modules.iter().find(|m| m.path == path)?;
    let block = module.resources.get(resource)?;
    let value = foreseen
        .object(address, None)?
        .decode(&schema)
        .ok()?
        .unmark_deep()
        .0;
    let config = config
        .filter(|c| !c.is_null())
        .map_or_else(|| value.clone(), |c| c.clone().unmark_deep().0);
    Some(Object {
        address: address.clone(),
        value,
        config,
        is_unchanged: false,
        block,
    })
}

impl Object<'_> {
    /// Tells whether it is a data source.
    pub fn is_data(&self) -> bool {
        self.address.resource.resource.mode == Mode::Data
    }

    /// Returns a text that is not empty.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.value.get_str(attribute).filter(|t| !t.is_empty())
    }

    /// Returns the texts of a list or set.
    pub fn texts(&self, attribute: &str) -> Vec<&str> {
        texts(&self.value, attribute)
    }

    /// Returns the elements of a list or set of blocks.
    pub fn blocks(&self, attribute: &str) -> &[Value] {
        self.value
            .get(attribute)
            .and_then(Value::elements)
            .unwrap_or_default()
    }

    /// Tells whether the configuration says nothing of an attribute.
    pub fn is_unset(&self, attribute: &str) -> bool {
        self.config.get(attribute).is_none_or(Value::is_null)
    }

    /// Tells whether a text is the id, ARN or name of this object.
    pub fn is_named(&self, text: &str) -> bool {
        !text.is_empty()
            && ["id", "arn", "name", "bucket"]
                .iter()
                .any(|a| self.text(a) == Some(text))
    }

    /// Returns where an attribute or block is written; where it is not, the header of the object's block.
    pub fn at(&self, attribute: &str) -> Option<Span> {
        self.written(attribute).or(Some(self.block.header))
    }

    fn written(&self, attribute: &str) -> Option<Span> {
        self.block.body.items.iter().find_map(|item| match item {
            Item::Attribute(a) if &*a.name.name == attribute => Some(a.span),
            Item::Block(b) if &*b.kind.name == attribute => Some(b.header),
            Item::Block(b)
                if &*b.kind.name == "dynamic"
                    && b.labels.first().is_some_and(|l| &*l.text == attribute) =>
            {
                Some(b.header)
            }
            _ => None,
        })
    }

    /// Returns where the value of an attribute is written.
    pub fn value_at(&self, attribute: &str) -> Option<Span> {
        self.block.body.attribute(attribute).map(|a| a.expr.span)
    }

    /// Returns the empty place after the opening brace; `None` in JSON syntax.
    pub fn inside(&self) -> Option<Span> {
        let body = &self.block.body;
        (!body.json).then_some(Span {
            end: body.span.start,
            ..body.span
        })
    }

    /// Returns the header of its block.
    pub fn header(&self) -> Option<Span> {
        Some(self.block.header)
    }
}

/// Returns the texts of a list or set of an object.
pub(super) fn texts<'v>(value: &'v Value, attribute: &str) -> Vec<&'v str> {
    let elements = value
        .get(attribute)
        .and_then(Value::elements)
        .unwrap_or_default();
    elements.iter().filter_map(Value::as_str).collect()
}
