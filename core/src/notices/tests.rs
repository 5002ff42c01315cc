use super::*;

const NIGHT: Settings = Settings {
    enabled: true,
    shows: Shows::Text,
    sound: true,
    quiet_from: 22 * 60,
    quiet_to: 7 * 60,
    quiet_until: 0,
};
const ALWAYS: Settings = Settings { quiet_from: 0, quiet_to: 0, ..NIGHT };

fn at(hour: u16, minute: u16) -> Moment {
    Moment { now: 1_000_000, minute: hour * 60 + minute, settled: true }
}

fn noon() -> Moment {
    at(12, 0)
}

fn line(place: i64) -> Line {
    let id = MessageId([u8::try_from(place).unwrap(); 16]);
    Line { place: Place(place), id, author: "Boris".into(), text: format!("number {place}"), for_me: false }
}

/// A chat in which these places are unread.
fn chat(number: i64, unread: impl IntoIterator<Item = i64>) -> Heard {
    // As places in different chats may be alike, but ids are not.
    let lines: Vec<Line> = unread
        .into_iter()
        .map(line)
        .map(|mut line| {
            line.id.0[0] = u8::try_from(number).unwrap();
            line
        })
        .collect();
    Heard {
        chat: ChatNo(number),
        id: ChatId([u8::try_from(number).unwrap(); 16]),
        kind: ChatKind::Group,
        title: "Trip".into(),
        may_reply: true,
        level: Level::All,
        muted_until: 0,
        attended: false,
        floor: Place::FIRST,
        newest: lines.last().map_or(Place::FIRST, |line| line.place),
        count: u32::try_from(lines.len()).unwrap(),
        for_me: 0,
        lines,
    }
}

fn about(number: u8) -> About {
    About::Chat(ChatId([number; 16]))
}

fn shown(steps: &[Step]) -> Vec<(About, u32, bool)> {
    let shown = |step: &Step| match step {
        Step::Show(notice) => Some((notice.about, notice.count, notice.fresh)),
        Step::TakeAway(_) => None,
    };
    steps.iter().filter_map(shown).collect()
}

fn fresh() -> Notices {
    Notices::new([])
}

#[test]
fn what_is_new_is_shown_once_and_goes_away_when_it_is_read() {
    let mut notices = fresh();
    assert_eq!(shown(&notices.hear([chat(1, [5])], &ALWAYS, noon())), [(about(1), 1, true)]);
    assert!(notices.hear([chat(1, [5])], &ALWAYS, noon()).is_empty(), "not twice");
    assert_eq!(shown(&notices.hear([chat(1, [5, 6])], &ALWAYS, noon())), [(about(1), 2, true)]);
    // Read in part, it says less and makes no stir.
    assert_eq!(shown(&notices.hear([chat(1, [6])], &ALWAYS, noon())), [(about(1), 1, false)]);
    assert_eq!(notices.hear([chat(1, [])], &ALWAYS, noon()), [Step::TakeAway(about(1))]);
    assert!(notices.hear([chat(1, [])], &ALWAYS, noon()).is_empty());
}

#[test]
fn what_was_here_before_is_no_news() {
    let mut notices = Notices::new([(ChatNo(1), ChatId([1; 16]), Place(7))]);
    assert_eq!(notices.since(ChatNo(1)), Place(7));
    assert!(notices.hear([chat(1, [6, 7])], &ALWAYS, noon()).is_empty());
    assert_eq!(shown(&notices.hear([chat(1, [8])], &ALWAYS, noon())), [(about(1), 1, true)]);
}

#[test]
fn a_log_that_is_made_again_tells_nothing_twice() {
    let mut notices = fresh();
    notices.hear([chat(1, [5])], &ALWAYS, noon());
    notices.dismiss(about(1));
    let mut moved = chat(1, [5]);
    (moved.lines[0].place, moved.newest) = (Place(9), Place(9));
    assert!(notices.hear([moved], &ALWAYS, noon()).is_empty());
}

#[test]
fn an_open_chat_a_muted_one_and_one_that_is_to_say_nothing_are_silent() {
    let silent: [fn(&mut Heard); 4] = [
        |heard| heard.attended = true,
        |heard| heard.muted_until = noon().now + 1,
        |heard| heard.level = Level::Nothing,
        |heard| heard.kind = ChatKind::Notes,
    ];
    for silence in silent {
        let mut notices = fresh();
        let mut heard = chat(1, [5]);
        silence(&mut heard);
        assert!(notices.hear([heard], &ALWAYS, noon()).is_empty());
        // What came meanwhile stays untold when it is loud again.
        assert!(notices.hear([chat(1, [5])], &ALWAYS, noon()).is_empty());
        assert_eq!(shown(&notices.hear([chat(1, [6])], &ALWAYS, noon())), [(about(1), 1, true)]);
        // And what is on screen goes when it is silenced.
        let mut heard = chat(1, [6]);
        silence(&mut heard);
        assert_eq!(notices.hear([heard], &ALWAYS, noon()), [Step::TakeAway(about(1))]);
    }
    let mut heard = chat(1, [5]);
    heard.muted_until = noon().now;
    assert_eq!(fresh().hear([heard], &ALWAYS, noon()).len(), 1, "until then, and no longer");
    let off = Settings { enabled: false, ..ALWAYS };
    assert!(fresh().hear([chat(1, [5])], &off, noon()).is_empty());
}

#[test]
fn quiet_hours_go_over_midnight() {
    let quiet = |hour, minute| NIGHT.is_quiet(at(hour, minute));
    assert!(!quiet(21, 59) && quiet(22, 0) && quiet(23, 59) && quiet(0, 0) && quiet(6, 59) && !quiet(7, 0));
    let day = Settings { quiet_from: 9 * 60, quiet_to: 17 * 60, ..NIGHT };
    assert!(!day.is_quiet(at(8, 59)) && day.is_quiet(at(9, 0)) && !day.is_quiet(at(17, 0)));
    assert!((0..24).all(|hour| !ALWAYS.is_quiet(at(hour, 0))), "from and to are the same: never");
    let hour = Settings { quiet_until: noon().now + 1, ..ALWAYS };
    assert!(hour.is_quiet(noon()) && !hour.is_quiet(Moment { now: noon().now + 1, ..noon() }));
}

#[test]
fn what_comes_in_quiet_hours_is_not_told_afterwards_and_what_was_on_screen_does_not_change() {
    let mut notices = fresh();
    notices.hear([chat(1, [5])], &NIGHT, at(21, 0));
    assert!(notices.hear([chat(1, [5, 6])], &NIGHT, at(23, 0)).is_empty());
    assert!(notices.hear([chat(2, [3])], &NIGHT, at(3, 0)).is_empty());
    assert!(notices.hear([chat(2, [3])], &NIGHT, at(8, 0)).is_empty());
    let after = notices.hear([chat(2, [4])], &NIGHT, at(8, 0));
    assert_eq!(shown(&after), [(about(2), 1, true)]);
    // Read elsewhere at night, it goes away.
    assert_eq!(notices.hear([chat(2, [])], &NIGHT, at(23, 0)), [Step::TakeAway(about(2))]);
}

#[test]
fn while_more_is_on_its_way_nothing_is_told() {
    let busy = Moment { settled: false, ..noon() };
    let mut notices = fresh();
    assert!(notices.hear([chat(1, [5])], &ALWAYS, busy).is_empty());
    assert!(notices.hear([chat(2, [3])], &ALWAYS, busy).is_empty());
    assert_eq!(notices.waiting().len(), 2);
    // The first was read on another device meanwhile.
    let steps = notices.hear([chat(1, []), chat(2, [3, 4])], &ALWAYS, noon());
    assert_eq!(shown(&steps), [(about(2), 2, true)]);
    assert!(notices.waiting().is_empty());
}

#[test]
fn many_chats_at_once_are_summed_up_until_they_are_read() {
    let mut notices = fresh();
    notices.hear([chat(1, [5])], &ALWAYS, noon());
    let all = || [chat(1, [5, 6]), chat(2, [3]), chat(3, [4, 5]), chat(4, [9])];
    let steps = notices.hear(all(), &ALWAYS, noon());
    assert_eq!(steps[0], Step::TakeAway(about(1)), "it is among them now");
    assert_eq!(shown(&steps), [(About::Many, 6, true)]);
    assert_eq!(shown(&notices.hear([chat(3, [])], &ALWAYS, noon())), [(About::Many, 4, false)]);
    // One of them goes on by itself.
    let steps = notices.hear([chat(2, [3, 4])], &ALWAYS, noon());
    assert_eq!(shown(&steps), [(about(2), 2, true), (About::Many, 3, false)]);
    let steps = notices.hear([chat(1, []), chat(4, [])], &ALWAYS, noon());
    assert_eq!(steps, [Step::TakeAway(About::Many)]);
    assert_eq!(notices.end(), [Step::TakeAway(about(2))]);
}

#[test]
fn what_was_put_away_counts_no_more() {
    let mut notices = fresh();
    notices.hear([chat(1, [5])], &ALWAYS, noon());
    notices.dismiss(about(1));
    assert!(notices.shown().is_empty());
    assert_eq!(notices.since(ChatNo(1)), Place(5));
    assert_eq!(shown(&notices.hear([chat(1, [6])], &ALWAYS, noon())), [(about(1), 1, true)]);
    notices.hear([1, 2, 3, 4].map(|n| chat(n, [8])), &ALWAYS, noon());
    notices.dismiss(About::Many);
    assert!(notices.hear([chat(1, [])], &ALWAYS, noon()).is_empty());
}

#[test]
fn what_is_deleted_or_edited_does_not_stay_on_screen() {
    let mut notices = fresh();
    notices.hear([chat(1, [5, 6])], &ALWAYS, noon());
    let mut edited = chat(1, [5, 6]);
    edited.lines[1].text = "said better".into();
    let steps = notices.hear([edited], &ALWAYS, noon());
    let [Step::Show(notice)] = &steps[..] else { panic!("{steps:?}") };
    assert_eq!((notice.lines[1].text.as_str(), notice.fresh), ("said better", false));
    // In quiet hours what would stir goes instead.
    assert_eq!(notices.hear([chat(1, [5])], &NIGHT, at(23, 0)), [Step::TakeAway(about(1))]);
}

#[test]
fn no_more_is_seen_than_the_settings_say() {
    let seen = |shows| {
        let steps = fresh().hear([chat(1, [5])], &Settings { shows, ..ALWAYS }, noon());
        let Some(Step::Show(notice)) = steps.into_iter().next() else { panic!("nothing is shown") };
        let Line { author, text, .. } = notice.lines[0].clone();
        (notice.title, author, text, notice.may_reply)
    };
    assert_eq!(seen(Shows::Text), ("Trip".into(), "Boris".into(), "number 5".into(), true));
    assert_eq!(seen(Shows::Sender), ("Trip".into(), "Boris".into(), String::new(), true));
    assert_eq!(seen(Shows::Nothing), (String::new(), String::new(), String::new(), false));
}
