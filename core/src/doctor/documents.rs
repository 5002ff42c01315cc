//! The changes are those that were signed, and saved documents hold exactly them.

use super::Checked;
use crate::{
    core::Core,
    document::{self, ChangeHash, Segment},
    domain::ChatNo,
    error::{Error, Result},
};

const LAST_SEGMENT: &str = "SELECT max(segment) FROM changes WHERE chat_no = ?";
const CHANGES: &str =
    "SELECT change_no, hash, bytes FROM changes WHERE chat_no = ? AND segment = ? ORDER BY change_no";
const SAVED: &str = "SELECT segment, change_no, saved FROM segments WHERE chat_no = ?";

/// Number, hash and bytes of a change.
type Row = (i64, Vec<u8>, Vec<u8>);

/// One segment at a time: the most that is held.
pub(super) async fn examine(
    core: &Core,
    chat: ChatNo,
    changes: &mut Checked,
    documents: &mut Checked,
) -> Result<()> {
    let mut reader = core.device().store.readers().acquire().await?;
    let saved: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(SAVED).bind(chat.0).fetch_all(&mut *reader).await?;
    let last: Option<i64> = sqlx::query_scalar(LAST_SEGMENT).bind(chat.0).fetch_one(&mut *reader).await?;
    let last = last.into_iter().chain(saved.iter().map(|(segment, ..)| *segment)).max();
    for segment in last.map_or(0..0, |last| 0..last + 1) {
        let rows: Vec<Row> =
            sqlx::query_as(CHANGES).bind(chat.0).bind(segment).fetch_all(&mut *reader).await?;
        changes.looked_at += rows.len() as u64;
        let kept =
            saved.iter().find(|(of, ..)| *of == segment).map(|(_, upto, bytes)| (*upto, bytes.clone()));
        documents.looked_at += u64::from(kept.is_some());
        // Automerge may take a second over a large document.
        let (bad, differs) =
            tokio::task::spawn_blocking(move || (signed(&rows), kept.and_then(|kept| differs(&rows, &kept))))
                .await
                .map_err(|error| Error::Io(std::io::Error::other(error.to_string())))?;
        for number in bad {
            changes.found(Some(chat), format!("change {number} is not the one that its hash names"));
        }
        if let Some(why) = differs {
            documents.found(Some(chat), format!("the saved document {segment} {why}"));
        }
    }
    Ok(())
}

/// Numbers of the changes whose bytes are not what was signed.
fn signed(rows: &[Row]) -> Vec<i64> {
    let bad = rows.iter().filter(|(_, hash, bytes)| document::hash_of(bytes) != ChangeHash::from_slice(hash));
    bad.map(|(number, ..)| *number).collect()
}

/// How a saved document differs from the changes up to the one it says it holds.
fn differs(rows: &[Row], (upto, saved): &(i64, Vec<u8>)) -> Option<&'static str> {
    let Ok(loaded) = Segment::load(saved) else { return Some("does not open") };
    let held = rows.iter().take_while(|(number, ..)| number <= upto).map(|(.., bytes)| bytes.as_slice());
    match Segment::rebuild(held) {
        Ok(made) if made.heads() == loaded.heads() => None,
        Ok(_) => Some("does not hold what its changes say"),
        Err(_) => Some("cannot be compared: its changes do not make a document"),
    }
}
