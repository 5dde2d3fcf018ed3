//! What the relay learns from a body.

use std::fmt;

/// One field of the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It is not there.
    #[default]
    Absent,
    /// It is there and readable.
    Value(T),
    /// It is there with another type, or a text over its limit.
    WrongType,
}

/// A number of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Written in digits alone. What does not fit reads as [`u32::MAX`].
    Whole(u32),
    /// A number with a sign, a fraction or an exponent. `1e1` is ten to one reader and an error to another, so it counts
    /// as nothing.
    Other,
}

/// What the relay learns from a body. `Debug` shows no text of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The top level's `model`, at most [`super::MAX_MODEL_BYTES`].
    pub model: Field<String>,
    /// Whether the top level's `parameters` is an object.
    pub parameters: Field<()>,
    /// The `n` in the top level's `parameters`.
    pub images: Field<Count>,
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Somebody may have pasted a key where the model belongs.
        let model = match &self.model {
            Field::Absent => Field::Absent,
            Field::Value(name) => Field::Value(format_args!("{} bytes", name.len())),
            Field::WrongType => Field::WrongType,
        };
        f.debug_struct("Facts")
            .field("model", &model)
            .field("parameters", &self.parameters)
            .field("images", &self.images)
            .finish()
    }
}
