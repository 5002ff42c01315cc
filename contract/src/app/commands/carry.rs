//! Messages that are carried in a file, where no relay brings them.

use std::sync::Arc;

use beseda_core::{Core, bundle, domain::ChatNo};

use super::{super::Inner, Answer, Handle, recovery::at_home};
use crate::{
    ApiError, Code,
    api::{Done, ExportBundle, ExportedBundle, ImportBundle, ImportedBundle, StopCarrying},
    view::Work,
};

impl Handle<ExportBundle> for Inner {
    async fn handle(self: &Arc<Self>, export: ExportBundle) -> Answer<ExportedBundle> {
        let core = self.core().await?;
        let file = at_home(&export.file)?;
        if tokio::fs::try_exists(&file).await.unwrap_or(false) && !bundle::is_bundle(&file).await {
            return Err(ApiError::new(Code::FileExists, "there is another file of that name"));
        }
        let (stopped, report) = (self.stop_carrying.notified(), self.report(Work::Exporting));
        tokio::select! {
            exported = core.export_bundle(&file, export.all, &report) => {
                Ok(ExportedBundle { stopped: false, chats: exported?.chats })
            }
            () = stopped => Ok(ExportedBundle { stopped: true, chats: 0 }),
        }
    }
}

impl Handle<ImportBundle> for Inner {
    async fn handle(self: &Arc<Self>, import: ImportBundle) -> Answer<ImportedBundle> {
        let core = self.core().await?;
        let file = at_home(&import.file)?;
        let (stopped, report) = (self.stop_carrying.notified(), self.report(Work::Importing));
        let imported = tokio::select! {
            imported = core.import_bundle(&file, &report) => imported?,
            () = stopped => {
                return Ok(ImportedBundle {
                    stopped: true, chats: vec![], unknown: 0, gaps: vec![], unopened: false
                });
            }
        };
        Ok(ImportedBundle {
            stopped: false,
            chats: ids(&core, &imported.chats).await?,
            unknown: imported.unknown,
            gaps: ids(&core, &imported.gaps).await?,
            unopened: imported.unopened > 0,
        })
    }
}

async fn ids(core: &Core, chats: &[ChatNo]) -> Answer<Vec<String>> {
    let mut ids = Vec::new();
    for chat in chats {
        ids.push(core.chat(*chat).await?.id.to_string());
    }
    Ok(ids)
}

impl Handle<StopCarrying> for Inner {
    async fn handle(self: &Arc<Self>, _: StopCarrying) -> Answer<Done> {
        self.stop_carrying.notify_waiters();
        Ok(Done {})
    }
}
