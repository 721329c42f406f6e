//! Which mutant lives in this process: none, or the one whose number `KAOGUAN_MUTANT` gives.
//!
//! Compiled into the grown copy of the exam only. Where `KAOGUAN_REACHED` names a file, each test writes there once which mutants it
//! came by.
use std::cell::RefCell;
use std::fs::File;
use std::io::Write;
use std::sync::LazyLock;

static CHOSEN: LazyLock<(u32, Option<File>)> = LazyLock::new(|| {
    let no = std::env::var("KAOGUAN_MUTANT").ok().and_then(|no| no.parse().ok());
    let file = std::env::var("KAOGUAN_REACHED").ok();
    let open = |path| File::options().create(true).append(true).open(path);
    (no.unwrap_or(0), file.and_then(|path| open(path).ok()))
});

thread_local! {
    static SEEN: RefCell<Vec<bool>> = const { RefCell::new(Vec::new()) };
}

/// Whether this mutant is the one that lives.
pub fn is(no: u32) -> bool {
    let (chosen, reached) = &*CHOSEN;
    if let Some(file) = reached {
        reach(no, file);
    }
    *chosen == no
}

fn reach(no: u32, mut file: &File) {
    let at = no as usize;
    let is_new = SEEN.try_with(|seen| {
        let mut seen = seen.borrow_mut();
        if seen.len() <= at {
            seen.resize(at + 1, false);
        }
        !std::mem::replace(&mut seen[at], true)
    });
    if is_new.unwrap_or(false) {
        let thread = std::thread::current();
        let line = format!("{no}\t{}\n", thread.name().unwrap_or("?"));
        let _ = file.write_all(line.as_bytes());
    }
}
