//! Who people are: this person's own profile, and others' cards.

use beseda_core::{
    Core, Person,
    people::{Field, OwnProfile},
};
use serde_json::{Map, Value, json};

use super::chat::member_of;
use crate::{
    arguments::SetProfile,
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view,
};

pub async fn profile(core: &Core, out: &mut Output) -> Result<()> {
    let profile = core.own_profile().await?;
    let mut text = format!("{:<12}  {}", "name", shown_line(&profile.name()));
    for field in Field::ALL {
        let value = match field {
            Field::CreatedAt => view::local(profile.created_at),
            field => value(&profile, field),
        };
        if !value.is_empty() {
            let who = profile.shown(field).as_str();
            text.push_str(&format!("\n{:<12}  {}  (shown to {who})", field.as_str(), shown_line(&value)));
        }
    }
    let shown: Map<String, Value> = Field::ALL
        .map(|field| (field.as_str().to_owned(), profile.shown(field).as_str().into()))
        .into_iter()
        .collect();
    let mut object: Map<String, Value> = Field::ALL
        .into_iter()
        .filter(|field| !matches!(field, Field::Picture | Field::CreatedAt))
        .map(|field| (field.as_str().to_owned(), value(&profile, field).into()))
        .collect();
    object.insert("name".into(), profile.name().into());
    object.insert("picture_bytes".into(), profile.picture.len().into());
    object.insert("created_at".into(), profile.created_at.into());
    object.insert("shown".into(), shown.into());
    out.result(&Value::Object(object), &text)
}

/// As a text; empty: not set.
fn value(profile: &OwnProfile, field: Field) -> String {
    match field {
        Field::Username => profile.username.clone(),
        Field::FirstName => profile.first_name.clone(),
        Field::LastName => profile.last_name.clone(),
        Field::Email => profile.email.clone(),
        Field::Mobile => profile.mobile.clone(),
        Field::BirthDate => profile.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        Field::Description => profile.description.clone(),
        Field::Picture if profile.picture.is_empty() => String::new(),
        Field::Picture => format!("{} bytes", profile.picture.len()),
        Field::CreatedAt => profile.created_at.to_string(),
    }
}

pub async fn set(core: &Core, set: SetProfile, out: &mut Output) -> Result<()> {
    let path = set.picture.clone().unwrap_or_default();
    let change = set.change().map_err(|error| {
        Failure::new(Exit::BadInput, "bad_picture", format!("{}: {error}", path.display()))
    })?;
    core.set_profile(change).await?;
    profile(core, out).await
}

pub async fn person(core: &Core, chat: &str, member: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let member = member_of(core, &line, member).await?;
    let person = core.person(member.user, Some(line.number)).await?;
    out.result(&object(&person), &card(&person))
}

fn object(person: &Person) -> Value {
    let card = &person.card;
    json!({
        "user": person.user,
        "name": person.name,
        "own_name": person.own_name,
        "petname": person.petname,
        "blocked": person.blocked,
        "verified_at": person.trust.verified,
        "new_device": person.trust.new_device,
        "me": person.me,
        "username": card.username,
        "first_name": card.first_name,
        "last_name": card.last_name,
        "email": card.email,
        "mobile": card.mobile,
        "age": card.age,
        "description": card.description,
        "picture_bytes": card.picture.len(),
        "created_at": card.created_at,
        "looks_like": person.looks_like,
        "mixed_scripts": person.mixed_scripts,
    })
}

/// A line for each thing that is known.
fn card(person: &Person) -> String {
    let card = &person.card;
    let at = view::local;
    let known = [
        ("Name", person.name.clone()),
        ("Called", if person.own_name == person.name { String::new() } else { person.own_name.clone() }),
        ("Username", card.username.clone()),
        ("E-mail", card.email.clone()),
        ("Mobile", card.mobile.clone()),
        ("Age", card.age.map(|age| age.to_string()).unwrap_or_default()),
        ("About", card.description.clone()),
        ("Since", card.created_at.map(at).unwrap_or_default()),
        ("Contact", if person.petname.is_some() { "yes".to_owned() } else { String::new() }),
        ("Blocked", if person.blocked { "yes".to_owned() } else { String::new() }),
        ("Verified", person.trust.verified.map(at).unwrap_or_default()),
        ("User", person.user.to_string()),
    ];
    let lines = known.iter().filter(|(_, value)| !value.is_empty());
    let mut text = lines.map(|(what, value)| format!("{what:<10}{}", shown_line(value))).collect::<Vec<_>>();
    if person.trust.new_device {
        text.push("Warning   they have a new device since you last looked: beseda verify".to_owned());
    }
    if let Some(other) = &person.looks_like {
        text.push(format!("Warning   the name looks like that of another member, {}", shown_line(other)));
    }
    if person.mixed_scripts {
        text.push("Warning   the name mixes letters of several alphabets".to_owned());
    }
    text.join("\n")
}
