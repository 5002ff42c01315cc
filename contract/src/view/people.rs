//! What screens show of people.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProfileField {
    Username,
    FirstName,
    LastName,
    Email,
    Mobile,
    BirthDate,
    Description,
    Picture,
    CreatedAt,
}

/// Who may see a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShownTo {
    Nobody,
    /// In dialogs with people that this person has added as contacts.
    Contacts,
    /// In every chat.
    Everyone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldShown {
    pub field: ProfileField,
    pub shown: ShownTo,
}

/// What this person tells of themselves. Empty texts are not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnProfile {
    /// What others see first; follows from the names.
    pub name: String,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    /// As 1990-05-31.
    pub birth_date: String,
    pub description: String,
    /// As a data URL.
    pub picture: Option<String>,
    #[ts(type = "number")]
    pub created_at: i64,
    /// Every field.
    pub shown: Vec<FieldShown>,
}

/// A person as far as they have told this one. Empty texts are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonCard {
    pub user: String,
    /// As they are called here.
    pub name: String,
    /// As they call themselves.
    pub own_name: String,
    /// What this person calls them, which may be nothing; null: they are no contact.
    pub petname: Option<String>,
    pub blocked: bool,
    /// When this person made sure who it is; null: never.
    #[ts(type = "number | null")]
    pub verified_at: Option<i64>,
    /// A device has come to them since this person last looked.
    pub new_device: bool,
    pub me: bool,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    pub description: String,
    /// In years.
    pub age: Option<u32>,
    /// When their account was made, as they say.
    #[ts(type = "number | null")]
    pub created_at: Option<i64>,
    /// As a data URL.
    pub picture: Option<String>,
    /// Another member whose name looks the same.
    pub looks_like: Option<String>,
    /// Letters of several alphabets stand in one word of the name.
    pub mixed_scripts: bool,
}

/// A person's picture, as a data URL; null where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonPicture {
    pub user: String,
    pub picture: Option<String>,
}

/// A line of the list of contacts, or of that of blocked people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactRow {
    pub user: String,
    /// As they are called here.
    pub name: String,
    /// As they call themselves.
    pub own_name: String,
}
