//! What commands about people do.

use std::sync::Arc;

use beseda_core::{
    Core, Error,
    domain::ChatNo,
    people::{Field, ProfileChange, Shown, picture::Kind, safety},
    store::{contacts::ContactLine, listing as store},
};
use beseda_protocol::UserId;
use data_encoding::BASE64;

use super::{Answer, chat};
use crate::{
    api::{
        AcceptChat, AcknowledgeDevices, AddContact, AddMember, CompareSafety, ContactList, Done, FindPerson,
        GetListing, GetPerson, GetProfile, GetSafety, Handle, ListContacts, ListPictures, Listing,
        ListingStanding, PictureList, RefuseChat, RemoveContact, SafetyNumber, SetBlocked, SetListed,
        SetProfile, SetVerified, StartDialog,
    },
    app::{
        Inner,
        convert::{chat_row, sync_error},
    },
    view::{ChatRow, ContactRow, FieldShown, OwnProfile, PersonCard, PersonPicture, ProfileField, ShownTo},
};

/// Pictures asked for at once; more are asked for again.
const PICTURES: usize = 500;

fn user(id: &str) -> Answer<UserId> {
    Ok(id.parse().map_err(|_| Error::NoSuchMember)?)
}

pub(super) fn data_url(kind: Kind, bytes: &[u8]) -> String {
    format!("data:{};base64,{}", kind.mime(), BASE64.encode(bytes))
}

fn field(field: ProfileField) -> Field {
    match field {
        ProfileField::Username => Field::Username,
        ProfileField::FirstName => Field::FirstName,
        ProfileField::LastName => Field::LastName,
        ProfileField::Email => Field::Email,
        ProfileField::Mobile => Field::Mobile,
        ProfileField::BirthDate => Field::BirthDate,
        ProfileField::Description => Field::Description,
        ProfileField::Picture => Field::Picture,
        ProfileField::CreatedAt => Field::CreatedAt,
    }
}

const FIELDS: [ProfileField; 9] = [
    ProfileField::Username,
    ProfileField::FirstName,
    ProfileField::LastName,
    ProfileField::Email,
    ProfileField::Mobile,
    ProfileField::BirthDate,
    ProfileField::Description,
    ProfileField::Picture,
    ProfileField::CreatedAt,
];

async fn own(core: &Core) -> Answer<OwnProfile> {
    let profile = core.own_profile().await?;
    let picture = core.picture(core.device().me.id).await?;
    let shown = |of: ProfileField| FieldShown {
        field: of,
        shown: match profile.shown(field(of)) {
            Shown::Nobody => ShownTo::Nobody,
            Shown::Contacts => ShownTo::Contacts,
            Shown::Everyone => ShownTo::Everyone,
        },
    };
    Ok(OwnProfile {
        name: profile.name(),
        shown: FIELDS.map(shown).into(),
        picture: picture.map(|(kind, bytes)| data_url(kind, &bytes)),
        birth_date: profile.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        username: profile.username,
        first_name: profile.first_name,
        last_name: profile.last_name,
        email: profile.email,
        mobile: profile.mobile,
        description: profile.description,
        created_at: profile.created_at,
    })
}

impl Handle<GetProfile> for Inner {
    async fn handle(self: &Arc<Self>, _: GetProfile) -> Answer<OwnProfile> {
        let core = self.core().await?;
        own(&core).await
    }
}

impl Handle<SetProfile> for Inner {
    async fn handle(self: &Arc<Self>, set: SetProfile) -> Answer<OwnProfile> {
        let core = self.core().await?;
        let picture = set.picture.map(|text| BASE64.decode(text.as_bytes())).transpose();
        let shown = |one: FieldShown| {
            let shown = match one.shown {
                ShownTo::Nobody => Shown::Nobody,
                ShownTo::Contacts => Shown::Contacts,
                ShownTo::Everyone => Shown::Everyone,
            };
            (field(one.field), shown)
        };
        let change = ProfileChange {
            username: set.username,
            first_name: set.first_name,
            last_name: set.last_name,
            email: set.email,
            mobile: set.mobile,
            birth_date: set.birth_date,
            description: set.description,
            picture: picture.map_err(|_| Error::BadPicture)?,
            shown: set.shown.into_iter().map(shown).collect(),
        };
        core.set_profile(change).await?;
        own(&core).await
    }
}

async fn card(core: &Core, user: UserId, chat: Option<ChatNo>) -> Answer<PersonCard> {
    let person = core.person(user, chat).await?;
    let card = person.card;
    Ok(PersonCard {
        user: person.user.to_string(),
        name: person.name,
        own_name: person.own_name,
        petname: person.petname,
        blocked: person.blocked,
        verified_at: person.trust.verified,
        new_device: person.trust.new_device,
        me: person.me,
        picture: person.picture.map(|kind| data_url(kind, &card.picture)),
        username: card.username,
        first_name: card.first_name,
        last_name: card.last_name,
        email: card.email,
        mobile: card.mobile,
        description: card.description,
        age: card.age.map(u32::from),
        created_at: card.created_at,
        looks_like: person.looks_like,
        mixed_scripts: person.mixed_scripts,
    })
}

impl Handle<GetPerson> for Inner {
    async fn handle(self: &Arc<Self>, get: GetPerson) -> Answer<PersonCard> {
        let user = user(&get.user)?;
        let (core, chat) = match &get.chat {
            Some(id) => {
                let (core, chat) = chat(self, id).await?;
                (core, Some(chat))
            }
            None => (self.core().await?, None),
        };
        card(&core, user, chat).await
    }
}

impl Handle<FindPerson> for Inner {
    async fn handle(self: &Arc<Self>, find: FindPerson) -> Answer<PersonCard> {
        let core = self.core().await?;
        let user = core.find_person(&find.username).await.map_err(sync_error)?;
        card(&core, user, None).await
    }
}

async fn listing(core: &Core) -> Answer<Listing> {
    let (wanted, listing) = core.listing().await?;
    let standing = match listing {
        store::Listing::No => ListingStanding::No,
        store::Listing::Listed => ListingStanding::Listed,
        store::Listing::Taken => ListingStanding::Taken,
        store::Listing::NoDirectory => ListingStanding::NoDirectory,
    };
    Ok(Listing { wanted, standing })
}

impl Handle<GetListing> for Inner {
    async fn handle(self: &Arc<Self>, _: GetListing) -> Answer<Listing> {
        listing(&*self.core().await?).await
    }
}

impl Handle<SetListed> for Inner {
    async fn handle(self: &Arc<Self>, set: SetListed) -> Answer<Listing> {
        let core = self.core().await?;
        core.set_listed(set.on).await?;
        listing(&core).await
    }
}

impl Handle<StartDialog> for Inner {
    async fn handle(self: &Arc<Self>, start: StartDialog) -> Answer<ChatRow> {
        let core = self.core().await?;
        let line = core.start_dialog(user(&start.user)?).await?;
        Ok(chat_row(&core, line))
    }
}

impl Handle<AddMember> for Inner {
    async fn handle(self: &Arc<Self>, add: AddMember) -> Answer<Done> {
        let (core, chat) = chat(self, &add.chat).await?;
        core.add_member(chat, user(&add.user)?).await?;
        Ok(Done {})
    }
}

impl Handle<AcceptChat> for Inner {
    async fn handle(self: &Arc<Self>, accept: AcceptChat) -> Answer<Done> {
        let (core, chat) = chat(self, &accept.chat).await?;
        core.accept(chat).await?;
        Ok(Done {})
    }
}

impl Handle<RefuseChat> for Inner {
    async fn handle(self: &Arc<Self>, refuse: RefuseChat) -> Answer<Done> {
        let (core, chat) = chat(self, &refuse.chat).await?;
        core.refuse(chat, refuse.block).await?;
        Ok(Done {})
    }
}

fn rows(lines: Vec<ContactLine>) -> Vec<ContactRow> {
    let row = |line: ContactLine| ContactRow {
        user: line.user.to_string(),
        name: line.name,
        own_name: line.own_name,
    };
    lines.into_iter().map(row).collect()
}

impl Handle<ListContacts> for Inner {
    async fn handle(self: &Arc<Self>, _: ListContacts) -> Answer<ContactList> {
        let core = self.core().await?;
        Ok(ContactList { contacts: rows(core.contacts().await?), blocked: rows(core.blocked().await?) })
    }
}

impl Handle<AddContact> for Inner {
    async fn handle(self: &Arc<Self>, add: AddContact) -> Answer<Done> {
        self.core().await?.add_contact(user(&add.user)?, &add.petname).await?;
        Ok(Done {})
    }
}

impl Handle<RemoveContact> for Inner {
    async fn handle(self: &Arc<Self>, remove: RemoveContact) -> Answer<Done> {
        self.core().await?.remove_contact(user(&remove.user)?).await?;
        Ok(Done {})
    }
}

impl Handle<SetBlocked> for Inner {
    async fn handle(self: &Arc<Self>, set: SetBlocked) -> Answer<Done> {
        self.core().await?.set_blocked(user(&set.user)?, set.on).await?;
        Ok(Done {})
    }
}

impl Handle<GetSafety> for Inner {
    async fn handle(self: &Arc<Self>, get: GetSafety) -> Answer<SafetyNumber> {
        let numbers = self.core().await?.safety(user(&get.user)?).await?;
        Ok(SafetyNumber { groups: safety::groups(&numbers.number), code: numbers.code })
    }
}

impl Handle<CompareSafety> for Inner {
    async fn handle(self: &Arc<Self>, compare: CompareSafety) -> Answer<Done> {
        self.core().await?.compare_safety(user(&compare.user)?, &compare.code).await?;
        Ok(Done {})
    }
}

impl Handle<SetVerified> for Inner {
    async fn handle(self: &Arc<Self>, set: SetVerified) -> Answer<Done> {
        self.core().await?.set_verified(user(&set.user)?, set.on).await?;
        Ok(Done {})
    }
}

impl Handle<AcknowledgeDevices> for Inner {
    async fn handle(self: &Arc<Self>, acknowledge: AcknowledgeDevices) -> Answer<Done> {
        self.core().await?.acknowledge_devices(user(&acknowledge.user)?).await?;
        Ok(Done {})
    }
}

impl Handle<ListPictures> for Inner {
    async fn handle(self: &Arc<Self>, list: ListPictures) -> Answer<PictureList> {
        let core = self.core().await?;
        let mut pictures = Vec::new();
        for id in list.users.into_iter().take(PICTURES) {
            let picture = core.picture(user(&id)?).await?;
            let picture = picture.map(|(kind, bytes)| data_url(kind, &bytes));
            pictures.push(PersonPicture { user: id, picture });
        }
        Ok(PictureList { pictures })
    }
}
