//! All mutants of a source file at once, each behind a number that is chosen when the program runs.
//!
//! The problem: a build for each of thousands of mutants takes days. The answer: one build in which each place asks which mutant lives
//! (`if mutant::is(7) { a <= b } else { a < b }`). Only one lives at a time, so the alternatives hold the original code and the last
//! branch holds what is mutated further inside. Deliberately not here: what the types are; what does not compile is found out by the
//! compiler and left out (`tree`).
//!
//! The usual list of such tools is `cargo-mutants`; it cannot be the source here, because it does not see files that a macro declares
//! (all manoeuvres), and knows no arms of a match that ends in a named pattern, no statements, literals and `matches!`.
use crate::alternatives::{self, Pattern, as_match, is_catch_all};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprMatch, File, ImplItemFn, Item, ItemFn, ItemImpl, ItemMod, Signature, Stmt, parse_quote,
};

/// One change of the source that a test should notice.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its number in this build, from 1.
    pub no: u32,
    /// File, function and change, without a line: it stays the same while other code moves.
    pub name: String,
    /// Below the exam's `src`.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// Grows the mutants of one file after another.
pub struct Garden<'u> {
    /// All so far, in the order of the files.
    pub mutants: Vec<Mutant>,
    /// Names of those that do not compile.
    unviable: &'u BTreeSet<String>,
    file: String,
    within: Vec<String>,
    named: BTreeMap<String, usize>,
}

impl<'u> Garden<'u> {
    /// Without those that are known not to compile.
    pub fn new(unviable: &'u BTreeSet<String>) -> Garden<'u> {
        Garden {
            mutants: Vec::new(),
            unviable,
            file: String::new(),
            within: Vec::new(),
            named: BTreeMap::new(),
        }
    }

    /// The file with its mutants grown in.
    ///
    /// # Errors
    /// Where it is not Rust.
    pub fn grow(&mut self, file: &str, text: &str) -> syn::Result<String> {
        let mut tree: File = syn::parse_file(text)?;
        file.clone_into(&mut self.file);
        self.visit_file_mut(&mut tree);
        Ok(prettyplease::unparse(&tree))
    }

    /// The question whether this mutant lives; `None` where it does not compile.
    fn ask(&mut self, at: Span, change: &str) -> Option<Expr> {
        let bare = format!("{} {}: {change}", self.file, self.within.join("::"));
        let count = self
            .named
            .entry(bare.clone())
            .and_modify(|count| *count += 1)
            .or_insert(1);
        let name = if *count == 1 { bare } else { format!("{bare} ({count})") };
        if self.unviable.contains(&name) {
            return None;
        }
        let no = self.mutants.len() as u32 + 1;
        self.mutants.push(Mutant {
            no,
            name,
            file: self.file.clone(),
            line: at.start().line,
        });
        Some(parse_quote!(crate::mutant::is(#no)))
    }

    /// One expression or another, as the living mutant says.
    fn choose(&mut self, at: Span, own: Expr, others: Vec<(String, Expr)>) -> Expr {
        let mut grown: Option<Expr> = None;
        for (change, other) in others {
            if let Some(is) = self.ask(at, &change) {
                let rest = grown.take().unwrap_or_else(|| own.clone());
                grown = Some(parse_quote!((if #is { #other } else { #rest })));
            }
        }
        grown.unwrap_or(own)
    }

    /// Each arm, and each alternative of one, can be away where the last arm takes what is left.
    fn prune(&mut self, grown: &mut ExprMatch, original: &ExprMatch) {
        let Some((last, arms)) = original.arms.split_last() else {
            return;
        };
        let can_miss = is_catch_all(last);
        let mut pruned = Vec::new();
        for (mut arm, own) in grown.arms.drain(..).zip(arms.iter().chain([last])) {
            if let (Some((_, guard)), Some((_, from))) = (&mut arm.guard, &own.guard) {
                let whole = alternatives::text(from);
                let others = [false, true].map(|value| (format!("guard `{whole}` is {value}"), parse_quote!(#value)));
                **guard = self.choose(from.span(), (**guard).clone(), others.into());
            }
            if !can_miss || std::ptr::eq(own, last) {
                pruned.push(arm);
                continue;
            }
            for pattern in alternatives::each(&own.pat) {
                let mut one = arm.clone();
                one.pat = pattern.clone();
                if let Some(is) = self.ask(
                    pattern.span(),
                    &format!("delete arm `{}`", alternatives::text(&pattern)),
                ) {
                    one.guard = Some(match &arm.guard {
                        Some((_, guard)) => (Default::default(), parse_quote!(!#is && (#guard))),
                        None => (Default::default(), parse_quote!(!#is)),
                    });
                }
                pruned.push(one);
            }
        }
        grown.arms = pruned;
    }

    fn grow_function(&mut self, attributes: &[Attribute], signature: &Signature, block: &mut Block) {
        if is_of_tests(attributes) || signature.constness.is_some() {
            return;
        }
        self.within.push(signature.ident.to_string());
        let (span, values) = (signature.ident.span(), alternatives::values(signature, block));
        self.visit_block_mut(block);
        for (change, value) in values.into_iter().rev() {
            if let Some(is) = self.ask(span, &change) {
                block.stmts.insert(0, parse_quote!(if #is { return #value; }));
            }
        }
        self.within.pop();
    }
}

/// `#[cfg(test)]` or `#[test]`.
fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        path.is_ident("test") || (path.is_ident("cfg") && quote::quote!(#attribute).to_string().contains("test"))
    })
}

impl VisitMut for Garden<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(of_macro) = as_match(expr) {
            let mut other = of_macro.clone();
            other = Expr::Paren(parse_quote!((#other)));
            let is_true = (format!("`{}` is true", alternatives::text(expr)), parse_quote!(true));
            let at = expr.span();
            visit_mut::visit_expr_mut(self, &mut other);
            *expr = self.choose(at, other, vec![is_true]);
            return;
        }
        if alternatives::is_a_bare_quantity(expr) {
            return;
        }
        let original = expr.clone();
        visit_mut::visit_expr_mut(self, expr);
        match (&mut *expr, &original) {
            (Expr::Match(grown), Expr::Match(original)) => self.prune(grown, original),
            (Expr::If(grown), Expr::If(original)) => {
                let others = alternatives::of_condition(&original.cond);
                *grown.cond = self.choose(original.cond.span(), (*grown.cond).clone(), others);
            }
            _ => {}
        }
        let others = alternatives::of(&original);
        if !others.is_empty() {
            *expr = self.choose(original.span(), expr.clone(), others);
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let originals = block.stmts.clone();
        visit_mut::visit_block_mut(self, block);
        let last = originals.len().saturating_sub(1);
        for (no, (stmt, original)) in block.stmts.iter_mut().zip(&originals).enumerate() {
            if !alternatives::can_be_missed(original, no == last) {
                continue;
            }
            if let Some(is) = self.ask(original.span(), &format!("delete `{}`", alternatives::text(original))) {
                *stmt = Stmt::Expr(parse_quote!(if !#is { #stmt }), None);
            }
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        let original = arm.body.clone();
        visit_mut::visit_arm_mut(self, arm);
        if alternatives::writes(&original) {
            let body = arm.body.clone();
            if let Some(is) = self.ask(original.span(), &format!("delete `{}`", alternatives::text(&original))) {
                *arm.body = parse_quote!({ if !#is { #body } });
            }
        }
    }

    fn visit_item_fn_mut(&mut self, item: &mut ItemFn) {
        self.grow_function(&item.attrs, &item.sig, &mut item.block);
    }

    fn visit_impl_item_fn_mut(&mut self, item: &mut ImplItemFn) {
        self.grow_function(&item.attrs, &item.sig, &mut item.block);
    }

    fn visit_trait_item_fn_mut(&mut self, item: &mut syn::TraitItemFn) {
        if let Some(block) = &mut item.default {
            self.grow_function(&item.attrs, &item.sig, block);
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        let of_trait = item
            .trait_
            .as_ref()
            .and_then(|(_, path, _)| Some(path.segments.last()?.ident.to_string()));
        if is_of_tests(&item.attrs) || of_trait.is_some_and(|name| ["Debug", "Display"].contains(&name.as_str())) {
            return;
        }
        let own = alternatives::text(&item.self_ty);
        self.within.push(own.split('<').next().unwrap_or(&own).to_owned());
        visit_mut::visit_item_impl_mut(self, item);
        self.within.pop();
    }

    fn visit_item_mod_mut(&mut self, item: &mut ItemMod) {
        if !is_of_tests(&item.attrs) {
            visit_mut::visit_item_mod_mut(self, item);
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        // What is constant cannot ask.
        if !matches!(
            item,
            Item::Const(_) | Item::Static(_) | Item::Enum(_) | Item::Struct(_) | Item::Macro(_)
        ) {
            visit_mut::visit_item_mut(self, item);
        }
    }

    fn visit_impl_item_const_mut(&mut self, _: &mut syn::ImplItemConst) {}
    fn visit_trait_item_const_mut(&mut self, _: &mut syn::TraitItemConst) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_pat_mut(&mut self, _: &mut Pattern) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_path_arguments_mut(&mut self, _: &mut syn::PathArguments) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_expr_repeat_mut(&mut self, repeat: &mut syn::ExprRepeat) {
        self.visit_expr_mut(&mut repeat.expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(text: &str) -> (Vec<String>, String) {
        let none = BTreeSet::new();
        let mut garden = Garden::new(&none);
        let grown = garden.grow("a.rs", text).expect("Rust");
        (garden.mutants.into_iter().map(|mutant| mutant.name).collect(), grown)
    }

    #[test]
    fn a_comparison_is_exchanged_and_its_function_replaced() {
        let (names, grown) = grown("fn f(a: i32) -> bool { a < 3 }");
        assert_eq!(
            names,
            [
                "a.rs f: literal `3` is 4",
                "a.rs f: literal `3` is 2",
                "a.rs f: `a < 3` with `<=`",
                "a.rs f: `a < 3` with `>`",
                "a.rs f: `a < 3` with `==`",
                "a.rs f: the body is false",
                "a.rs f: the body is true",
            ]
        );
        assert!(
            grown.contains("crate::mutant::is(3u32)") && grown.contains("a <= 3"),
            "{grown}"
        );
    }

    #[test]
    fn arms_can_be_away_where_the_last_one_takes_what_is_left() {
        let (names, _) = grown("fn f(a: E) { match a { E::A | E::B if a.x() => g(), E::C => {}, _ => {} } }");
        let of_arms: Vec<&str> = names.iter().map(|name| name.split(": ").nth(1).unwrap_or("")).collect();
        assert_eq!(
            of_arms,
            [
                "guard `a.x()` is false",
                "guard `a.x()` is true",
                "delete arm `E::A`",
                "delete arm `E::B`",
                "delete arm `E::C`",
                "the body is empty",
            ]
        );
        assert_eq!(
            grown("fn f(a: E) { match a { E::A => g(), E::B => {} } }").0.len(),
            1,
            "both are needed"
        );
    }

    #[test]
    fn statements_can_be_away_and_tests_and_constants_are_left_alone() {
        let text = "const A: i32 = 1 + 2; fn f(mut s: S) -> i32 { s.fault(1); if s.a == s.b { return 5; } s.c } \
                    #[cfg(test)] mod tests { fn g() -> i32 { 1 + 2 } }";
        let deleted: Vec<String> = grown(text)
            .0
            .into_iter()
            .filter(|name| name.contains("delete"))
            .collect();
        let expected = ["`return 5;`", "`s.fault(1);`", "`if s.a == s.b { return 5; }`"];
        assert_eq!(deleted, expected.map(|statement| format!("a.rs f: delete {statement}")));
        assert!(grown(text).0.iter().all(|name| name.starts_with("a.rs f:")));
    }

    #[test]
    fn what_holds_a_let_is_no_plain_expression() {
        let (names, _) = grown("fn f(a: Option<i32>) { if let Some(b) = a && b > c { g(); } }");
        assert!(names.iter().all(|name| !name.contains("||")), "{names:?}");
    }

    /// A microsecond more is no change that anybody could see.
    #[test]
    fn a_bare_quantity_stays() {
        let (names, _) = grown("fn f() -> Micros { Micros(0) }");
        assert_eq!(names, ["a.rs f: the body is Default::default()"]);
    }

    #[test]
    fn what_does_not_compile_is_left_out() {
        let unviable = BTreeSet::from(["a.rs f: `a < b` with `>`".to_owned()]);
        let mut garden = Garden::new(&unviable);
        garden
            .grow("a.rs", "fn f(a: i32, b: i32) -> bool { a < b }")
            .expect("Rust");
        assert_eq!(garden.mutants.len(), 4);
    }
}
