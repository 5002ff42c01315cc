//! The one writer of logs: gathers what arrived while the last commit ran, commits it together, then answers.
//!
//! No timer: alone, an append waits for its own fsync only; under load the groups grow by themselves.

use std::sync::Arc;

use beseda_protocol::request::{ErrorCode, RelayError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{
    clock::Clock,
    fanout::Fanout,
    relay::store_failed,
    store::{AppendRequest, Appended, LogStore},
};

/// Envelopes and bytes of one transaction, about: one request more may go over.
const GROUP_ENVELOPES: usize = 2048;
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// What to tell who comes when the queue is full, in milliseconds.
const RETRY_AFTER: u64 = 250;

type Reply = oneshot::Sender<Result<Appended, RelayError>>;

struct Job {
    request: AppendRequest,
    bytes: usize,
    reply: Reply,
    /// Its share of the queue's bytes.
    room: OwnedSemaphorePermit,
}

#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    most_bytes: usize,
}

impl Writer {
    /// Starts the writer. It ends, with everything answered, when all clones are dropped.
    pub fn start(
        store: Arc<dyn LogStore>,
        fanout: Arc<Fanout>,
        clock: Clock,
        queue_requests: usize,
        queue_bytes: usize,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (jobs, waiting) = mpsc::channel(queue_requests);
        let most_bytes = queue_bytes.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        let writer = Self { jobs, room: Arc::new(Semaphore::new(most_bytes)), most_bytes };
        (writer, tokio::spawn(write(store, fanout, clock, waiting)))
    }

    /// Answers after the request is on disk, or was refused. Dropping the future does not take it back.
    pub async fn append(&self, request: AppendRequest) -> Result<Appended, RelayError> {
        let bytes: usize = request.envelopes.iter().map(weight).sum();
        let bytes = bytes.min(self.most_bytes);
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|_| busy())?;
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { request, bytes, reply, room }).map_err(|_| busy())?;
        answer.await.unwrap_or_else(|_| Err(RelayError::new(ErrorCode::Internal, "the writer has stopped")))
    }
}

fn weight(envelope: &beseda_protocol::envelope::Envelope) -> usize {
    let welcomes: usize = envelope.welcomes.iter().map(|welcome| welcome.body.len() + 64).sum();
    let keys = envelope.keys.as_ref().map_or(0, |keys| (keys.put.len() + keys.remove.len()) * 64);
    envelope.body.len() + 128 + welcomes + keys
}

fn busy() -> RelayError {
    let message = "the relay is writing as fast as it can";
    RelayError { retry_after: Some(RETRY_AFTER), ..RelayError::new(ErrorCode::Busy, message) }
}

async fn write(
    store: Arc<dyn LogStore>,
    fanout: Arc<Fanout>,
    clock: Clock,
    mut waiting: mpsc::Receiver<Job>,
) {
    while let Some(first) = waiting.recv().await {
        let (mut envelopes, mut bytes) = (first.request.envelopes.len(), first.bytes);
        let mut requests = vec![first.request];
        let mut replies = vec![first.reply];
        let mut rooms = vec![first.room];
        while envelopes < GROUP_ENVELOPES
            && bytes < GROUP_BYTES
            && let Ok(job) = waiting.try_recv()
        {
            envelopes += job.request.envelopes.len();
            bytes += job.bytes;
            requests.push(job.request);
            replies.push(job.reply);
            rooms.push(job.room);
        }
        let chats: Vec<_> = requests.iter().map(|request| request.chat).collect();
        match store.append(requests, clock()).await {
            Ok(answers) => {
                for ((answer, reply), chat) in answers.into_iter().zip(replies).zip(chats) {
                    if let Appended::Accepted { inboxes, .. } = &answer {
                        fanout.chat(chat);
                        inboxes.iter().for_each(|(device, number)| fanout.inbox(*device, *number));
                    }
                    // Who hung up asks again with the same ids.
                    let _ = reply.send(Ok(answer));
                }
            }
            Err(error) => {
                let error = store_failed(&error);
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }
}
