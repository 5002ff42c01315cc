//! Commands about people.

use std::path::{Path, PathBuf};

use beseda_core::people::{Field, ProfileChange, Shown};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Profile {
    /// Change it; what is not named stays. An empty text takes a field away. Chats hear of it with the next sync.
    Set(Box<SetProfile>),
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct SetProfile {
    /// 3 to 32 of a to z, digits, _ and .
    #[arg(long)]
    pub username: Option<String>,
    #[arg(long)]
    pub first_name: Option<String>,
    #[arg(long)]
    pub last_name: Option<String>,
    #[arg(long)]
    pub email: Option<String>,
    #[arg(long)]
    pub mobile: Option<String>,
    /// As 1990-05-31; others see the age, never the date.
    #[arg(long, value_name = "DATE")]
    pub birth_date: Option<String>,
    #[arg(long)]
    pub description: Option<String>,
    /// A JPEG, PNG or WebP file, made small; `-` takes the picture away.
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// Who may see a field: nobody, contacts (in dialogs with them) or everyone. FIELD is username, first_name,
    /// last_name, email, mobile, birth_date, description, picture or created_at.
    #[arg(long, value_name = "FIELD=WHO", value_parser = parse_shown)]
    pub show: Vec<(Field, Shown)>,
}

#[derive(Debug, Subcommand)]
pub enum Contact {
    /// People you have added.
    List {
        /// Those you have blocked instead.
        #[arg(long)]
        blocked: bool,
    },
    /// Add a member of a chat; what you show to contacts they see in your dialog. Once more gives another name.
    Add {
        chat: String,
        member: String,
        /// What you call them; only you see it.
        #[arg(long, default_value = "", value_name = "NAME")]
        name: String,
    },
    /// They are a contact no longer. PERSON is a name in `contact list`, an id, or the unique beginning of one.
    Remove { person: String },
    /// Nothing of theirs counts as unread in dialogs, it is folded in groups, and they are not let in by your links. They
    /// do not learn of it.
    Block { chat: String, member: String },
    /// PERSON is a name in `contact list --blocked`, an id, or the unique beginning of one.
    Unblock { person: String },
}

fn parse_shown(text: &str) -> Result<(Field, Shown), String> {
    let (field, shown) =
        text.split_once('=').ok_or("write FIELD=nobody, FIELD=contacts or FIELD=everyone")?;
    let field = Field::parse(&field.replace('-', "_")).ok_or_else(|| format!("there is no field {field}"))?;
    Ok((field, Shown::parse(shown).ok_or("who may see it is nobody, contacts or everyone")?))
}

/// What a file holds; nothing for `-`.
///
/// # Errors
/// When it cannot be read.
pub fn picture_of(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() == "-" { Ok(vec![]) } else { std::fs::read(path) }
}

impl SetProfile {
    /// # Errors
    /// When the picture's file cannot be read.
    pub fn change(self) -> std::io::Result<ProfileChange> {
        let picture = self.picture.as_deref().map(picture_of).transpose()?;
        Ok(ProfileChange {
            username: self.username,
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            mobile: self.mobile,
            birth_date: self.birth_date,
            description: self.description,
            picture,
            shown: self.show,
        })
    }
}
