//! Making sure who somebody is.

use beseda_core::{Core, people::safety};
use serde_json::json;

use super::chat::member_of;
use crate::{
    failure::Result,
    output::{Output, shown_line},
    view,
};

pub enum What {
    Show,
    /// With the code that the other one sees.
    Compare(String),
    Mark(bool),
}

pub async fn verify(core: &Core, chat: &str, member: &str, what: What, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let user = member_of(core, &line, member).await?.user;
    match what {
        What::Show => {}
        What::Compare(code) => core.compare_safety(user, &code).await?,
        What::Mark(on) => core.set_verified(user, on).await?,
    }
    let numbers = core.safety(user).await?;
    let person = core.person(user, Some(line.number)).await?;
    let name = shown_line(&person.name);
    let groups = safety::groups(&numbers.number);
    let digits = groups.chunks(4).map(|row| row.join(" ")).collect::<Vec<_>>().join("\n");
    let state = match person.trust.verified {
        Some(at) => format!("You have verified {name} ({}).", view::local(at)),
        None => format!(
            "You have not verified {name}. Read the digits to each other, or compare the codes; then: beseda verify --done"
        ),
    };
    let mut text = format!("{digits}\n\nCode for {name}:\n{}\n\n{state}", numbers.code);
    if person.trust.new_device {
        text.push_str(&format!("\n{name} has a new device since you last looked."));
    }
    let value = json!({
        "user": user,
        "name": person.name,
        "number": numbers.number,
        "code": numbers.code,
        "verified_at": person.trust.verified,
        "new_device": person.trust.new_device,
    });
    out.result(&value, &text)
}
