//! `doctor`: is everything in the profile whole?

use std::{collections::HashMap, future::Future};

use beseda_core::{Core, Error, doctor::Checked, domain::ChatNo};
use serde_json::json;

use crate::{
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    progress::Bar,
    view::Chat,
};

/// # Errors
/// `damaged` when something differs, `stopped` when somebody did not wait for the end.
pub async fn doctor(
    core: &Core,
    rebuild: bool,
    out: &mut Output,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    tokio::pin!(stop);
    if rebuild {
        let bar = Bar::new("Rebuilding");
        let report = bar.report();
        let rebuilt = bar.during(core.rebuild(&report), &mut stop).await;
        let stopped = || Failure::stopped("what was not made anew yet is made at the next start");
        match rebuilt.ok_or_else(stopped)? {
            // What cannot be read is told below, chat by chat.
            Ok(()) | Err(Error::Damaged(_) | Error::Document(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let bar = Bar::new("Looking");
    let report = bar.report();
    let checked = bar.during(core.examine(&report), &mut stop).await;
    let checked = checked.ok_or_else(|| Failure::stopped("nothing was changed"))??;
    let mut titles = HashMap::new();
    for line in core.chats().await? {
        titles.insert(line.number, Chat::of(core, &line));
    }
    for one in &checked {
        tell(one, &titles, out)?;
    }
    match checked.iter().filter(|checked| !checked.is_fine()).count() {
        0 => out.remark("Everything is whole."),
        _ => {
            // The reader of a long report sees the verdict last.
            out.flush()?;
            let message = "the profile is not whole: the report says what differs and what to do";
            Err(Failure::new(Exit::Profile, "damaged", message))
        }
    }
}

fn tell(checked: &Checked, titles: &HashMap<ChatNo, Chat>, out: &mut Output) -> Result<()> {
    let chat = |number: Option<ChatNo>| number.and_then(|number| titles.get(&number));
    let name = checked.check.name();
    let unit = match name {
        "database" | "pages" => "pages",
        "changes" => "changes",
        "documents" => "documents",
        "projection" => "rows",
        _ => "messages",
    };
    let mut text = if checked.is_fine() {
        format!("ok       {name:<10}  {} {unit}", checked.looked_at)
    } else {
        format!("DIFFERS  {name:<10}  {} {unit}: {}", checked.looked_at, checked.check.advice())
    };
    for finding in &checked.findings {
        let of = chat(finding.chat).map(|chat| format!("{}: ", chat.called())).unwrap_or_default();
        text.push_str(&format!("\n         - {of}{}", shown_line(&finding.what)));
    }
    if checked.more > 0 {
        text.push_str(&format!("\n         - and {} more", checked.more));
    }
    let findings: Vec<_> = checked
        .findings
        .iter()
        .map(|finding| json!({ "chat": chat(finding.chat).map(|chat| chat.id), "what": finding.what }))
        .collect();
    let value = json!({
        "check": name,
        "looked_at": checked.looked_at,
        "findings": findings,
        "more": checked.more,
        "advice": (!checked.is_fine()).then(|| checked.check.advice()),
    });
    out.result(&value, &text)
}
