//! What a function is, and how it is called: conversion of arguments, null and unknown values, marks.

use bastionless_model::value::{Kind, Map, Marks, Refinement, Type, Value, convert, quote};

use super::host::Host;

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// Index of the argument that is wrong; `None` where it is not one argument's fault.
    pub argument: Option<usize>,
    /// Terraform's words, without a full stop.
    pub message: String,
}

impl FunctionError {
    /// Makes an error of the whole call.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            argument: None,
            message: message.into(),
        }
    }

    /// Makes an error of one argument.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self {
            argument: Some(index),
            message: message.into(),
        }
    }
}

/// A call to be made.
pub struct Call<'a> {
    /// The arguments, as many as the function takes.
    pub args: &'a [Value],
    /// What surrounds the call.
    pub host: &'a dyn Host,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// Anything.
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(any)`
    List,
    /// `list(bool)`
    Bools,
    /// `list(string)`
    Strings,
    /// `set(any)`
    Set,
    /// `set(string)`
    StringSet,
    /// `map(list(string))`
    MapOfStrings,
}

impl ParameterType {
    /// Returns the type that an argument is converted to.
    pub fn to_type(self) -> Type {
        match self {
            Self::Any => Type::Dynamic,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::List => Type::list(Type::Dynamic),
            Self::Bools => Type::list(Type::Bool),
            Self::Strings => Type::list(Type::String),
            Self::Set => Type::set(Type::Dynamic),
            Self::StringSet => Type::set(Type::String),
            Self::MapOfStrings => Type::map(Type::list(Type::String)),
        }
    }
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, for messages.
    pub name: &'static str,
    /// Its type.
    pub ty: ParameterType,
    /// The function can deal with null.
    pub null: bool,
    /// The function can deal with unknown values.
    pub unknown: bool,
    /// The function can deal with values whose type is not known.
    pub dynamic: bool,
    /// The function deals with marks on its own.
    pub marked: bool,
}

impl Parameter {
    /// Makes a parameter that allows nothing special.
    pub const fn new(name: &'static str, ty: ParameterType) -> Self {
        Self {
            name,
            ty,
            null: false,
            unknown: false,
            dynamic: false,
            marked: false,
        }
    }

    /// Allows null.
    #[must_use]
    pub const fn null(mut self) -> Self {
        self.null = true;
        self
    }

    /// Allows unknown values.
    #[must_use]
    pub const fn unknown(mut self) -> Self {
        self.unknown = true;
        self
    }

    /// Allows values whose type is not known.
    #[must_use]
    pub const fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }

    /// Takes marks as they are.
    #[must_use]
    pub const fn marked(mut self) -> Self {
        self.marked = true;
        self
    }
}

/// The type of a result, as far as the arguments do not decide.
#[derive(Clone, Copy)]
pub(super) enum Returns {
    /// Always this one.
    Always(ParameterType),
    /// What this function makes of the arguments.
    Computed(fn(&[Value]) -> Result<Type, FunctionError>),
}

/// The arguments of a call after conversion, and what is known of the result.
pub(super) struct Args<'a> {
    pub(super) values: Vec<Value>,
    /// The type that the result must have; [`Type::Dynamic`] leaves it to the function.
    pub(super) ty: Type,
    /// Which arguments are sensitive.
    pub(super) sensitive: Vec<bool>,
    pub(super) host: &'a dyn Host,
}

/// A text of the documentation: an expression and its value as an expression.
pub type Example = (&'static str, &'static str);

pub(super) type Body = fn(&Args<'_>) -> Result<Value, FunctionError>;

/// A function of the language.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// One sentence on what it returns.
    pub doc: &'static str,
    /// The parameters that must be given.
    pub parameters: &'static [Parameter],
    /// The parameter of all further arguments.
    pub variadic: Option<Parameter>,
    /// Calls and their results.
    pub examples: &'static [Example],
    /// Returns the same for the same arguments; others are unknown while planning.
    pub pure: bool,
    pub(super) returns: Returns,
    pub(super) not_null: bool,
    pub(super) body: Body,
}

impl Function {
    pub(super) const fn new(
        name: &'static str,
        doc: &'static str,
        parameters: &'static [Parameter],
        returns: Returns,
        body: Body,
    ) -> Self {
        Self {
            name,
            doc,
            parameters,
            variadic: None,
            examples: &[],
            pure: true,
            returns,
            not_null: true,
            body,
        }
    }

    pub(super) const fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    pub(super) const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    pub(super) const fn impure(mut self) -> Self {
        self.pure = false;
        self
    }

    /// The result may be null.
    pub(super) const fn maybe_null(mut self) -> Self {
        self.not_null = false;
        self
    }

    /// Returns the parameter of an argument.
    pub fn parameter(&self, argument: usize) -> Option<&Parameter> {
        self.parameters.get(argument).or(self.variadic.as_ref())
    }

    /// Converts the arguments, deals with null, unknown and marked values as the parameters say, and calls.
    ///
    /// # Errors
    /// Says which argument is wrong, or why there is no result.
    pub fn call(&self, call: Call<'_>) -> Result<Value, FunctionError> {
        let Prepared {
            values,
            marks,
            sensitive,
            dynamic,
            unknown,
        } = self.prepare(call.args)?;
        let ty = match self.returns {
            _ if dynamic => Type::Dynamic,
            Returns::Always(ty) => ty.to_type(),
            Returns::Computed(compute) => compute(&values)?,
        };
        let result = if dynamic || unknown {
            Value::unknown(ty)
        } else {
            (self.body)(&Args {
                values,
                ty,
                sensitive,
                host: call.host,
            })?
        };
        let result = if self.not_null {
            result.not_null()
        } else {
            result
        };
        Ok(result.with_marks(marks))
    }

    fn prepare(&self, args: &[Value]) -> Result<Prepared, FunctionError> {
        let mut prepared = Prepared {
            values: Vec::with_capacity(args.len()),
            marks: Marks::NONE,
            sensitive: Vec::with_capacity(args.len()),
            dynamic: false,
            unknown: false,
        };
        for (i, arg) in args.iter().enumerate() {
            let Some(parameter) = self.parameter(i) else {
                return Err(FunctionError::new("too many arguments"));
            };
            let mut value = match parameter.ty {
                ParameterType::Any => arg.clone(),
                ty => convert(arg, &ty.to_type())
                    .map_err(|e| FunctionError::argument(i, e.message))?,
            };
            prepared.sensitive.push(value.is_sensitive());
            if !parameter.marked {
                let (plain, marks) = value.unmark_deep();
                value = plain;
                prepared.marks = prepared.marks.union(marks);
            }
            prepared.values.push(value);
        }
        for (i, value) in prepared.values.iter().enumerate() {
            let Some(parameter) = self.parameter(i) else {
                continue;
            };
            if value.is_null() && !parameter.null {
                return Err(FunctionError::argument(i, "argument must not be null"));
            }
            let untyped = value.is_unknown() && value.type_of() == Type::Dynamic;
            if untyped && !parameter.dynamic && parameter.ty == ParameterType::Any {
                // What comes after it is not looked at.
                prepared.dynamic = true;
                break;
            }
            prepared.unknown |= value.is_unknown() && !parameter.unknown;
        }
        if prepared.values.len() < self.parameters.len() {
            return Err(FunctionError::new("not enough arguments"));
        }
        Ok(prepared)
    }
}

struct Prepared {
    values: Vec<Value>,
    marks: Marks,
    sensitive: Vec<bool>,
    dynamic: bool,
    unknown: bool,
}

fn with_path(e: &bastionless_model::value::ConvertError) -> String {
    if e.path.0.is_empty() {
        e.message.clone()
    } else {
        format!("{}: {}", e.path, e.message)
    }
}

impl Args<'_> {
    /// Returns an argument; null where there is none.
    pub(super) fn get(&self, i: usize) -> &Value {
        self.values.get(i).unwrap_or(&Value::NULL)
    }

    /// Returns a text.
    pub(super) fn text(&self, i: usize) -> &str {
        self.get(i).as_str().unwrap_or_default()
    }

    /// Returns a text in quotes, or that it is not to be shown.
    pub(super) fn shown(&self, i: usize) -> String {
        if self.sensitive.get(i).copied().unwrap_or(false) {
            "(sensitive value)".into()
        } else {
            quote(self.text(i))
        }
    }

    /// Returns the elements of a sequence.
    pub(super) fn elements(&self, i: usize) -> &[Value] {
        self.get(i).elements().unwrap_or_default()
    }

    /// Returns a whole number of 64 bits.
    pub(super) fn int(&self, i: usize) -> Result<i64, FunctionError> {
        self.get(i)
            .as_i64()
            .ok_or_else(|| FunctionError::new(NOT_WHOLE))
    }

    /// Returns the entries of a map or object.
    pub(super) fn entries(&self, i: usize) -> &Map {
        static NONE: Map = Map::new();
        self.get(i).entries().unwrap_or(&NONE)
    }

    /// Makes the unknown result.
    pub(super) fn unknown(&self) -> Value {
        Value::unknown(self.ty.clone())
    }

    /// Makes the unknown result with something known of it.
    pub(super) fn unknown_with(&self, refinement: Refinement) -> Value {
        Value::unknown_refined(self.ty.clone(), refinement)
    }
}

/// What Terraform says of a number that is not a whole one of 64 bits.
pub(super) const NOT_WHOLE: &str =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

/// Converts inside a function.
pub(super) fn converted(value: &Value, ty: &Type) -> Result<Value, FunctionError> {
    convert(value, ty).map_err(|e| FunctionError::new(with_path(&e)))
}

/// Returns how many elements a value has; `None` where that is not known yet.
pub(super) fn known_length(value: &Value) -> Option<usize> {
    match value.kind() {
        Kind::Unknown(Type::Tuple(ts), _) => Some(ts.len()),
        Kind::Unknown(_, Some(r)) => r.min_length.filter(|min| r.max_length == Some(*min)),
        Kind::Unknown(..) => None,
        // Unknown elements may turn out to be equal to others.
        Kind::Set(_, s) => (s.len() < 2 || s.iter().all(Value::is_wholly_known)).then_some(s.len()),
        _ => Some(value.children().count()),
    }
}
