//! The one declaration of an object: it gives the type, the decoder and the schema.

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
    };
}

macro_rules! tagged {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident($type:ty $(where $bounds:ident)?) = $key:literal
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant($type),)*
        }
    };
}

macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident = $key:literal
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant,)*
        }
    };
}

pub(crate) use {choice, object, tagged};
