//! A bundle: what this device has of its chats, in one file, for devices that no relay brings it to. It holds what the relay
//! would hold, sealed as it is there, and what waits to be sent; so it can be read by who is in a chat and by nobody else, and
//! as often as one likes.
//!
//! The file begins with [`MAGIC`]; then parts follow, each a length (u32, big-endian) and the CBOR of a [`Part`].
//! Not here: how an envelope is sealed or taken in (`sync`).

use std::path::Path;

use beseda_protocol::{
    ChatId, EnvelopeId, LogId, Seq, Tag, codec,
    envelope::{Envelope, LogEntry},
    limits,
};
use serde::{Deserialize, Serialize};
use tempfile::{Builder, NamedTempFile};
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, BufWriter},
    task::spawn_blocking,
};

use crate::{
    Report,
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability,
        chats::{self, ChatState, Status},
        log::{self, Known, What},
        members,
    },
    sync::{
        ingest::{self, Source},
        outbox, refill,
    },
};

const MAGIC: &[u8; 16] = b"beseda bundle 1\n";
/// Largest part, in bytes: a batch of the log and what goes around it.
const PART_BYTES: usize = 2 * limits::REQUEST_BYTES;
/// Bytes that go to the disk, or come from it, in one call.
const BUFFER_BYTES: usize = 256 * 1024;

/// Something of one chat.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    v: u16,
    chat: ChatId,
    log: LogId,
    /// Without a hole.
    entries: Vec<LogEntry>,
    /// Content that no log holds yet, in the order in which it was written.
    queued: Vec<Envelope>,
}

/// What a bundle was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    pub chats: u32,
    pub envelopes: u64,
}

/// What came of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Envelopes that brought something.
    pub envelopes: u64,
    /// Chats in which they did.
    pub chats: Vec<ChatNo>,
    /// Chats that this person is not in.
    pub unknown: u32,
    /// Chats of which more is missing here than the bundle holds: what it holds of them was not taken in.
    pub gaps: Vec<ChatNo>,
    /// Envelopes that could not be taken in, of what no log holds yet: sealed for others than are in now, as a rule, because one
    /// of the two has not heard who came or went.
    pub unopened: u64,
}

/// Writes a bundle. Without `all` it begins, in each chat, where the slowest of the other members is known to be.
///
/// Who drops the future, or meets an error, leaves no file; one that was there before stays as it was.
///
/// # Errors
/// When the file cannot be written.
pub async fn export(device: &Device, path: &Path, all: bool, report: &Report) -> Result<Exported> {
    let beside = path.to_owned();
    // Dropped, it takes its file away, also where nobody waits for it any more.
    let unfinished = blocking(move || unfinished(&beside)).await?;
    let (file, unfinished) = unfinished.into_parts();
    let mut file = BufWriter::with_capacity(BUFFER_BYTES, File::from_std(file));
    let exported = write(device, &mut file, all, report).await?;
    file.flush().await?;
    file.get_ref().sync_all().await?;
    let path = path.to_owned();
    blocking(move || unfinished.persist(path).map_err(|failed| failed.error)).await?;
    Ok(exported)
}

/// Where a bundle is while it is made; its name comes with the end.
fn unfinished(path: &Path) -> std::io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = Builder::new();
    // It is for others: as readable as any other new file.
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    file.suffix(".partial").tempfile_in(directory)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    spawn_blocking(work).await?
}

async fn write(
    device: &Device,
    file: &mut (impl AsyncWrite + Unpin),
    all: bool,
    report: &Report,
) -> Result<Exported> {
    file.write_all(MAGIC).await?;
    let mut exported = Exported::default();
    let synced = chats::synced(&mut *device.store.readers().acquire().await?).await?;
    for (n, chat) in synced.iter().enumerate() {
        report(n, synced.len());
        let queued = outbox::all(device, *chat).await?;
        let mut reader = device.store.readers().acquire().await?;
        let state = chats::state(&mut reader, *chat).await?;
        let (Some(of), Status::Active) = (state.log, state.status) else { continue };
        let after =
            if all { Seq::ZERO } else { members::all_have(&mut reader, *chat, device.me.number).await? };
        let known = log::known(&mut reader, *chat, state.id, after, state.cursor).await?;
        drop(reader);
        // What is closed to this device may be open to others: nothing is to stand in its place.
        let gap = known.iter().rposition(|known| matches!(known.what, What::Unknown));
        let mut rest = &known[gap.map_or(0, |gap| gap + 1)..];
        exported.chats += 1;
        exported.envelopes += (rest.len() + queued.len()) as u64;
        while !rest.is_empty() {
            let page = &rest[..rest.len().min(limits::APPEND_ENVELOPES)];
            // A page at a time: whoever writes meanwhile does not wait for the whole chat.
            let mut tx = device.store.begin(Durability::Process).await?;
            let entries = entries(&mut tx, &state, page).await?;
            tx.end().await?;
            rest = &rest[entries.len()..];
            put(file, &Part { v: 1, chat: state.id, log: of, entries, queued: vec![] }).await?;
        }
        for envelope in queued {
            let queued = vec![envelope];
            put(file, &Part { v: 1, chat: state.id, log: of, entries: vec![], queued }).await?;
        }
    }
    report(synced.len(), synced.len());
    Ok(exported)
}

async fn entries(tx: &mut crate::store::Tx<'_>, state: &ChatState, page: &[Known]) -> Result<Vec<LogEntry>> {
    let envelopes = refill::envelopes(tx, state, page).await?;
    let entry = |(known, envelope): (&Known, Envelope)| LogEntry {
        seq: known.seq,
        id: envelope.id,
        kind: envelope.kind,
        accepted_at: known.accepted_at,
        // The relay's own.
        tag: Tag::default(),
        body: envelope.body,
    };
    Ok(page.iter().zip(envelopes).map(entry).collect())
}

async fn put(file: &mut (impl AsyncWrite + Unpin), part: &Part) -> Result<()> {
    let bytes = codec::encode(part);
    let length = u32::try_from(bytes.len()).map_err(|_| Error::Damaged("a bundle's part"))?;
    file.write_all(&length.to_be_bytes()).await?;
    file.write_all(&bytes).await?;
    Ok(())
}

/// Takes in a bundle; what is here already is passed over. Who drops the future keeps what was taken in until then.
///
/// # Errors
/// [`Error::NotABundle`]; what was taken in before a part that cannot be read stays.
pub async fn import(device: &Device, path: &Path, report: &Report) -> Result<Imported> {
    let file = File::open(path).await?;
    let all = file.metadata().await?.len();
    let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
    let mut magic = [0; MAGIC.len()];
    if file.read_exact(&mut magic).await.is_err() || magic != *MAGIC {
        return Err(Error::NotABundle);
    }
    let percent = |at: u64| usize::try_from(at * 100 / all.max(1)).unwrap_or(100).min(100);
    let mut imported = Imported::default();
    let mut at = MAGIC.len() as u64;
    let mut unknown: Vec<ChatId> = Vec::new();
    while let Some(part) = next(&mut file, &mut at).await? {
        report(percent(at), 100);
        let chat = chats::find(&mut *device.store.readers().acquire().await?, part.chat).await?;
        let Some(chat) = chat else {
            if !unknown.contains(&part.chat) {
                unknown.push(part.chat);
            }
            continue;
        };
        take(device, chat, part, &mut imported).await?;
    }
    imported.unknown = u32::try_from(unknown.len()).unwrap_or(u32::MAX);
    report(100, 100);
    Ok(imported)
}

async fn next(file: &mut (impl AsyncRead + Unpin), at: &mut u64) -> Result<Option<Part>> {
    let mut length = [0; 4];
    if file.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    file.read_exact(&mut length[1..]).await.map_err(|_| Error::NotABundle)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > PART_BYTES {
        return Err(Error::NotABundle);
    }
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).await.map_err(|_| Error::NotABundle)?;
    *at += 4 + length as u64;
    let part: Part = codec::decode(&bytes, PART_BYTES).map_err(|_| Error::NotABundle)?;
    if part.v == 1 { Ok(Some(part)) } else { Err(Error::NotABundle) }
}

/// Whether there is a bundle at `path`, as far as its beginning tells.
pub async fn is_bundle(path: &Path) -> bool {
    let mut magic = [0; MAGIC.len()];
    let Ok(mut file) = File::open(path).await else { return false };
    file.read_exact(&mut magic).await.is_ok() && magic == *MAGIC
}

async fn take(device: &Device, chat: ChatNo, part: Part, imported: &mut Imported) -> Result<()> {
    let state = chats::state(&mut *device.store.readers().acquire().await?, chat).await?;
    if state.status != Status::Active || imported.gaps.contains(&chat) {
        return Ok(());
    }
    if !fits(&state, &part) {
        imported.gaps.push(chat);
        return Ok(());
    }
    let before = imported.envelopes;
    let new = part.entries.iter().filter(|entry| entry.seq > state.cursor).count();
    if new > 0 {
        // It goes on where this device is: else `fits` had said so.
        if ingest::ingest(device, chat, part.log, &part.entries, Source::Bundle).await?.is_err() {
            imported.gaps.push(chat);
            return Ok(());
        }
        imported.envelopes += new as u64;
    }
    if !part.queued.is_empty() {
        let taken = ingest::take_queued(device, chat, &part.queued).await?;
        imported.envelopes += u64::from(taken.brought);
        imported.unopened += u64::from(taken.refused);
    }
    if imported.envelopes > before && !imported.chats.contains(&chat) {
        imported.chats.push(chat);
    }
    Ok(())
}

/// Whether what a part holds of the log goes on from what is here, as far as that can be told. Its order is its author's
/// word: should the relay have another one, the two logs are brought together as after a loss.
fn fits(state: &ChatState, part: &Part) -> bool {
    if state.log != Some(part.log) {
        return false;
    }
    let Some(first) = part.entries.first() else { return true };
    let here = part.entries.iter().find(|entry| entry.seq == state.cursor).map(|entry| entry.id);
    let same = |id: EnvelopeId| {
        state.cursor_id.is_none_or(|known| known == id) || id == EnvelopeId::void(state.id, state.cursor)
    };
    first.seq <= state.cursor.next() && here.is_none_or(same)
}
