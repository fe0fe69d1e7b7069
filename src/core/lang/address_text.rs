//! Reading addresses from text: command line, state, plan file.

use std::sync::Arc;

use super::address::{
    AbsInstance, AbsResource, AddressError, ConfigResource, Key, Mode, ModuleInstance, ModulePath,
    Provider, ProviderConfig, Resource,
};

/// What a text names that may be a module or something inside one: `-target`, `state mv`, `state rm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module with all that is in it; a last step without key means all its instances where the call is repeated.
    Module(ModuleInstance),
    /// All instances of a resource.
    Resource(AbsResource),
    /// One instance.
    Instance(AbsInstance),
}

impl Target {
    /// Reads `module.a["x"]`, `aws_vpc.main`, `module.a.aws_vpc.main[0]`, `data.aws_ami.linux`.
    ///
    /// # Errors
    /// Says what is not an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut r = Reader::new(text);
        let module = r.module_instance()?;
        if r.rest.is_empty() && !module.is_root() {
            return Ok(Self::Module(module));
        }
        let resource = r.resource()?;
        let resource = AbsResource { module, resource };
        if r.rest.is_empty() {
            return Ok(Self::Resource(resource));
        }
        let key = r.key()?;
        r.end()?;
        Ok(Self::Instance(resource.instance(key)))
    }
}

impl ModuleInstance {
    /// Reads `module.a["x"].module.b`; the empty text is the root.
    ///
    /// # Errors
    /// Says what is not an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut r = Reader::new(text);
        let module = r.module_instance()?;
        r.end()?;
        Ok(module)
    }
}

impl AbsInstance {
    /// Reads `module.a["x"].aws_vpc.main[0]`; without a key it is the only instance.
    ///
    /// # Errors
    /// Says what is not an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        match Target::parse(text)? {
            Target::Instance(i) => Ok(i),
            Target::Resource(r) => Ok(r.instance(Key::None)),
            Target::Module(_) => Err(AddressError(format!(
                "`{text}` names a module; the address of a resource instance is needed, such as `aws_vpc.main`"
            ))),
        }
    }
}

impl ConfigResource {
    /// Reads a resource as written, such as `module.a.aws_vpc.main`. Instance keys are read over, as old states hold them.
    ///
    /// # Errors
    /// Says what is not an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut r = Reader::new(text);
        let module = r.module_instance()?.path();
        let resource = r.resource()?;
        if !r.rest.is_empty() {
            r.key()?;
        }
        r.end()?;
        Ok(Self { module, resource })
    }
}

impl Provider {
    /// Reads `registry.terraform.io/hashicorp/aws`.
    ///
    /// # Errors
    /// Says what is not a source address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let parts = text.split('/').collect::<Vec<_>>();
        match parts.as_slice() {
            [host, namespace, name] if parts.iter().all(|p| !p.is_empty()) => {
                Ok(Self::new(host, namespace, name))
            }
            [namespace, name] if parts.iter().all(|p| !p.is_empty()) => {
                Ok(Self::new("registry.terraform.io", namespace, name))
            }
            _ => Err(AddressError(format!(
                "`{text}` is not a provider source address such as `registry.terraform.io/hashicorp/aws`"
            ))),
        }
    }
}

impl ProviderConfig {
    /// Reads `module.a.provider["registry.terraform.io/hashicorp/aws"].west`.
    ///
    /// # Errors
    /// Says what is not an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut r = Reader::new(text);
        let module: ModulePath = r.module_instance()?.path();
        if !r.word("provider") {
            return Err(r.error("`provider[\"…\"]` is missing"));
        }
        let Key::Str(source) = r.key()? else {
            return Err(r.error("the source address in brackets must be a text"));
        };
        let provider = Provider::parse(&source)?;
        let alias = if r.eat('.') { Some(r.name()?) } else { None };
        r.end()?;
        Ok(Self {
            module,
            provider,
            alias,
        })
    }
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            whole: text,
            rest: text,
        }
    }

    fn error(&self, what: &str) -> AddressError {
        let at = self.whole.len() - self.rest.len();
        AddressError(format!(
            "`{}` is not an address: {what} (at byte {at})",
            self.whole
        ))
    }

    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a whole word if it comes next.
    fn word(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(is_name_char) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn name(&mut self) -> Result<Arc<str>, AddressError> {
        let end = self
            .rest
            .find(|c| !is_name_char(c))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        match name.chars().next() {
            Some(c) if !c.is_ascii_digit() && c != '-' => {
                self.rest = rest;
                Ok(name.into())
            }
            _ => Err(self.error("a name is expected")),
        }
    }

    fn module_instance(&mut self) -> Result<ModuleInstance, AddressError> {
        let mut steps = Vec::new();
        while self.word("module") {
            if !self.eat('.') {
                return Err(self.error("a dot and the name of a module call are expected"));
            }
            let name = self.name()?;
            let key = if self.rest.starts_with('[') {
                self.key()?
            } else {
                Key::None
            };
            steps.push((name, key));
            if self.rest.is_empty() {
                break;
            }
            if !self.eat('.') {
                return Err(self.error("a dot is expected"));
            }
            if self.rest.is_empty() {
                return Err(self.error("something must follow the last dot"));
            }
        }
        Ok(ModuleInstance(steps))
    }

    fn resource(&mut self) -> Result<Resource, AddressError> {
        let mode = match self.rest.split_once('.') {
            Some(("data", rest)) => {
                self.rest = rest;
                Mode::Data
            }
            Some(("resource", rest)) => {
                self.rest = rest;
                Mode::Managed
            }
            _ => Mode::Managed,
        };
        let type_name = self.name()?;
        if !self.eat('.') {
            return Err(self.error("a resource type must be followed by a dot and a name"));
        }
        let name = self.name()?;
        Ok(Resource {
            mode,
            type_name,
            name,
        })
    }

    /// Reads `[0]` or `["key"]`.
    fn key(&mut self) -> Result<Key, AddressError> {
        if !self.eat('[') {
            return Err(self.error("an instance key in brackets is expected"));
        }
        let key = if self.rest.starts_with('"') {
            Key::Str(self.quoted()?.into())
        } else {
            let end = self
                .rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            let n = digits
                .parse()
                .map_err(|_| self.error("an instance key is a whole number or a quoted text"))?;
            self.rest = rest;
            Key::Int(n)
        };
        if !self.eat(']') {
            return Err(self.error("a closing bracket is expected"));
        }
        Ok(key)
    }

    fn quoted(&mut self) -> Result<String, AddressError> {
        let mut out = String::new();
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(i + 1..).unwrap_or_default();
                    return Ok(out);
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => out.push('\n'),
                    Some('r') => out.push('\r'),
                    Some('t') => out.push('\t'),
                    Some(c @ ('"' | '\\')) => out.push(c),
                    Some(u @ ('u' | 'U')) => {
                        let digits = if u == 'u' { 4 } else { 8 };
                        let hex = chars.by_ref().take(digits).map(|(_, c)| c);
                        let code = u32::from_str_radix(&hex.collect::<String>(), 16).ok();
                        let c = code.and_then(char::from_u32);
                        out.push(c.ok_or_else(|| self.error("a broken escape sequence"))?);
                    }
                    _ => return Err(self.error("an unknown escape sequence")),
                },
                // A doubled introducer before a brace stands for itself.
                '$' | '%' if chars.peek().is_some_and(|(_, n)| *n == c) => {
                    out.push(c);
                    let escaped = self.rest.get(i + 2..).is_some_and(|r| r.starts_with('{'));
                    if escaped {
                        chars.next();
                    }
                }
                c => out.push(c),
            }
        }
        Err(self.error("a closing quote is missing"))
    }

    fn end(&self) -> Result<(), AddressError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.error("nothing may follow here"))
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(text: &str) {
        assert_eq!(AbsInstance::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn instances_print_as_they_were_read() {
        same("aws_vpc.main");
        same("data.aws_ami.linux[3]");
        same("module.a[\"x\"].module.b[0].aws_vpc.main[\"k\\\"q\\n\\\\\"]");
        same("module.m.terraform_data.x[\"$${a}%%{b}$$c\"]");
        same("a.data");
        same("module.modules.data.data.data");
    }

    #[test]
    fn targets_tell_modules_from_resources() {
        assert!(matches!(
            Target::parse("module.a"),
            Ok(Target::Module(m)) if m.to_string() == "module.a"
        ));
        assert!(matches!(Target::parse("a.b"), Ok(Target::Resource(_))));
        assert!(matches!(Target::parse("a.b[0]"), Ok(Target::Instance(_))));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "a",
            "a.",
            "a.b[",
            "a.b[x]",
            "a.b[\"x]",
            "a.b.c",
            "module.",
            "a.0b",
            "a.b[-1]",
            "module.a.",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn provider_configurations_print_as_they_were_read() {
        for text in [
            "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "provider[\"registry.terraform.io/hashicorp/aws\"].west",
            "module.a.module.b.provider[\"terraform.io/builtin/terraform\"]",
        ] {
            assert_eq!(ProviderConfig::parse(text).unwrap().to_string(), text);
        }
        assert!(ProviderConfig::parse("provider.aws").is_err());
    }
}
