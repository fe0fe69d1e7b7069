//! Objects of the state: decoding, asking for and taking over what was read.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Span},
    cloud::{Identity, Observed},
    schema::{Schema, plan},
    value::Value,
};

use super::{Answer, Question, Read, ReadKey, Settler, provider::is_builtin};
use crate::{
    lang::address::{AbsInstance, ProviderConfig},
    plan::Drifted,
    state::{Deposed, Object},
};

/// An object as it stands now.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// The attributes, with marks; `None` where it is gone.
    pub(super) value: Option<Value>,
    /// Its stored form, brought up to date.
    pub(super) object: Object,
}

impl Settler {
    /// Asks for an object of the state; nothing where it needs no reading.
    pub(super) fn observe(
        &self,
        address: &AbsInstance,
        deposed: Option<Deposed>,
        provider: &ProviderConfig,
        object: &Object,
    ) -> Option<Read> {
        let schema = self
            .catalogue
            .managed(&address.resource.resource.type_name)?;
        let prior = object.decode(&schema).ok()?.unmark_deep().0;
        let text = |name: &str| prior.get_str(name).map(str::to_owned);
        let identity = Identity {
            id: text("id").unwrap_or_default(),
            prior: Some(prior.clone()),
        };
        let question = Question::Observe {
            provider: provider.clone(),
            type_name: address.resource.resource.type_name.clone(),
            region: text("region").map(Arc::from),
            identity,
        };
        Some(Read {
            key: ReadKey::Object(address.clone(), deposed),
            question,
        })
    }

    /// Returns what must be read of the objects of a resource before it can be planned, and was not yet.
    pub(super) fn unread(&self, addresses: &[AbsInstance], provider: &ProviderConfig) -> Vec<Read> {
        if !self.is_refreshing() || is_builtin(&provider.provider) {
            return Vec::new();
        }
        let mut reads = Vec::new();
        for address in addresses {
            let Some(instance) = self.prior.instance(address) else {
                continue;
            };
            let current = instance.current.iter().map(|o| (None, o));
            let deposed = instance.deposed.iter().map(|(k, o)| (Some(k.clone()), o));
            for (deposed, object) in current.chain(deposed) {
                if !self
                    .answers
                    .contains_key(&ReadKey::Object(address.clone(), deposed.clone()))
                {
                    reads.extend(self.observe(address, deposed, provider, object));
                }
            }
        }
        reads
    }

    /// Takes over what was read of an object: returns it as it stands now, brings the state up to date and records drift.
    pub(super) fn live(
        &mut self,
        address: &AbsInstance,
        deposed: Option<&Deposed>,
        provider: &ProviderConfig,
        schema: &Schema,
    ) -> Option<Live> {
        let object = self.prior.object(address, deposed)?.clone();
        let stored = match object.decode(schema) {
            Ok(v) => v,
            Err(e) => {
                self.conditions.diagnostics.push(
                    Diagnostic::error(
                        "Failed to decode object from state",
                        format!("{address}: {e}."),
                    )
                    .address(address.to_string()),
                );
                return None;
            }
        };
        let key = ReadKey::Object(address.clone(), deposed.cloned());
        let observed = match self.answers.get(&key) {
            None => {
                return Some(Live {
                    value: Some(stored),
                    object,
                });
            }
            Some(Answer::Observed(Observed::Present(v))) => Some(v.clone()),
            Some(Answer::Observed(Observed::Absent)) => None,
            Some(Answer::Observed(Observed::Unreadable(e)) | Answer::Failed(e)) => {
                let text = format!(
                    "{address}: {e}.\n\nWhat cannot be read cannot be planned; its entry in the state stays as it is."
                );
                let d = Diagnostic::error("Reading failed", text).address(address.to_string());
                let at = self.header_of(address);
                self.conditions.diagnostics.push(match at {
                    Some(span) => d.at(span),
                    None => d,
                });
                return None;
            }
            Some(_) => return None,
        };
        let now = observed.map(|o| self.normalised(provider, schema, &stored, &o));
        self.take_over(address, deposed, provider, schema, stored, now, object)
    }

    /// Returns where the configuration has the block of an object.
    fn header_of(&self, address: &AbsInstance) -> Option<Span> {
        let id = self.world.module_at(&address.resource.module.path())?;
        let block = self
            .world
            .module(id)?
            .resources
            .get(&address.resource.resource)?;
        Some(block.header)
    }

    fn normalised(
        &self,
        provider: &ProviderConfig,
        schema: &Schema,
        stored: &Value,
        observed: &Value,
    ) -> Value {
        let (plain, marks) = stored.clone().unmark_with_paths();
        let settings = self.settings(provider);
        plan::normalise_read(schema, &settings, Some(&plain), observed).mark_with_paths(&marks)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all of them describe the one object that is taken over"
    )]
    fn take_over(
        &mut self,
        address: &AbsInstance,
        deposed: Option<&Deposed>,
        provider: &ProviderConfig,
        schema: &Schema,
        stored: Value,
        now: Option<Value>,
        mut object: Object,
    ) -> Option<Live> {
        let changed = now
            .as_ref()
            .is_none_or(|n| !bastionless_model::value::identical(n, &stored));
        if !changed {
            return Some(Live { value: now, object });
        }
        if deposed.is_none() {
            self.prior.keep_applied(address);
        }
        match &now {
            Some(value) => match Object::encode(value, schema) {
                Ok(fresh) => {
                    object.attributes = fresh.attributes;
                    object.schema_version = fresh.schema_version;
                    self.prior.put(address, deposed, provider, object.clone());
                }
                Err(e) => self.conditions.diagnostics.push(Diagnostic::error(
                    "Invalid answer",
                    format!("{address}: {e}. This is a bug in bastionless."),
                )),
            },
            None => {
                self.prior.take(address, deposed);
            }
        }
        if deposed.is_none() {
            let after = now.clone().unwrap_or_else(|| Value::null(stored.type_of()));
            let drifted = Drifted {
                address: address.clone(),
                previous: self.previous.get(address).cloned(),
                provider: provider.clone(),
                before: stored,
                after,
            };
            self.drift.insert(address.clone(), drifted);
        }
        Some(Live { value: now, object })
    }

    /// Returns what a provider contributes to planning.
    pub(super) fn settings(&self, provider: &ProviderConfig) -> Arc<plan::Settings> {
        self.providers
            .get(provider)
            .map_or_else(Arc::default, |c| c.settings.clone())
    }
}
