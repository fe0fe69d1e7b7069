//! Data sources.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Severity},
    cloud::OpErrorKind,
    schema::{Schema, plan},
    value::{Type, Value},
};

use super::{
    Answer, Question, Read, ReadKey, Settler,
    place::{ephemeral, place},
};
use crate::{
    lang::{
        address::{AbsInstance, AbsResource, Resource},
        graph::{ConfigNode, NodeKind},
        program::{ModuleId, ResourceBlock},
    },
    plan::{
        Action, Change, Mode, Reason,
        conditions::Rule,
        remote_state::is_remote_state,
        world::{Each, Keys, ModuleScope, expand},
    },
    state::Object,
};

/// A data source instance whose configuration was evaluated and that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct PendingData {
    address: AbsInstance,
    each: Each,
    config: Value,
}

/// The data sources that wait, by the node of their block.
pub(super) type Pending = BTreeMap<ConfigNode, Vec<PendingData>>;

impl Settler {
    /// Evaluates the instances of a data source, asks for them, and takes over the answers.
    pub(super) fn visit_data(&mut self, id: ModuleId, resource: &Resource) -> Vec<Read> {
        let program = self.world.program().clone();
        let Some(block) = program
            .modules
            .get(id.0)
            .and_then(|m| m.resources.get(resource))
        else {
            return Vec::new();
        };
        let node = ConfigNode::new(id, NodeKind::Resource(resource.clone()));
        if !self.pending_data.contains_key(&node) {
            let pending = self.begin_data(id, &node, block);
            self.pending_data.insert(node.clone(), pending);
        }
        let pending = self.pending_data.get(&node).cloned().unwrap_or_default();
        let Some(schema) = block.schema.clone() else {
            return Vec::new();
        };
        let reads: Vec<Read> = pending
            .iter()
            .filter(|p| !self.answers.contains_key(&ReadKey::Data(p.address.clone())))
            .map(|p| Read {
                key: ReadKey::Data(p.address.clone()),
                question: Question::Lookup {
                    provider: block.provider.clone(),
                    type_name: resource.type_name.clone(),
                    region: p.config.get_str("region").map(Arc::from),
                    config: p.config.clone().unmark_deep().0,
                },
            })
            .collect();
        if !reads.is_empty() {
            return reads;
        }
        for p in pending {
            let answer = self.answers.get(&ReadKey::Data(p.address.clone())).cloned();
            if matches!(answer, Some(Answer::Later)) {
                let reason = Reason::ReadBecauseDependencyPending;
                self.defer_data(&node, block, &schema, p.address, p.config, reason);
                continue;
            }
            self.end_data(&node, block, &schema, p, answer);
        }
        for module in self.world.instances_of(id) {
            self.world.seal_resource(&module, resource);
        }
        Vec::new()
    }

    /// Expands and evaluates; returns what must be asked for.
    fn begin_data(
        &mut self,
        id: ModuleId,
        node: &ConfigNode,
        block: &ResourceBlock,
    ) -> Vec<PendingData> {
        let mut pending = Vec::new();
        let blocked = self.depends_on_pending(node, block);
        for module in self.world.instances_of(id) {
            let scope = ModuleScope::new(&self.world, &module);
            let keys = expand(&block.repetition, &scope).unwrap_or_else(|d| {
                self.conditions.diagnostics.extend(d);
                Keys::Unknown
            });
            self.world
                .expand_resource(&module, &block.resource, keys.clone());
            let resource = AbsResource {
                module: module.clone(),
                resource: block.resource.clone(),
            };
            let instances = keys.instances();
            self.prior_data_kept(&resource, &keys);
            let Some(schema) = block.schema.clone() else {
                if !instances.is_empty() {
                    let text =
                        format!("This version does not read `{}`.", block.resource.type_name);
                    self.conditions.diagnostics.push(
                        Diagnostic::error("Unsupported data source type", text).at(block.header),
                    );
                }
                continue;
            };
            for (key, each) in instances {
                let address = resource.instance(key.clone());
                let unknown = Value::unknown(schema.block.implied_type());
                self.world
                    .set_resource(&module, &block.resource, key, unknown);
                let Some(config) = self.data_config(block, &schema, &address, &each) else {
                    continue;
                };
                match self.deferral(&config, blocked, block) {
                    Some(reason) => self.defer_data(node, block, &schema, address, config, reason),
                    None => pending.push(PendingData {
                        address,
                        each,
                        config,
                    }),
                }
            }
        }
        pending
    }

    /// Drops data of the state that is read anew or no longer wanted.
    fn prior_data_kept(&mut self, resource: &AbsResource, keys: &Keys) {
        if !matches!(keys, Keys::Unknown) {
            self.prior.resources.remove(resource);
        }
    }

    fn data_config(
        &mut self,
        block: &ResourceBlock,
        schema: &Schema,
        address: &AbsInstance,
        each: &Each,
    ) -> Option<Value> {
        let module = &address.resource.module;
        let scope = ModuleScope::new(&self.world, module).with_each(each.clone());
        let config_address = address.resource.config().to_string();
        let rules = block.lifecycle.preconditions.iter();
        let rules = rules.map(|r| Rule {
            rule: r,
            at: None,
            summary: "Resource precondition failed",
        });
        let kind = if block.check.is_some() {
            "check"
        } else {
            "resource"
        };
        if !self
            .conditions
            .check(kind, &config_address, &address.to_string(), rules, &scope)
        {
            return None;
        }
        let (config, mut diagnostics) = scope.decode(&block.body, &schema.block);
        if !diagnostics.has_errors() {
            diagnostics.extend(ephemeral(&block.body, block.header, &schema.block, &config));
            for problem in plan::validate(schema, &config.clone().unmark_deep().0) {
                let at = place(&block.body, &problem.path).unwrap_or(block.header);
                diagnostics.push(
                    Diagnostic::error(problem.summary, problem.detail)
                        .at(at)
                        .address(address.to_string()),
                );
            }
        }
        let failed = diagnostics.has_errors();
        self.conditions.diagnostics.extend(diagnostics);
        (!failed).then_some(config)
    }

    /// Says why a data source can be read only during apply.
    fn deferral(&self, config: &Value, blocked: bool, block: &ResourceBlock) -> Option<Reason> {
        if !config.is_wholly_known() {
            return Some(Reason::ReadBecauseConfigUnknown);
        }
        let usable = self
            .providers
            .get(&block.provider)
            .is_some_and(|c| c.usable);
        if !usable && self.providers.contains_key(&block.provider) {
            return Some(Reason::ReadBecauseConfigUnknown);
        }
        if blocked && self.options.mode == Mode::Normal {
            return Some(Reason::ReadBecauseDependencyPending);
        }
        None
    }

    /// Tells whether something that the block's `depends_on` (its own, or that of a module around it) names is going to change.
    fn depends_on_pending(&self, node: &ConfigNode, block: &ResourceBlock) -> bool {
        let explicit = self.explicit_dependencies(node, block);
        self.changes.values().any(|c| {
            c.action != Action::NoOp
                && c.action != Action::Read
                && explicit.contains(&c.address.resource.config())
        })
    }

    fn defer_data(
        &mut self,
        node: &ConfigNode,
        block: &ResourceBlock,
        schema: &Schema,
        address: AbsInstance,
        config: Value,
        reason: Reason,
    ) {
        let (plain, marks) = config.clone().unmark_with_paths();
        let after = plan::planned_data(schema, &plain).mark_with_paths(&marks);
        self.read_later(node, block, (address, config), after, reason);
    }

    /// Plans that a data source is read during apply.
    fn read_later(
        &mut self,
        node: &ConfigNode,
        block: &ResourceBlock,
        (address, config): (AbsInstance, Value),
        after: Value,
        reason: Reason,
    ) {
        let module = address.resource.module.clone();
        self.world
            .set_resource(&module, &block.resource, address.key.clone(), after.clone());
        let change = Change {
            previous: None,
            deposed: None,
            provider: block.provider.clone(),
            action: Action::Read,
            reason: Some(reason),
            before: Value::null(Type::Dynamic),
            after,
            config,
            replace_paths: Vec::new(),
            importing: None,
            dependencies: self.graph.resource_dependencies(self.world.program(), node),
            create_before_destroy: false,
            private: None,
            address: address.clone(),
        };
        self.changes.insert((address, None), change);
    }

    fn end_data(
        &mut self,
        node: &ConfigNode,
        block: &ResourceBlock,
        schema: &Arc<Schema>,
        p: PendingData,
        answer: Option<Answer>,
    ) {
        let value = match answer {
            Some(Answer::Found(v)) => v,
            Some(Answer::Failed(e)) => {
                let named = e.path.as_ref().and_then(|path| place(&block.body, path));
                let text = e.to_string();
                let stop = if text.ends_with('.') { "" } else { "." };
                let missing = is_remote_state(&block.resource) && e.kind == OpErrorKind::NotFound;
                let summary = if missing {
                    "Unable to find remote state"
                } else {
                    "Reading a data source failed"
                };
                let mut d = Diagnostic::error(summary, format!("{}: {text}{stop}", p.address))
                    .at(named.unwrap_or(block.header))
                    .address(p.address.to_string());
                if let Some(check) = &block.check {
                    d.severity = Severity::Warning;
                    let module = &p.address.resource.module;
                    self.conditions.fail_check(module, check, e.to_string());
                    let reason = Reason::ReadBecauseCheckNested;
                    self.defer_data(node, block, schema, p.address, p.config, reason);
                }
                return self.conditions.diagnostics.push(d);
            }
            _ => return,
        };
        let (_, marks) = p.config.clone().unmark_with_paths();
        let value = value.mark_with_paths(&marks);
        let paths = crate::state::sensitive_paths(&value, schema);
        let value = value.mark_with_paths(&paths);
        match Object::encode(&value, schema) {
            Ok(object) => self.prior.put(&p.address, None, &block.provider, object),
            Err(e) => self.conditions.diagnostics.push(
                Diagnostic::error(
                    "Invalid answer",
                    format!("{}: {e}. This is a bug in bastionless.", p.address),
                )
                .at(block.header),
            ),
        }
        let module = &p.address.resource.module;
        self.world.set_resource(
            module,
            &block.resource,
            p.address.key.clone(),
            value.clone(),
        );
        // What a check looks at is looked at again when everything is applied.
        if block.check.is_some() && self.options.mode == Mode::Normal {
            let what = (p.address.clone(), p.config.clone());
            let reason = Reason::ReadBecauseCheckNested;
            self.read_later(node, block, what, value.clone(), reason);
        }
        let module = &p.address.resource.module;
        let scope = ModuleScope::new(&self.world, module)
            .with_each(p.each)
            .with_self(value);
        let rules = block.lifecycle.postconditions.iter();
        let rules = rules.map(|r| Rule {
            rule: r,
            at: None,
            summary: "Resource postcondition failed",
        });
        let config_address = p.address.resource.config().to_string();
        self.conditions.check(
            "resource",
            &config_address,
            &p.address.to_string(),
            rules,
            &scope,
        );
    }
}

impl Settler {
    /// Returns the resources that `depends_on` of a block, or of the module calls around it, names, with all that these depend on.
    fn explicit_dependencies(
        &self,
        node: &ConfigNode,
        block: &ResourceBlock,
    ) -> std::collections::BTreeSet<crate::lang::address::ConfigResource> {
        let program = self.world.program();
        let mut nodes: Vec<ConfigNode> = named(node.module, &block.depends_on);
        let mut module = node.module;
        while let Some(m) = program.modules.get(module.0) {
            let Some(parent) = m.parent else { break };
            let call = program
                .modules
                .get(parent.0)
                .and_then(|p| p.calls.get(m.path.0.last()?));
            nodes.extend(
                call.map(|c| named(parent, &c.depends_on))
                    .unwrap_or_default(),
            );
            module = parent;
        }
        self.graph
            .with_dependencies(&nodes)
            .iter()
            .filter_map(|n| n.resource(program))
            .collect()
    }
}

fn named(module: ModuleId, references: &[crate::lang::program::Reference]) -> Vec<ConfigNode> {
    use crate::lang::program::Subject;
    let kinds = references.iter().filter_map(|r| match &r.subject {
        Subject::Resource(r) => Some(NodeKind::Resource(r.clone())),
        Subject::Module(n) | Subject::ModuleOutput(n, _) => Some(NodeKind::Close(n.clone())),
        Subject::Local(n) => Some(NodeKind::Local(n.clone())),
        Subject::Variable(n) => Some(NodeKind::Variable(n.clone())),
        _ => None,
    });
    kinds.map(|k| ConfigNode::new(module, k)).collect()
}
