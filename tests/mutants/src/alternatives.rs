//! What can stand in the place of an expression, of a function's body, of a statement.
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Arm, BinOp, Block, Expr, ExprLit, FnArg, Lit, LitInt, Pat, ReturnType, Signature, Stmt, Token, Type, UnOp,
    parse_quote,
};

/// [`syn::Pat`], where `Pat` would be read as a path.
pub type Pattern = Pat;

/// So much of a piece of source is its name.
const LONGEST: usize = 90;

/// The source of a piece on one line.
pub fn text(piece: &impl Spanned) -> String {
    let source = piece.span().source_text().unwrap_or_default();
    let words: Vec<&str> = source.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// What else an expression could be, each with what was changed.
pub fn of(expr: &Expr) -> Vec<(String, Expr)> {
    match expr {
        Expr::Binary(binary) if !holds_a_let(expr) => {
            let whole = text(binary);
            let with = |(sign, op): (&str, BinOp)| {
                let mut other = binary.clone();
                other.op = op;
                (format!("`{whole}` with `{sign}`"), Expr::Binary(other))
            };
            instead_of(&binary.op).into_iter().map(with).collect()
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) => {
            vec![(format!("`{}` without its sign", text(unary)), (*unary.expr).clone())]
        }
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => beside(int),
        _ => Vec::new(),
    }
}

fn instead_of(op: &BinOp) -> Vec<(&'static str, BinOp)> {
    macro_rules! each {
        ($($sign:literal $op:tt),*) => { vec![$(($sign, parse_quote!($op))),*] };
    }
    match op {
        BinOp::Lt(_) => each!("<=" <=, ">" >, "==" ==),
        BinOp::Le(_) => each!("<" <, ">" >),
        BinOp::Gt(_) => each!(">=" >=, "<" <, "==" ==),
        BinOp::Ge(_) => each!(">" >, "<" <),
        BinOp::Eq(_) => each!("!=" !=),
        BinOp::Ne(_) => each!("==" ==),
        BinOp::And(_) => each!("||" ||),
        BinOp::Or(_) => each!("&&" &&),
        BinOp::Add(_) => each!("-" -, "*" *),
        BinOp::Sub(_) => each!("+" +, "*" *),
        BinOp::Mul(_) => each!("+" +, "-" -),
        BinOp::Div(_) => each!("*" *),
        BinOp::Rem(_) => each!("/" /),
        BinOp::AddAssign(_) => each!("-=" -=),
        BinOp::SubAssign(_) => each!("+=" +=),
        BinOp::BitOrAssign(_) => each!("&=" &=),
        BinOp::BitAndAssign(_) => each!("|=" |=),
        _ => Vec::new(),
    }
}

/// A chain that binds a name cannot be taken apart.
fn holds_a_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => holds_a_let(&binary.left) || holds_a_let(&binary.right),
        Expr::Paren(paren) => holds_a_let(&paren.expr),
        _ => false,
    }
}

/// One more, and one less where that is not negative.
fn beside(int: &LitInt) -> Vec<(String, Expr)> {
    let Ok(value) = int.base10_parse::<u64>() else {
        return Vec::new();
    };
    let near = [value.checked_add(1), value.checked_sub(1)];
    let other = |value: u64| {
        let lit = LitInt::new(&format!("{value}{}", int.suffix()), int.span());
        (format!("literal `{int}` is {value}"), parse_quote!(#lit))
    };
    near.into_iter().flatten().map(other).collect()
}

/// `Micros(0)`: a microsecond or a tenth of a millimetre more is no change that anybody could see.
pub fn is_a_bare_quantity(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Path(of) = &*call.func else { return false };
    let unit = of.path.is_ident("Micros") || of.path.is_ident("TenthMillimetres");
    unit && matches!(call.args.first(), Some(Expr::Lit(_)))
}

/// Of a condition that asks somebody else: the opposite.
pub fn of_condition(condition: &Expr) -> Vec<(String, Expr)> {
    match condition {
        Expr::MethodCall(_) | Expr::Call(_) | Expr::Field(_) | Expr::Path(_) => {
            vec![(format!("`!{}`", text(condition)), parse_quote!(!#condition))]
        }
        _ => Vec::new(),
    }
}

/// `matches!` as the match that it is.
pub fn as_match(expr: &Expr) -> Option<Expr> {
    let Expr::Macro(called) = expr else { return None };
    if !called.mac.path.is_ident("matches") {
        return None;
    }
    let Matches { value, pattern, guard } = called.mac.parse_body().ok()?;
    let guard = guard.map(|guard| quote::quote!(if #guard));
    Some(parse_quote!(match #value { #pattern #guard => true, _ => false, }))
}

struct Matches {
    value: Expr,
    pattern: Pat,
    guard: Option<Expr>,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Matches> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Option<Token![,]>>()?;
        Ok(Matches { value, pattern, guard })
    }
}

/// The alternatives of a pattern.
pub fn each(pattern: &Pat) -> Vec<Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().cloned().collect(),
        one => vec![one.clone()],
    }
}

/// Whether an arm takes all that is left.
pub fn is_catch_all(arm: &Arm) -> bool {
    arm.guard.is_none() && is_anything(&arm.pat)
}

/// A lower-case name binds; an upper-case one may be a variant.
fn is_anything(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(ident) => ident.subpat.is_none() && ident.ident.to_string().starts_with(|c: char| c.is_lowercase()),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_anything),
        _ => false,
    }
}

/// What a function could return without doing anything, each with what was changed.
pub fn values(signature: &Signature, block: &Block) -> Vec<(String, proc_macro2::TokenStream)> {
    if block.stmts.is_empty() {
        return Vec::new();
    }
    let own: Vec<&'static str> = match &signature.output {
        ReturnType::Default => return vec![("the body is empty".to_owned(), Default::default())],
        ReturnType::Type(_, of) => values_of(of, takes_itself(signature)),
    };
    let whole: Option<String> = match &block.stmts[..] {
        [Stmt::Expr(only, None)] => Some(text(only)),
        _ => None,
    };
    let others = own.into_iter().filter(|value| whole.as_deref() != Some(*value));
    others
        .filter_map(|value| Some((format!("the body is {value}"), value.parse().ok()?)))
        .collect()
}

fn takes_itself(signature: &Signature) -> bool {
    matches!(signature.inputs.first(), Some(FnArg::Receiver(own)) if own.reference.is_none())
}

fn values_of(of: &Type, takes_itself: bool) -> Vec<&'static str> {
    let name = match of {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default(),
        Type::Tuple(_) => return vec!["Default::default()"],
        Type::Reference(to) => match &*to.elem {
            Type::Slice(_) => return vec!["&[]"],
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    match name.as_str() {
        "bool" => vec!["true", "false"],
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => vec!["0", "1"],
        "Option" => vec!["None"],
        "Self" if takes_itself => vec!["self"],
        _ => vec!["Default::default()"],
    }
}

/// Whether a statement is done for its effect alone.
pub fn can_be_missed(stmt: &Stmt, is_last: bool) -> bool {
    match stmt {
        Stmt::Expr(expr, Some(_)) => match expr {
            Expr::Binary(_) | Expr::Assign(_) | Expr::Call(_) | Expr::MethodCall(_) => true,
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
            other => is_a_block_for_its_effect(other),
        },
        Stmt::Expr(expr, None) => {
            is_a_block_for_its_effect(expr) && (!is_last || has_no_value(expr)) || (is_last && writes(expr))
        }
        _ => false,
    }
}

fn is_a_block_for_its_effect(expr: &Expr) -> bool {
    matches!(expr, Expr::If(_) | Expr::ForLoop(_) | Expr::While(_) | Expr::Match(_))
}

fn has_no_value(expr: &Expr) -> bool {
    match expr {
        Expr::If(own) => own.else_branch.is_none(),
        Expr::ForLoop(_) | Expr::While(_) => true,
        _ => false,
    }
}

/// A note on the sheet, as the whole of an arm or the end of a block.
pub fn writes(expr: &Expr) -> bool {
    let Expr::MethodCall(call) = expr else { return false };
    matches!(&*call.receiver, Expr::Path(of) if of.path.is_ident("sheet"))
}
