//! Attributes, indexes and splats.

use bastionless_model::{
    base::Span,
    value::{Kind, Marks, Type, Value, convert},
};

use super::eval::Evaluator;
use crate::lang::syntax::{Expr, Ident, TraversalStep};

const NO_SUCH_KEY: &str = "The given key does not identify an element in this collection value";

impl Evaluator<'_> {
    /// Applies steps until one fails.
    pub(super) fn steps(&mut self, value: Value, steps: &[TraversalStep]) -> Value {
        let errors = self.diagnostics.0.len();
        let mut value = value;
        for step in steps {
            value = match step {
                TraversalStep::Attribute(name) => self.attribute(&value, name),
                TraversalStep::Index(key, span) => self.index(&value, key, *span),
            };
            if self.diagnostics.0.len() > errors {
                return Value::DYNAMIC;
            }
        }
        value
    }

    fn attribute(&mut self, on: &Value, name: &Ident) -> Value {
        let marks = on.marks();
        if on.is_null() {
            return self.fail(
                name.span,
                "Attempt to get attribute from null value",
                "This value is null, so it does not have any attributes.",
            );
        }
        match on.kind() {
            Kind::Object(m) => {
                if let Some(v) = m.get(&name.name) {
                    return v.clone().with_marks(marks);
                }
            }
            Kind::Map(_, m) => {
                return match m.get(&name.name) {
                    Some(v) => v.clone().with_marks(marks),
                    None => self.fail(
                        name.span,
                        "Missing map element",
                        format!(
                            "This map does not have an element with the key \"{}\".",
                            name.name
                        ),
                    ),
                };
            }
            Kind::Unknown(Type::Dynamic, _) => return Value::DYNAMIC.with_marks(marks),
            Kind::Unknown(Type::Map(t), _) => {
                return Value::unknown((**t).clone()).with_marks(marks);
            }
            Kind::Unknown(Type::Object(ats), _) => {
                if let Some(t) = ats.get(&name.name) {
                    return Value::unknown(t.clone()).with_marks(marks);
                }
            }
            _ => {}
        }
        self.no_attribute(&on.type_of(), name)
    }

    fn no_attribute(&mut self, ty: &Type, name: &Ident) -> Value {
        let detail = match ty {
            Type::Object(_) => {
                format!(
                    "This object does not have an attribute named \"{}\".",
                    name.name
                )
            }
            Type::List(e) if matches!(**e, Type::Object(_)) => {
                let known = matches!(&**e, Type::Object(ats) if ats.contains_key(&name.name));
                let which = if known {
                    format!("attribute \"{}\"", name.name)
                } else {
                    "an attribute".to_owned()
                };
                format!(
                    "Can't access attributes on a list of objects. Did you mean to access {which} for a specific element of the list, or across all elements of the list?"
                )
            }
            Type::Set(e) if matches!(**e, Type::Object(_)) => {
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?".to_owned()
            }
            ty if ty.is_primitive() => format!(
                "Can't access attributes on a primitive-typed value ({}).",
                ty.friendly_name()
            ),
            _ => "This value does not have any attributes.".to_owned(),
        };
        self.fail(name.span, "Unsupported attribute", detail)
    }

    pub(super) fn index(&mut self, on: &Value, key: &Value, span: Span) -> Value {
        let marks = on.marks().union(key.marks());
        if on.is_null() {
            return self.fail(
                span,
                "Attempt to index null value",
                "This value is null, so it does not have any indices.",
            );
        }
        if key.is_null() {
            return self.fail(
                span,
                "Invalid index",
                "Can't use a null value as an indexing key.",
            );
        }
        let ty = match on.kind() {
            Kind::Unknown(t, _) => t.clone(),
            // The shape is enough: the types of elements do not matter.
            Kind::List(t, _) => Type::list(t.clone()),
            Kind::Set(t, _) => Type::set(t.clone()),
            Kind::Map(t, _) => Type::map(t.clone()),
            Kind::Tuple(_) => Type::tuple([]),
            Kind::Object(_) => Type::object::<&str>([]),
            _ => on.type_of(),
        };
        let untyped = |v: &Value| matches!(v.kind(), Kind::Unknown(Type::Dynamic, _));
        if untyped(key) || ty == Type::Dynamic {
            return Value::DYNAMIC.with_marks(marks);
        }
        let result = match &ty {
            Type::List(_) | Type::Tuple(_) => self.element(on, &ty, key, span),
            Type::Map(e) => self.map_element(on, e, key, span),
            Type::Object(_) => self.object_element(on, key, span),
            Type::Set(_) => self.fail(
                span,
                "Invalid index",
                "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
            ),
            _ => self.fail(
                span,
                "Invalid index",
                "This value does not have any indices.",
            ),
        };
        // The name of an attribute says nothing of its value.
        if matches!(ty, Type::Object(_)) {
            result.with_marks(on.marks())
        } else {
            result.with_marks(marks)
        }
    }

    fn bad_key(&mut self, span: Span, why: &str) -> Value {
        let detail = if why.is_empty() {
            format!("{NO_SUCH_KEY}.")
        } else {
            format!("{NO_SUCH_KEY}: {why}.")
        };
        self.fail(span, "Invalid index", detail)
    }

    fn element(&mut self, on: &Value, ty: &Type, key: &Value, span: Span) -> Value {
        let key = match convert(key, &Type::Number) {
            Ok(k) => k,
            Err(e) => return self.bad_key(span, &e.message),
        };
        let unknown = || match ty {
            Type::List(e) => Value::unknown((**e).clone()),
            _ => Value::DYNAMIC,
        };
        let Some(number) = key.as_number() else {
            return unknown();
        };
        if !number.is_whole() {
            return self.bad_key(span, "indexing a sequence requires a whole number, but the given index has a fractional part");
        }
        if number.is_negative() {
            return self.bad_key(
                span,
                "a negative number is not a valid index for a sequence",
            );
        }
        match on.elements() {
            Some(elements) => match number.to_usize().and_then(|i| elements.get(i)) {
                Some(v) => v.clone(),
                // Words for those who count from 1; Terraform has none for what is further off.
                None if number.to_usize() == Some(elements.len()) => self.bad_key(
                    span,
                    if elements.is_empty() {
                        "the collection has no elements"
                    } else {
                        "the given index is greater than or equal to the length of the collection"
                    },
                ),
                None => self.bad_key(span, ""),
            },
            None => match on.kind() {
                Kind::Unknown(Type::Tuple(ts), _) => {
                    match number.to_usize().and_then(|i| ts.get(i)) {
                        Some(t) => Value::unknown(t.clone()),
                        None => self.bad_key(span, ""),
                    }
                }
                _ => unknown(),
            },
        }
    }

    fn map_element(&mut self, on: &Value, element: &Type, key: &Value, span: Span) -> Value {
        let key = match convert(key, &Type::String) {
            Ok(k) => k,
            Err(e) => return self.bad_key(span, &e.message),
        };
        let (Some(key), Some(entries)) = (key.as_str(), on.entries()) else {
            return Value::unknown(element.clone());
        };
        match entries.get(key) {
            Some(v) => v.clone(),
            None => self.bad_key(span, ""),
        }
    }

    fn object_element(&mut self, on: &Value, key: &Value, span: Span) -> Value {
        let number = key.as_number().is_some();
        let key = match convert(key, &Type::String) {
            Ok(k) => k,
            Err(e) => return self.bad_key(span, &e.message),
        };
        let Some(key) = key.as_str() else {
            return Value::DYNAMIC;
        };
        let found = match on.kind() {
            Kind::Unknown(Type::Object(ats), _) => ats.get(key).map(|t| Value::unknown(t.clone())),
            _ => on.get(key).cloned(),
        };
        match found {
            Some(v) => v,
            None if number => self.fail(
                span,
                "Invalid index",
                format!("{NO_SUCH_KEY}. An object only supports looking up attributes by name, not by numeric index."),
            ),
            None => self.bad_key(span, ""),
        }
    }

    fn each_item(&mut self, item: Value, each: &Expr) -> Value {
        self.items.push(item);
        let value = self.eval(each);
        self.items.pop();
        value
    }

    pub(super) fn splat(&mut self, on: &Expr, each: &Expr, _marker: Span) -> Value {
        let errors = self.diagnostics.0.len();
        let source = self.eval(on);
        if self.diagnostics.0.len() > errors {
            return Value::DYNAMIC;
        }
        let marks = source.marks();
        let sequence = match source.kind() {
            Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => true,
            Kind::Null(t) | Kind::Unknown(t, _) => {
                matches!(t, Type::List(_) | Type::Set(_) | Type::Tuple(_))
            }
            _ => false,
        };
        if source.is_null() {
            return if sequence {
                self.fail(
                    on.span,
                    "Splat of null value",
                    "Splat expressions (with the * symbol) cannot be applied to null sequences.",
                )
            } else {
                Value::tuple(Vec::new()).with_marks(marks)
            };
        }
        match source.kind() {
            Kind::Unknown(Type::Dynamic, _) => Value::DYNAMIC.with_marks(marks),
            Kind::Unknown(t, _) if sequence => self.unknown_splat(&source, t, each, marks),
            Kind::List(t, items) | Kind::Set(t, items) => {
                let values: Vec<Value> = items
                    .iter()
                    .map(|v| self.each_item(v.clone(), each))
                    .collect();
                self.splat_list(t, values, each).with_marks(marks)
            }
            Kind::Tuple(items) => {
                let values = items.iter().map(|v| self.each_item(v.clone(), each));
                Value::tuple(values.collect()).with_marks(marks)
            }
            _ => {
                let maybe_null =
                    source.is_unknown() && !source.refinement().is_some_and(|r| r.not_null);
                let value = self.each_item(source, each);
                let result = if maybe_null {
                    // None or one: even of which type is open.
                    Value::DYNAMIC
                } else {
                    Value::tuple(vec![value])
                };
                result.with_marks(marks)
            }
        }
    }

    fn unknown_splat(&mut self, source: &Value, ty: &Type, each: &Expr, marks: Marks) -> Value {
        let result = match ty {
            Type::Tuple(ts) => {
                let types: Vec<Type> = ts
                    .iter()
                    .map(|t| self.each_item(Value::unknown(t.clone()), each).type_of())
                    .collect();
                Value::unknown(Type::tuple(types))
            }
            _ => {
                let element = ty.element().cloned().unwrap_or(Type::Dynamic);
                let value = self.each_item(Value::unknown(element), each);
                let refinement = source.refinement().cloned().unwrap_or_default();
                Value::unknown_refined(Type::list(value.type_of()), refinement)
            }
        };
        result.with_marks(marks)
    }

    /// Makes a list where all values have one type, which an attribute of no fixed type may prevent.
    fn splat_list(&mut self, element: &Type, values: Vec<Value>, each: &Expr) -> Value {
        let Some(first) = values.first() else {
            let value = self.each_item(Value::unknown(element.clone()), each);
            return Value::list(value.type_of(), Vec::new());
        };
        let ty = first.type_of();
        if values.iter().all(|v| v.type_of() == ty) {
            Value::list(ty, values)
        } else {
            Value::tuple(values)
        }
    }
}
