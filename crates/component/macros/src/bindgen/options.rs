//! What `bindgen!` is asked for: its options, as they are written. Whether names in them mean something is not looked at here.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, LitBool, LitStr, Path, Result, Token, braced, bracketed, token};

/// All options.
#[derive(Default)]
pub(crate) struct Options {
    pub(super) world: Option<LitStr>,
    pub(super) paths: Vec<LitStr>,
    pub(super) inline: Option<LitStr>,
    /// Features of WIT that are on: what is `@unstable` is left out otherwise.
    pub(super) features: Vec<LitStr>,
    pub(super) imports: FunctionFlags,
    pub(super) exports: FunctionFlags,
    /// What stands for interfaces and types that exist already.
    pub(super) with: Vec<(LitStr, Path)>,
    /// What functions of hosts fail with instead of an error of WIT's.
    pub(super) trappable_error_types: Vec<(LitStr, Path)>,
    pub(super) additional_derives: Vec<Path>,
}

/// How functions are written, by name.
#[derive(Default)]
pub(super) struct FunctionFlags {
    pub(super) default: Flags,
    pub(super) named: Vec<(LitStr, Flags)>,
}

/// How a function is written.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    /// It may wait.
    pub(super) is_async: bool,
    /// It is the host's, and may fail in a way that ends the guest; calls of the guest's may fail anyway.
    pub(super) is_trappable: bool,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Options> {
        let mut options = Options::default();
        if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            while !content.is_empty() {
                options.option(&content)?;
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(options);
        }
        if input.peek(LitStr) {
            options.world = Some(input.parse()?);
        }
        if input.parse::<Option<Token![in]>>()?.is_some() {
            options.paths.push(input.parse()?);
        }
        Ok(options)
    }
}

impl Options {
    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        match &*name.to_string() {
            "world" => self.world = Some(input.parse()?),
            "path" if input.peek(token::Bracket) => self.paths = list(input)?,
            "path" => self.paths.push(input.parse()?),
            "inline" => self.inline = Some(input.parse()?),
            "features" => self.features = list(input)?,
            "imports" => self.imports = functions(input)?,
            "exports" => self.exports = functions(input)?,
            "trappable_imports" => self.imports.default.is_trappable = input.parse::<LitBool>()?.value,
            "with" => self.with = table(input)?,
            "trappable_error_type" => self.trappable_error_types = table(input)?,
            "additional_derives" => self.additional_derives = list(input)?,
            "ownership" => ownership(input)?,
            // Only asynchronous functions need it, and those ask for it.
            "require_store_data_send" => {
                input.parse::<LitBool>()?;
            }
            _ => {
                let known = "`world`, `path`, `inline`, `features`, `imports`, `exports`, `trappable_imports`, \
                    `with`, `trappable_error_type`, `additional_derives` and `ownership`";
                return Err(Error::new(
                    name.span(),
                    format!("there is no option `{name}`; there are {known}"),
                ));
            }
        }
        Ok(())
    }
}

/// `[a, b]`
fn list<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `{ "name": path, "name" => path }`
fn table(input: ParseStream<'_>) -> Result<Vec<(LitStr, Path)>> {
    let content;
    braced!(content in input);
    let mut entries = Vec::new();
    while !content.is_empty() {
        let key = content.parse()?;
        if content.parse::<Option<Token![=>]>>()?.is_none() {
            content.parse::<Token![:]>()?;
        }
        entries.push((key, content.parse()?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(entries)
}

/// `{ default: async | trappable, "name": async }`, or the default alone.
fn functions(input: ParseStream<'_>) -> Result<FunctionFlags> {
    let mut functions = FunctionFlags::default();
    if !input.peek(token::Brace) {
        functions.default = flags(input)?;
        return Ok(functions);
    }
    let content;
    braced!(content in input);
    while !content.is_empty() {
        let name = if content.peek(LitStr) {
            Some(content.parse::<LitStr>()?)
        } else {
            content.parse::<Token![default]>()?;
            None
        };
        content.parse::<Token![:]>()?;
        let flags = flags(&content)?;
        match name {
            Some(name) => functions.named.push((name, flags)),
            None => functions.default = flags,
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(functions)
}

fn flags(input: ParseStream<'_>) -> Result<Flags> {
    let mut flags = Flags::default();
    for word in Punctuated::<Word, Token![|]>::parse_separated_nonempty(input)? {
        match &*word.0.to_string() {
            "async" => flags.is_async = true,
            "trappable" => flags.is_trappable = true,
            "sync" => flags.is_async = false,
            _ => return Err(Error::new(word.0.span(), "expected `sync`, `async` or `trappable`")),
        }
    }
    Ok(flags)
}

/// Any word, those of the language too.
struct Word(Ident);

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> Result<Word> {
        input.call(Ident::parse_any).map(Word)
    }
}

fn ownership(input: ParseStream<'_>) -> Result<()> {
    let word = input.call(Ident::parse_any)?;
    if word == "Owning" {
        return Ok(());
    }
    Err(Error::new(word.span(), "only `Owning` is supported: generated types own what is in them"))
}
