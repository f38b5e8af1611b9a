//! Derived types: records, variants, enumerations and sets of flags of many sizes, with the names that `types` gives to their parts.

use crate::described::{Described, other};
use crate::types::Ty;
use sarsen_component::{ComponentType, Lift, Lower, Val, flags};

/// Records, with their fields in order.
macro_rules! records {
    ($($name:ident { $($field:ident: $ty:ty,)* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Clone)]
        #[component(record)]
        pub(crate) struct $name { $($field: $ty,)* }

        impl Described for $name {
            fn ty() -> Ty {
                Ty::Record(vec![$(<$ty>::ty()),*])
            }

            fn of(val: &Val) -> $name {
                let Val::Record(fields) = val else { return other(val) };
                let field = |name: &str| &fields.iter().find(|(other, _)| other == name).expect(name).1;
                $name { $($field: <$ty>::of(field(stringify!($field))),)* }
            }

            fn val(&self) -> Val {
                Val::Record(vec![$((stringify!($field).to_owned(), self.$field.val())),*])
            }
        }
    )*};
}

/// Variants, each of whose cases has a value.
macro_rules! variants {
    ($($name:ident { $($case:ident = $text:literal: $ty:ty,)* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Clone)]
        #[component(variant)]
        pub(crate) enum $name { $($case($ty),)* }

        impl Described for $name {
            fn ty() -> Ty {
                Ty::Variant(vec![$(Some(<$ty>::ty())),*])
            }

            fn of(val: &Val) -> $name {
                match val {
                    $(Val::Variant(case, value) if case == $text => {
                        $name::$case(<$ty>::of_payload(value.as_deref()))
                    })*
                    val => other(val),
                }
            }

            fn val(&self) -> Val {
                match self { $($name::$case(value) => Val::Variant($text.to_owned(), value.payload()),)* }
            }
        }
    )*};
}

/// Enumerations.
macro_rules! enums {
    ($($name:ident { $($case:ident)* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Clone, Copy)]
        #[component(enum)]
        pub(crate) enum $name { $($case),* }

        impl $name {
            const ALL: &[$name] = &[$($name::$case),*];
        }

        impl Described for $name {
            fn ty() -> Ty {
                Ty::Enum($name::ALL.len())
            }

            fn of(val: &Val) -> $name {
                match val {
                    Val::Enum(case) => $name::ALL[case[1..].parse::<usize>().expect("a number")],
                    val => other(val),
                }
            }

            fn val(&self) -> Val {
                Val::Enum(format!("c{}", *self as usize))
            }
        }
    )*};
}

/// Sets of flags, with the bit of each.
macro_rules! sets {
    ($($name:ident { $($flag:ident = $bit:literal,)* })*) => {$(
        flags! {
            pub(crate) $name { $(const $flag;)* }
        }

        impl $name {
            const ALL: &[$name] = &[$($name::$flag),*];
        }

        impl Described for $name {
            fn ty() -> Ty {
                Ty::Flags($name::ALL.len())
            }

            fn of(val: &Val) -> $name {
                match val {
                    Val::Flags(set) => set.iter().map(|flag| $name::ALL[flag[1..].parse::<usize>().expect("a number")]).collect(),
                    val => other(val),
                }
            }

            fn val(&self) -> Val {
                let set = [$(($bit, $name::$flag)),*].into_iter().filter(|(_, flag)| self.contains(*flag));
                Val::Flags(set.map(|(bit, _)| format!("f{bit}")).collect())
            }
        }
    )*};
}

records! {
    Narrow { f0: u8, f1: i64, f2: bool, f3: i16, f4: char, f5: f32, f6: u8, }
    Strings { f0: String, f1: Option<String>, f2: Vec<String>, }
    Nested { f0: Narrow, f1: Shape, f2: Few, f3: Nine, f4: Result<String, Few>, f5: (u8, Strings), }
}

variants! {
    Shape { C0 = "c0": f32, C1 = "c1": String, C2 = "c2": (u8, i64), C3 = "c3": Vec<Few>, C4 = "c4": f64, }
    Numbers { C0 = "c0": u8, C1 = "c1": f32, C2 = "c2": i32, }
}

/// A variant some of whose cases have no value.
#[derive(ComponentType, Lift, Lower, Clone)]
#[component(variant)]
pub(crate) enum Sparse {
    C0,
    C1(Narrow),
    C2,
}

impl Described for Sparse {
    fn ty() -> Ty {
        Ty::Variant(vec![None, Some(Narrow::ty()), None])
    }

    fn of(val: &Val) -> Sparse {
        match val {
            Val::Variant(_, Some(value)) => Sparse::C1(Narrow::of(value)),
            Val::Variant(case, None) if case == "c0" => Sparse::C0,
            Val::Variant(_, None) => Sparse::C2,
            val => other(val),
        }
    }

    fn val(&self) -> Val {
        match self {
            Sparse::C0 => Val::Variant("c0".to_owned(), None),
            Sparse::C1(value) => Val::Variant("c1".to_owned(), Some(Box::new(value.val()))),
            Sparse::C2 => Val::Variant("c2".to_owned(), None),
        }
    }
}

enums! {
    Few { C0 C1 C2 }
    Many {
        C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17
        C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31 C32 C33 C34 C35
        C36 C37 C38 C39 C40 C41 C42 C43 C44 C45 C46 C47 C48 C49 C50 C51 C52 C53
        C54 C55 C56 C57 C58 C59 C60 C61 C62 C63 C64 C65 C66 C67 C68 C69 C70 C71
        C72 C73 C74 C75 C76 C77 C78 C79 C80 C81 C82 C83 C84 C85 C86 C87 C88 C89
        C90 C91 C92 C93 C94 C95 C96 C97 C98 C99 C100 C101 C102 C103 C104 C105 C106 C107
        C108 C109 C110 C111 C112 C113 C114 C115 C116 C117 C118 C119 C120 C121 C122 C123 C124 C125
        C126 C127 C128 C129 C130 C131 C132 C133 C134 C135 C136 C137 C138 C139 C140 C141 C142 C143
        C144 C145 C146 C147 C148 C149 C150 C151 C152 C153 C154 C155 C156 C157 C158 C159 C160 C161
        C162 C163 C164 C165 C166 C167 C168 C169 C170 C171 C172 C173 C174 C175 C176 C177 C178 C179
        C180 C181 C182 C183 C184 C185 C186 C187 C188 C189 C190 C191 C192 C193 C194 C195 C196 C197
        C198 C199 C200 C201 C202 C203 C204 C205 C206 C207 C208 C209 C210 C211 C212 C213 C214 C215
        C216 C217 C218 C219 C220 C221 C222 C223 C224 C225 C226 C227 C228 C229 C230 C231 C232 C233
        C234 C235 C236 C237 C238 C239 C240 C241 C242 C243 C244 C245 C246 C247 C248 C249 C250 C251
        C252 C253 C254 C255 C256
    }
}

sets! {
    One { F0 = 0, }
    Nine {
        F0 = 0, F1 = 1, F2 = 2, F3 = 3, F4 = 4, F5 = 5, F6 = 6, F7 = 7,
        F8 = 8,
    }
    Seventeen {
        F0 = 0, F1 = 1, F2 = 2, F3 = 3, F4 = 4, F5 = 5, F6 = 6, F7 = 7,
        F8 = 8, F9 = 9, F10 = 10, F11 = 11, F12 = 12, F13 = 13, F14 = 14, F15 = 15,
        F16 = 16,
    }
    Full {
        F0 = 0, F1 = 1, F2 = 2, F3 = 3, F4 = 4, F5 = 5, F6 = 6, F7 = 7,
        F8 = 8, F9 = 9, F10 = 10, F11 = 11, F12 = 12, F13 = 13, F14 = 14, F15 = 15,
        F16 = 16, F17 = 17, F18 = 18, F19 = 19, F20 = 20, F21 = 21, F22 = 22, F23 = 23,
        F24 = 24, F25 = 25, F26 = 26, F27 = 27, F28 = 28, F29 = 29, F30 = 30, F31 = 31,
    }
}
