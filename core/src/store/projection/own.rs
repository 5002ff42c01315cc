//! What a person's own facts do, said by whichever of their devices: drafts, saved and hidden messages, read marks,
//! settings, the chain of devices.

use beseda_protocol::{DeviceId, MessageId, codec, identity::Identity, limits};

use super::hide;
use crate::{
    document::Own,
    domain::{ChatNo, Me, Place},
    error::Result,
    store::{
        Tx, account,
        annotations::SaidAt,
        backup, chats, joining, kept, listing, members, messages,
        messages::flag,
        own::{self, Early},
        tell,
    },
};

/// The setting that tells whether others learn what this person reads.
pub const READ_RECEIPTS: &str = "read_receipts";
/// The setting that tells whether the relay's directory is to name this person.
pub const DIRECTORY: &str = "directory";
/// The setting that tells that the person has the recovery words.
pub const RECOVERY_WORDS: &str = "recovery_words";

/// Lets a fact of the notes take effect, if it is the newest about its thing.
pub(super) async fn tell(tx: &mut Tx<'_>, me: Me, said: SaidAt, own: &Own) -> Result<()> {
    match own::put(tx, own, said.place, said.replaces).await? {
        Some(stands) => apply(tx, me, &stands).await,
        None => Ok(()),
    }
}

/// What stands about a thing becomes rows. Again and again it makes the same ones.
///
/// # Errors
/// When the store fails.
pub async fn apply(tx: &mut Tx<'_>, me: Me, own: &Own) -> Result<()> {
    match own {
        Own::Draft { chat, text, reply_to } => {
            if let Some(chat) = chats::find(tx, *chat).await?
                // What was typed here since will be told, and stand.
                && !own::is_untold(tx, chat).await?
            {
                chats::set_draft(tx, chat, text, *reply_to).await?;
            }
        }
        Own::Saved { of, on, at } => {
            if *on {
                kept::save(tx, *of, *at).await?;
                about(tx, me, *of, Early::Saved).await?;
            } else {
                kept::unsave(tx, *of).await?;
                own::drop_early(tx, *of, Early::Saved).await?;
                if let Some((chat, place)) = messages::find(tx, *of).await? {
                    messages::set_flags(tx, chat, place, flag::SAVED, 0).await?;
                    tx.touched.message(chat, place);
                }
            }
        }
        Own::Hidden { of } => {
            kept::hide(tx, *of).await?;
            about(tx, me, *of, Early::Hidden).await?;
        }
        Own::Read { of } => about(tx, me, *of, Early::Read).await?,
        Own::Setting { name, value } if name == READ_RECEIPTS => {
            account::set_read_receipts(tx, value == "on").await?;
            for chat in chats::synced(tx).await? {
                tx.touched.line(chat);
            }
        }
        Own::Setting { name, value } if name == DIRECTORY => {
            listing::set_listed(tx, value == "on").await?;
        }
        Own::Setting { name, value } if name == RECOVERY_WORDS && value == "kept" => {
            backup::keep_words(tx).await?;
        }
        Own::Chain { identity } => {
            if let Ok(chain) = codec::decode::<Identity>(identity, limits::IDENTITY_BYTES) {
                adopt(tx, &chain).await?;
            }
        }
        Own::Profile(profile) => tell::take_profile(tx, me, profile).await?,
        Own::Person(person) => tell::take_person(tx, me, person).await?,
        Own::Arranged(arranged) => tell::take_arranged(tx, arranged).await?,
        // Read where it is shown.
        Own::Device { .. } | Own::Setting { .. } => {}
    }
    Ok(())
}

/// Does something to a message, now or when it comes.
async fn about(tx: &mut Tx<'_>, me: Me, of: MessageId, what: Early) -> Result<()> {
    match messages::find(tx, of).await? {
        Some((chat, place)) => to_message(tx, me, (chat, place), of, what).await,
        None => own::put_early(tx, of, what).await,
    }
}

/// Does to a message what waited for it.
pub(super) async fn to_message(
    tx: &mut Tx<'_>,
    me: Me,
    (chat, place): (ChatNo, Place),
    id: MessageId,
    what: Early,
) -> Result<()> {
    match what {
        Early::Saved => {
            // It may have been forgotten again while it waited.
            if kept::saved_at(tx, id).await?.is_some() {
                messages::set_flags(tx, chat, place, 0, flag::SAVED).await?;
                tx.touched.message(chat, place);
            }
        }
        Early::Hidden => {
            let read = chats::state(tx, chat).await?.unread_after();
            hide(tx, chat, me, read, id).await?;
        }
        // It has been in a log, and counts from where it will stand in another.
        Early::Read if place.is_queued() => own::put_early(tx, id, what).await?,
        Early::Read => read(tx, me, chat, place).await?,
    }
    Ok(())
}

/// This person has read up to a place, here or on another device; it never goes back.
///
/// # Errors
/// When the store fails.
pub async fn read(tx: &mut Tx<'_>, me: Me, chat: ChatNo, place: Place) -> Result<()> {
    let state = chats::state(tx, chat).await?;
    if place <= state.read || place.is_queued() {
        return Ok(());
    }
    let counted_from = state.unread_after();
    let passed = match place > counted_from {
        true => messages::count_of_others(tx, chat, me.number, counted_from, place).await?,
        false => (0, 0),
    };
    chats::set_read(tx, chat, place, passed).await
}

/// Takes a chain of devices that says more than the one known here, or that the recovery key has set above it. Devices
/// that it removes are put out of every chat: by whichever device comes to it first.
///
/// # Errors
/// When the store fails. A chain that does not hold changes nothing.
pub async fn adopt(tx: &mut Tx<'_>, chain: &Identity) -> Result<()> {
    let known = own::chain(tx).await?;
    let Ok(devices) = chain.devices() else { return Ok(()) };
    let more = chain.chain.len() > known.chain.len() && chain.continues(&known);
    let above = !known.continues(chain) && !chain.continues(&known) && chain.stands_beside(&known).is_ok();
    if chain.user_id() != known.user_id() || !(more || above) {
        return Ok(());
    }
    own::set_chain(tx, chain).await?;
    let this = own::this_device(tx).await?;
    let gone: Vec<DeviceId> =
        devices.into_iter().filter(|known| !known.active).map(|known| known.device).collect();
    // Who is removed itself has nobody left to put out.
    if gone.contains(&this) {
        return Ok(());
    }
    for device in gone {
        for chat in members::chats_of(tx, device).await? {
            joining::put_removal(tx, chat, device).await?;
        }
    }
    Ok(())
}
