//! The devices of a person: the list, names, removal, and linking, from both sides.

use std::sync::Arc;

use beseda_core::{Core, Error, Options, linking::Linking};
use beseda_protocol::DeviceId;

use super::{Answer, unlock_with};
use crate::{
    ApiError, Code,
    api::{
        BeginLinking, CancelLinking, DeviceList, Done, FinishLinking, Handle, LinkDevice, LinkingCode,
        ListDevices, NotesChat, OpenNotes, RemoveDevice, RenameDevice,
    },
    app::{Inner, convert},
    view::Me,
};

fn device(id: &str) -> Answer<DeviceId> {
    id.parse().map_err(|_| Error::NoSuchDevice.into())
}

impl Handle<ListDevices> for Inner {
    async fn handle(self: &Arc<Self>, _: ListDevices) -> Answer<DeviceList> {
        let core = self.core().await?;
        let devices = core.devices().await?.into_iter().map(convert::device_row).collect();
        Ok(DeviceList { devices })
    }
}

impl Handle<LinkDevice> for Inner {
    async fn handle(self: &Arc<Self>, link: LinkDevice) -> Answer<Done> {
        self.core().await?.link_device(&link.code).await?;
        Ok(Done {})
    }
}

impl Handle<RenameDevice> for Inner {
    async fn handle(self: &Arc<Self>, rename: RenameDevice) -> Answer<Done> {
        self.core().await?.rename_device(device(&rename.device)?, &rename.name).await?;
        Ok(Done {})
    }
}

impl Handle<RemoveDevice> for Inner {
    async fn handle(self: &Arc<Self>, remove: RemoveDevice) -> Answer<Done> {
        self.core().await?.remove_device(device(&remove.device)?).await?;
        Ok(Done {})
    }
}

impl Handle<OpenNotes> for Inner {
    async fn handle(self: &Arc<Self>, _: OpenNotes) -> Answer<NotesChat> {
        let core = self.core().await?;
        Ok(NotesChat { row: core.notes().await?.map(|line| convert::chat_row(&core, line)) })
    }
}

impl Handle<BeginLinking> for Inner {
    async fn handle(self: &Arc<Self>, begin: BeginLinking) -> Answer<LinkingCode> {
        if self.core().await.is_ok() {
            return Err(Error::AccountExists.into());
        }
        let linking = Linking::begin(&begin.relay, begin.invite.as_deref())?;
        linking.register().await.map_err(convert::sync_error)?;
        let code = linking.code();
        *self.linking.lock().await = Some(Arc::new(linking));
        Ok(LinkingCode { code })
    }
}

impl Handle<FinishLinking> for Inner {
    async fn handle(self: &Arc<Self>, finish: FinishLinking) -> Answer<Me> {
        let unlock = unlock_with(finish.key)?;
        let linking = self.linking.lock().await.clone();
        let linking = linking.ok_or_else(|| ApiError::new(Code::BadRequest, "no code is shown"))?;
        let granted = tokio::select! {
            granted = linking.wait() => granted.map_err(convert::sync_error)?,
            () = self.stop_linking.notified() => {
                return Err(ApiError::new(Code::NotAnswered, "the person went back"));
            }
        };
        *self.linking.lock().await = None;
        let core = Core::link(&self.config.profile, granted, unlock, Options::default()).await?;
        let me = convert::me(&core).await?;
        self.run(core).await?;
        Ok(me)
    }
}

impl Handle<CancelLinking> for Inner {
    async fn handle(self: &Arc<Self>, _: CancelLinking) -> Answer<Done> {
        if self.linking.lock().await.take().is_some() {
            self.stop_linking.notify_waiters();
        }
        Ok(Done {})
    }
}
