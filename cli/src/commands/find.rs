//! What people mean by MESSAGE, by TIME, and by `@Name`.

use beseda_core::{
    Core, Error,
    document::Mention,
    domain::{ChatNo, Millis},
    store::messages::{Message, flag},
};
use beseda_protocol::{MessageId, UserId, link::MESSAGE_SCHEME};
use chrono::{DateTime, Days, Duration, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use crate::failure::{Exit, Failure, Result};

/// Everyone in the chat, in both languages.
const EVERYONE: [&str; 2] = ["everyone", "все"];

/// A message by its id, the unique beginning of one, or a link to it.
///
/// # Errors
/// When none fits, or more than one.
pub async fn message(core: &Core, text: &str) -> Result<Message> {
    let wanted = text.trim().to_lowercase();
    if wanted.starts_with(MESSAGE_SCHEME) {
        return Ok(core.open_link(&wanted).await?);
    }
    if let Ok(id) = wanted.parse::<MessageId>() {
        return Ok(core.message(id).await?);
    }
    if wanted.is_empty() {
        return Err(no_such_message(text));
    }
    match core.messages_starting(&wanted).await?[..] {
        [id] => match core.message(id).await {
            Err(Error::NoSuchMessage) => Err(no_such_message(text)),
            found => Ok(found?),
        },
        [] => Err(no_such_message(text)),
        _ => {
            let message = format!("more than one message begins with {text}: give more of its id");
            Err(Failure::new(Exit::NotFound, "ambiguous_message", message))
        }
    }
}

/// The same, where it must be of one chat.
///
/// # Errors
/// When none fits, or it is of another chat.
pub async fn message_of(core: &Core, chat: ChatNo, text: &str) -> Result<MessageId> {
    let found = message(core, text).await?;
    if found.chat == chat { Ok(found.id) } else { Err(Error::NoSuchMessage.into()) }
}

fn no_such_message(text: &str) -> Failure {
    let message = format!("no message here has the id {text}: see `beseda log CHAT`");
    Failure::new(Exit::NotFound, "no_such_message", message)
}

/// Whether a message may be told: nothing is left of others.
pub fn is_left(message: &Message) -> bool {
    !message.is(flag::GONE)
}

/// Members whose name stands after an `@` in the text.
///
/// # Errors
/// When the store fails.
pub async fn mentions(core: &Core, chat: ChatNo, text: &str) -> Result<Vec<Mention>> {
    if !text.contains('@') {
        return Ok(vec![]);
    }
    let members = core.members(chat).await?;
    let named = members.into_iter().filter_map(|member| {
        let user = UserId::from_slice(&member.user).ok()?;
        Some(Mention { name: member.own_name, user: Some(user) })
    });
    let everyone = EVERYONE.map(|name| Mention { name: name.to_owned(), user: None });
    Ok(standing(text, named.chain(everyone).collect()))
}

/// The mentions of the text among those that are possible; of two that begin alike the longer.
fn standing(text: &str, mut possible: Vec<Mention>) -> Vec<Mention> {
    possible.retain(|mention| !mention.name.is_empty());
    // Stable: of two people of one name the first in the list.
    possible.sort_by_key(|mention| std::cmp::Reverse(mention.name.len()));
    let mut found: Vec<Mention> = Vec::new();
    for (at, _) in text.match_indices('@') {
        // An `@` inside of a word is part of an address.
        if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = &text[at + 1..];
        let whole = |name: &str| {
            rest.strip_prefix(name).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
        };
        if let Some(mention) = possible.iter().find(|mention| whole(&mention.name))
            && !found.contains(mention)
        {
            found.push(mention.clone());
        }
    }
    found
}

/// `2026-05-31T18:00` (or a space between, seconds, a zone), `18:00` (the next one), `+90m`.
///
/// # Errors
/// When it is no such time.
pub fn time(text: &str, now: Millis) -> Result<Millis> {
    let bad = || {
        let message = format!("{text} is no time: write 2026-05-31T18:00, 18:00, or +90m (m, h or d)");
        Failure::new(Exit::BadInput, "bad_time", message)
    };
    let text = text.trim();
    let now = DateTime::from_timestamp_millis(now).ok_or_else(bad)?.with_timezone(&Local);
    if let Some(span) = text.strip_prefix('+') {
        let unit = span.chars().next_back().ok_or_else(bad)?;
        let count: i64 = span[..span.len() - unit.len_utf8()].parse().map_err(|_| bad())?;
        let span = match unit {
            'm' => Duration::try_minutes(count),
            'h' => Duration::try_hours(count),
            'd' => Duration::try_days(count),
            _ => None,
        };
        let at = span.and_then(|span| now.checked_add_signed(span)).ok_or_else(bad)?;
        return Ok(at.timestamp_millis());
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_millis());
    }
    let of_day = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    if let Some(time) = of_day {
        let today = now.date_naive();
        let tomorrow = today.checked_add_days(Days::new(1)).ok_or_else(bad)?;
        let next = [today, tomorrow].into_iter().filter_map(|day| here(day.and_time(time)));
        return next.into_iter().find(|at| *at > now.timestamp_millis()).ok_or_else(bad);
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .and_then(here)
        .ok_or_else(bad)
}

/// When something ends: `90m`, `2h`, `3d`, a day (to its end), or as [`time`] has it.
///
/// # Errors
/// When it is no such time.
pub fn end(text: &str, now: Millis) -> Result<Millis> {
    let text = text.trim();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let next = day.checked_add_days(Days::new(1)).and_then(|next| here(next.and_time(NaiveTime::MIN)));
        return next.ok_or_else(|| Failure::new(Exit::BadInput, "bad_time", format!("{text} is no day")));
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(['m', 'h', 'd']) {
        return time(&format!("+{text}"), now);
    }
    time(text, now)
}

/// The first moment of a day where the person is.
///
/// # Errors
/// When it is no day.
pub fn day(text: &str) -> Result<Millis> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    day.and_then(|day| here(day.and_time(NaiveTime::MIN))).ok_or_else(|| {
        Failure::new(Exit::BadInput, "bad_time", format!("{text} is no day: write 2026-05-31"))
    })
}

/// Where the clocks go forward, an hour does not exist: the one after it.
fn here(at: NaiveDateTime) -> Option<Millis> {
    let later = || Local.from_local_datetime(&(at + Duration::hours(1))).earliest();
    Local.from_local_datetime(&at).earliest().or_else(later).map(|at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(name: &str, user: Option<u8>) -> Mention {
        Mention { name: name.into(), user: user.map(|n| UserId([n; 32])) }
    }

    #[test]
    fn whole_names_are_mentions_and_addresses_are_not() {
        let people = vec![
            mention("Anna", Some(1)),
            mention("Anna Maria", Some(2)),
            mention("Борис", Some(3)),
            mention("все", None),
            mention("Anna", Some(4)),
        ];
        let names = |text: &str| -> Vec<Option<u8>> {
            standing(text, people.clone()).iter().map(|found| found.user.map(|user| user.0[0])).collect()
        };
        assert_eq!(names("@Anna Maria, @Борис: @все!"), [Some(2), Some(3), None]);
        assert_eq!(names("@Anna and @Anna"), [Some(1)]);
        assert_eq!(names("mail@Anna @Annabel @all @anna"), []);
    }

    #[test]
    fn times_as_people_write_them() {
        let noon = here("2026-05-31T12:00:00".parse().unwrap()).unwrap();
        let minutes = |text: &str| time(text, noon).map(|at| (at - noon) / 60_000).ok();
        assert_eq!(minutes("+90m"), Some(90));
        assert_eq!(minutes("+2h"), Some(120));
        assert_eq!(minutes("+1d"), Some(24 * 60));
        assert_eq!(minutes("12:30"), Some(30));
        assert_eq!(minutes("11:30"), Some(24 * 60 - 30));
        assert_eq!(minutes("2026-05-31T13:00"), Some(60));
        assert_eq!(minutes("2026-05-31 13:00:30"), Some(60));
        assert!(minutes("2026-05-31T00:00:00Z").is_some());
        for wrong in
            ["", "+", "+5", "+5y", "+9999999999999d", "soon", "25:00", "2026-05-31", "31.05.2026 13:00"]
        {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
        let hours = |text: &str| end(text, noon).map(|at| (at - noon) / 3_600_000).ok();
        assert_eq!(
            (hours("2h"), hours("+2h"), hours("3d"), hours("120m")),
            (Some(2), Some(2), Some(72), Some(2))
        );
        assert_eq!(
            (hours("2026-05-31"), hours("2026-05-31T13:00"), hours("13:00")),
            (Some(12), Some(1), Some(1))
        );
        assert_eq!((hours("2"), hours("h"), hours("tomorrow"), hours("")), (None, None, None, None));
        assert_eq!(day("2026-05-31").unwrap(), noon - 12 * 3_600_000);
        assert!(day("31.05.2026").is_err());
    }
}
