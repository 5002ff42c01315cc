//! Who is an admin of a chat, who has it, who may do what in it, what newcomers may read: it takes effect with a handshake,
//! as soon as the relay takes one.

use beseda_protocol::membership::{ChatKind, Refusal};

use super::send_message::speaks_in;
use crate::{
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched, chats, members,
        roles::{self, RoleChange},
        users,
    },
};

/// # Errors
/// [`Error::NotMember`]; [`Error::NoSuchMember`] for who is not in the chat; [`Error::Forbidden`] for who is not an admin,
/// who would make the owner none, or who hands over what they do not have.
pub async fn change_roles(device: &Device, chat: ChatNo, change: RoleChange) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = chats::state(&mut tx, chat).await?;
    speaks_in(&state)?;
    if !members::is_admin(&mut tx, chat, device.me.number).await? {
        return Err(Refusal::NotAdmin.into());
    }
    let owner = roles::known(&mut tx, chat).await?.owner;
    match change {
        RoleChange::Admin { user, .. } | RoleChange::Owner { user } => {
            if state.kind == ChatKind::Dialog {
                return Err(Error::BadText("the two people of a dialog are equals"));
            }
            if members::devices_of(&mut tx, chat, user).await?.is_empty() {
                return Err(Error::NoSuchMember);
            }
            check(
                &change,
                device,
                owner == device.me.number,
                owner == users::number(&mut tx, user, "").await?,
            )?;
        }
        RoleChange::Rights { .. } | RoleChange::History { .. } => {}
    }
    roles::put(&mut tx, chat, change).await?;
    tx.commit().await
}

fn check(change: &RoleChange, device: &Device, mine: bool, of_owner: bool) -> Result<()> {
    match change {
        RoleChange::Admin { on: false, .. } if of_owner => Err(Refusal::OwnerStays.into()),
        RoleChange::Owner { .. } if !mine => Err(Refusal::NotOwner.into()),
        RoleChange::Owner { user } if *user == device.keys.user() => {
            Err(Error::BadText("this chat is yours already"))
        }
        _ => Ok(()),
    }
}
