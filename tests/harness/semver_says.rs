//! What the semver crate says of each line: `version TEXT`, `requirement TEXT` or `order TEXT TEXT`, with tabs between.

use std::io::{self, BufRead, Write};

use semver::{Version, VersionReq};

fn main() {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line of UTF-8");
        let said = match line.split('\t').collect::<Vec<_>>()[..] {
            ["version", text] => match Version::parse(text) {
                Ok(version) if version.pre.is_empty() => "release".to_string(),
                Ok(_) => "prerelease".to_string(),
                Err(_) => "none".to_string(),
            },
            ["requirement", text] => match VersionReq::parse(text) {
                Ok(requirement) => requirement.to_string(),
                Err(_) => "none".to_string(),
            },
            ["order", one, other] => match (Version::parse(one), Version::parse(other)) {
                (Ok(one), Ok(other)) => format!("{:?}", one.cmp(&other)).to_lowercase(),
                _ => "none".to_string(),
            },
            _ => panic!("no question: {line:?}"),
        };
        writeln!(out, "{said}").expect("a reader");
    }
}
