//! What takes room, and whether all of it is whole.

use std::{collections::HashMap, sync::Arc};

use beseda_core::{
    Core, Error,
    doctor::{Check, Checked},
    storage,
};

use super::{super::Inner, Answer, Handle};
use crate::{
    api::{ClearCaches, Done, Examine, Examined, GetStorage, StopExamining},
    view::{CheckRow, Finding, PartSize, ProfileCheck, Storage, StoragePart, Work},
};

async fn storage_of(core: &Core) -> Answer<Storage> {
    let storage = core.storage().await?;
    let part = |part| match part {
        storage::Part::Messages => StoragePart::Messages,
        storage::Part::Changes => StoragePart::Changes,
        storage::Part::Search => StoragePart::Search,
        storage::Part::Documents => StoragePart::Documents,
        storage::Part::Other => StoragePart::Other,
    };
    let sizes = storage.parts.iter().map(|(of, bytes)| PartSize { part: part(*of), bytes: *bytes });
    Ok(Storage {
        parts: sizes.collect(),
        file: storage.file,
        log: storage.log,
        clearable: storage.clearable(),
        chats: storage.chats,
        messages: storage.messages,
        changes: storage.changes,
    })
}

impl Handle<GetStorage> for Inner {
    async fn handle(self: &Arc<Self>, _: GetStorage) -> Answer<Storage> {
        let core = self.core().await?;
        storage_of(&core).await
    }
}

impl Handle<ClearCaches> for Inner {
    async fn handle(self: &Arc<Self>, _: ClearCaches) -> Answer<Storage> {
        let core = self.core().await?;
        core.clear_caches().await?;
        storage_of(&core).await
    }
}

impl Handle<Examine> for Inner {
    async fn handle(self: &Arc<Self>, examine: Examine) -> Answer<Examined> {
        let core = self.core().await?;
        let stopped = self.stop_examining.notified();
        let checked = tokio::select! {
            checked = self.examined(&core, examine.rebuild) => checked?,
            () = stopped => return Ok(Examined { checks: vec![] }),
        };
        let mut ids = HashMap::new();
        for line in core.chats().await? {
            ids.insert(line.number, line.id.to_string());
        }
        let row = |one: Checked| CheckRow {
            check: match one.check {
                Check::Pages => ProfileCheck::Pages,
                Check::Database => ProfileCheck::Database,
                Check::Changes => ProfileCheck::Changes,
                Check::Documents => ProfileCheck::Documents,
                Check::Projection => ProfileCheck::Projection,
                Check::Index => ProfileCheck::Index,
            },
            looked_at: one.looked_at,
            more: u32::try_from(one.more).unwrap_or(u32::MAX),
            findings: one
                .findings
                .into_iter()
                .map(|finding| Finding {
                    chat: finding.chat.and_then(|chat| ids.get(&chat).cloned()),
                    what: finding.what,
                })
                .collect(),
        };
        Ok(Examined { checks: checked.into_iter().map(row).collect() })
    }
}

impl Inner {
    async fn examined(self: &Arc<Self>, core: &Core, rebuild: bool) -> Answer<Vec<Checked>> {
        if rebuild {
            match core.rebuild(&self.report(Work::Rebuilding)).await {
                // What cannot be read is told by the examination, chat by chat.
                Ok(()) | Err(Error::Damaged(_) | Error::Document(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(core.examine(&self.report(Work::Examining)).await?)
    }
}

impl Handle<StopExamining> for Inner {
    async fn handle(self: &Arc<Self>, _: StopExamining) -> Answer<Done> {
        self.stop_examining.notify_waiters();
        Ok(Done {})
    }
}
