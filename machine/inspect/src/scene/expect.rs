//! What a scene expects at a stop, and how that turned out.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::path::{Path, Root};

/// What a value must be. A number, a text, `true`, `false`, `null` or a list must be equal;
/// `null` is also what is not there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub enum Expected {
    /// A comparison.
    Compared(Comparison),
    /// Equal to this.
    Equal(Value),
}

/// A comparison: all that it names must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Comparison {
    /// A number that is this or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// A number that is this or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// A list with this in it, or a text with this text in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has: Option<Value>,
    /// A list or a text without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Value>,
    /// Anything but this; with `null`, anything that is there.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "even_null"
    )]
    pub not: Option<Value>,
}

/// How an expectation turned out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Outcome {
    /// The path.
    pub path: String,
    /// What was expected, as JSON.
    pub expected: String,
    /// What is there, as JSON; or why nothing is, in a sentence.
    pub found: String,
    /// Whether that is as expected.
    pub passed: bool,
}

impl TryFrom<Value> for Expected {
    type Error = String;

    fn try_from(value: Value) -> Result<Expected, String> {
        if !value.is_object() {
            return Ok(Expected::Equal(value));
        }
        let comparison = serde_json::from_value(value).map_err(|error| error.to_string())?;
        if comparison == Comparison::default() {
            return Err("a comparison wants at-least, at-most, has, lacks or not".to_owned());
        }
        Ok(Expected::Compared(comparison))
    }
}

impl Expected {
    /// Looks where `path` leads; `ask` answers what its root stands for.
    pub fn check(&self, path: &Path, ask: impl FnOnce(&Root) -> Result<Value, String>) -> Outcome {
        let answer = ask(&path.root);
        let found = match &answer {
            Ok(root) => path.find(root),
            Err(why) => Err(why.clone()),
        };
        let value = found.as_deref().unwrap_or(&Value::Null);
        Outcome {
            path: path.to_string(),
            expected: self.to_json(),
            passed: self.holds(value),
            found: found
                .as_deref()
                .map_or_else(String::clone, Value::to_string),
        }
    }

    fn holds(&self, value: &Value) -> bool {
        match self {
            Expected::Equal(wanted) => value == wanted,
            Expected::Compared(comparison) => comparison.holds(value),
        }
    }

    fn to_json(&self) -> String {
        match self {
            Expected::Equal(wanted) => wanted.to_string(),
            Expected::Compared(comparison) => {
                serde_json::to_string(comparison).unwrap_or_else(|error| error.to_string())
            }
        }
    }
}

impl Comparison {
    fn holds(&self, value: &Value) -> bool {
        let number = value.as_f64();
        let is_at_least = |least| number.is_some_and(|number| number >= least);
        let is_at_most = |most| number.is_some_and(|number| number <= most);
        self.at_least.is_none_or(is_at_least)
            && self.at_most.is_none_or(is_at_most)
            && self
                .has
                .as_ref()
                .is_none_or(|part| has(value, part) == Some(true))
            && self
                .lacks
                .as_ref()
                .is_none_or(|part| has(value, part) == Some(false))
            && self.not.as_ref().is_none_or(|other| value != other)
    }
}

/// A value, where `null` is one too.
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Whether `part` is in `value`; nothing if that cannot have parts.
fn has(value: &Value, part: &Value) -> Option<bool> {
    match (value, part) {
        (Value::Array(list), _) => Some(list.contains(part)),
        (Value::String(text), Value::String(part)) => Some(text.contains(part)),
        _ => None,
    }
}
