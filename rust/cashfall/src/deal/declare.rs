//! The one declaration of an object: it gives the type, the decoder that collects every problem, and the schema.
//!
//! `field: Type where BOUNDS = default` declares a key; an `Option` may be left out, a field with a default too.

/// The key of a field, whose name in Rust may be a raw one.
pub(crate) fn key(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// Declares a struct that a table stands for. `=> verb: Enum` adds exactly one key of a tagged enum.
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $field:ident: $type:ty $(where $bounds:ident)? $(= $default:expr)?,
            )*
            $(=> $verb:ident: $verb_type:ty,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Where it stands.
            pub place: Place,
            $($(#[doc = $field_doc])* pub $field: $type,)*
            $(/// Which of the kinds it is.
            pub $verb: $verb_type,)?
        }

        impl Decode for $name {
            fn expected(_: &Bounds) -> String {
                "a table".to_owned()
            }

            fn decode(at: &At<'_>, _: &Bounds, context: &mut Context) -> Option<Self> {
                let keys: Vec<&str> = [
                    &[$(declare::key(stringify!($field))),*] as &[&str],
                    $(<$verb_type as Tagged>::keys(),)?
                ].concat();
                let _fields = Fields::open(at, &keys, context)?;
                Some($name {
                    place: at.place(),
                    $($field: _fields.take::<$type>(
                        declare::key(stringify!($field)),
                        declare::bounds_or_any!($($bounds)?),
                        declare::default_or_none!($type $(= $default)?),
                        context,
                    ),)*
                    $($verb: _fields.one_of::<$verb_type>(context)?,)?
                })
            }

            fn placeholder() -> Self {
                $name {
                    place: Place::default(),
                    $($field: <$type as Decode>::placeholder(),)*
                    $($verb: <$verb_type as Decode>::placeholder(),)?
                }
            }

            fn shape(_: &Bounds, shapes: &mut Shapes) -> Shape {
                shapes.declare(stringify!($name), &[$($doc),*], |_shapes| {
                    let fields = vec![$({
                        let default: Option<fn() -> $type> = declare::default_or_none!($type $(= $default)?);
                        Field {
                            name: declare::key(stringify!($field)),
                            doc: joined(&[$($field_doc),*]),
                            required: default.is_none() && <$type as Decode>::absent().is_none(),
                            default: default.and_then(|value| value().written()),
                            shape: <$type as Decode>::shape(declare::bounds_or_any!($($bounds)?), _shapes),
                        }
                    }),*];
                    let flattened: Option<&'static str> = None$(.or_else(|| {
                        <$verb_type as Decode>::shape(&ANY, _shapes);
                        Some(stringify!($verb_type))
                    }))?;
                    Kind::Object(fields, flattened)
                })
            }
        }
    };
}

/// Declares an enum that a table with exactly one key stands for.
macro_rules! tagged {
    (
        $(#[doc = $doc:literal])*
        $name:ident $(as $word:literal, of several $way_out:literal)? {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident($type:ty $(where $bounds:ident)?) = $key:literal,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant($type),)*
        }

        impl $name {
            /// The key that stands for it in a document.
            pub fn key(&self) -> &'static str {
                match self {
                    $($name::$variant(_) => $key,)*
                }
            }
        }

        impl Tagged for $name {
            const WORD: &'static str = declare::word_or!("verb" $(, $word)?);
            const OF_SEVERAL: &'static str = declare::word_or!("make a step of each" $(, $way_out)?);

            fn keys() -> &'static [&'static str] {
                &[$($key),*]
            }

            fn decode_entry(at: &At<'_>, key: &str, context: &mut Context) -> Option<Self> {
                match key {
                    $($key => <$type as Decode>::decode(at, declare::bounds_or_any!($($bounds)?), context)
                        .map($name::$variant),)*
                    _ => None,
                }
            }
        }

        impl Decode for $name {
            fn expected(_: &Bounds) -> String {
                expected_tagged::<Self>()
            }

            fn decode(at: &At<'_>, _: &Bounds, context: &mut Context) -> Option<Self> {
                decode_tagged(at, context)
            }

            #[allow(unreachable_code, reason = "only the first return is reached")]
            fn placeholder() -> Self {
                $(return $name::$variant(<$type as Decode>::placeholder());)*
            }

            fn shape(_: &Bounds, shapes: &mut Shapes) -> Shape {
                shapes.declare(stringify!($name), &[$($doc),*], |shapes| Kind::Tagged(vec![$(Field {
                    name: $key,
                    doc: joined(&[$($variant_doc),*]),
                    required: false,
                    default: None,
                    shape: <$type as Decode>::shape(declare::bounds_or_any!($($bounds)?), shapes),
                }),*]))
            }
        }
    };
}

/// Declares an enum that a word stands for.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident = $key:literal,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word that stands for it in a document.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $key,)*
                }
            }
        }

        impl Decode for $name {
            fn expected(_: &Bounds) -> String {
                expected_choice(&[$($key),*])
            }

            fn decode(at: &At<'_>, _: &Bounds, context: &mut Context) -> Option<Self> {
                decode_choice(at, &[$($key),*], context).map(|index| Self::ALL[index])
            }

            fn placeholder() -> Self {
                Self::ALL[0]
            }

            fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
                Shape::Words(vec![$($key),*])
            }

            fn written(&self) -> Option<String> {
                Some(format!("\"{}\"", self.name()))
            }
        }
    };
}

macro_rules! word_or {
    ($default:literal) => {
        $default
    };
    ($default:literal, $word:literal) => {
        $word
    };
}

macro_rules! bounds_or_any {
    () => {
        &ANY
    };
    ($bounds:ident) => {
        &$bounds
    };
}

macro_rules! default_or_none {
    ($type:ty) => {
        None
    };
    ($type:ty = $default:expr) => {
        Some((|| $default) as fn() -> $type)
    };
}

pub(crate) use {bounds_or_any, choice, default_or_none, object, tagged, word_or};
