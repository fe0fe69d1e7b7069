//! Reading a schema text.

use std::{collections::BTreeMap, fmt, sync::Arc};

use hcl_edit::{
    Span,
    expr::Expression,
    structure::{Block as HclBlock, Body, Structure},
};

use super::{
    Attribute, Block, Default, Equivalence, Format, Mode, NestedBlock, Nesting, Replace, Schema,
    SchemaKind, TypeName,
    load_expr::{
        Result, Wrong, boolean, count, duration, entries, integer, list, literal, name, nesting,
        string, ty, wrong,
    },
    refine,
};
use crate::value::Type;

/// Why a text is no schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Which file.
    pub file: String,
    /// Which line, from 1 on.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for LoadError {}

/// Reads one schema text; `file` is only named in errors.
///
/// # Errors
/// Says what is wrong and where.
pub fn load(file: &str, text: &str) -> std::result::Result<Schema, LoadError> {
    let error = |line, message| LoadError {
        file: file.to_owned(),
        line,
        message,
    };
    let body = hcl_edit::parser::parse_body(text)
        .map_err(|e| error(e.location().line(), e.message().to_owned()))?;
    top(&body).map_err(|w| {
        let upto = w.span.and_then(|s| text.get(..s.start)).unwrap_or_default();
        error(upto.matches('\n').count() + 1, w.message)
    })
}

fn top(body: &Body) -> Result<Schema> {
    let mut blocks = body.blocks();
    let (Some(block), None, None) = (blocks.next(), blocks.next(), body.attributes().next()) else {
        return wrong(body, "a file holds exactly one block");
    };
    let kind = match block.ident.as_str() {
        "resource" => SchemaKind::Managed,
        "data" => SchemaKind::Data,
        "provider" => SchemaKind::Provider,
        _ => return wrong(block, "one of resource, data, provider is needed"),
    };
    let mut schema = Schema {
        name: TypeName {
            kind,
            name: label(block)?,
        },
        description: String::new(),
        version: 0,
        block: Block::default(),
        identity: Vec::new(),
        import: None,
        timeouts: BTreeMap::new(),
        conflicts: Vec::new(),
        exactly_one: Vec::new(),
        actions: BTreeMap::new(),
        parent: None,
        legacy: false,
        refine: None,
    };
    for structure in block.body.iter() {
        match structure {
            Structure::Attribute(a) => header(&mut schema, a.key.as_str(), &a.value)?,
            Structure::Block(b) => inner(&mut schema.block, b)?,
        }
    }
    if !schema.timeouts.is_empty() {
        schema
            .block
            .blocks
            .insert("timeouts".into(), timeouts(schema.timeouts.keys()));
    }
    check_names(&schema, block)?;
    Ok(schema)
}

fn header(schema: &mut Schema, key: &str, value: &Expression) -> Result<()> {
    match key {
        "description" => schema.description = string(value)?,
        "version" => schema.version = count(value)? as u64,
        "legacy" => schema.legacy = boolean(value)?,
        "identity" => schema.identity = list(value, name)?,
        "import" => schema.import = Some(string(value)?),
        "timeouts" => schema.timeouts = entries(value, duration)?,
        "conflicts_with" => schema.conflicts = list(value, |x| list(x, name))?,
        "exactly_one" => schema.exactly_one = list(value, |x| list(x, name))?,
        "actions" => schema.actions = entries(value, |x| list(x, string))?,
        "refine" => {
            let name = name(value)?;
            let Some(rules) = refine::named(&name) else {
                return wrong(value, format!("there are no rules `{name}`"));
            };
            schema.refine = Some(rules);
        }
        "parent" => {
            let mut entry = entries(value, name)?;
            match (entry.remove("type"), entry.remove("by"), entry.is_empty()) {
                (Some(ty), Some(by), true) => schema.parent = Some((ty, by)),
                _ => return wrong(value, "a parent has `type` and `by`"),
            }
        }
        other => return wrong(value, format!("a schema has no `{other}`")),
    }
    Ok(())
}

fn label(block: &HclBlock) -> Result<Arc<str>> {
    let mut labels = block.labels.iter();
    match (labels.next(), labels.next()) {
        (Some(l), None) => Ok(l.as_str().into()),
        _ => wrong(block, "one label is needed"),
    }
}

fn inner(into: &mut Block, block: &HclBlock) -> Result<()> {
    let name = label(block)?;
    if into.attributes.contains_key(&name) || into.blocks.contains_key(&name) {
        return wrong(block, format!("`{name}` stands twice"));
    }
    match block.ident.as_str() {
        "attribute" => {
            into.attributes.insert(name, attribute(block)?);
        }
        "block" => {
            into.blocks.insert(name, nested(block)?);
        }
        _ => return wrong(block, "one of attribute, block is needed"),
    }
    Ok(())
}

fn attribute(block: &HclBlock) -> Result<Attribute> {
    let mut a = Attribute {
        ty: Type::Dynamic,
        mode: Mode::Computed,
        sensitive: false,
        write_only: false,
        default: None,
        replace: Replace::Never,
        unknown_when_changed: Vec::new(),
        equivalence: Equivalence::Exact,
        volatile: false,
        unread: false,
        keep_when_absent: false,
        as_blocks: None,
        values: Vec::new(),
        format: None,
        range: None,
        deprecated: None,
        description: String::new(),
    };
    let (mut has_type, mut has_mode) = (false, false);
    let mut default = None;
    for structure in block.body.iter() {
        let Structure::Attribute(item) = structure else {
            continue;
        };
        let value = &item.value;
        match item.key.as_str() {
            "type" => (a.ty, has_type) = (ty(value)?, true),
            "mode" => (a.mode, has_mode) = (mode(value)?, true),
            "sensitive" => a.sensitive = boolean(value)?,
            "write_only" => a.write_only = boolean(value)?,
            "default" => default = Some(value),
            "default_from" => a.default = Some(default_from(value)?),
            "replace" => a.replace = replace(value)?,
            "replace_when" => a.replace = Replace::When(name(value)?),
            "unknown_when_changed" => a.unknown_when_changed = list(value, name)?,
            "equivalence" => a.equivalence = equivalence(value)?,
            "volatile" => a.volatile = boolean(value)?,
            "unread" => a.unread = boolean(value)?,
            "keep_when_absent" => a.keep_when_absent = boolean(value)?,
            "as_blocks" => a.as_blocks = Some(Box::new(as_blocks(block, value)?)),
            "values" => a.values = list(value, string)?,
            "format" => a.format = Some(format(value)?),
            "range" => a.range = Some(range(value)?),
            "deprecated" => a.deprecated = Some(string(value)?),
            "description" => a.description = string(value)?,
            other => return wrong(value, format!("an attribute has no `{other}`")),
        }
    }
    if let Some(nested) = &a.as_blocks {
        (a.ty, has_type) = (nested.implied_type(), true);
    }
    if let Some(value) = default {
        a.default = Some(Default::Value(literal(value, &a.ty)?));
    }
    if has_type && has_mode {
        Ok(a)
    } else {
        wrong(block, "an attribute needs `type` and `mode`")
    }
}

fn as_blocks(block: &HclBlock, value: &Expression) -> Result<NestedBlock> {
    let mut out = empty(nesting(value)?);
    for structure in block.body.iter() {
        if let Structure::Block(b) = structure {
            inner(&mut out.block, b)?;
        }
    }
    Ok(out)
}

fn nested(block: &HclBlock) -> Result<NestedBlock> {
    let mut n = empty(Nesting::List);
    let mut has_nesting = false;
    for structure in block.body.iter() {
        let item = match structure {
            Structure::Attribute(item) => item,
            Structure::Block(b) => {
                inner(&mut n.block, b)?;
                continue;
            }
        };
        let value = &item.value;
        match item.key.as_str() {
            "nesting" => (n.nesting, has_nesting) = (nesting(value)?, true),
            "min" => n.min = count(value)?,
            "max" => n.max = Some(count(value)?),
            "computed" => n.computed = boolean(value)?,
            "replace" => n.replace = replace(value)?,
            "replace_when" => n.replace = Replace::When(name(value)?),
            "keep_when_absent" => n.keep_when_absent = boolean(value)?,
            "unread" => n.unread = boolean(value)?,
            "deprecated" => n.block.deprecated = Some(string(value)?),
            "description" => n.description = string(value)?,
            other => return wrong(value, format!("a block has no `{other}`")),
        }
    }
    if has_nesting {
        Ok(n)
    } else {
        wrong(block, "a block needs `nesting`")
    }
}

fn empty(nesting: Nesting) -> NestedBlock {
    NestedBlock {
        nesting,
        min: 0,
        max: None,
        block: Block::default(),
        computed: false,
        replace: Replace::Never,
        keep_when_absent: false,
        unread: false,
        description: String::new(),
        implied: std::sync::OnceLock::new(),
    }
}

/// The `timeouts` block, which is at the same place in every type that has one.
fn timeouts<'a>(keys: impl Iterator<Item = &'a Arc<str>>) -> NestedBlock {
    let mut out = empty(Nesting::Single);
    out.unread = true;
    out.description = "How long operations may take.".to_owned();
    for key in keys {
        let attribute = Attribute {
            ty: Type::String,
            mode: Mode::Optional,
            sensitive: false,
            write_only: false,
            default: None,
            replace: Replace::Never,
            unknown_when_changed: Vec::new(),
            equivalence: Equivalence::Exact,
            volatile: false,
            unread: true,
            keep_when_absent: false,
            as_blocks: None,
            values: Vec::new(),
            format: None,
            range: None,
            deprecated: None,
            description: format!("How long {key} may take, such as 10m."),
        };
        out.block.attributes.insert(key.clone(), attribute);
    }
    out
}

fn mode(e: &Expression) -> Result<Mode> {
    match string(e)?.as_str() {
        "required" => Ok(Mode::Required),
        "optional" => Ok(Mode::Optional),
        "computed" => Ok(Mode::Computed),
        "optional+computed" => Ok(Mode::OptionalComputed),
        _ => wrong(
            e,
            "one of required, optional, computed, optional+computed is needed",
        ),
    }
}

fn default_from(e: &Expression) -> Result<Default> {
    match string(e)?.as_str() {
        "provider_region" => Ok(Default::ProviderRegion),
        _ => wrong(e, "provider_region is needed"),
    }
}

fn replace(e: &Expression) -> Result<Replace> {
    Ok(if boolean(e)? {
        Replace::Always
    } else {
        Replace::Never
    })
}

fn range(e: &Expression) -> Result<(i64, i64)> {
    match list(e, integer)?.as_slice() {
        [low, high] if low <= high => Ok((*low, *high)),
        _ => wrong(e, "the smallest and the largest number are needed"),
    }
}

fn format(e: &Expression) -> Result<Format> {
    match string(e)?.as_str() {
        "ipv4_cidr" => Ok(Format::Ipv4Cidr),
        "ipv6_cidr" => Ok(Format::Ipv6Cidr),
        other => wrong(e, format!("there is no format `{other}`")),
    }
}

fn equivalence(e: &Expression) -> Result<Equivalence> {
    match string(e)?.as_str() {
        "exact" => Ok(Equivalence::Exact),
        "iam_policy" => Ok(Equivalence::IamPolicy),
        "json" => Ok(Equivalence::Json),
        "case" => Ok(Equivalence::Case),
        "arn" => Ok(Equivalence::Arn),
        "protocol" => Ok(Equivalence::Protocol),
        "trimmed" => Ok(Equivalence::Trimmed),
        "trailing_dot" => Ok(Equivalence::TrailingDot),
        "cidr" => Ok(Equivalence::Cidr),
        other => wrong(e, format!("there is no equivalence `{other}`")),
    }
}

/// Finds names in the header that no attribute or block has.
fn check_names(schema: &Schema, at: &impl Span) -> Result<()> {
    let groups = schema.conflicts.iter().chain(&schema.exactly_one).flatten();
    let changed = schema
        .block
        .attributes
        .values()
        .flat_map(|a| &a.unknown_when_changed);
    let parent = schema.parent.iter().map(|(_, by)| by);
    for name in schema
        .identity
        .iter()
        .chain(groups)
        .chain(changed)
        .chain(parent)
    {
        if !exists(&schema.block, name) {
            return Err(Wrong {
                message: format!("there is no attribute `{name}`"),
                span: at.span(),
            });
        }
    }
    Ok(())
}

fn exists(block: &Block, name: &str) -> bool {
    match name.split_once('.') {
        Some((first, rest)) => block
            .blocks
            .get(first)
            .is_some_and(|b| exists(&b.block, rest)),
        None => block.attributes.contains_key(name) || block.blocks.contains_key(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        assert_eq!(load("x.hcl", text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_schema_is_read() {
        let text = r#"
resource "t" {
  version   = 2
  legacy    = true
  identity  = ["id"]
  timeouts  = { create = "90s", delete = "2h" }
  actions   = { create = ["a:B"] }
  attribute "id" {
    type = string
    mode = "computed"
  }
  attribute "port" {
    type    = number
    mode    = "optional"
    default = -1
    range   = [-1, 65535]
    replace = true
  }
  attribute "rule" {
    as_blocks = "set"
    mode      = "optional+computed"
    attribute "cidr" {
      type = list(object({ a = string, b = map(bool) }))
      mode = "optional"
    }
  }
  block "filter" {
    nesting  = "list"
    max      = 1
    computed = true
    attribute "name" {
      type   = string
      mode   = "required"
      values = ["a", "b"]
    }
  }
}
"#;
        let schema = load("x.hcl", text).unwrap();
        assert_eq!(
            (schema.version, schema.legacy, schema.name.kind),
            (2, true, SchemaKind::Managed)
        );
        assert_eq!(
            schema.block.implied_type().to_string(),
            "object({filter = list(object({name = string})), id = string, port = number, \
             rule = set(object({cidr = list(object({a = string, b = map(bool)}))})), \
             timeouts = object({create = string, delete = string})})"
        );
        let port = &schema.block.attributes["port"];
        assert!(matches!(&port.default, Some(Default::Value(v)) if v.as_i64() == Some(-1)));
        assert_eq!(
            (port.range, &port.replace),
            (Some((-1, 65535)), &Replace::Always)
        );
        assert_eq!(schema.timeouts["delete"].as_secs(), 7200);
    }

    #[test]
    fn errors_name_file_and_line() {
        refused(
            "resource \"t\" {\n  attribute \"a\" {\n    type = strin\n  }\n}\n",
            "x.hcl:3: there is no type `strin`",
        );
        refused(
            "resource \"t\" {\n  attribute \"a\" {\n    type = string\n  }\n}\n",
            "x.hcl:2: an attribute needs `type` and `mode`",
        );
        refused(
            "resource \"t\" {\n\n  colour = 1\n}\n",
            "x.hcl:3: a schema has no `colour`",
        );
        refused(
            "resource \"t\" {\n  identity = [\"id\"]\n}\n",
            "x.hcl:1: there is no attribute `id`",
        );
    }
}
