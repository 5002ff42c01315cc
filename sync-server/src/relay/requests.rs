//! Each request of [`beseda_protocol::request`]: who may make it, and what it does.

use beseda_protocol::{
    LogId, Seq, Tag,
    access::{AccessRefusal, ChatProof},
    backup::Voucher,
    codec,
    envelope::EnvelopeKind,
    identity::Identity,
    limits,
    request::{
        AcknowledgeInbox, Append, AppendAnswer, BackupAnswer, Challenge, ChallengeAnswer, Deliver, Done,
        ErrorCode, FindInDirectory, FoundInDirectory, HandshakesAnswer, Hello, HelloAnswer, InboxAnswer,
        KeyPackageAnswer, KeyPackagesAnswer, ListHandshakes, ListMarks, MarksAnswer, OpenChats,
        OpenChatsAnswer, OpenSession, PublishKeyPackages, PutBackup, PutInDirectory, RelayError, Request,
        SessionAnswer, TakeBackup, TakeInbox, TakeKeyPackage,
    },
    sign::{self, Purpose},
};
use std::{sync::PoisonError, time::Duration};

use super::{Access, Relay, busy, decode, encode, store_failed};
use crate::{
    check,
    sessions::{Session, SessionId},
    store::{Account, Admission, AppendRequest, Appended, BackupPut, BackupStored, Page},
};

/// Proofs checked without leaving the thread; a signature takes 30 to 70 µs.
const FEW_PROOFS: usize = 8;
/// What a proof costs of the rate of requests.
const PROOF_COST: f64 = 0.02;
/// What a mark costs of the rate of requests: a full answer takes 15 to 90 ms, by the size of the bodies beside it.
const MARK_COST: f64 = 0.001;
/// What a look into the directory costs beyond its own request: to try all names takes for ever.
const LOOKUP_COST: f64 = 20.0;
/// What a key package costs beyond its own request: a device has twenty, and puts new ones only when it is here.
const PACKAGE_COST: f64 = 4.0;
const LONGEST_INVITE: usize = 256;

pub async fn call(
    relay: &Relay,
    session: Option<SessionId>,
    name: &str,
    body: &[u8],
) -> Result<Vec<u8>, RelayError> {
    match name {
        Hello::NAME => {
            let Hello { v: _ } = decode(body)?;
            Ok(encode::<Hello>(&HelloAnswer {
                v: beseda_protocol::PROTOCOL_VERSION,
                invite_required: relay.config.invite_required,
                time: relay.now(),
                directory: relay.config.directory,
            }))
        }
        Challenge::NAME => challenge(relay, decode(body)?).map(|answer| encode::<Challenge>(&answer)),
        OpenSession::NAME => {
            open_session(relay, decode(body)?).await.map(|answer| encode::<OpenSession>(&answer))
        }
        _ => {
            let session = relay.session(session)?;
            let charged = session.charge(relay.config.rates, 1.0, body.len());
            charged.map_err(|wait| busy("this session sends too fast", wait))?;
            in_session(relay, &session, name, body).await
        }
    }
}

async fn in_session(
    relay: &Relay,
    session: &Session,
    name: &str,
    body: &[u8],
) -> Result<Vec<u8>, RelayError> {
    let failed = |error| store_failed(&error);
    let (store, device) = (relay.store(), session.device);
    Ok(match name {
        OpenChats::NAME => encode::<OpenChats>(&open_chats(relay, session, decode(body)?).await?),
        Append::NAME => encode::<Append>(&append(relay, session, decode(body)?).await?),
        ListHandshakes::NAME => encode::<ListHandshakes>(&handshakes(relay, session, decode(body)?).await?),
        ListMarks::NAME => encode::<ListMarks>(&marks(relay, session, decode(body)?).await?),
        Deliver::NAME => {
            let request: Deliver = decode(body)?;
            check::deliver(&request)?;
            let number = store.deliver(request.to, request.id, request.body).await.map_err(failed)?;
            relay.fanout.inbox(request.to, number.ok_or_else(undeliverable)?);
            encode::<Deliver>(&Done {})
        }
        TakeInbox::NAME => {
            let TakeInbox { after } = decode(body)?;
            let page = Page { bytes: limits::BATCH_BYTES, count: limits::INBOX_ITEMS };
            let (items, more) = store.inbox(device, after, page).await.map_err(failed)?;
            encode::<TakeInbox>(&InboxAnswer { items, more })
        }
        AcknowledgeInbox::NAME => {
            let AcknowledgeInbox { upto } = decode(body)?;
            store.acknowledge(device, upto).await.map_err(failed)?;
            encode::<AcknowledgeInbox>(&Done {})
        }
        PublishKeyPackages::NAME => {
            let request: PublishKeyPackages = decode(body)?;
            check::key_packages(&request)?;
            let packages = request.packages.into_iter().map(|package| package.into_vec()).collect();
            let kept = store.publish_key_packages(device, packages, relay.now()).await.map_err(failed)?;
            encode::<PublishKeyPackages>(&KeyPackagesAnswer { kept })
        }
        TakeKeyPackage::NAME => {
            let TakeKeyPackage { device } = decode(body)?;
            let charged = session.charge(relay.config.rates, PACKAGE_COST, 0);
            charged.map_err(|wait| busy("this session takes too many key packages", wait))?;
            let package = store.take_key_package(device).await.map_err(failed)?;
            encode::<TakeKeyPackage>(&KeyPackageAnswer { package })
        }
        PutInDirectory::NAME => {
            put_in_directory(relay, session, decode(body)?).await?;
            encode::<PutInDirectory>(&Done {})
        }
        FindInDirectory::NAME => {
            let FindInDirectory { username } = decode(body)?;
            has_directory(relay)?;
            let charged = session.charge(relay.config.rates, LOOKUP_COST, 0);
            charged.map_err(|wait| busy("this session asks for too many people", wait))?;
            let identity = match limits::is_username(&username) {
                true => store.find_in_directory(username).await.map_err(failed)?,
                false => None,
            };
            encode::<FindInDirectory>(&FoundInDirectory { identity })
        }
        PutBackup::NAME => {
            let request: PutBackup = decode(body)?;
            check::backup(&request)?;
            let PutBackup { backup, writers, records, signature } = request;
            if let Some(signature) = &signature {
                let signed = beseda_protocol::backup::signed(&writers, &records);
                sign::verify(&backup.0, Purpose::Backup, &[&signed], signature).map_err(|_| {
                    RelayError::new(ErrorCode::BadProof, "the records are not signed by the backup's key")
                })?;
            }
            let put = BackupPut { backup, by_key: signature.is_some(), writers, records };
            match store.put_backup(device, put).await.map_err(failed)? {
                BackupStored::Done => encode::<PutBackup>(&Done {}),
                BackupStored::Full => return Err(RelayError::new(ErrorCode::TooLarge, "the backup is full")),
                BackupStored::Denied => {
                    return Err(RelayError::new(ErrorCode::Denied, "this device may not write the backup"));
                }
            }
        }
        TakeBackup::NAME => {
            let TakeBackup { backup, after, signature } = decode(body)?;
            Voucher { backup, signature }
                .verify(&session.nonce, device)
                .map_err(|_| RelayError::new(ErrorCode::BadProof, "the proof is not by the backup's key"))?;
            let page = Page { bytes: limits::BATCH_BYTES, count: limits::BATCH_ENTRIES };
            let (records, more) = store.backup(backup, after, page).await.map_err(failed)?;
            encode::<TakeBackup>(&BackupAnswer { records, more })
        }
        _ => return Err(RelayError::new(ErrorCode::Invalid, "there is no request of this name")),
    })
}

fn has_directory(relay: &Relay) -> Result<(), RelayError> {
    if relay.config.directory {
        return Ok(());
    }
    Err(RelayError::new(ErrorCode::NoDirectory, "this relay keeps no directory of people"))
}

/// Only a device of the person may, and none that they have removed since.
async fn put_in_directory(
    relay: &Relay,
    session: &Session,
    request: PutInDirectory,
) -> Result<(), RelayError> {
    has_directory(relay)?;
    let invalid = |message: &str| RelayError::new(ErrorCode::Invalid, message);
    let PutInDirectory { username, identity } = request;
    if !username.is_empty() && !limits::is_username(&username) {
        return Err(invalid("that is no username"));
    }
    let active = |bytes: &[u8]| {
        let identity: Identity = codec::decode(bytes, limits::IDENTITY_BYTES).ok()?;
        let devices = identity.devices().ok()?;
        let here = devices.iter().find(|known| known.device == session.device).map(|known| known.active);
        Some((identity.user_id(), identity.chain.len(), here))
    };
    let Some((user, length, Some(true))) = active(&identity) else {
        return Err(invalid("an identity in which this device is not active"));
    };
    let before = relay.store().listed(user).await.map_err(|error| store_failed(&error))?;
    if let Some((_, before, here)) = before.as_deref().and_then(active)
        && (here == Some(false) || before > length)
    {
        return Err(RelayError::new(
            ErrorCode::Denied,
            "the directory knows a newer identity of this person",
        ));
    }
    let put = relay.store().put_in_directory(user, username, identity, relay.now()).await;
    if put.map_err(|error| store_failed(&error))? {
        Ok(())
    } else {
        Err(RelayError::new(ErrorCode::Taken, "somebody else has that username"))
    }
}

fn random<const N: usize>() -> Result<[u8; N], RelayError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no randomness");
        RelayError::new(ErrorCode::Internal, "the relay has no randomness")
    })?;
    Ok(bytes)
}

fn challenge(relay: &Relay, request: Challenge) -> Result<ChallengeAnswer, RelayError> {
    let nonce = random()?;
    let mut challenges = relay.challenges.lock().unwrap_or_else(PoisonError::into_inner);
    if challenges.give(nonce, request.device, relay.now()) {
        Ok(ChallengeAnswer { nonce })
    } else {
        Err(busy("too many challenges are waiting", Duration::from_secs(5)))
    }
}

async fn open_session(relay: &Relay, request: OpenSession) -> Result<SessionAnswer, RelayError> {
    let OpenSession { device, nonce, server, signature, invite, voucher } = request;
    let bad = |message: &str| RelayError::new(ErrorCode::BadProof, message);
    let now = relay.now();
    let given = relay.challenges.lock().unwrap_or_else(PoisonError::into_inner).redeem(&nonce, device, now);
    if !given {
        return Err(bad("the challenge is not known, used or too old: ask for a new one"));
    }
    if !relay.config.names.iter().any(|name| name.eq_ignore_ascii_case(&server)) {
        return Err(bad("the proof names another server; an operator adds names with --name"));
    }
    sign::verify(&device.0, Purpose::Session, &[server.as_bytes(), &[0], &nonce], &signature)
        .map_err(|_| bad("the proof is not by the device's key"))?;

    let token_hash =
        invite.filter(|token| token.len() <= LONGEST_INVITE).map(|token| crate::store::invite_hash(&token));
    let vouched = match voucher {
        None => None,
        Some(voucher) => {
            voucher.verify(&nonce, device).map_err(|_| bad("the voucher is not by the backup's key"))?;
            Some(voucher.backup)
        }
    };
    let admission = Admission { invite_required: relay.config.invite_required, token_hash, vouched };
    match relay.store.open_account(device, admission, now).await.map_err(|error| store_failed(&error))? {
        Account::Known => {}
        Account::Opened => tracing::info!("account opened"),
        Account::InviteRequired => {
            let message = "this relay opens accounts by invitation: ask its operator for a token";
            return Err(RelayError::new(ErrorCode::InviteRequired, message));
        }
        Account::InviteUnknown => {
            let message = "the invitation is not known or used up: ask the relay's operator for a new one";
            return Err(RelayError::new(ErrorCode::InviteUnknown, message));
        }
    }
    let id = random()?;
    let session = Session::new(device, server, nonce, relay.config.rates);
    if relay.sessions.add(id, session, now) {
        let fresh = random()?;
        let run = *relay.run.get_or_init(|| fresh);
        Ok(SessionAnswer { session: id, run })
    } else {
        Err(busy("too many sessions are open", Duration::from_secs(30)))
    }
}

async fn open_chats(
    relay: &Relay,
    session: &Session,
    request: OpenChats,
) -> Result<OpenChatsAnswer, RelayError> {
    check::proofs(&request)?;
    let cost = request.proofs.len() as f64 * PROOF_COST;
    session
        .charge(relay.config.rates, cost, 0)
        .map_err(|wait| busy("this session proves too many keys", wait))?;
    let proofs = verified(request.proofs, session.server.clone(), session.nonce).await?;
    let mut chats = Vec::with_capacity(proofs.len());
    for proof in proofs {
        if !session.prove(proof.chat, proof.key) {
            return Err(RelayError::new(ErrorCode::TooLarge, "the session holds too many chats"));
        }
        let access = relay.access(session, proof.chat).await.map_err(|error| store_failed(&error))?;
        chats.push(access.state());
    }
    Ok(OpenChatsAnswer { chats })
}

async fn verified(
    proofs: Vec<ChatProof>,
    server: String,
    nonce: [u8; 32],
) -> Result<Vec<ChatProof>, RelayError> {
    let few = proofs.len() <= FEW_PROOFS;
    let verify = move || {
        let good = proofs.iter().all(|proof| proof.verify(&server, &nonce).is_ok());
        good.then_some(proofs)
    };
    let verified = if few {
        verify()
    } else {
        tokio::task::spawn_blocking(verify)
            .await
            .map_err(|_| RelayError::new(ErrorCode::Internal, "checking the proofs failed"))?
    };
    verified.ok_or_else(|| RelayError::new(ErrorCode::BadProof, "a proof does not hold for its key"))
}

async fn append(relay: &Relay, session: &Session, request: Append) -> Result<AppendAnswer, RelayError> {
    check::append(&request)?;
    let Append { chat, cas, envelopes } = request;
    let Some(by) = session.key(&chat) else {
        return Err(RelayError::new(ErrorCode::Denied, "prove a key of the chat first"));
    };
    // The writer decides; this keeps strangers out of its queue. A handshake passes, for it may be the retry of one
    // that removed its own sender.
    let content = envelopes.iter().all(|envelope| envelope.kind == EnvelopeKind::Content);
    let access = relay.access(session, chat).await.map_err(|error| store_failed(&error))?;
    if content && matches!(access, Access::Denied) {
        return Err(refused(AccessRefusal::Denied));
    }
    let (new_log, tag) = (LogId(random()?), Tag(random()?));
    let request = AppendRequest { chat, by, cas, envelopes, new_log, tag };
    match relay.writer()?.append(request).await? {
        Appended::Accepted { log, at, .. } => Ok(AppendAnswer::Accepted { log, at }),
        Appended::Conflict(head) => Ok(AppendAnswer::Conflict(head)),
        Appended::Refused(refusal) => Err(refused(refusal)),
        Appended::NoChat => {
            let message = "there is no such chat here: a handshake with cas 0 creates it";
            Err(RelayError::new(ErrorCode::Invalid, message))
        }
        Appended::Undeliverable => Err(undeliverable()),
        Appended::LogFull => Err(RelayError::new(ErrorCode::Invalid, "the chat's log is full")),
    }
}

async fn handshakes(
    relay: &Relay,
    session: &Session,
    request: ListHandshakes,
) -> Result<HandshakesAnswer, RelayError> {
    let access = relay.access(session, request.chat).await.map_err(|error| store_failed(&error))?;
    let Access::Open(chat) = access else { return Err(refused(AccessRefusal::Denied)) };
    // Not beyond the head at which the key was checked: it may have been removed since.
    let before = Seq(request.before.0.min(chat.head.0 + 1));
    let page = Page { bytes: limits::BATCH_BYTES, count: limits::BATCH_ENTRIES };
    let (entries, more) =
        relay.store.handshakes(request.chat, before, page).await.map_err(|error| store_failed(&error))?;
    Ok(HandshakesAnswer { entries, more })
}

async fn marks(relay: &Relay, session: &Session, request: ListMarks) -> Result<MarksAnswer, RelayError> {
    let failed = |error| store_failed(&error);
    let ListMarks { chat: id, after } = request;
    let Access::Open(chat) = relay.access(session, id).await.map_err(failed)? else {
        return Err(refused(AccessRefusal::Denied));
    };
    // Not beyond the head at which the key was checked: it may have been removed since.
    let left = usize::try_from(chat.head.0.saturating_sub(after.0)).unwrap_or(usize::MAX);
    let count = left.min(limits::MARKS);
    let cost = count as f64 * MARK_COST;
    let charged = session.charge(relay.config.rates, cost, 0);
    charged.map_err(|wait| busy("this session lists too many marks", wait))?;
    let marks = relay.store.marks(id, after, count).await.map_err(failed)?;
    Ok(MarksAnswer { log: chat.log, marks, more: count < left })
}

fn refused(refusal: AccessRefusal) -> RelayError {
    let code = match refusal {
        AccessRefusal::TooMany => ErrorCode::TooLarge,
        _ => ErrorCode::Denied,
    };
    RelayError::new(code, refusal.to_string())
}

fn undeliverable() -> RelayError {
    RelayError::new(ErrorCode::Undeliverable, "that device's inbox is full, or it has no account here")
}
