//! Who people are: this person's own profile, and others' cards.

use beseda_protocol::UserId;

use super::Core;
use crate::{
    actions::{contacts as acts, set_profile, verify},
    document::Card,
    domain::{ChatNo, UserNo},
    error::{Error, Result},
    people::{Audience, OwnProfile, ProfileChange, look_alike, picture, profile::day, safety},
    store::{
        contacts::{self, ContactLine},
        listing::{self, Listing},
        members,
        members::MemberLine,
        own_profile, profiles,
        trust::{self, Trust},
        users,
    },
    sync::{directory, engine::SyncError, http::HttpTransport, session::Session, transport::Transport},
};

/// A person as their card shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    /// As they are called here.
    pub name: String,
    /// As they call themselves.
    pub own_name: String,
    /// What this person calls them, which may be nothing; `None`: they are no contact.
    pub petname: Option<String>,
    pub blocked: bool,
    pub trust: Trust,
    pub me: bool,
    /// What they have told this person. The picture is empty unless it may be shown.
    pub card: Card,
    pub picture: Option<picture::Kind>,
    /// Somebody else whose name looks the same.
    pub looks_like: Option<String>,
    /// Letters of several alphabets stand in one word of the name.
    pub mixed_scripts: bool,
}

/// What two people compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// 60 digits, the same on both sides.
    pub number: String,
    /// For the other one to paste or scan.
    pub code: String,
}

impl Core {
    /// What others see first of this person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn name(&self) -> Result<String> {
        own_profile::name(&mut *self.reader().await?).await
    }

    /// What this person tells of themselves, and whom.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_profile(&self) -> Result<OwnProfile> {
        own_profile::load(&mut *self.reader().await?).await
    }

    /// # Errors
    /// See [`set_profile::set_profile`].
    pub async fn set_profile(&self, change: ProfileChange) -> Result<()> {
        let touched = set_profile::set_profile(&self.device, change).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// When the store fails.
    pub async fn contacts(&self) -> Result<Vec<ContactLine>> {
        contacts::list(&mut *self.reader().await?).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn blocked(&self) -> Result<Vec<ContactLine>> {
        contacts::blocked(&mut *self.reader().await?).await
    }

    /// # Errors
    /// See [`acts::add_contact`].
    pub async fn add_contact(&self, user: UserId, petname: &str) -> Result<()> {
        let touched = acts::add_contact(&self.device, user, petname).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`acts::remove_contact`].
    pub async fn remove_contact(&self, user: UserId) -> Result<()> {
        let touched = acts::remove_contact(&self.device, user).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`acts::set_blocked`].
    pub async fn set_blocked(&self, user: UserId, on: bool) -> Result<()> {
        let touched = acts::set_blocked(&self.device, user, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// Finds who is listed under a username in the directory of this person's relay.
    ///
    /// # Errors
    /// See [`directory::find`].
    pub async fn find_person(&self, username: &str) -> std::result::Result<UserId, SyncError> {
        self.find_person_over(&HttpTransport::new(&self.device.relay().url)?, username).await
    }

    /// The same over a given transport.
    ///
    /// # Errors
    /// See [`directory::find`].
    pub async fn find_person_over(
        &self,
        transport: &dyn Transport,
        username: &str,
    ) -> std::result::Result<UserId, SyncError> {
        let invite = self.device.relay().invite;
        let session = Session::open(transport, self.device.keys.signing(), invite.as_deref()).await?;
        directory::find(&self.device, &session, username).await
    }

    /// Whether the relay's directory names this person by their username, and what it says to that.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn listing(&self) -> Result<(bool, Listing)> {
        let wanted = listing::wanted(&mut *self.reader().await?).await?;
        Ok((wanted.listed, wanted.listing))
    }

    /// # Errors
    /// See [`set_profile::set_listed`].
    pub async fn set_listed(&self, on: bool) -> Result<()> {
        let touched = set_profile::set_listed(&self.device, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// The safety number with somebody, and the code to show them.
    ///
    /// # Errors
    /// [`Error::BadText`] for oneself.
    pub async fn safety(&self, user: UserId) -> Result<Safety> {
        let me = self.device.me.id;
        if user == me {
            return Err(Error::BadText("that is you"));
        }
        // Some milliseconds of hashing.
        let number = tokio::task::spawn_blocking(move || safety::number(me, user)).await;
        let number = number.map_err(|_| Error::Damaged("a safety number"))?;
        Ok(Safety { number, code: verify::code(&self.device, user).to_link() })
    }

    /// # Errors
    /// See [`verify::compare`].
    pub async fn compare_safety(&self, user: UserId, shown: &str) -> Result<()> {
        let touched = verify::compare(&self.device, user, shown).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`verify::set_verified`].
    pub async fn set_verified(&self, user: UserId, on: bool) -> Result<()> {
        let touched = verify::set_verified(&self.device, user, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`verify::acknowledge_devices`].
    pub async fn acknowledge_devices(&self, user: UserId) -> Result<()> {
        let touched = verify::acknowledge_devices(&self.device, user).await?;
        self.told(&touched);
        Ok(())
    }

    /// Whose number it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user_of(&self, number: UserNo) -> Result<UserId> {
        users::id(&mut *self.reader().await?, number).await
    }

    /// A person's picture, if they have told one that may be shown.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn picture(&self, user: UserId) -> Result<Option<(picture::Kind, Vec<u8>)>> {
        let mut reader = self.reader().await?;
        let picture = if user == self.device.me.id {
            own_profile::load(&mut reader).await?.picture
        } else {
            let Some(number) = users::find(&mut reader, user).await? else { return Ok(None) };
            profiles::card(&mut reader, number).await?.unwrap_or_default().picture
        };
        Ok(picture::look_at(&picture).map(|kind| (kind, picture)))
    }

    /// A person's card. In a chat their name is compared with those of its members.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`] when this device has never heard of them.
    pub async fn person(&self, user: UserId, chat: Option<ChatNo>) -> Result<Person> {
        let members = match chat {
            Some(chat) => self.members(chat).await?,
            None => vec![],
        };
        let member = members.into_iter().find(|member| member.user == user.as_bytes());
        let mut reader = self.reader().await?;
        let number = users::find(&mut reader, user).await?.ok_or(Error::NoSuchMember)?;
        let (name, own_name) = users::names(&mut reader, number).await?;
        let me = user == self.device.me.id;
        let mut card = if me {
            own_profile::load(&mut reader).await?.card(Audience::Contact, day(self.device.now()))
        } else {
            // Who has told nothing yet is known by the name they asked to come in with.
            profiles::card(&mut reader, number).await?.unwrap_or_else(|| Card::named(&own_name))
        };
        let picture = picture::look_at(&card.picture);
        if picture.is_none() {
            card.picture = vec![];
        }
        let looks_like = member.and_then(|member| member.looks_like);
        let mixed_scripts = look_alike::mixes_scripts(&name);
        let petname = contacts::petname(&mut reader, number).await?;
        let blocked = contacts::is_blocked(&mut reader, number).await?;
        let trust = trust::of(&mut reader, number).await?;
        Ok(Person {
            user,
            name,
            own_name,
            petname,
            blocked,
            trust,
            me,
            card,
            picture,
            looks_like,
            mixed_scripts,
        })
    }

    /// Who is in the chat now, in the order they came.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn members(&self, chat: ChatNo) -> Result<Vec<MemberLine>> {
        let mut members = members::list(&mut *self.reader().await?, chat).await?;
        let names: Vec<String> = members.iter().map(|member| member.name.clone()).collect();
        let others = look_alike::look_alikes(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for (member, other) in members.iter_mut().zip(others) {
            // One knows oneself.
            if member.user == self.device.me.id.as_bytes() {
                continue;
            }
            member.looks_like = other.and_then(|other| names.get(other).cloned());
            member.mixed_scripts = look_alike::mixes_scripts(&member.name);
        }
        Ok(members)
    }
}
