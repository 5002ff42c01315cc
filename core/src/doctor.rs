//! Looks whether a profile is whole, and says what is not: the file itself, the changes, and everything that is made
//! from them.
//!
//! Reading order: [`documents`] (changes, and saved documents), [`projection`] (the rows that screens read), [`index`]
//! (what search looks in). Nothing here repairs: [`Core::rebuild`] makes anew whatever follows from the changes.
//!
//! It reads every table from end to end, which is its work: so its statements are not among those that the planner's
//! test holds to an index. What it writes is in transactions that are dropped.

mod documents;
mod index;
mod projection;

use crate::{
    core::{Core, Report},
    domain::ChatNo,
    error::{Error, Result},
    store::Durability,
};

const INTEGRITY: &str = "PRAGMA integrity_check(20)";
const CIPHER_INTEGRITY: &str = "PRAGMA cipher_integrity_check";
const CHANGES: &str = "SELECT count(*) FROM changes WHERE chat_no = ?";

/// Findings of one check that are told; beyond them there is the count.
const TOLD: usize = 20;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Each page of the file as it was sealed.
    Pages,
    /// The database as SQLite sees it.
    Database,
    /// The changes are those that were signed.
    Changes,
    /// Saved documents hold what their changes say.
    Documents,
    /// The rows that screens read are those that the changes make.
    Projection,
    /// The full-text index holds every message that has its place, and nothing else.
    Index,
}

impl Check {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Pages => "pages",
            Self::Changes => "changes",
            Self::Documents => "documents",
            Self::Projection => "projection",
            Self::Index => "index",
        }
    }

    /// What to do when it differs.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Database | Self::Pages => {
                "the disk has damaged the file: copy the profile's directory to another disk, then run `doctor \
                 --rebuild` on the copy; if this stays, go back to an older copy"
            }
            Self::Changes => {
                "what was said is damaged itself, and a rebuild cannot help: keep a copy of the profile's directory and \
                 go back to an older one, or join the chat anew from another member's invitation"
            }
            Self::Documents | Self::Projection | Self::Index => {
                "nothing is lost: `doctor --rebuild` makes this anew from the changes"
            }
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where it belongs to one chat.
    pub chat: Option<ChatNo>,
    pub what: String,
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub check: Check,
    /// Rows, changes, documents or messages, as the check may be.
    pub looked_at: u64,
    /// At most 20.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: usize,
}

impl Checked {
    fn new(check: Check) -> Self {
        Self { check, looked_at: 0, findings: Vec::new(), more: 0 }
    }

    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.findings.is_empty()
    }

    fn found(&mut self, chat: Option<ChatNo>, what: impl Into<String>) {
        if self.findings.len() < TOLD {
            self.findings.push(Finding { chat, what: what.into() });
        } else {
            self.more += 1;
        }
    }

    /// What cannot be looked through is a finding, and does not keep the other checks from being made.
    fn ended(&mut self, chat: Option<ChatNo>, outcome: Result<()>) -> Result<()> {
        match outcome {
            Err(error @ (Error::Damaged(_) | Error::Document(_) | Error::Sql(_) | Error::WrongKey)) => {
                self.found(chat, format!("it cannot be read to the end: {error}"));
                Ok(())
            }
            other => other,
        }
    }
}

/// How far the examination has come, in changes.
struct Steps<'a> {
    report: &'a Report,
    done: usize,
    total: usize,
}

impl Steps<'_> {
    fn go(&mut self, steps: usize) {
        self.done = self.total.min(self.done + steps);
        (self.report)(self.done, self.total);
    }
}

/// Times that each change is looked at: itself and its document, its rows, its words.
const ROUNDS: usize = 3;

impl Core {
    /// Looks through the whole profile. Writing waits meanwhile. Nothing is changed, also when the future is dropped
    /// half-way.
    ///
    /// # Errors
    /// When the disk is full or the database is closed; damage is a finding, not an error.
    pub async fn examine(&self, report: &Report) -> Result<Vec<Checked>> {
        let store = &self.device().store;
        let mut chats = Vec::new();
        for line in self.all_chats().await? {
            let changes: i64 = sqlx::query_scalar(CHANGES)
                .bind(line.number.0)
                .fetch_one(&mut *store.readers().acquire().await?)
                .await?;
            chats.push((line.number, usize::try_from(changes).unwrap_or_default()));
        }
        let total = ROUNDS * chats.iter().map(|(_, changes)| changes).sum::<usize>() + 2;
        let mut steps = Steps { report, done: 0, total };
        steps.go(0);
        // What stands in the log of the database counts as well: it goes into the file first.
        store.checkpoint().await?;
        let mut pages = Checked::new(Check::Pages);
        let outcome = self.ask_for_pages(&mut pages).await;
        pages.ended(None, outcome)?;
        steps.go(1);
        if !pages.is_fine() {
            // A connection that reads such a page answers nothing any more.
            let rest = [Check::Database, Check::Changes, Check::Documents, Check::Projection, Check::Index];
            let unseen = rest.map(|check| {
                let mut unseen = Checked::new(check);
                unseen.found(None, "not looked at, since pages of the file are damaged");
                unseen
            });
            return Ok([pages].into_iter().chain(unseen).collect());
        }
        let mut database = Checked::new(Check::Database);
        let outcome = self.ask_for_integrity(&mut database).await;
        database.ended(None, outcome)?;
        steps.go(1);
        let mut checked = vec![pages, database];

        let (mut changes, mut documents) = (Checked::new(Check::Changes), Checked::new(Check::Documents));
        for (chat, count) in &chats {
            let outcome = documents::examine(self, *chat, &mut changes, &mut documents).await;
            documents.ended(Some(*chat), outcome)?;
            steps.go(*count);
        }
        checked.extend([changes, documents]);

        let mut rows = Checked::new(Check::Projection);
        for (chat, count) in &chats {
            let outcome = projection::examine(self, *chat, &mut rows).await;
            rows.ended(Some(*chat), outcome)?;
            steps.go(*count);
        }
        checked.push(rows);

        let mut words = Checked::new(Check::Index);
        let outcome = index::examine(self, &mut words, &mut steps).await;
        words.ended(None, outcome)?;
        checked.push(words);
        // Rolls back what the last examination left.
        store.begin(Durability::Process).await?.end().await?;
        (steps.report)(total, total);
        Ok(checked)
    }

    /// SQLCipher answers a line for each page that is not as it was sealed.
    async fn ask_for_pages(&self, answer: &mut Checked) -> Result<()> {
        let mut reader = self.device().store.readers().acquire().await?;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *reader).await?;
        answer.looked_at = pages.cast_unsigned();
        for line in sqlx::query_scalar::<_, String>(CIPHER_INTEGRITY).fetch_all(&mut *reader).await? {
            answer.found(None, line);
        }
        Ok(())
    }

    /// SQLite answers a line for each thing that is wrong, else `ok`.
    async fn ask_for_integrity(&self, answer: &mut Checked) -> Result<()> {
        // Over the writer: FTS5 (3.50) looks at an index with what its connection remembers of it, and a reader may
        // remember it as it was before it was made anew.
        let mut tx = self.device().store.begin(Durability::Process).await?;
        let lines: Vec<String> = sqlx::query_scalar(INTEGRITY).fetch_all(&mut *tx).await?;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *tx).await?;
        tx.end().await?;
        answer.looked_at = pages.cast_unsigned();
        for line in lines.into_iter().filter(|line| line != "ok") {
            answer.found(None, line);
        }
        Ok(())
    }
}
