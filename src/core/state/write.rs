//! Writing state files as Terraform does, byte by byte.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::value::{Type, type_to_json};

use super::{
    Extra, Object, OutputState, ResourceState, Snapshot, StateError, Status,
    attributes::{write_paths, write_value},
    json::{compact, push_indented, push_line, push_string},
};
use crate::lang::address::{AbsInstance, AbsResource, Key, Mode};

/// The field for [`Snapshot::last_applied`].
pub(super) const LAST_APPLIED: &str = "bastionless_last_applied";

/// The field for [`Snapshot::waiting`].
pub(super) const WAITING: &str = "bastionless_waiting";

impl Snapshot {
    /// Writes the state file: format version 4, in Terraform's order and layout.
    ///
    /// # Errors
    /// Fails on an output value that is not known.
    pub fn write(&self) -> Result<String, StateError> {
        let raw: usize = self.objects().map(|o| o.attributes.get().len()).sum();
        let mut w = Writer {
            out: String::with_capacity(raw + raw / 4 + 1024),
            depth: 0,
            first: true,
        };
        w.open('{');
        w.plain("version", "4");
        w.text("terraform_version", &self.terraform_version);
        w.plain("serial", &self.serial.to_string());
        w.text("lineage", &self.lineage);
        w.key("outputs");
        w.open('{');
        for (name, output) in &self.outputs {
            w.key(name);
            w.output(output)?;
        }
        w.close('}');
        w.key("resources");
        w.open('[');
        // Terraform sorts by text here: data before managed, `module.a[10]` before `module.a[9]`.
        let mut resources = self.resources.iter().collect::<Vec<_>>();
        resources.sort_by_cached_key(|(a, _)| {
            let r = &a.resource;
            let mode = mode_name(r.mode);
            (
                a.module.to_string(),
                mode,
                r.type_name.clone(),
                r.name.clone(),
            )
        });
        for (address, state) in resources {
            w.item();
            w.resource(address, state);
        }
        w.close(']');
        w.raw(
            "check_results",
            self.check_results.as_ref().map_or("null", |r| r.get()),
        );
        w.last_applied(&self.last_applied);
        w.waiting(&self.waiting);
        w.extra(&self.extra);
        w.close('}');
        w.out.push('\n');
        Ok(w.out)
    }
}

impl Object {
    /// Writes the object as it stands in a state file, on one line.
    pub(crate) fn to_line(&self) -> String {
        let mut w = Writer {
            out: String::new(),
            depth: 0,
            first: true,
        };
        w.object(&Key::None, None, self);
        compact(&w.out)
    }
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    }
}

struct Writer {
    out: String,
    depth: usize,
    /// Nothing stands in the innermost container yet.
    first: bool,
}

impl Writer {
    fn open(&mut self, c: char) {
        self.out.push(c);
        self.depth += 1;
        self.first = true;
    }

    fn close(&mut self, c: char) {
        self.depth -= 1;
        if !self.first {
            push_line(&mut self.out, self.depth);
        }
        self.out.push(c);
        self.first = false;
    }

    /// Begins an element of the innermost container.
    fn item(&mut self) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        push_line(&mut self.out, self.depth);
    }

    fn key(&mut self, key: &str) {
        self.item();
        push_string(&mut self.out, key);
        self.out.push_str(": ");
    }

    fn plain(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push_str(value);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        push_string(&mut self.out, value);
    }

    fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        push_indented(&mut self.out, json, self.depth);
    }

    fn extra(&mut self, extra: &Extra) {
        for (key, json) in extra {
            self.raw(key, json.get());
        }
    }

    fn last_applied(&mut self, objects: &BTreeMap<AbsInstance, Object>) {
        if objects.is_empty() {
            return;
        }
        self.key(LAST_APPLIED);
        self.open('{');
        for (address, object) in objects {
            self.key(&address.to_string());
            self.object(&Key::None, None, object);
        }
        self.close('}');
    }

    fn waiting(&mut self, addresses: &BTreeSet<AbsInstance>) {
        if addresses.is_empty() {
            return;
        }
        self.key(WAITING);
        self.open('[');
        for address in addresses {
            self.item();
            push_string(&mut self.out, &address.to_string());
        }
        self.close(']');
    }

    fn output(&mut self, output: &OutputState) -> Result<(), StateError> {
        let ty = output.value.type_of();
        self.open('{');
        // A null of unknown type is `null` of type `dynamic`.
        let value = match ty {
            Type::Dynamic => "null".to_owned(),
            _ => write_value(&output.value, &ty)?,
        };
        self.raw("value", &value);
        self.raw("type", &type_to_json(&ty).to_string());
        if output.sensitive {
            self.plain("sensitive", "true");
        }
        self.extra(&output.extra);
        self.close('}');
        Ok(())
    }

    fn resource(&mut self, address: &AbsResource, state: &ResourceState) {
        self.open('{');
        if !address.module.is_root() {
            self.text("module", &address.module.to_string());
        }
        self.text("mode", mode_name(address.resource.mode));
        self.text("type", &address.resource.type_name);
        self.text("name", &address.resource.name);
        self.text("provider", &state.provider.to_string());
        self.key("instances");
        self.open('[');
        for (key, instance) in &state.instances {
            if let Some(object) = &instance.current {
                self.item();
                self.object(key, None, object);
            }
            for (deposed, object) in &instance.deposed {
                self.item();
                self.object(key, Some(deposed), object);
            }
        }
        self.close(']');
        self.extra(&state.extra);
        self.close('}');
    }

    fn object(&mut self, key: &Key, deposed: Option<&str>, o: &Object) {
        self.open('{');
        match key {
            Key::None => {}
            Key::Int(i) => self.plain("index_key", &i.to_string()),
            Key::Str(s) => self.text("index_key", s),
        }
        if o.status == Status::Tainted {
            self.text("status", "tainted");
        }
        if let Some(deposed) = deposed {
            self.text("deposed", deposed);
        }
        self.plain("schema_version", &o.schema_version.to_string());
        if o.attributes.get() != "null" {
            self.raw("attributes", o.attributes.get());
        }
        self.raw("sensitive_attributes", &write_paths(&o.sensitive));
        let identity_version = o.identity.as_ref().map_or(0, |(v, _)| *v);
        self.plain("identity_schema_version", &identity_version.to_string());
        if let Some((_, raw)) = &o.identity
            && raw.get() != "null"
        {
            self.raw("identity", raw.get());
        }
        if let Some(private) = &o.private {
            self.text("private", private);
        }
        if !o.dependencies.is_empty() {
            self.key("dependencies");
            self.open('[');
            for dependency in &o.dependencies {
                self.item();
                push_string(&mut self.out, &dependency.to_string());
            }
            self.close(']');
        }
        if o.create_before_destroy {
            self.plain("create_before_destroy", "true");
        }
        self.extra(&o.extra);
        self.close('}');
    }
}
