//! What commands about links into chats do.

use std::sync::Arc;

use beseda_core::{Error, actions::invite::Limits, qr::Qr};
use data_encoding::HEXLOWER;

use super::{Answer, chat};
use crate::{
    ApiError, Code,
    api::{
        CreateInvitation, Done, GetQrCode, Handle, InvitationLink, InvitationList, Join, ListInvitations,
        MakeInvitation, QrCode, RevokeInvitation, Withdraw,
    },
    app::{Inner, convert},
    view::{ChatRow, InvitationRow},
};

impl Handle<CreateInvitation> for Inner {
    async fn handle(self: &Arc<Self>, invitation: CreateInvitation) -> Answer<InvitationLink> {
        let (core, chat) = chat(self, &invitation.chat).await?;
        Ok(InvitationLink { link: core.invite(chat).await? })
    }
}

impl Handle<Join> for Inner {
    async fn handle(self: &Arc<Self>, join: Join) -> Answer<ChatRow> {
        let core = self.core().await?;
        let line = core.join(&join.link).await?;
        Ok(convert::chat_row(&core, line))
    }
}

impl Handle<MakeInvitation> for Inner {
    async fn handle(self: &Arc<Self>, make: MakeInvitation) -> Answer<InvitationRow> {
        let (core, chat) = chat(self, &make.chat).await?;
        let limits = Limits {
            uses: make.uses.unwrap_or(0),
            expires_at: make.expires_at.unwrap_or(0),
            label: make.label,
        };
        let made = core.make_invitation(chat, limits).await?;
        Ok(convert::invitation_row(&core, made))
    }
}

impl Handle<ListInvitations> for Inner {
    async fn handle(self: &Arc<Self>, list: ListInvitations) -> Answer<InvitationList> {
        let (core, chat) = chat(self, &list.chat).await?;
        let made = core.invitations(chat).await?;
        let invitations = made.into_iter().map(|made| convert::invitation_row(&core, made)).collect();
        Ok(InvitationList { invitations })
    }
}

impl Handle<RevokeInvitation> for Inner {
    async fn handle(self: &Arc<Self>, revoke: RevokeInvitation) -> Answer<Done> {
        let id = HEXLOWER.decode(revoke.invitation.as_bytes()).ok().and_then(|id| id.try_into().ok());
        self.core().await?.revoke(id.ok_or(Error::NoSuchInvitation)?).await?;
        Ok(Done {})
    }
}

impl Handle<Withdraw> for Inner {
    async fn handle(self: &Arc<Self>, withdraw: Withdraw) -> Answer<Done> {
        let (core, chat) = chat(self, &withdraw.chat).await?;
        // Its number may be another chat's afterwards: no window looks through it then.
        let mut windows = self.windows.lock().await;
        core.withdraw(chat).await?;
        windows.retain(|_, window| window.chat() != chat);
        Ok(Done {})
    }
}

impl Handle<GetQrCode> for Inner {
    async fn handle(self: &Arc<Self>, code: GetQrCode) -> Answer<QrCode> {
        let qr = Qr::of(&code.text)
            .ok_or_else(|| ApiError::new(Code::BadText, "that is too long for a QR code"))?;
        Ok(QrCode { side: u32::try_from(qr.side()).unwrap_or_default(), path: qr.path() })
    }
}
