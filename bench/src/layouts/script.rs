//! A layout's file: the schema, then a section for each thing that is asked of it or done to it.
//!
//! ```text
//! CREATE TABLE …;
//! -- name: newest
//! SELECT … :chat …;
//! ```
//!
//! `-- scans TABLE: reason` allows a full scan in the section, `-- sorts: reason` a sort, and `-- cannot: reason` says
//! that the layout has no answer. Everything else must be found through an index: [`Section::objection`].

use std::collections::BTreeMap;

use anyhow::{Result, bail};

#[derive(Debug)]
pub struct Script {
    pub schema: String,
    pub sections: BTreeMap<String, Section>,
}

#[derive(Debug, Default)]
pub struct Section {
    pub statements: Vec<String>,
    /// Tables, by the name the query gives them, that may be read whole.
    scans: Vec<String>,
    sorts: bool,
    pub cannot: Option<String>,
}

impl Script {
    /// # Errors
    /// When a section says nothing.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.split("\n-- name: ");
        let schema = parts.next().unwrap_or_default().to_owned();
        let mut sections = BTreeMap::new();
        for part in parts {
            let (name, body) = part.split_once('\n').unwrap_or((part, ""));
            let section = Section::parse(body);
            if section.statements.is_empty() && section.cannot.is_none() {
                bail!("section {name} is empty");
            }
            sections.insert(name.trim().to_owned(), section);
        }
        Ok(Self { schema, sections })
    }
}

impl Section {
    fn parse(body: &str) -> Self {
        let mut section = Self::default();
        let mut sql = String::new();
        for line in body.lines() {
            if let Some(comment) = line.strip_prefix("-- ") {
                match comment.split_once(": ") {
                    Some(("cannot", reason)) => section.cannot = Some(reason.to_owned()),
                    Some(("sorts", _)) => section.sorts = true,
                    Some((what, _)) => section.scans.extend(what.strip_prefix("scans ").map(str::to_owned)),
                    None => {}
                }
                continue;
            }
            sql.push_str(line);
            sql.push('\n');
            if line.ends_with(';') {
                section.statements.push(std::mem::take(&mut sql).trim().to_owned());
            }
        }
        section
    }

    /// What speaks against a line of `EXPLAIN QUERY PLAN`; `None`: it uses an index, or the section gives its reason.
    #[must_use]
    pub fn objection(&self, line: &str) -> Option<&'static str> {
        if line.starts_with("USE TEMP B-TREE") {
            return (!self.sorts).then_some("a sort without a reason");
        }
        // Only what SQLite makes itself from rows that were found by an index.
        if line.contains("AUTOMATIC") {
            return (!self.sorts).then_some("an index made for one query, without a reason");
        }
        let table = line.strip_prefix("SCAN ")?.split(' ').next()?;
        let indexed = line.contains(" USING ") || line.contains("VIRTUAL TABLE INDEX 0:M")
            // A full-text match, the highest row ids first.
            || line.contains("VIRTUAL TABLE INDEX 192:M");
        let made = table.starts_with('(') || table == "CONSTANT" || table == "bits";
        let allowed = indexed || made || self.scans.iter().any(|scan| scan == table);
        (!allowed).then_some("a full scan without a reason")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- A layout.\nCREATE TABLE t (a);\n\n\
        -- name: newest\n-- A word on it.\nSELECT a\n    FROM t;\n\n\
        -- name: both\n-- scans t: all are wanted\nINSERT INTO t VALUES (1);\nDELETE FROM t;\n\
        -- name: who\n-- cannot: no\n";

    #[test]
    fn a_file_is_a_schema_and_sections() {
        let script = Script::parse(TEXT).unwrap();
        assert!(script.schema.contains("CREATE TABLE t (a);"));
        assert_eq!(script.sections["newest"].statements, ["SELECT a\n    FROM t;"]);
        assert_eq!(script.sections["both"].statements.len(), 2);
        assert_eq!(script.sections["who"].cannot.as_deref(), Some("no"));
        assert!(Script::parse("\n-- name: nothing\n").is_err());
    }

    #[test]
    fn a_scan_and_a_sort_need_a_reason() {
        let script = Script::parse(TEXT).unwrap();
        let (plain, reasoned) = (&script.sections["newest"], &script.sections["both"]);
        for line in
            ["SCAN t", "USE TEMP B-TREE FOR ORDER BY", "SEARCH u USING AUTOMATIC COVERING INDEX (a=?)"]
        {
            assert!(plain.objection(line).is_some(), "{line}");
        }
        assert!(reasoned.objection("SCAN t").is_none() && reasoned.objection("SCAN u").is_some());
        for line in ["SEARCH t USING INDEX i (a=?)", "SCAN t USING COVERING INDEX i", "SCAN CONSTANT ROW"] {
            assert!(plain.objection(line).is_none(), "{line}");
        }
        assert!(plain.objection("SCAN s VIRTUAL TABLE INDEX 0:M1").is_none());
        assert!(plain.objection("SCAN s VIRTUAL TABLE INDEX 0:").is_some());
    }
}
