//! The part of taking in an envelope that asks nothing of the store: opening, reading, checking the signature. It is most
//! of the work. Of many envelopes it is done ahead, on all cores, while those before them are checked and written.
//!
//! Not here: who may have written it, and what is in its changes.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use beseda_protocol::{
    ChatId, EnvelopeId, Seq, codec,
    content::Content,
    envelope::{EnvelopeKind, LogEntry},
    limits,
    sign::BadSignature,
};
use tokio::sync::oneshot;

use crate::{
    crypto::{Secret, seal},
    document,
    store::{memory::Era, quarantine::Reason},
};

/// Fewer envelopes than this are opened where they are taken in: to hand them over would cost more.
const WORTH_IT: usize = 32;
/// Envelopes opened at a time.
const CHUNK: usize = 64;
/// Threads at most: beyond them, writing is what takes its time.
const THREADS: usize = 8;

/// What an envelope holds.
pub(super) struct Opened {
    pub content: Content,
    /// By the device it names, over its last change.
    pub signed: Result<(), BadSignature>,
}

/// Opens and reads an envelope.
///
/// # Errors
/// Why it is to be set aside.
pub(super) fn open(chat: ChatId, key: &Secret, id: EnvelopeId, body: &[u8]) -> Result<Opened, Reason> {
    let bound = seal::bound_to(chat, id);
    let plain =
        seal::open(key, seal::Part::Content, &bound, body, limits::CONTENT_BYTES).map_err(Reason::invalid)?;
    let content: Content = codec::decode(&plain, limits::CONTENT_BYTES).map_err(Reason::invalid)?;
    let last = content.changes.last().and_then(|bytes| document::hash_of(bytes));
    let signed = last.map_or(Err(BadSignature), |last| content.verify_changes(chat, &last.0));
    Ok(Opened { content, signed })
}

struct Job {
    seq: Seq,
    id: EnvelopeId,
    body: Vec<u8>,
}

/// An envelope's seq, the key it was opened with, and what came of it.
type Done = (Seq, Secret, Result<Opened, Reason>);

struct Chunk {
    jobs: Vec<Job>,
    answer: Mutex<Option<oneshot::Sender<VecDeque<Done>>>>,
}

/// Envelopes of one batch that are being opened.
#[derive(Default)]
pub(super) struct Ahead {
    answers: VecDeque<oneshot::Receiver<VecDeque<Done>>>,
    done: VecDeque<Done>,
}

impl Ahead {
    /// Starts to open those of `entries` that come after `cursor`, under the eras known so far.
    pub(super) fn start(chat: ChatId, eras: Vec<Era>, entries: &[LogEntry], cursor: Seq) -> Self {
        let new = |entry: &&LogEntry| entry.kind == EnvelopeKind::Content && entry.seq > cursor;
        let jobs: Vec<&LogEntry> = entries.iter().filter(new).collect();
        if jobs.len() < WORTH_IT {
            return Self::default();
        }
        let mut answers = VecDeque::new();
        let mut chunks = Vec::new();
        for jobs in jobs.chunks(CHUNK) {
            let (answer, receiver) = oneshot::channel();
            answers.push_back(receiver);
            let job = |entry: &&LogEntry| Job { seq: entry.seq, id: entry.id, body: entry.body.clone() };
            chunks.push(Chunk { jobs: jobs.iter().map(job).collect(), answer: Mutex::new(Some(answer)) });
        }
        let work = Arc::new((chunks, AtomicUsize::new(0)));
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for _ in 0..threads.min(THREADS).min(work.0.len()) {
            let (work, eras) = (work.clone(), eras.clone());
            tokio::task::spawn_blocking(move || {
                let (chunks, next) = &*work;
                // In the order in which they are waited for.
                while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = chunk.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
                    // Nobody waits: the batch was given up.
                    let Some(answer) = answer.filter(|answer| !answer.is_closed()) else { return };
                    let _ = answer.send(chunk.jobs.iter().filter_map(|job| done(chat, &eras, job)).collect());
                }
            });
        }
        Self { answers, done: VecDeque::new() }
    }

    /// What came of the envelope at `seq`, if it was opened ahead and under this key. To be asked for in rising order.
    pub(super) async fn take(&mut self, seq: Seq, key: &Secret) -> Option<Result<Opened, Reason>> {
        loop {
            while let Some((at, with, opened)) = self.done.pop_front() {
                if at == seq {
                    return (with == *key).then_some(opened);
                }
                if at > seq {
                    self.done.push_front((at, with, opened));
                    return None;
                }
            }
            self.done = self.answers.pop_front()?.await.unwrap_or_default();
        }
    }
}

/// `None` where this device may not read yet.
fn done(chat: ChatId, eras: &[Era], job: &Job) -> Option<Done> {
    let after = eras.partition_point(|era| era.handshake < job.seq);
    let key = eras[after.checked_sub(1)?].key.clone();
    let opened = open(chat, &key, job.id, &job.body);
    Some((job.seq, key, opened))
}
