//! What this person tells of themselves, and whom.

use std::collections::BTreeMap;

use beseda_protocol::limits;
use chrono::{DateTime, Datelike as _, NaiveDate};

use super::{picture, text};
use crate::{
    document::Card,
    domain::Millis,
    error::{Error, Result},
};

/// The oldest age that is believed, in years.
pub const OLDEST: u16 = 130;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Username,
    FirstName,
    LastName,
    Email,
    Mobile,
    /// Others see the age, never the date.
    BirthDate,
    Description,
    Picture,
    /// When the account was made.
    CreatedAt,
}

impl Field {
    pub const ALL: [Self; 9] = [
        Self::Username,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Mobile,
        Self::BirthDate,
        Self::Description,
        Self::Picture,
        Self::CreatedAt,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Mobile => "mobile",
            Self::BirthDate => "birth_date",
            Self::Description => "description",
            Self::Picture => "picture",
            Self::CreatedAt => "created_at",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// Until the person chooses: what one is reached by is for contacts.
    fn at_first(self) -> Shown {
        match self {
            Self::Email | Self::Mobile | Self::BirthDate => Shown::Contacts,
            _ => Shown::Everyone,
        }
    }
}

/// Who may see a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Nobody,
    /// In dialogs with people that this person has added as contacts.
    Contacts,
    /// In every chat.
    Everyone,
}

impl Shown {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Contacts => "contacts",
            Self::Everyone => "everyone",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Nobody, Self::Contacts, Self::Everyone].into_iter().find(|shown| shown.as_str() == text)
    }
}

/// Who is in a chat, as far as it matters to what is told there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A dialog with a contact.
    Contact,
    Anyone,
}

impl Audience {
    fn may_see(self, shown: Shown) -> bool {
        match self {
            Self::Contact => shown >= Shown::Contacts,
            Self::Anyone => shown == Shown::Everyone,
        }
    }
}

/// Empty fields are not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnProfile {
    /// Rises with what others may see.
    pub rev: u64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    pub birth_date: Option<NaiveDate>,
    pub description: String,
    pub picture: Vec<u8>,
    pub created_at: Millis,
    /// Where the person chose.
    pub shown: BTreeMap<Field, Shown>,
}

/// The day of a time, as far as ages go: in Greenwich.
#[must_use]
pub fn day(at: Millis) -> NaiveDate {
    DateTime::from_timestamp_millis(at).unwrap_or_default().date_naive()
}

/// What is to be different; `None` stays as it is, an empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub username: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub mobile: Option<String>,
    /// As 1990-05-31.
    pub birth_date: Option<String>,
    pub description: Option<String>,
    /// As [`picture::make`] makes it.
    pub picture: Option<Vec<u8>>,
    pub shown: Vec<(Field, Shown)>,
}

/// In years, where it is known.
#[must_use]
pub fn age(born: Option<NaiveDate>, today: NaiveDate) -> Option<u16> {
    let born = born?;
    let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
    let years = today.year() - born.year() - i32::from(before_birthday);
    u16::try_from(years).ok().filter(|age| *age <= OLDEST)
}

impl OwnProfile {
    #[must_use]
    pub fn shown(&self, field: Field) -> Shown {
        self.shown.get(&field).copied().unwrap_or_else(|| field.at_first())
    }

    /// What everybody sees first: first and last name as far as everybody may see them, else the username. Empty: there
    /// is nothing that everybody may see.
    #[must_use]
    pub fn name(&self) -> String {
        let open = |field, text: &str| match self.shown(field) {
            Shown::Everyone => text.to_owned(),
            _ => String::new(),
        };
        let (first, last) =
            (open(Field::FirstName, &self.first_name), open(Field::LastName, &self.last_name));
        let name = format!("{first} {last}").trim().to_owned();
        if name.is_empty() { open(Field::Username, &self.username) } else { name }
    }

    #[must_use]
    pub fn age(&self, today: NaiveDate) -> Option<u16> {
        age(self.birth_date, today)
    }

    /// What is told in a chat.
    #[must_use]
    pub fn card(&self, to: Audience, today: NaiveDate) -> Card {
        let sees = |field| to.may_see(self.shown(field));
        let text = |field, text: &str| if sees(field) { text.to_owned() } else { String::new() };
        Card {
            name: self.name(),
            rev: self.rev,
            username: text(Field::Username, &self.username),
            first_name: text(Field::FirstName, &self.first_name),
            last_name: text(Field::LastName, &self.last_name),
            email: text(Field::Email, &self.email),
            mobile: text(Field::Mobile, &self.mobile),
            description: text(Field::Description, &self.description),
            age: self.age(today).filter(|_| sees(Field::BirthDate)),
            created_at: Some(self.created_at).filter(|_| sees(Field::CreatedAt)),
            picture: if sees(Field::Picture) { self.picture.clone() } else { vec![] },
        }
    }

    /// Makes the change; nothing of it where one part is refused.
    ///
    /// # Errors
    /// [`Error::BadText`], [`Error::BadPicture`].
    pub fn apply(&self, change: &ProfileChange, today: NaiveDate) -> Result<Self> {
        let mut new = self.clone();
        if let Some(name) = &change.username {
            new.username = text::username(name)?;
        }
        for (to, name) in [(&mut new.first_name, &change.first_name), (&mut new.last_name, &change.last_name)]
        {
            if let Some(name) = name {
                *to = text::line(name)?;
            }
        }
        if let Some(email) = change.email.as_deref().map(str::trim) {
            if !email.is_empty() && !text::is_email(email) {
                return Err(Error::BadText("that is no e-mail address"));
            }
            email.clone_into(&mut new.email);
        }
        if let Some(mobile) = change.mobile.as_deref().map(str::trim) {
            if !mobile.is_empty() && !text::is_mobile(mobile) {
                return Err(Error::BadText("that is no telephone number"));
            }
            mobile.clone_into(&mut new.mobile);
        }
        if let Some(date) = change.birth_date.as_deref().map(str::trim) {
            let bad = || Error::BadText("a birth date is written like 1990-05-31, and lies in the past");
            new.birth_date = match date {
                "" => None,
                date => Some(NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| bad())?),
            };
            if new.birth_date.is_some() && new.age(today).is_none() {
                return Err(bad());
            }
        }
        if let Some(description) = &change.description {
            new.description = text::clean_text(description);
            if new.description.chars().count() > limits::DESCRIPTION_CHARS {
                return Err(Error::BadText("a description has at most 2,048 characters"));
            }
        }
        if let Some(small) = &change.picture {
            if small.len() > picture::BYTES {
                return Err(Error::BadPicture);
            }
            new.picture.clone_from(small);
        }
        new.shown.extend(change.shown.iter().copied());
        let name = new.name();
        if name.is_empty() {
            return Err(Error::BadText(
                "others need something to call you: show everyone a first name, a last name or a username",
            ));
        }
        if name.chars().count() > limits::TITLE_CHARS {
            return Err(Error::BadText("that is too long: first and last name have at most 128 characters"));
        }
        let told = |profile: &Self| {
            [Audience::Contact, Audience::Anyone].map(|to| Card { rev: 0, ..profile.card(to, today) })
        };
        if told(self) != told(&new) {
            new.rev += 1;
        }
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn anna() -> OwnProfile {
        OwnProfile { first_name: "Anna".into(), created_at: 7, ..OwnProfile::default() }
    }

    fn set(change: ProfileChange) -> Result<OwnProfile> {
        anna().apply(&change, day("2026-06-01"))
    }

    #[test]
    fn who_sees_what() {
        let change = ProfileChange {
            last_name: Some("Karenina".into()),
            email: Some("anna@example.org".into()),
            birth_date: Some("1990-06-02".into()),
            mobile: Some("112".into()),
            shown: vec![(Field::LastName, Shown::Contacts), (Field::Mobile, Shown::Nobody)],
            ..ProfileChange::default()
        };
        let profile = set(change).unwrap();
        let (anyone, contact) = (
            profile.card(Audience::Anyone, day("2026-06-01")),
            profile.card(Audience::Contact, day("2026-06-02")),
        );
        assert_eq!(
            (anyone.name.as_str(), anyone.last_name.as_str(), anyone.email.as_str()),
            ("Anna", "", "")
        );
        assert_eq!((anyone.age, anyone.created_at), (None, Some(7)));
        assert_eq!(contact.name, "Anna", "one name for all");
        assert_eq!((contact.last_name.as_str(), contact.email.as_str()), ("Karenina", "anna@example.org"));
        assert_eq!((contact.age, contact.mobile.as_str()), (Some(36), ""));
        assert_eq!(profile.age(day("2026-06-01")), Some(35), "tomorrow is the birthday");
    }

    #[test]
    fn the_number_rises_with_what_others_may_see() {
        let hidden = ProfileChange {
            mobile: Some("112".into()),
            shown: vec![(Field::Mobile, Shown::Nobody)],
            ..ProfileChange::default()
        };
        let profile = set(hidden).unwrap();
        assert_eq!(profile.rev, 0);
        let opened =
            ProfileChange { shown: vec![(Field::Mobile, Shown::Contacts)], ..ProfileChange::default() };
        assert_eq!(profile.apply(&opened, day("2026-06-01")).unwrap().rev, 1);
    }

    #[test]
    fn what_cannot_be_is_refused_and_somebody_needs_a_name() {
        let date = |text: &str| ProfileChange { birth_date: Some(text.into()), ..ProfileChange::default() };
        for wrong in ["31.05.1990", "2026-06-02", "1790-01-01", "2001-02-29"] {
            assert!(set(date(wrong)).is_err(), "{wrong}");
        }
        assert!(set(date("")).is_ok());
        let nameless = ProfileChange { first_name: Some(" ".into()), ..ProfileChange::default() };
        assert!(set(nameless.clone()).is_err());
        let called = set(ProfileChange { username: Some("Anna_K".into()), ..nameless }).unwrap();
        assert_eq!(called.name(), "anna_k");
        let unseen =
            ProfileChange { shown: vec![(Field::FirstName, Shown::Contacts)], ..ProfileChange::default() };
        assert!(set(unseen).is_err());
        let long = ProfileChange { last_name: Some("a".repeat(126)), ..ProfileChange::default() };
        assert!(set(long).is_err());
    }
}
